import Loyalty
import Rules

/// What a simulation's programs ask of accounts beyond their events: the same for all lanes.
struct SimulationFacts: Sendable {
  private(set) var needsMembers = false
  private(set) var hasCoupons = false
  private(set) var lists: Set<SegmentID> = []
  /// Coupons for which points were spent.
  private(set) var paid: Set<CouponTemplateID> = []
  /// What only the first rating knew: facts of members, and where budgets were short …
  private(set) var published: Set<CounterID> = []
  /// … and those that mean the same to the draft.
  private(set) var draft: Set<CounterID> = []
  private(set) var hasBudgets = false

  init(published: ProgramSet, draft: ProgramSet) {
    for entry in published.entries { add(entry.rater.program) }
    for entry in draft.entries { add(entry.rater.program) }
    if needsMembers || !lists.isEmpty {
      for entry in published.entries {
        self.published.formUnion(entry.rater.program.memberFacts)
      }
    }
    if let last = draft.entries.last {
      self.draft = self.published.subtracting(last.rater.program.tableFacts)
    }
    for entry in published.entries { self.published.formUnion(entry.rater.program.budgetFacts) }
  }

  private mutating func add(_ program: Program) {
    if program.needsMember { needsMembers = true }
    if !program.coupons.isEmpty { hasCoupons = true }
    lists.formUnion(program.lists)
    paid.formUnion(program.paidCoupons)
    if !program.budgets.isEmpty { hasBudgets = true }
  }
}

import Loyalty
import Rules

/// What a simulation's programs ask of accounts beyond their events: the same for all lanes.
struct SimulationFacts: Sendable {
  private(set) var needsMembers = false
  private(set) var hasCoupons = false
  private(set) var lists: Set<SegmentID> = []
  /// Coupons for which points were spent.
  private(set) var paid: Set<CouponTemplateID> = []
  /// Facts of members, as the versions that are published asked for them …
  private(set) var members: Set<CounterID> = []
  /// … and those that mean the same to the draft.
  private(set) var draft: Set<CounterID> = []
  private(set) var budgets: Set<CounterID> = []

  init(published: ProgramSet, draft: ProgramSet) {
    for entry in published.entries { add(entry.rater.program) }
    for entry in draft.entries { add(entry.rater.program) }
    if needsMembers || !lists.isEmpty {
      for entry in published.entries { members.formUnion(entry.rater.program.memberFacts) }
    }
    guard let last = draft.entries.last else { return }
    self.draft = members.subtracting(last.rater.program.tableFacts)
  }

  private mutating func add(_ program: Program) {
    if program.needsMember { needsMembers = true }
    if !program.coupons.isEmpty { hasCoupons = true }
    lists.formUnion(program.lists)
    paid.formUnion(program.paidCoupons)
    budgets.formUnion(program.budgetFacts)
  }
}

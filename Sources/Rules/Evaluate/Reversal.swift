import Loyalty

/// What a sale gives of what is left of it, reckoned with the answers of its first rating: its
/// outcome, and in an account of its own all that it counts for.
public struct Remainder: Sendable {
  /// Nil where nothing is left.
  public var event: Event?
  public var outcome = Outcome()
  public var account: Account
}

/// What one return takes back of a sale: the sale as it stood before, less the sale as it stands
/// after, both by the rules and the answers of its first rating.
public struct Reversal: Sendable {
  public let original: Original
  public var record: ReturnRecord
  /// Why nothing comes back, where nothing does.
  public var refused: String?
  /// What awards become less by, with the lot that each had gone into.
  var parts: [Part] = []
  /// When the awards of each part had been earned.
  var earnedAt: [Instant] = []
  /// What counters become less by, of all versions.
  public var counters: [CounterValue] = []
  var draws: [BudgetDraw] = []
  var payments: [Original.Payment] = []
  /// The coupons and tiers that what is left still gives.
  var coupons: [CouponIssue] = []
  var grants: Set<TierID> = []

  /// Begins with what the event names of the original, before anything is rated again.
  /// `program` is the one that rated the original.
  public init(_ original: Original, by event: Event, _ program: Program?) {
    self.original = original
    record = original.record(of: event)
    if let refused = original.refused {
      self.refused = "the original was not rated: \(refused)"
    } else if program == nil {
      refused = "the original was not rated: no version of the program held at that time"
    } else if original.event.isTraining {
      refused = "the original was of a register in training"
    } else if let program, program.isSettledByItself(original.event) {
      refused = "what a member opted in to, claimed or redeemed is not voided"
    } else {
      refused = refusal(event)
    }
  }

  private func refusal(_ event: Event) -> String? {
    switch original.event.kind {
    case .sale, .exchange: break
    case .other where event.kind == .void: break
    case .other: return "of an event nothing comes back; it can only be voided"
    case .return, .void: return "a return is not undone; what is kept is a sale of its own"
    case .hold, .capture, .release, .refund:
      return "a hold is released, and what it took refunded"
    case .review, .close, .correction, .adjustment, .opening, .transfer, .merge, .closing, .order:
      return "the original is no transaction"
    }
    if original.isAllBack(original.back, original.returns.count) {
      return "all of it came back before"
    }
    if record.lines.isEmpty, !isOfAll(event) {
      return "the original has nothing left of what it names"
    }
    return nil
  }

  /// A void of what has no lines.
  private func isOfAll(_ event: Event) -> Bool {
    event.kind == .void || event.kind == .return && event.returnedLines().isEmpty
  }

  var backBefore: [LineBack] { original.back }

  public var backAfter: [LineBack] {
    var original = original
    original.returns.append(record)
    return original.back
  }

  /// Takes in what the two ratings differ in.
  public mutating func settle(_ before: Remainder, _ after: Remainder, _ program: Program) {
    takeAwards(after, program)
    takeCounters(before, after)
    takeDraws(before, after)
    payments = original.payments(before: backBefore, after: backAfter)
    coupons = after.outcome.coupons.filter { $0.rule != 0 }
    grants = Set(after.outcome.tierChanges.filter { $0.reason == .granted }.map(\.to))
    takeUsedCoupons(program)
  }

  /// Nothing that was earned becomes more: where the rest would give more of a currency than it
  /// has, it keeps what it has.
  private mutating func takeAwards(_ after: Remainder, _ program: Program) {
    var standing = original.standing.filter { !program.givesByCalendar($0.rule) }
    for part in after.outcome.parts
    where !standing.contains(where: { $0.rule == part.rule && $0.currency == part.currency }) {
      guard var award = standing.first(where: { $0.currency == part.currency }) else { continue }
      award.rule = part.rule
      award.amount = 0
      standing.append(award)
    }
    for currency in Set(standing.map(\.currency)).sorted() {
      takeAwards(standing.filter { $0.currency == currency }, after)
    }
  }

  private mutating func takeAwards(_ standing: [Original.Award], _ after: Remainder) {
    let left = standing.map { award in
      after.outcome.parts.reduce(0) {
        $1.rule == award.rule && $1.currency == award.currency ? $0 + $1.amount : $0
      }
    }
    let changes = zip(left, standing).map { $0 - $1.amount }
    guard changes.reduce(0, +) < 0 else { return }
    // Where one rule takes another's place, it is one sum of one lot.
    let isMixed = changes.contains { $0 > 0 }
    for (award, change) in zip(standing, changes) where change != 0 {
      let lot = isMixed ? standing[0] : award
      record.awards.append(
        AwardChange(rule: award.rule, currency: award.currency, amount: change))
      parts.append(
        Part(
          rule: award.rule, currency: award.currency, amount: change, basis: award.amount,
          effect: Rater.reversal, due: lot.due, expires: lot.expires))
      earnedAt.append(lot.earnedAt)
    }
  }

  private mutating func takeCounters(_ before: Remainder, _ after: Remainder) {
    var changes = after.account.counters
    for value in before.account.counters {
      if let place = changes.firstIndex(where: {
        $0.counter == value.counter && $0.bucket == value.bucket
      }) {
        changes[place].value -= value.value
      } else {
        changes.append(
          CounterValue(counter: value.counter, bucket: value.bucket, value: -value.value))
      }
    }
    counters = changes.filter { $0.value != 0 }
      .sorted { ($0.counter, $0.bucket) < ($1.counter, $1.bucket) }
  }

  private mutating func takeDraws(_ before: Remainder, _ after: Remainder) {
    var changes: [BudgetID: Int64] = [:]
    for draw in before.outcome.draws { changes[draw.budget, default: 0] -= draw.amount }
    for draw in after.outcome.draws { changes[draw.budget, default: 0] += draw.amount }
    draws = changes.filter { $0.value < 0 }.sorted { $0.key < $1.key }
      .map { BudgetDraw(budget: $0.key, amount: $0.value) }
  }

  /// A coupon can be used again when all that it was used on came back, unless its terms say that
  /// it is lost. By share, the points that it was redeemed for come back instead, as far as there
  /// are any.
  private mutating func takeUsedCoupons(_ program: Program) {
    let (before, after) = (backBefore, backAfter)
    let returns = original.returns.count
    for use in original.used {
      let terms = program.coupons.first { $0.id == use.template }?.returns ?? .whole
      if terms == .byShare, !use.payments.isEmpty {
        payments += original.payments(of: use, before: before, after: after)
        continue
      }
      guard terms != .lost, !original.isBack(use.lines, before, returns),
        original.isBack(use.lines, after, returns + 1)
      else { continue }
      record.coupons.append(use.key)
    }
  }
}

extension Program {
  /// Events of the language's own, which say what members do with what they have.
  fileprivate func isSettledByItself(_ event: Event) -> Bool {
    event.kind == .other && event.name != .none
      && [redeemEvent, joinEvent, claimEvent].contains(event.name)
  }

  /// Whether a rule waits for a day, and so gives nothing for a sale.
  fileprivate func givesByCalendar(_ rule: RuleID) -> Bool {
    guard let place = place(ofRule: rule), case .calendar = syntax.rules[place].trigger else {
      return false
    }
    return true
  }

  /// Counters that a return does not lower by what the sale had counted: what was earned is told by
  /// what is taken back, and that a member was there stays true.
  var keptOnReturn: Set<CounterID> {
    dayCounters.union(earnedCounters.map(\.id) + joinings.map(\.counter))
  }
}

extension Rater {
  /// The `effect` of a part that is taken back of a sale: no rule was applied.
  static let reversal = Int32.min + 1

  /// What an event takes back of an original that this program rated.
  public mutating func reversal(of original: Original, by event: Event) -> Reversal {
    var reversal = Reversal(original, by: event, program)
    guard reversal.refused == nil else { return reversal }
    let returns = original.returns.count
    let before = remainder(of: original, original.back, returns: returns)
    let after = remainder(of: original, reversal.backAfter, returns: returns + 1)
    reversal.settle(before, after, program)
    return reversal
  }

  /// What is left of an original by the rules of this program, which rated it.
  public mutating func remainder(of original: Original, _ back: [LineBack], returns: Int)
    -> Remainder
  {
    var remainder = Remainder(account: Account(shard: 0, id: 0))
    guard let event = original.left(back, returns: returns) else { return remainder }
    remainder.event = event
    let (shares, trace, running) = (self.shares, self.trace, reversal)
    (self.trace, reversal) = (nil, nil)
    replay = Replay(tier: original.tier, facts: original.facts, shown: original.shown)
    rate(event, &remainder.account, &remainder.outcome)
    replay = nil
    (self.shares, self.trace, reversal) = (shares, trace, running)
    sharesAtStart = shares
    shortage = nil
    let kept = program.keptOnReturn
    remainder.account.counters.removeAll { kept.contains($0.counter) }
    return remainder
  }

  /// Adds what a remainder, rated by another version, counts for in counters that this one keeps.
  public mutating func count(_ remainder: inout Remainder, only: Set<CounterID>) {
    guard let event = remainder.event else { return }
    let wanted = only.subtracting(program.keptOnReturn)
    guard !wanted.isEmpty else { return }
    count(event, remainder.outcome, &remainder.account, only: wanted)
  }
}

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
/// after, both by the rules and the answers of its first rating. Of the void of a return, what the
/// sale stands for without that return.
public struct Reversal: Sendable {
  public let original: Original
  public var record: ReturnRecord
  /// Why nothing comes back, where nothing does.
  public var refused: String?
  /// What awards become less by, with the lot that each had gone into; above zero they are more.
  var parts: [Part] = []
  /// When the awards of each part had been earned.
  var earnedAt: [Instant] = []
  /// What the return that is undone took, by lot, and what it was to take and did not find.
  var taken: [Original.Payment] = []
  var letGo: [CurrencyID: Int64] = [:]
  /// What counters become less by, of all versions.
  public var counters: [CounterValue] = []
  var draws: [BudgetDraw] = []
  /// Points that come back; of a void those that are spent again.
  var payments: [Original.Payment] = []
  /// The coupons and tiers that what is left still gives.
  var coupons: [CouponIssue] = []
  var grants: Set<TierID> = []
  /// The coupons of tiers that the return had withdrawn which is undone.
  var withdrawnBefore: [CouponKey] = []

  /// Begins with what the event names of the original, before anything is rated again.
  /// `program` is the one that rated the original.
  init(_ original: Original, by event: Event, _ key: OriginalKey, _ program: Program?) {
    self.original = original
    record = original.record(of: event, by: key)
    refused = Self.refusal(original, program)
    if refused == nil, let program, program.isSettledByItself(original.event) {
      refused = "what a member opted in to, claimed or redeemed is not voided"
    }
    if refused == nil { refused = refusal(event) }
    taken = original.taken
  }

  /// Begins to undo one of the original's returns, which `named` made; of a void, it makes the
  /// return again.
  init(
    undoing undone: ReturnRecord, by named: Original, of original: Original, _ key: OriginalKey,
    _ program: Program?
  ) {
    self.original = original
    record = ReturnRecord(of: original, by: key)
    record.undoes = undone.n
    record.isGone = !undone.isGone
    let lines = undone.lines.map {
      LineBack(line: $0.line, quantity: -$0.quantity, amount: -$0.amount)
    }
    record.lines = record.isGone ? lines : original.left(of: lines)
    taken = named.taken
    if record.isGone {
      withdrawnBefore = undone.withdrawn
      for change in undone.awards { letGo[change.currency, default: 0] -= change.amount }
      for piece in taken { letGo[piece.currency, default: 0] -= piece.amount }
    }
    refused = Self.refusal(original, program)
    if original.returns.contains(where: { $0.undoes == undone.n }) {
      refused = "it was voided before"
    } else if !record.isGone, record.lines.isEmpty, !undone.lines.isEmpty {
      refused = "the original has nothing left of what it names"
    }
  }

  private static func refusal(_ original: Original, _ program: Program?) -> String? {
    if let refused = original.refused { return "the original was not rated: \(refused)" }
    if program == nil {
      return "the original was not rated: no version of the program held at that time"
    }
    return original.event.isTraining ? "the original was of a register in training" : nil
  }

  private func refusal(_ event: Event) -> String? {
    switch original.event.kind {
    case .sale, .exchange: break
    case .other where event.kind == .void: break
    case .other: return "of an event nothing comes back; it can only be voided"
    case .return where event.kind == .void && original.broughtBack == nil: break
    case .return, .void:
      return "of a return nothing comes back; it can only be voided, and what is kept is a sale"
    case .hold, .capture, .release, .refund:
      return "a hold is released, and what it took refunded"
    case .review, .close, .correction, .adjustment, .opening, .transfer, .merge, .closing, .order:
      return "the original is no transaction"
    }
    if original.isAllBack(original.back, original.standingReturns.count) {
      return "all of it came back before"
    }
    if record.lines.isEmpty, !isOfAll(event) {
      return "the original has nothing, or nothing left, of what it names"
    }
    return nil
  }

  /// A void of what has no lines.
  private func isOfAll(_ event: Event) -> Bool {
    event.kind == .void || event.kind == .return && event.returnedLines().isEmpty
  }

  /// Whether anything of the original is back once this is done.
  var isBack: Bool {
    var original = original
    original.returns.append(record)
    return !original.standingReturns.isEmpty
  }

  var after: Original.State {
    var original = original
    original.returns.append(record)
    return original.state
  }

  /// Rates what was left before and what is left now, by the program that rated the original, and
  /// takes in what the two differ in.
  public mutating func settle(
    _ program: Program, _ rate: (Original, Original.State) -> Remainder
  ) {
    guard refused == nil else { return }
    let before = rate(original, original.state)
    let after = rate(original, after)
    if record.isGone {
      giveAwards(program, rate)
    } else {
      takeAwards(after, program, isEither: original.event.kind == .return)
    }
    takeCounters(before, after)
    takeDraws(before, after)
    payments =
      record.isGone
      ? original.payments(before: self.after, after: original.state)
      : original.payments(before: original.state, after: self.after)
    let given = (program.givenUp(before.outcome), program.givenUp(after.outcome))
    payments +=
      record.isGone
      ? original.conversions(before: given.1, after: given.0)
      : original.conversions(before: given.0, after: given.1)
    coupons = after.outcome.coupons.filter { $0.rule != 0 }
    grants = Set(after.outcome.tierChanges.filter { $0.reason == .granted }.map(\.to))
    takeUsedCoupons(program)
  }

  /// What the sale's awards are where the returns that stand, without the one that is undone, had
  /// been the only ones.
  private mutating func giveAwards(
    _ program: Program, _ rate: (Original, Original.State) -> Remainder
  ) {
    var without = original
    without.returns.removeAll()
    for step in original.standingReturns where step.n != record.undoes {
      var part = self
      part.replay(step, of: without)
      part.takeAwards(rate(without, part.after), program, isEither: false)
      without.returns.append(part.record)
    }
    var now = original.standing
    let target = without.standing
    for award in target
    where !now.contains(where: { $0.rule == award.rule && $0.currency == award.currency }) {
      var nothing = award
      nothing.amount = 0
      now.append(nothing)
    }
    for currency in Set(now.map(\.currency)).sorted() {
      let own = now.filter { $0.currency == currency }
      let changes = own.map { award in
        (target.first { $0.rule == award.rule && $0.currency == currency }?.amount ?? 0)
          - award.amount
      }
      take(own, changes)
    }
  }

  /// Another return, as if it were the next one of what is left without the one that is undone.
  private mutating func replay(_ step: ReturnRecord, of without: Original) {
    self = Reversal(step, of: without)
  }

  private init(_ step: ReturnRecord, of original: Original) {
    self.original = original
    record = step
    record.n = Int16(original.returns.count)
    record.undoes = nil
    record.awards = []
  }

  /// Nothing that was earned becomes more: where the rest would give more of a currency than it
  /// has, it keeps what it has.
  private mutating func takeAwards(_ after: Remainder, _ program: Program, isEither: Bool) {
    var standing = original.standing.filter { !program.givesByCalendar($0.rule) }
    for part in after.outcome.parts
    where !standing.contains(where: { $0.rule == part.rule && $0.currency == part.currency }) {
      guard var award = standing.first(where: { $0.currency == part.currency }) else { continue }
      award.rule = part.rule
      award.amount = 0
      standing.append(award)
    }
    for currency in Set(standing.map(\.currency)).sorted() {
      let own = standing.filter { $0.currency == currency }
      let changes = own.map { award in
        after.outcome.parts.reduce(-award.amount) {
          $1.rule == award.rule && $1.currency == award.currency ? $0 + $1.amount : $0
        }
      }
      guard isEither || changes.reduce(0, +) < 0 else { continue }
      take(own, changes)
    }
  }

  private mutating func take(_ standing: [Original.Award], _ changes: [Int64]) {
    guard changes.reduce(0, +) != 0 else { return }
    // Where one rule takes another's place, it is one sum of one lot.
    let isMixed = changes.contains { $0 > 0 } && changes.contains { $0 < 0 }
    for (award, change) in zip(standing, changes) where change != 0 {
      let lot = isMixed ? standing[0] : award
      record.awards.append(
        AwardChange(rule: award.rule, currency: award.currency, amount: change))
      parts.append(
        Part(
          rule: award.rule, currency: award.currency, amount: change, basis: award.amount,
          effect: record.isGone ? Rater.givenAgain : Rater.reversal, due: lot.due,
          expires: lot.expires))
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
    draws = changes.filter { record.isGone ? $0.value > 0 : $0.value < 0 }
      .sorted { $0.key < $1.key }.map { BudgetDraw(budget: $0.key, amount: $0.value) }
  }

  /// A coupon can be used again when all that it was used on came back, unless its terms say that
  /// it is lost. By share, the points that it was redeemed for come back instead, as far as there
  /// are any.
  private mutating func takeUsedCoupons(_ program: Program) {
    // A void goes the other way.
    let (less, more) = record.isGone ? (after, original.state) : (original.state, after)
    for use in original.used {
      let terms = program.coupons.first { $0.id == use.template }?.returns ?? .whole
      if terms == .byShare, !use.payments.isEmpty {
        payments += original.payments(of: use, before: less, after: more)
        continue
      }
      guard terms != .lost, !original.isBack(use.lines, less.back, less.returns),
        original.isBack(use.lines, more.back, more.returns),
        original.isGivenBack(use.key) == record.isGone
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

  /// What was given up for points of other currencies, by currency.
  fileprivate func givenUp(_ outcome: borrowing Outcome) -> [CurrencyID: Int64] {
    var given: [CurrencyID: Int64] = [:]
    for place in outcome.parts.indices {
      let part = outcome.parts[place]
      let conversion = Int(Rater.conversionEffect) - Int(part.effect)
      guard conversions.indices.contains(conversion) else { continue }
      given[currencies[conversions[conversion].from].id, default: 0] += part.basis
    }
    return given
  }

  /// Counters that a return does not lower by what the sale had counted: what was earned is told by
  /// what is taken back, and that a member was there stays true.
  var keptOnReturn: Set<CounterID> {
    dayCounters.union(earnedCounters.map(\.id) + joinings.map(\.counter))
  }
}

extension Rater {
  /// The `effect` of a part that is taken back of a sale, or given again: no rule was applied.
  static let reversal = Int32.min + 1
  static let givenAgain = Int32.min + 2

  /// Reckons what comes back of an original that this program rated.
  public mutating func settle(_ reversal: inout Reversal) {
    let program = program
    reversal.settle(program) { original, state in remainder(of: original, state) }
  }

  /// What is left of an original by the rules of this program, which rated it.
  public mutating func remainder(of original: Original, _ state: Original.State) -> Remainder {
    var remainder = Remainder(account: Account(shard: 0, id: 0))
    guard let event = original.left(state.back, returns: state.returns) else { return remainder }
    remainder.event = event
    let (shares, trace, running) = (self.shares, self.trace, reversals)
    (self.trace, reversals) = (nil, [])
    replay = Replay(tier: original.tier, facts: original.facts, shown: original.shown)
    rate(event, &remainder.account, &remainder.outcome)
    replay = nil
    (self.shares, self.trace, reversals) = (shares, trace, running)
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

import Loyalty

/// What most rules fail by, apart and in the order in which rules are looked at: two to a cache
/// line.
struct RuleGate: Sendable {
  enum Kind: UInt8, Sendable {
    /// Nothing is left to ask, and one multiplier is all it gives: it need not stand among the
    /// rules that matched.
    case multiplier
    /// Nothing is left to ask.
    case plain
    case asking
  }
  let tiers: UInt64
  let leastSpend: Int64
  let from: CivilDate
  let to: CivilDate
  /// Of its rule, or of its one multiplier.
  let place: Int32
  let weekdays: UInt8
  let kind: Kind

  init(_ rule: Rule, _ place: Int, _ program: Program) {
    tiers = rule.tiers
    leastSpend = rule.leastSpend
    from = rule.from
    to = rule.to
    weekdays = rule.weekdays
    kind = RuleGate.kind(rule, place, program)
    self.place = Int32(kind == .multiplier ? rule.multiplies.lowerBound : place)
  }

  private static func kind(_ rule: Rule, _ place: Int, _ program: Program) -> Kind {
    guard rule.isPurchase, rule.condition < 0, rule.tender < 0, rule.reach < 0, rule.limits.isEmpty,
      !rule.isBounded
    else { return .asking }
    guard rule.earns.isEmpty, rule.gifts.isEmpty, rule.benefit < 0, rule.conversions.isEmpty,
      rule.multiplies.count == 1,
      program.multiplies[rule.multiplies.lowerBound].table < 0, !program.tracksGiven
    else { return .plain }
    let mayLose = program.groups.indices.contains { group in
      program.groups[group].policy == .first
        && (rule.group == Int32(group) || program.groups[group].order.contains(Int32(place)))
    }
    return mayLose ? .plain : .multiplier
  }

  /// The bit that every account has: rules that ask for no tier have it, too.
  static let anyTier: UInt64 = 1 << 63

  /// What gates are asked for one event.
  struct Question {
    let tiers: UInt64
    let weekday: UInt8
    let date: CivilDate
    let spend: Int64
  }

  /// 1 where the rule may match, else 0; without a branch.
  @inline(__always)
  func isOpen(_ question: Question) -> Int {
    let tier = tiers & question.tiers != 0 ? 1 : 0
    let weekday = weekdays & question.weekday != 0 ? 1 : 0
    return tier & weekday & isOpenNow(question)
  }

  /// The same where tier and weekday are asked already.
  @inline(__always)
  func isOpenNow(_ question: Question) -> Int {
    let spend = question.spend >= leastSpend ? 1 : 0
    let begun = from <= question.date ? 1 : 0
    let lasts = question.date <= to ? 1 : 0
    return spend & begun & lasts
  }
}

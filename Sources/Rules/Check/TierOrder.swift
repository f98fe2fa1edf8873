import Loyalty
import YAML

/// Tiers stand from the lowest to the highest.
enum TierOrder {
  /// A tier is one bit of a word.
  static let most = 64

  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var last: [String: (tier: TierSyntax, goal: GoalSyntax)] = [:]
    var found: [Diagnostic] = []
    if program.tiers.count > most {
      found.append(
        Diagnostic(
          "R045", at: program.tiers[most].key.place,
          "the program has \(program.tiers.count) tiers, more than the \(most) that it may have",
          help: "fewer steps are easier to understand, too"))
    }
    for tier in program.tiers {
      if let second = secondRank(tier) { found.append(second) }
      if let empty = emptyRank(tier) { found.append(empty) }
      if let dear = dearRenewal(tier) { found.append(dear) }
      guard case .goal(let goal)? = tier.qualify, let least = goal.range.least else { continue }
      let ladder = tier.ladder?.value ?? ""
      if let (lower, other) = last[ladder], other.measure == goal.measure,
        other.window == goal.window,
        other.items == nil, goal.items == nil, let bound = other.range.least, least < bound
      {
        found.append(
          Diagnostic(
            "R054", at: goal.place,
            "the tier `\(tier.key.value)` asks for less than `\(lower.key.value)`, which "
              + "stands below it",
            help: "tiers stand from the lowest to the highest: move it up, or correct the number"))
      }
      last[ladder] = (tier, goal)
    }
    return found + nearLadders(program)
  }

  /// `life-time` beside `lifetime` begins a ladder of its own.
  private static func nearLadders(_ program: ProgramSyntax) -> [Diagnostic] {
    var known: [String] = []
    return program.tiers.compactMap(\.ladder).compactMap { ladder in
      if known.contains(ladder.value) { return nil }
      defer { known.append(ladder.value) }
      let letters = { (name: String) in name.filter { !$0.isNumber } }
      guard let near = NearName.of(ladder.value, among: known),
        letters(near) != letters(ladder.value)
      else { return nil }
      return Diagnostic(
        "R012", .warning, at: ladder.place, "`\(ladder.value)` is another ladder than `\(near)`",
        help: "did you mean `\(near)`?")
    }
  }

  /// `renew` keeps a tier for less than it took to reach it.
  private static func dearRenewal(_ tier: TierSyntax) -> Diagnostic? {
    guard case .goal(let goal)? = tier.qualify, case .goal(let renewal)? = tier.renew,
      renewal.measure == goal.measure, renewal.window == goal.window,
      let least = goal.range.least, let kept = renewal.range.least, kept > least,
      goal.items == nil, renewal.items == nil
    else { return nil }
    return Diagnostic(
      "R054", .warning, at: renewal.place,
      "keeping the tier `\(tier.key.value)` asks for more than reaching it does",
      help: "who has \(least) reaches it again: write less under `renew`, or delete it")
  }

  /// A rank in a time that has just begun on its day of review compares nothing.
  private static func emptyRank(_ tier: TierSyntax) -> Diagnostic? {
    var found: RankSyntax?
    tier.qualify?.walk { if case .rank(let rank) = $0 { found = found ?? rank } }
    guard let rank = found, case .calendar(let unit, last: false) = rank.window else { return nil }
    if let review = tier.review {
      guard let day = CivilDate(year: 2026, month: review.month, day: review.day),
        unit == .day || unit != .week && day.start(of: unit) == day
      else { return nil }
    } else {
      guard unit == .month || unit == .day else { return nil }
    }
    return Diagnostic(
      "R039", at: rank.place,
      "this rank is decided on the first day of its time, of which nothing is over yet: nobody "
        + "ever has it", help: "write `within: last calendar \(unit.rawValue)`")
  }

  private static func secondRank(_ tier: TierSyntax) -> Diagnostic? {
    var ranks: [RankSyntax] = []
    tier.qualify?.walk { if case .rank(let rank) = $0 { ranks.append(rank) } }
    guard ranks.count > 1 else { return nil }
    return Diagnostic(
      "R039", at: ranks[1].place, "a tier has one rank, and this is a second one",
      help: "keep one of them, or make two tiers")
  }
}

import Loyalty
import YAML

/// Conditions and choices of items whose parts exclude each other.
struct NeverTrue {
  private let named: [String: ConditionSyntax]
  private let sets: [String: ItemsSyntax]
  /// Of each tier its ladder, and the tiers of each ladder in their order.
  private let ladders: [String: String]
  private let tiers: [String: [String]]

  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let check = NeverTrue(program)
    var claims: [Claim] = []
    for rule in program.rules { claims += check.claims(rule.condition, rule.items) }
    for coupon in program.coupons { claims += check.claims(coupon.condition, coupon.items) }
    for reward in program.rewards { claims += check.claims(reward.condition, reward.items) }
    for segment in program.segments {
      if case .condition(let condition) = segment.source { claims += check.claims(condition, nil) }
    }
    return claims.flatMap { Claim.contradictions(in: [$0]) }.map {
      Diagnostic("R055", at: $0.place, "this can never be true: \($0.why)", help: $0.help)
    }
  }

  private init(_ program: ProgramSyntax) {
    named = Dictionary(
      program.conditions.map { ($0.key.value, $0.condition) },
      uniquingKeysWith: { first, _ in first })
    sets = Dictionary(
      program.sets.map { ($0.key.value, $0.items) }, uniquingKeysWith: { first, _ in first })
    let all = program.tiers.map { ($0.key.value, $0.ladder?.value ?? "") }
    ladders = Dictionary(all, uniquingKeysWith: { first, _ in first })
    tiers = Dictionary(grouping: all, by: \.1).mapValues { $0.map(\.0) }
  }

  /// What has no parts excludes nothing, and is not looked at.
  private func claims(_ condition: ConditionSyntax?, _ items: ItemsSyntax?) -> [Claim] {
    var claims: [Claim] = []
    switch condition {
    case .all, .any, .not, .named, .age, .basket, .history:
      claims += condition.map { [claim($0)] } ?? []
    default: break
    }
    switch items {
    case .all, .any, .not, .set: claims += items.map { [claim($0)] } ?? []
    default: break
    }
    return claims
  }

  // MARK: - Conditions

  /// What a name stands for is told where the name stands.
  private func claim(_ condition: ConditionSyntax, at: Place? = nil, _ depth: Int = 0) -> Claim {
    guard depth < 32 else { return .open }
    switch condition {
    case .all(let parts): return .all(parts.map { claim($0, at: at, depth + 1) })
    case .any(let parts): return .any(parts.map { claim($0, at: at, depth + 1) })
    case .not(let part): return .not(claim(part, at: at, depth + 1))
    case .named(let name):
      return named[name.value].map { claim($0, at: at ?? name.place, depth + 1) } ?? .open
    case .weekdays(let mask, let place):
      let days = Set(Reading.weekdayNames.indices.filter { mask & (1 << UInt8($0)) != 0 }).map {
        Reading.weekdayNames[$0]
      }
      return .one(
        "weekday", Set(days), at ?? place, why: "no day is all of these weekdays",
        help: Self.joined("weekday", Reading.weekdayNames))
    case .hours(let spans, let place): return .hours(DayMinutes(spans), at ?? place)
    case .tier(let test): return claim(test, at)
    case .stores(let names): return one("store", names, "a purchase is made in one store", at)
    case .regions(let names): return one("region", names, "a store is in one region", at)
    case .channels(let names): return one("channel", names, "a purchase has one channel", at)
    case .partners(let names): return one("partner", names, "an event has one partner", at)
    case .attribute(let name, .values(let values)):
      return one(name.value, values, "`\(name.value)` has one value", at)
    case .attribute(let name, .range(let range)):
      return .number(name.value, range, at ?? name.place)
    case .age(let range, let place):
      return .all([atLeastZero("age", at ?? place), .number("age", range, at ?? place)])
    case .balance(let currency, let range):
      return .number("balance of \(currency.value)", range, at ?? currency.place)
    case .basket(let goals): return .all(goals.map { claim($0, "basket", at) })
    case .history(let goals): return .all(goals.map { claim($0, "history", at) })
    default:
      guard let text = condition.comparableText, let place = condition.place else { return .open }
      return .same(text, at ?? place)
    }
  }

  /// One question for all the answers, in their order, or that of the alphabet.
  private static func joined(_ word: String, _ order: [String]? = nil)
    -> @Sendable (Set<String>) -> String
  {
    { answers in
      let list = (order ?? answers.sorted()).filter(answers.contains)
      return "join them: `\(word): \(YAMLText.list(list))`"
    }
  }

  private func one(_ word: String, _ names: [Written<String>], _ why: String, _ at: Place?) -> Claim
  {
    guard let place = names.last?.place else { return .open }
    return .one(
      word, Set(names.map(\.value)), at ?? place, why: why, help: Self.joined(word))
  }

  private func claim(_ test: TierTestSyntax, _ at: Place?) -> Claim {
    guard let first = test.names.first, let ladder = ladders[first.value],
      test.names.allSatisfy({ ladders[$0.value] == ladder }), let order = tiers[ladder],
      let place = order.firstIndex(of: first.value)
    else { return .open }
    let held =
      switch test.form {
      case .exactly: Set(test.names.map(\.value))
      case .orAbove: Set(order[place...])
      case .orBelow: Set(order[...place])
      }
    return .one(
      "tier of \(ladder)", held, at ?? first.place, why: "nobody is in two of these tiers at once",
      help: Self.joined("tier", order))
  }

  private func claim(_ goal: GoalSyntax, _ word: String, _ at: Place?) -> Claim {
    let of = [
      word, CanonicalText.text(goal.measure.value), goal.event?.value,
      goal.items.map { CanonicalText.text($0, sets) }, goal.tender.map { CanonicalText.text($0) },
      goal.window.map { CanonicalText.text($0.value) },
    ].map { $0 ?? "" }.joined(separator: " ")
    // Events that carry other things are other events.
    guard goal.attributes.isEmpty else { return .open }
    let asked = Claim.number(of, goal.range, at ?? goal.place)
    switch goal.measure.value {
    case .quantity, .visits, .variety, .times:
      return .all([atLeastZero(of, at ?? goal.place), asked])
    default: return asked
    }
  }

  private func atLeastZero(_ what: String, _ place: Place) -> Claim {
    .number(what, RangeSyntax(least: ExactDecimal(units: 0)), place)
  }

  // MARK: - Items

  private func claim(_ items: ItemsSyntax, at: Place? = nil, _ depth: Int = 0) -> Claim {
    guard depth < 32 else { return .open }
    switch items {
    case .all(let parts): return .all(parts.map { claim($0, at: at, depth + 1) })
    case .any(let parts): return .any(parts.map { claim($0, at: at, depth + 1) })
    case .not(let part): return .not(claim(part, at: at, depth + 1))
    case .set(let name):
      return sets[name.value].map { claim($0, at: at ?? name.place, depth + 1) } ?? .open
    case .categories(let names): return one("category", names, "an article is of one category", at)
    case .skus(let names): return one("sku", names, "an article has one SKU", at)
    case .attribute(let name, let values):
      return one(name.value, values, "`\(name.value)` has one value", at)
    case .discounted(let yes, let place):
      return .one(
        "discounted", [yes ? "yes" : "no"], at ?? place, why: "a line is reduced, or it is not",
        help: { _ in "leave one of them out" })
    case .favourite, .cheapest: return .open
    }
  }
}

extension ConditionSyntax {
  /// Where it stands, as far as that is kept.
  fileprivate var place: Place? {
    switch self {
    case .dates(_, let place), .daysOfMonth(_, let place), .hours(_, let place),
      .birthday(_, let place), .joined(_, let place), .tender(_, let place):
      place
    case .holidays(let names), .segments(let names), .coupons(let names): names.first?.place
    default: nil
    }
  }
}

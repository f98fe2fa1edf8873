import Loyalty
import YAML

/// `spend: 50.00` in a basket: an amount that hardly anybody meets to the cent.
enum ExactAmounts {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var found: [Diagnostic] = []
    program.forEachCondition { condition, _ in
      switch condition {
      case .basket(let goals), .history(let goals): found += goals.compactMap { warning($0) }
      case .balance(let currency, let range):
        if let exact = exact(range) { found.append(warning(currency.value, exact, currency.place)) }
      default: break
      }
    }
    for tier in program.tiers {
      let goals = (tier.qualify?.goals ?? []) + (tier.renew?.goals ?? [])
      // A tier asks for as much or more, whatever is counted.
      found += goals.compactMap { goal in
        exact(goal.range).map { warning(word(goal.measure.value), $0, goal.measure.place) }
      }
    }
    return found
  }

  private static func warning(_ goal: GoalSyntax) -> Diagnostic? {
    switch goal.measure.value {
    case .spend, .margin, .left, .earned:
      exact(goal.range).map { warning(word(goal.measure.value), $0, goal.measure.place) }
    default: nil
    }
  }

  private static func word(_ measure: MeasureSyntax) -> String {
    switch measure {
    case .spend: "spend"
    case .quantity: "quantity"
    case .visits: "visits"
    case .variety: "variety"
    case .times: "times"
    case .margin: "margin"
    case .left: "left"
    case .balance: "balance"
    case .earned(let name), .attribute(let name): name
    }
  }

  private static func exact(_ range: RangeSyntax) -> ExactDecimal? {
    guard let least = range.least, range.most == least, !range.leastIsOutside, least.units > 0
    else { return nil }
    return least
  }

  private static func warning(_ word: String, _ amount: ExactDecimal, _ place: Place) -> Diagnostic
  {
    Diagnostic(
      "R068", .warning, at: place,
      "this asks for \(amount) exactly: with any more it does not hold",
      help: "write `\(word): at least \(amount)`")
  }
}

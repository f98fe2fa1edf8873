import Engine
import Loyalty

/// `patron hold`: sets aside what a member wants to redeem.
enum HoldCommand: Command {
  static let name = "hold"
  static let summary = "set aside points, a reward, a coupon or a perk for a redemption"
  static let usage =
    "hold CARD (--reward KEY | --pay AMOUNT | --points N | --coupon CODE | --perk KEY) [--json]"
  static let help = """
    Answers at once: held until when, or refused and why. What is held cannot be had by anybody
    else. `patron capture` redeems it, `patron release` lets it go, and after its time it falls
    away by itself. The same --id again has the first answer, however often a till asks.
    """
  static let options = [
    Option("reward", "KEY", "a reward of the program, for its price"),
    Option("times", "N", "so many of it, or none (1)"),
    Option("pay", "AMOUNT", "so much of a bill is to be paid with points"),
    Option("points", "N", "points as they are"),
    Option("currency", "KEY", "of which currency, where the program has several"),
    Option("coupon", "CODE", "a use of a coupon"),
    Option("perk", "KEY", "a perk of the member's tier"),
    Option("for", "TIME", "how long: 90s, 15m, 2h, 3d (15m)"),
    Option("store", "STORE", "where it happens"),
    Option("id", "ID", "your own id of the hold"),
    Option("at", "INSTANT", "when (now)"), Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("a card, a phone number or a member's code")
    try arguments.end()
    let request = try request(arguments)
    var desk = try MemberCommand.desk()
    let member = try desk.member(who)
    let answer = try desk.hold(
      request, for: member, id: arguments.value("id"), store: arguments.value("store"),
      at: try MemberCommand.instant(arguments, desk))
    var answers = try HoldAnswers(arguments, desk)
    answers.asked = request.what
    return answers.show(answer, "held")
  }

  private static func request(_ arguments: Arguments) throws -> HoldRequest {
    var attributes: [Attribute] = []
    for name in ["reward", "times", "pay", "points", "currency", "coupon", "perk", "for"] {
      guard let text = arguments.value(name) else { continue }
      attributes.append(Attribute(name: name, value: .text(text)))
    }
    do {
      return try HoldRequest(attributes)
    } catch {
      let option = error.field.isEmpty ? "" : "`--\(error.field)`: "
      throw UsageFailure(option + error.reason + "; " + error.remedy)
    }
  }
}

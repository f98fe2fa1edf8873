import Engine
import JSON
import Loyalty
import Reports

/// `patron redemptions`: what tills took though it broke its terms.
enum RedemptionsCommand: Command {
  static let name = "redemptions"
  static let summary = "coupons and payments that tills took past their terms"
  static let usage = "redemptions [--from DATE] [--to DATE] [--limit N] [--json]"
  static let help = """
    A till without a line gives what a coupon says, and posts it later: by then it may be used up,
    held by another till or past its last day. The sale is taken in as it was; what broke its terms
    is listed here, the newest first, with the reason. So are bills that were paid with more points
    than there were. `patron explain` tells more about one.
    """
  static let options = [
    Option("from", "DATE", "the first day"), Option("to", "DATE", "the last day, included"),
    Option("limit", "N", "rows to list at most (50)"), Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let most = try arguments.number("limit", in: 1...1_000_000, default: 50)
    let store = try Asking.store()
    guard let program = try ProgramSet.current(store, at: .now)?.rater.program else {
      throw ReportFailure.nothingPublished
    }
    let (first, last) = (try Asking.date(arguments, "from"), try Asking.date(arguments, "to"))
    let list = try PastTerms.list(
      store, from: first.map { program.zone.start(of: $0) } ?? .distantPast,
      before: last.map { program.zone.end(of: $0) } ?? .distantFuture, most: most)
    if arguments.has("json") {
      for one in list { print(json(one, program.money)) }
      return ExitStatus.done
    }
    guard !list.isEmpty else {
      print("None broke its terms.")
      return ExitStatus.done
    }
    var table = Table([.left, .left, .left, .right, .left, .left])
    for one in list {
      table.add(
        [
          "\(program.zone.date(of: one.at))", one.transaction, one.what,
          program.money.text(Money(minor: one.money)), one.reason.text, one.members,
        ], [.dim, .bold, nil, nil, .yellow])
    }
    table.show(indent: 0)
    if list.count == most { print("… the first \(most); `--limit N` shows more") }
    return ExitStatus.done
  }

  private static func json(_ one: PastTerms, _ money: MoneyUnit) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("at", one.at.text(offset: 0))
      json.member("transaction", one.transaction)
      json.member("what", one.what)
      json.name("money")
      json.number(money.text(Money(minor: one.money)))
      json.member("reason", one.reason.text)
      json.member("members", one.members)
    }
    return json.text
  }
}

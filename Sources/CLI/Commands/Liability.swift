import JSON
import Loyalty
import Reports

/// `patron liability`: what the program owes.
enum LiabilityCommand: Command {
  static let name = "liability"
  static let summary = "outstanding points by month of expiry, what they are worth, who paid"
  static let usage = "liability [--as-of DATE] [--json]"
  static let help = """
    Tells what is outstanding of each currency by the month in which it ends, what that is worth,
    and what was granted, taken back, redeemed and expired until then, with who pays for what rules
    gave. It reckons from the postings, so any past day is as true as today. Points past their last
    day count as expired, whether that is booked yet or not. Debt is told beside, not taken off.
    Of points that end together those of all who pay are redeemed and expire alike.
    """
  static let options = [
    Option("as-of", "DATE", "at the end of that day (now)"), Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let day = try Asking.date(arguments, "as-of")
    let report = try LiabilityReport(asOf: day, try Asking.store())
    if arguments.has("json") { print(json(report)) } else { show(report) }
    return ExitStatus.done
  }

  private static func show(_ report: LiabilityReport) {
    for part in report.currencies {
      Terminal.heading("\(part.key), \(report.day)")
      func points(_ value: Int64) -> String { Asking.points(value, part.decimals) }
      func money(_ worth: Int64?) -> String {
        worth.map { "\(report.money.text(Money(minor: $0))) \(report.money.code)" } ?? ""
      }
      var table = Table([.left, .right, .right])
      for month in part.months {
        let name = month.month.map { "until \($0.description.prefix(7))" } ?? "without a date"
        table.add([name, points(month.points), money(month.worth)])
      }
      table.add(
        ["outstanding", points(part.outstanding), money(part.worth)], [.bold, .bold, .bold])
      table.show()
      var rest = Table([.left, .right])
      for (name, value) in [
        ("granted", part.granted), ("opening balances", part.opening),
        ("taken back", part.reversed), ("redeemed", part.redeemed), ("expired", part.expired),
        ("given by hand", part.adjusted), ("owed by members", part.debt),
      ] where value != 0 { rest.add([name, points(value)], [.dim]) }
      if !rest.isEmpty { print("") }
      rest.show()
      guard !part.funders.isEmpty else { continue }
      print("")
      var funders = Table([.left, .right, .right, .right, .right, .right])
      funders.add(
        ["paid by", "granted", "taken back", "redeemed", "expired", "worth"],
        Array(repeating: .dim, count: 6))
      for funder in part.funders {
        funders.add([
          funder.name ?? "nobody named", points(funder.granted), points(funder.reversed),
          points(funder.redeemed), points(funder.expired), money(funder.worth),
        ])
      }
      funders.show()
    }
  }

  private static func json(_ report: LiabilityReport) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("as of", report.day.description)
      json.member("money", report.money.code)
      json.memberArray("currencies") { json in
        for part in report.currencies { write(part, report.money, &json) }
      }
    }
    return json.text
  }

  private static func write(
    _ part: LiabilityReport.CurrencyPart, _ unit: MoneyUnit, _ json: inout JSONWriter
  ) {
    func points(_ name: String, _ value: Int64, _ json: inout JSONWriter) {
      json.name(name)
      json.number(ExactDecimal.text(value, places: part.decimals))
    }
    func worth(_ value: Int64?, _ json: inout JSONWriter) {
      json.member("worth", value.map { unit.text(Money(minor: $0)) })
    }
    json.object { json in
      json.member("currency", part.key)
      points("outstanding", part.outstanding, &json)
      worth(part.worth, &json)
      json.memberArray("months") { json in
        for month in part.months {
          json.object { json in
            json.member("month", month.month.map { String($0.description.prefix(7)) })
            points("points", month.points, &json)
            worth(month.worth, &json)
          }
        }
      }
      points("granted", part.granted, &json)
      points("opening", part.opening, &json)
      points("taken back", part.reversed, &json)
      points("redeemed", part.redeemed, &json)
      points("expired", part.expired, &json)
      points("by hand", part.adjusted, &json)
      points("debt", part.debt, &json)
      json.memberArray("funders") { json in
        for funder in part.funders {
          json.object { json in
            json.member("funder", funder.name)
            points("granted", funder.granted, &json)
            points("taken back", funder.reversed, &json)
            points("redeemed", funder.redeemed, &json)
            points("expired", funder.expired, &json)
            worth(funder.worth, &json)
          }
        }
      }
    }
  }
}

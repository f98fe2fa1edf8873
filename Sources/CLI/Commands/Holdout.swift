import JSON
import Loyalty
import Reports

/// `patron holdout`: what a rule changed.
enum HoldoutCommand: Command {
  static let name = "holdout"
  static let summary = "members whom a rule rewarded beside those who were held out of it"
  static let usage = "holdout [RULE] [--from DATE] [--to DATE] [--json]"
  static let help = """
    A rule or campaign with `holdout: 5%` gives nothing to that share of the members, always the
    same ones, and notes it whenever they would have got something. This compares them with the
    members who got it: how many they are, what they bought, spent (less what came back) and were
    given by all rules in the period, and what that is for each member. Both sides are members who
    met the rule's conditions in the period; chance has chosen between them, so where they are many,
    the difference is what the rule did.
    """
  static let options = [
    Option("from", "DATE", "the first day (the beginning)"),
    Option("to", "DATE", "the last day, itself included (now)"), Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let only = arguments.nextOrNil()
    try arguments.end()
    let (from, to) = (try Asking.date(arguments, "from"), try Asking.date(arguments, "to"))
    if let from, let to, to < from { throw UsageFailure("`--to` lies before `--from`") }
    let report = try HoldoutReport(only, from: from, to: to, try Asking.store())
    if arguments.has("json") { print(json(report)) } else { show(report) }
    return ExitStatus.done
  }

  // MARK: - Text

  private static func show(_ report: HoldoutReport) {
    if report.comparisons.isEmpty { print("no rule has ever held out anybody") }
    for comparison in report.comparisons {
      let share = comparison.share.map { "\(ExactDecimal.text($0, places: 4))%" }
      let what = comparison.isCampaign ? "campaign \(comparison.name)" : comparison.name
      Terminal.heading("\(what), held out: \(share ?? "nobody any more")")
      var table = Table([.left, .right, .right, .right])
      table.add(["", "rewarded", "held out", "difference"], [.dim, .dim, .dim, .dim])
      for line in lines(comparison, report) { table.add(line.cells) }
      table.show()
    }
  }

  private struct Line {
    var name: String
    /// In units of 10 to the power of minus `decimals`; nil where there is no member.
    var treated: Int64?
    var heldOut: Int64?
    var decimals = 0
    var compares = true

    var cells: [String] {
      let both = [treated, heldOut].map { $0.map { Asking.points($0, decimals) } ?? "–" }
      guard compares, let treated, let heldOut else { return [name] + both }
      var difference = Asking.signed(treated - heldOut, decimals)
      if heldOut > 0 {
        let tenths = Int128(treated - heldOut) * 1000 / Int128(heldOut)
        difference += " (\(Asking.signed(Int64(clamping: tenths), 1))%)"
      }
      return [name] + both + [difference]
    }
  }

  private static func lines(
    _ comparison: HoldoutReport.Comparison, _ report: HoldoutReport
  ) -> [Line] {
    let (treated, heldOut) = (comparison.treated, comparison.heldOut)
    let code = report.money.code
    var lines = [
      Line(
        name: "members", treated: treated.members, heldOut: heldOut.members, compares: false),
      Line(
        name: "purchases", treated: treated.purchases, heldOut: heldOut.purchases,
        compares: false),
      Line(
        name: "spend, \(code)", treated: treated.spend, heldOut: heldOut.spend,
        decimals: report.money.decimals, compares: false),
      Line(
        name: "purchases a member", treated: treated.each(treated.purchases, places: 2),
        heldOut: heldOut.each(heldOut.purchases, places: 2), decimals: 2),
      Line(
        name: "spend a member, \(code)", treated: treated.each(treated.spend),
        heldOut: heldOut.each(heldOut.spend), decimals: report.money.decimals),
    ]
    for (id, key, decimals) in report.currencies {
      let (one, other) = (treated.points[id] ?? 0, heldOut.points[id] ?? 0)
      guard one != 0 || other != 0 else { continue }
      let places = decimals == 0 ? 1 : 0
      lines.append(
        Line(
          name: "\(key) a member", treated: treated.each(one, places: places),
          heldOut: heldOut.each(other, places: places), decimals: decimals + places))
    }
    return lines
  }

  // MARK: - JSON

  private static func json(_ report: HoldoutReport) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("from", report.from?.description)
      json.member("to", report.to?.description)
      json.member("money", report.money.code)
      json.memberArray("holdouts") { json in
        for comparison in report.comparisons {
          json.object { json in
            json.member(comparison.isCampaign ? "campaign" : "rule", comparison.name)
            json.member("share", comparison.share.map { ExactDecimal.text($0, places: 6) })
            write("rewarded", comparison.treated, report, &json)
            write("held out", comparison.heldOut, report, &json)
          }
        }
      }
    }
    return json.text
  }

  private static func write(
    _ name: String, _ side: HoldoutReport.Side, _ report: HoldoutReport, _ json: inout JSONWriter
  ) {
    let unit = report.money
    json.memberObject(name) { json in
      json.member("members", side.members)
      json.member("purchases", side.purchases)
      json.member("spend", unit.text(Money(minor: side.spend)))
      json.member(
        "purchases a member",
        side.each(side.purchases, places: 2).map { ExactDecimal.text($0, places: 2) })
      json.member(
        "spend a member", side.each(side.spend).map { unit.text(Money(minor: $0)) })
      json.memberObject("points") { json in
        for (id, key, decimals) in report.currencies {
          guard let sum = side.points[id] else { continue }
          json.name(key)
          json.number(ExactDecimal.text(sum, places: decimals))
        }
      }
    }
  }
}

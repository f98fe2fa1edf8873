import JSON
import Reports

/// `patron perks`: what a member may have without points.
enum PerksCommand: Command {
  static let name = "perks"
  static let summary = "the perks of a member's tiers; a partner checks one"
  static let usage = "perks CARD [PERK] [--json]"
  static let help = """
    Lists the perks of the tiers that a member has now. With a PERK it answers whether the member
    has it and may have it now, by its exit status, too. `patron hold CARD --perk PERK` and
    `patron capture` use it: they keep a record, and count where the program says how often a
    member may have it.
    """
  static let options = [
    Option("at", "INSTANT", "as of a later moment"), Asking.language, Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("a card, a phone number or a member's code")
    let perk = arguments.nextOrNil()
    try arguments.end()
    let store = try Asking.store()
    let report = try BalanceReport(
      try AccountKey(who, store), store, at: try Asking.instant(arguments, "at", store),
      language: Asking.language(arguments))
    let perks = report.perks.filter { perk == nil || $0 == perk }
    let spent = zip(report.perks, report.perksLeft).filter { $0.0 == perk }.flatMap(\.1)
      .filter { $0.left == 0 }
    let has = perk == nil || !perks.isEmpty && spent.isEmpty
    if arguments.has("json") {
      var json = JSONWriter()
      json.object { json in
        json.member("tier", report.tier)
        json.memberArray("perks") { json in for perk in perks { json.value(perk) } }
        writeLeft(report, &json)
      }
      print(json.text)
    } else if let perk {
      let tier = report.tier.map { " as \($0)" } ?? ""
      if let limit = spent.first {
        print("No: \(perk) is used up, \(limit.limit).")
      } else {
        print(has ? "Yes: \(perk)\(tier)." : "No: the member has no \(perk)\(tier).")
      }
    } else {
      print(perks.isEmpty ? "None." : lines(report).joined(separator: "\n"))
    }
    return has ? ExitStatus.done : ExitStatus.failed
  }

  /// Each perk with what is left of it, where it is counted.
  static func lines(_ report: BalanceReport) -> [String] {
    zip(report.perks, report.perksLeft).map { perk, left in
      perk + left.map { " (\($0.left) left of \($0.limit))" }.joined()
    }
  }

  static func writeLeft(_ report: BalanceReport, _ json: inout JSONWriter) {
    json.memberArray("perks left") { json in
      for (perk, left) in zip(report.perks, report.perksLeft) {
        for limit in left {
          json.object { json in
            json.member("perk", perk)
            json.member("limit", limit.limit)
            json.member("left", limit.left)
          }
        }
      }
    }
  }
}

import JSON
import Loyalty
import Reports

/// `patron history`: all that moved in one account.
enum HistoryCommand: Command {
  static let name = "history"
  static let summary = "every posting and tier change of a member, in order"
  static let usage =
    "history CARD|PHONE|MEMBER [--from DATE] [--to DATE] [--lang LANGUAGE] [--json]"
  static let help = """
    Lists postings and changes of tier in the order in which they were booked, with the balance
    after each (what can be spent, less what is owed). What happened in accounts that were merged
    into this one stands among it without a balance; what they had came over by the merge.
    `patron explain` tells more about one transaction.
    """
  static let options = [
    Option("from", "DATE", "the first day"), Option("to", "DATE", "the last day, included"),
    Asking.language, Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("a card, a phone number or a member's code")
    try arguments.end()
    let (from, to) = (try Asking.date(arguments, "from"), try Asking.date(arguments, "to"))
    let store = try Asking.store()
    let report = try HistoryReport(
      try AccountKey(who, store), store, from: from, to: to, language: Asking.language(arguments))
    if arguments.has("json") { print(json(report)) } else { show(report) }
    return ExitStatus.done
  }

  private static func show(_ report: HistoryReport) {
    guard !report.entries.isEmpty else { return print("Nothing was booked.") }
    var table = Table([.left, .right, .right, .left, .left])
    for entry in report.entries {
      let source = Terminal.styled(entry.transaction, .dim)
      switch entry.what {
      case .posting(let posting, let rules):
        let (key, decimals) = report.currencies[posting.currency] ?? ("", 0)
        let change = posting.effect == 0 ? posting.amount : posting.effect
        let amount =
          posting.effect == 0 ? Asking.points(change, decimals) : Asking.signed(change, decimals)
        table.add(
          [
            "\(entry.date)", amount + " " + key,
            entry.former == nil ? "= " + Asking.points(entry.balance, decimals) : "",
            posting.words(rules, report.zone) + before(entry), source,
          ], [nil, posting.effect < 0 ? .red : nil, .dim])
      case .tier(let from, let to, let lastDay, let reason):
        table.add(
          [
            "\(entry.date)", "tier", "",
            reason.words(from: from, to: to, lastDay: lastDay) + before(entry), source,
          ], [nil, .cyan])
      }
    }
    table.show(indent: 0)
  }

  private static func before(_ entry: HistoryReport.Entry) -> String {
    entry.former == nil ? "" : ", in an account that was merged into this one"
  }

  private static func json(_ report: HistoryReport) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("account", report.account)
      json.memberArray("entries") { json in
        for entry in report.entries { write(entry, report, &json) }
      }
    }
    return json.text
  }

  private static func write(
    _ entry: HistoryReport.Entry, _ report: HistoryReport, _ json: inout JSONWriter
  ) {
    json.object { json in
      json.member("at", entry.at.text(offset: report.zone.offset(at: entry.at)))
      json.member("transaction", entry.transaction)
      if let former = entry.former { json.member("account", former) }
      switch entry.what {
      case .posting(let posting, let rules):
        let (key, decimals) = report.currencies[posting.currency] ?? ("", 0)
        json.member("reason", "\(posting.reason)")
        json.member("from", "\(posting.from)")
        json.member("to", "\(posting.to)")
        json.member("currency", key)
        json.name("amount")
        json.number(ExactDecimal.text(posting.amount, places: decimals))
        json.name("balance")
        json.number(ExactDecimal.text(entry.balance, places: decimals))
        json.memberArray("rules") { json in for rule in rules { json.value(rule) } }
      case .tier(let from, let to, let lastDay, let reason):
        json.member("reason", "tier \(reason)")
        json.member("from", from)
        json.member("to", to)
        json.member("until", lastDay?.description)
      }
    }
  }
}

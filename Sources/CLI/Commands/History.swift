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
    after each (what can be spent, less what is owed). `patron explain` tells more about one
    transaction.
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
            "\(entry.date)", amount + " " + key, "= " + Asking.points(entry.balance, decimals),
            words(posting, rules, report), source,
          ], [nil, posting.effect < 0 ? .red : nil, .dim])
      case .tier(let from, let to, let lastDay, let reason):
        table.add(
          [
            "\(entry.date)", "tier", "",
            Self.words(from, to, lastDay, reason), source,
          ], [nil, .cyan])
      }
    }
    table.show(indent: 0)
  }

  /// What a posting is in plain words.
  static func words(_ posting: StoredPosting, _ rules: [String], _ report: HistoryReport) -> String
  {
    let by = rules.isEmpty ? "" : ": " + rules.joined(separator: ", ")
    switch (posting.reason, posting.to) {
    case (.accrual, .debt): return "earned, paid off what was owed" + by
    case (.accrual, .pending):
      let day = posting.due.map { " until \(report.zone.date(of: $0 + (-1)))" } ?? ""
      return "earned, pending\(day)" + by
    case (.accrual, _): return "earned" + by
    case (.return, _):
      let from =
        posting.from == .debt
        ? ", owed from now on" : posting.from == .pending ? " from pending" : ""
      return "taken back\(from)" + by
    case (.release, .debt): return "no longer pending, paid off what was owed"
    case (.release, _): return "no longer pending"
    case (.expiry, _): return "expired" + (posting.from == .pending ? " while pending" : "")
    case (.opening, _): return "opening balance"
    case (.correction, .issued):
      return "corrected, taken back" + (posting.from == .debt ? ", owed from now on" : "") + by
    case (.correction, _): return "corrected, given" + by
    case (.conversion, _): return "given up for another currency"
    case (.redemption, .redeemed) where posting.from == .debt:
      return "redeemed, owed from now on"
    case (.redemption, _): return "redeemed"
    case (.givenBack, .debt): return "given back for what it had paid, paid off what was owed"
    case (.givenBack, _): return "given back for what it had paid"
    }
  }

  static func words(
    _ from: String?, _ to: String?, _ lastDay: CivilDate?, _ reason: TierChange.Reason
  ) -> String {
    let until = lastDay.map { " until \($0)" } ?? ""
    switch reason {
    case .requalified: return "\(to ?? "tier") again\(until)"
    case .ended: return "\(from ?? "tier") ended, \(to ?? "no tier")\(until)"
    case .review: return "\(to ?? "no tier")\(until), by review"
    case .granted: return "\(to ?? "no tier")\(until), granted by a rule"
    case .byHand: return "\(to ?? "no tier")\(until), by hand"
    case .returned:
      return from == to
        ? "\(to ?? "tier")\(until), for a sale came back"
        : "\(from ?? "tier") withdrawn, for the sale that caused it came back; "
          + "\(to ?? "no tier")\(until)"
    case .qualified: return "\(from.map { "\($0) → " } ?? "")\(to ?? "no tier")\(until)"
    }
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

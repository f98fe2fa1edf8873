import Engine
import JSON
import Ledger
import Loyalty
import Reports

/// `patron status`: how the engine stands.
enum StatusCommand: Command {
  static let name = "status"
  static let summary = "what waits, what is parked, which versions hold, how much there is"
  static let usage = "status [--json]"
  static let help = """
    Shows what waits to be taken in and to be rated, and the review of tiers by rank that it waits
    for, where one is due; what is parked and why, conflicts, messages that wait to go out, the
    program's versions, stores that events name and nobody has described, and how much is stored.
    """
  static let options = [Asking.json]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let store = try Asking.store()
    let report = try StatusReport(store, now: .now)
    if arguments.has("json") { print(json(report)) } else { show(report) }
    return ExitStatus.done
  }

  private static func inbox(_ report: StatusReport) -> String {
    report.inbox > StatusReport.mostInbox
      ? "more than \(Terminal.grouped(StatusReport.mostInbox))" : Terminal.grouped(report.inbox)
  }

  private static func lag(_ report: StatusReport) -> Int64? {
    report.waitingSince.map { max(0, (report.now.microseconds - $0.microseconds) / 1_000_000) }
  }

  private static func closed(_ report: StatusReport) -> String {
    let begun = report.closing.flatMap { $0 > report.closed ?? CivilDate(day: .min) ? $0 : nil }
    let cut = begun.map { "\($0) is being closed, or was cut off; " } ?? ""
    return cut
      + (report.closed == nil ? "no day is closed yet; `patron close` does" : "the last day")
  }

  private static func words(_ due: DueReview) -> String {
    let tiers = due.tiers.map { "`\($0)`" }.joined(separator: ", ")
    return "of \(tiers) is due: \(CheckCommand.counted(due.accounts, "account")) "
      + (due.accounts == 1 ? "waits" : "wait")
      + " for it since \(due.since.shown(offset: 0)); "
      + (due.isBehindOthers
        ? "what lies before it is rated first: `patron run` does both"
        : "`patron review --as-of \(due.day)` holds it, or `patron run`")
  }

  private static func show(_ report: StatusReport) {
    var table = Table([.left, .right, .left])
    let rows = report.inbox == 1 ? "row" : "rows"
    table.add(["inbox", inbox(report), "\(rows) to be taken in"])
    let since = lag(report).map { ", the oldest for \(Terminal.grouped($0)) s" } ?? ""
    let events = report.waiting == 1 ? "event" : "events"
    table.add(["waiting", Terminal.grouped(report.waiting), "\(events) to be rated\(since)"])
    if let due = report.dueReview {
      table.add(["review", "\(due.day)", words(due)], [nil, .yellow])
    }
    table.add(["closed", report.closed?.description ?? "", closed(report)])
    let parked = report.parked.reduce(0) { $0 + $1.count }
    table.add(["parked", Terminal.grouped(parked), parked > 0 ? "`patron parked` lists them" : ""])
    for (reason, count) in report.parked { table.add(["", Terminal.grouped(count), reason]) }
    table.add(
      [
        "conflicts", Terminal.grouped(report.conflicts),
        report.conflicts > 0
          ? (report.conflicts == 1 ? "id that came" : "ids that came")
            + " again with other content; `patron conflicts` lists them" : "",
      ], [nil, report.conflicts > 0 ? .yellow : nil])
    for (what, count, list) in [
      (
        "adjustments", report.adjustments,
        "`patron member adjustments`: they wait for a second person"
      ),
      ("orders", report.orders, "`patron orders`: things to be sent or handed over"),
      ("past terms", report.pastTerms, "`patron redemptions`: tills took them all the same"),
      ("complaints", report.complaints, "`patron member contacts`: they are open"),
    ] where count > 0 { table.add([what, Terminal.grouped(count), list]) }
    addMessages(report.messages, to: &table)
    for (what, count) in report.counts {
      table.add([
        what, (count.isEstimate ? "~" : "") + Terminal.grouped(count.count),
        count.isEstimate ? "estimated" : "",
      ])
    }
    table.show(indent: 0)
    showVersions(report)
    guard !report.unknownStores.isEmpty else { return }
    Terminal.heading(
      "Stores that are not described"
        + (report.storesAreSampled ? " (in a sample of the events)" : ""))
    var stores = Table([.left, .right, .left])
    for (store, events) in report.unknownStores {
      stores.add([store, Terminal.grouped(events), events == 1 ? "event" : "events"])
    }
    stores.show()
    print("  They take the program's time zone; `patron load stores FILE` describes them.")
  }

  private static func addMessages(_ messages: Store.OutboxCounts, to table: inout Table) {
    let isMore = messages.waiting > StatusReport.mostMessages
    let count = Terminal.grouped(min(messages.waiting, StatusReport.mostMessages))
    table.add([
      "outbox", (isMore ? "more than " : "") + count,
      messages.waiting > 1
        ? "messages; `patron relay` delivers them"
        : messages.waiting == 1 ? "message; `patron relay` delivers it" : "",
    ])
    for (count, what) in [
      (
        messages.late,
        (messages.late == 1 ? "account" : "accounts")
          + " whose oldest was not taken; `patron relay --late`"
      ),
      (
        messages.dead,
        (messages.dead == 1 ? "dead letter" : "dead letters")
          + "; `patron relay --dead`"
      ),
    ] where count > 0 { table.add(["", Terminal.grouped(count), what], [nil, .yellow]) }
  }

  private static func showVersions(_ report: StatusReport) {
    guard !report.versions.isEmpty else {
      return print("\nNo program is published yet; `patron publish PATH --from INSTANT` does.")
    }
    Terminal.heading("Program")
    var table = Table([.right, .left, .left, .left, .left])
    let holds = report.versions.last { $0.begins <= report.now }
    for version in report.versions {
      table.add(
        [
          "\(version.id)", version.program, "from \(version.begins.text(offset: 0))",
          String(version.digest.prefix(12)), version.id == holds?.id ? "holds now" : "",
        ], [nil, nil, nil, .dim, .green])
    }
    table.show()
  }

  private static func json(_ report: StatusReport) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("inbox", report.inbox)
      json.member("waiting", report.waiting)
      json.member("closed", report.closed?.description)
      if let lag = lag(report) { json.member("lag seconds", lag) }
      if let due = report.dueReview {
        json.memberObject("due review") { json in
          json.member("day", due.day.description)
          json.memberArray("tiers") { json in for tier in due.tiers { json.value(tier) } }
          json.member("accounts", due.accounts)
          json.member("since", due.since.text(offset: 0))
          json.member("behind others", due.isBehindOthers)
        }
      }
      json.memberObject("parked") { json in
        for (reason, count) in report.parked { json.member(reason, count) }
      }
      json.member("conflicts", report.conflicts)
      json.memberObject("outbox") { json in
        json.member("waiting", report.messages.waiting)
        json.member("late accounts", report.messages.late)
        json.member("dead letters", report.messages.dead)
      }
      json.member("adjustments", report.adjustments)
      json.member("orders", report.orders)
      json.member("redemptions past their terms", report.pastTerms)
      json.member("complaints", report.complaints)
      for (what, count) in report.counts {
        json.member(what, count.count)
        if count.isEstimate { json.member("\(what) are estimated", true) }
      }
      json.memberArray("versions") { json in
        for version in report.versions {
          json.object { json in
            json.member("version", version.id)
            json.member("program", version.program)
            json.member("from", version.begins.text(offset: 0))
            json.member("digest", version.digest)
            json.member("published", version.publishedAt.text(offset: 0))
          }
        }
      }
      json.memberObject("unknown stores") { json in
        for (store, events) in report.unknownStores { json.member(store, events) }
      }
    }
    return json.text
  }
}

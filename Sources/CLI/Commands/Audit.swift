import JSON
import Loyalty
import Reports

/// `patron audit`: is everything as the ledger says?
enum AuditCommand: Command {
  static let name = "audit"
  static let summary = "recompute balances, lots and counters from the ledger and compare"
  static let usage = "audit [--json]"
  static let help = """
    Recomputes everything that is kept beside the ledger in one view of the database, while workers
    may go on: balances and lots from postings, every counter (of purchases, of points earned, of
    limits) from events and postings, and that everything received is somewhere. Ends with status 1
    and the offending accounts where anything differs.
    """
  static let options = [Asking.json]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let store = try Asking.store()
    let audit = try Audit(store)
    if arguments.has("json") { print(json(audit)) } else { show(audit) }
    return audit.isClean ? ExitStatus.done : ExitStatus.failed
  }

  private static func show(_ audit: Audit) {
    for check in audit.checks {
      guard check.wrong > 0 else {
        print(Terminal.styled("ok   ", .green) + check.name)
        continue
      }
      print(
        Terminal.styled("WRONG", .red) + " \(check.name): \(Terminal.grouped(check.wrong)) found")
      for finding in check.findings {
        print("       " + (finding.account.map { "account \($0): " } ?? "") + finding.what)
      }
      let more = check.wrong - Int64(check.findings.count)
      if more > 0 { print("       and \(Terminal.grouped(more)) more") }
    }
    if !audit.notRecomputed.isEmpty {
      print("\nNot recomputed, for they are of versions that were withdrawn:")
      for counter in audit.notRecomputed { print("  \(counter)") }
    }
    let counts = Dictionary(
      audit.counts.map { ($0.what, $0.count) }, uniquingKeysWith: { a, _ in a })
    func text(_ name: String) -> String { Terminal.grouped(counts[name] ?? 0) }
    print(
      """

      received \(text("received")) = rated \(text("rated")) + waiting \(text("waiting")) \
      + nobody's \(text("nobody's")) + parked \(Terminal.grouped(
        (counts["parked"] ?? 0) + (counts["parked unread"] ?? 0))) + conflicts \(text("conflicts"))
      """)
    for total in audit.totals {
      func points(_ value: Int64) -> String { Asking.points(value, total.decimals) }
      let held = total.held
      print(
        """
        \(total.currency): issued \(points(total.issued)) - taken back \(points(total.takenBack)) \
        - redeemed \(points(total.redeemed)) - expired \(points(total.expired)) \
        + by hand \(points(total.adjusted)) \
        = available \(points(held.available)) + pending \(points(held.pending)) \
        + held \(points(held.held)) - debt \(points(held.debt))
        """)
    }
  }

  private static func json(_ audit: Audit) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("clean", audit.isClean)
      json.memberArray("checks") { json in
        for check in audit.checks {
          json.object { json in
            json.member("check", check.name)
            json.member("wrong", check.wrong)
            json.memberArray("findings") { json in
              for finding in check.findings {
                json.object { json in
                  if let account = finding.account { json.member("account", account) }
                  json.member("what", finding.what)
                }
              }
            }
          }
        }
      }
      json.memberArray("not recomputed") { json in
        for counter in audit.notRecomputed { json.value(counter) }
      }
      json.memberObject("counts") { json in
        for (what, count) in audit.counts { json.member(what, count) }
      }
    }
    return json.text
  }
}

import Foundation
import Ledger
import Postgres
import Samples

/// `patron demo`: a year of a chain of card shops, from the empty database to a member's balance.
enum DemoCommand: Command {
  static let name = "demo"
  static let summary = "show a year of a card shop's trade, from the till to the balance"
  static let usage = "demo [--transactions N] [--members N] [--seed N] [--program PATH]"
  static let help = """
    Makes up a chain of card and gift shops and a year of its sales, with all that goes wrong in
    real feeds, and does with them what a shop would do: init, publish, load, post, run. It works in
    a database of its own, `patron_demo` on the private server, that it drops and makes anew at each
    run; a configured database is never touched.
    """
  static let options = [
    Option("transactions", "N", "how many transactions (default 100,000)"),
    Option("members", "N", "how many members (default 10,000)"),
    Option("seed", "N", "another year of the same kind (default 1)"),
    Option("program", "PATH", "the program (default config/gold-crown)"),
  ]

  static let database = "patron_demo"

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let transactions = try arguments.number("transactions", in: 100...5_000_000, default: 100_000)
    let members = try arguments.number("members", in: 10...1_000_000, default: 10_000)
    let seed = try arguments.number("seed", in: 0...Int.max, default: 1)
    let program = arguments.value("program") ?? "config/gold-crown"
    guard FileManager.default.fileExists(atPath: program) else {
      throw UsageFailure(
        "\(program) is not here: run the demo in Patron's folder, or say --program")
    }
    let url = try makeDatabase()
    let files = try DemoFiles(
      CardShop(seed: UInt64(seed), members: members, transactions: transactions))
    var timings: [String: Double] = [:]
    for words in steps(program, files) {
      let start = ContinuousClock.now
      print("\n" + Terminal.styled("$ patron " + words.joined(separator: " "), .bold))
      let status = Patron.run(words)
      // The second run only rates what the review brought.
      if timings[words[0]] == nil { timings[words[0]] = Seconds.of(ContinuousClock.now - start) }
      // Conflicts are part of the show.
      guard status == ExitStatus.done || (status == ExitStatus.errors && words[0] == "post") else {
        return status
      }
    }
    let report = try DemoReport(try Store(ConnectionSettings(url)))
    report.showTotals(rating: timings["run"] ?? 1, posting: timings["post"] ?? 1)
    report.showTiers()
    try show(report)
    showNext(url, files, report)
    return ExitStatus.done
  }

  private static func steps(_ program: String, _ files: DemoFiles) -> [[String]] {
    var steps = [
      ["init"], ["publish", program, "--from", "2025-01-01"], ["load", "stores", files.stores],
      ["load", "products", files.products], ["load", "members", files.members],
      ["post", files.feed], ["run", "--once"],
    ]
    if has("review") { steps += [["review", "--as-of", "2026-01-01"], ["run", "--once"]] }
    return steps
  }

  private static func has(_ command: String) -> Bool { commands.contains { $0.name == command } }

  /// Drops the demo's database, makes it anew, and lets every command of this process use it.
  private static func makeDatabase() throws -> String {
    let server = try PrivateCluster().start { Terminal.note($0) }
    let db = try Connection(server)
    try db.execute("DROP DATABASE IF EXISTS \(database) WITH (FORCE)")
    try db.execute("CREATE DATABASE \(database)")
    let url =
      server.location.split(separator: " ").filter { !$0.hasPrefix("dbname=") }
      .joined(separator: " ") + " dbname=\(database)"
    setenv("DATABASE_URL", url, 1)
    return url
  }

  /// One member and one of her receipts, by the commands that a shop would use.
  private static func show(_ report: DemoReport) throws {
    guard let favourite = report.favourite else { return }
    let questions = [["balance", favourite.card], ["explain", favourite.transaction]]
    for words in questions where has(words[0]) {
      print("\n" + Terminal.styled("$ patron " + words.joined(separator: " "), .bold))
      _ = Patron.run(words)
    }
  }

  private static func showNext(_ url: String, _ files: DemoFiles, _ report: DemoReport) {
    print(
      """

      The feed lies in \(files.feed): one transaction a line.
        head -n 1 \(files.feed)

      To go on in the demo's database:
        export DATABASE_URL="\(url)"
      """)
    let card = report.favourite?.card ?? "CARD"
    let ideas = [
      ("history", "patron history \(card)"), ("status", "patron status"),
      ("parked", "patron parked"), ("audit", "patron audit"), ("post", "patron post \(files.feed)"),
      ("check", "patron check config/gold-crown"), ("test", "patron test config/gold-crown"),
    ]
    for (_, line) in ideas.filter({ has($0.0) }).prefix(3) { print("  \(line)") }
  }
}

import Foundation
import Samples

/// `patron bench`: how fast this machine is at Patron's work, beside what it is measured by.
enum BenchCommand: Command {
  static let name = "bench"
  static let summary = "measure how fast Patron is on this machine"
  static let usage = "bench [--only a,b,c,d,e] [--transactions N] [--runs N] [--seed N] [--json]"
  static let help = """
    Prints, from one run on this machine, a table of figure, yardstick, ratio, and what is asked.
    The workload: 100 rules (each: one of 20 categories, a basket total, a list of tiers, a list of
    weekdays), 20,000 accounts, transactions of 5 lines.
      a  rating alone, one core, parts and reasons included; measured by 1,000,000 a second
      b  the same with 10,000 rules over 2,000 categories, so that as many match; measured by half
         of (a)
      c  events to ledger, after intake; measured by hand-written set-based SQL that leaves the same
         rows, with as many connections and commits of as many events
      d  the same; measured by copying these rows out and in and nothing else
      e  the file's intake alone, and file to ledger with intake and workers at the same time; with
         the peak memory of `patron`
    It works in a PostgreSQL server of its own, set up like the private one, and removes it. Figures
    are medians. Exit status: 0 done, 1 when the engine and the SQL do not leave the same ledger.
    """
  static let options = [
    Option("only", "LETTERS", "which measurements, as in `a,b`"),
    Option("transactions", "N", "how many transactions (default 100,000)"),
    Option("runs", "N", "runs of each measurement with a database (default 3)"),
    Option("seed", "N", "another workload of the same kind"), Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let wanted = try letters(arguments.value("only") ?? "a,b,c,d,e")
    let count = try arguments.number("transactions", in: 1_000...10_000_000, default: 100_000)
    let runs = try arguments.number("runs", in: 1...99, default: 3)
    let seed = UInt64(try arguments.number("seed", in: 0...Int.max, default: 1))
    var figures: [Figure] = []
    if !wanted.isDisjoint(with: ["a", "b"]) {
      figures += try rating(wanted, count, seed)
    }
    var peakBytes: Int?
    if !wanted.isDisjoint(with: ["c", "d", "e"]) {
      try BenchServer.with { server in
        let workload = BenchWorkload(transactions: count, seed: seed)
        let databases = try BenchDatabases(server, workload)
        let fed = wanted.contains("e") ? try feeding(databases, runs) : []
        if !fed.isEmpty { peakBytes = databases.peak.bytes }
        if !wanted.isDisjoint(with: ["c", "d"]) {
          figures += try booking(wanted, databases, runs)
        }
        figures += fed
      }
    }
    if arguments.has("json") {
      print(Figure.json(figures, peakBytes: peakBytes))
    } else {
      Figure.show(figures)
      if let peakBytes {
        print(
          "\nPeak memory of `patron` with \(Terminal.grouped(count)) transactions: "
            + "\(peakBytes >> 20) MB (asked: under 300 MB)")
      }
    }
    return ExitStatus.done
  }

  private static func letters(_ text: String) throws -> Set<String> {
    let letters = Set(text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
    guard letters.isSubset(of: ["a", "b", "c", "d", "e"]) else {
      throw UsageFailure("`--only \(text)`: letters of the list, as in `a,b`")
    }
    return letters
  }

  private static func rating(_ wanted: Set<String>, _ count: Int, _ seed: UInt64) throws -> [Figure]
  {
    var benches = [try RatingBench(BenchWorkload(transactions: count, seed: seed))]
    if wanted.contains("b") {
      benches.append(
        try RatingBench(
          BenchWorkload(rules: 10_000, categories: 2_000, transactions: count, seed: seed)))
    }
    let rates = RatingBench.measure(&benches)
    var figures: [Figure] = []
    if wanted.contains("a") {
      figures.append(
        Figure(
          letter: "a", what: "rating alone, 100 rules (\(perSale(benches[0].parts, count)))",
          rate: rates[0], yardstick: "what is asked", yardstickRate: 1_000_000, askedRatio: 1))
    }
    if wanted.contains("b") {
      figures.append(
        Figure(
          letter: "b", what: "rating alone, 10,000 rules (\(perSale(benches[1].parts, count)))",
          rate: rates[1], yardstick: "half of (a)", yardstickRate: rates[0] / 2, askedRatio: 1))
    }
    return figures
  }

  private static func perSale(_ parts: Int, _ count: Int) -> String {
    String(format: "%.1f parts a sale", Double(parts) / Double(count))
  }

  private static func booking(
    _ wanted: Set<String>, _ databases: BenchDatabases, _ runs: Int
  ) throws -> [Figure] {
    try databases.makeReady(yardstick: wanted.contains("c"))
    let bench = LedgerBench(databases: databases, runs: runs)
    var figures: [Figure] = []
    var rates: [LedgerBench.Setting: Double] = [:]
    for setting in LedgerBench.settings {
      guard wanted.contains("c") else {
        rates[setting] = Median.of(try (0..<runs).map { _ in try bench.runEngine(setting) })
        continue
      }
      let (engine, yardstick) = try bench.measure(setting)
      rates[setting] = engine
      figures.append(
        Figure(
          letter: "c", what: "events to ledger, \(setting.text)", rate: engine,
          yardstick: "set-based SQL", yardstickRate: yardstick, askedRatio: setting.asked.ratio,
          askedRate: setting.asked.rate))
    }
    guard wanted.contains("d") else { return figures }
    for connections in [1, 2] {
      let copy = CopyBench(server: databases.server, connections: connections)
      let count = Double(databases.workload.transactions)
      let alone = Median.of(try (0..<runs).map { _ in count / (try copy.run()) })
      for setting in LedgerBench.settings where setting.connections == connections {
        figures.append(
          Figure(
            letter: "d", what: "events to ledger, \(setting.text)", rate: rates[setting] ?? 0,
            yardstick: "the rows copied alone", yardstickRate: alone, askedRatio: 0.3))
      }
    }
    return figures
  }

  private static func feeding(_ databases: BenchDatabases, _ runs: Int) throws -> [Figure] {
    let bench = FeedBench(databases: databases, runs: runs)
    return [
      Figure(letter: "e", what: "file to events: intake alone", rate: try bench.intake()),
      Figure(
        letter: "e", what: "file to ledger, 2 workers beside the intake",
        rate: try bench.toLedger()),
    ]
  }
}

import Engine
import Loyalty
import Rules
import Samples
import YAML

/// Rating alone: one core, no database, parts and reasons included.
struct RatingBench {
  /// Handed on by reference, as little as a worker copies it.
  private final class Sale {
    let event: Event
    let account: Int

    init(_ event: Event, account: Int) {
      (self.event, self.account) = (event, account)
    }
  }

  private var rater: Rater
  private let sales: [Sale]
  private let accounts: Int
  /// Parts that the last run brought, for the eye: as many in each workload.
  private(set) var parts = 0

  init(_ workload: BenchWorkload) throws {
    let result = ProgramReader.read([SourceFile(name: "bench.yaml", text: workload.program)])
    guard let syntax = result.program, let zone = ZoneTable.zone(syntax.timezone.value) else {
      throw ProgramFailure(
        message: "the bench's own program cannot be read", diagnostics: result.diagnostics)
    }
    var registry = Registry()
    rater = Rater(Compiler.compile(syntax, zone: zone, registry: &registry))
    // Account by account, as the engine takes them; each one's in their order.
    let sales = workload.events { registry.symbol($0) }
      .sorted { ($0.account, $0.event.seq) < ($1.account, $1.event.seq) }
    // Each event's lines beside it, as they lie where the engine has just read them.
    self.sales = sales.map { sale in
      var event = sale.event
      event.lines = event.lines.map { $0 }
      event.tenders = event.tenders.map { $0 }
      return Sale(event, account: sale.account)
    }
    accounts = workload.accounts
  }

  /// Transactions a second of each: the median of `runs` over all its events, after one to warm up.
  /// They run in turns, so that a machine that slows down for a while slows all of them.
  static func measure(_ benches: inout [RatingBench], runs: Int = 9) -> [Double] {
    var rates: [[Double]] = benches.map { _ in [] }
    for run in 0...runs {
      for place in benches.indices {
        let rate = benches[place].measureOnce()
        if run > 0 { rates[place].append(rate) }
      }
    }
    return rates.map { Median.of($0) }
  }

  private mutating func measureOnce() -> Double {
    let taken: Duration
    (taken, parts) = RatingBench.run(&rater, sales, accounts)
    return Double(sales.count) / Seconds.of(taken)
  }

  private static func run(
    _ rater: inout Rater, _ sales: [Sale], _ count: Int
  ) -> (Duration, parts: Int) {
    var accounts = (0..<count).map { Account(shard: Account.shard(of: Int64($0)), id: Int64($0)) }
    var outcome = Outcome()
    var parts = 0
    let start = ContinuousClock.now
    for sale in sales {
      rater.rate(sale.event, &accounts[sale.account], &outcome)
      parts += outcome.parts.count
    }
    return (ContinuousClock.now - start, parts)
  }
}

enum Seconds {
  static func of(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return max(1e-9, Double(seconds) + Double(attoseconds) / 1e18)
  }
}

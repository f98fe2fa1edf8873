import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// The ledger depends on the order of each account's arrivals and on nothing else.
@Suite(.serialized)
struct SameLedgerTests {
  static let members = 40
  static let seed = UInt64(ProcessInfo.processInfo.environment["PATRON_SEED"] ?? "") ?? 7

  private func store(_ transactions: [Transaction], intakeBatch: Int = 500) throws -> TestStore {
    let store = try TestStore(Trade.program)
    try store.load(Trade.members(Self.members))
    try store.post(transactions, batch: intakeBatch)
    return store
  }

  @Test("one worker or four, any batch size: the same ledger")
  func workersAndBatches() throws {
    print("seed \(Self.seed)")
    let transactions = Trade.transactions(1_500, members: Self.members, seed: Self.seed)
    let plain = try store(transactions)
    try plain.run(workers: 1, batch: 10_000)
    let expected = try plain.ledger()
    #expect(try plain.number("SELECT count(*) FROM patron.outcomes") > 1_400)
    for (workers, batch, intake) in [
      (1, 1, 500), (1, 7, 31), (4, 3, 500), (4, 50, 1), (3, 1_000, 97),
    ] {
      let other = try store(transactions, intakeBatch: intake)
      try other.run(workers: workers, batch: batch)
      let ledger = try other.ledger()
      #expect(ledger == expected, "\(workers) workers, batches of \(batch), intake by \(intake)")
    }
  }

  @Test("arrivals between batches change nothing for the same order")
  func interleaved() throws {
    let transactions = Trade.transactions(900, members: Self.members, seed: Self.seed &+ 1)
    let plain = try store(transactions)
    try plain.run()
    let other = try TestStore(Trade.program)
    try other.load(Trade.members(Self.members))
    var random = SeededGenerator(seed: Self.seed)
    var start = 0
    while start < transactions.count {
      let end = min(transactions.count, start + 1 + Int(random.next() % 120))
      try other.post(Array(transactions[start..<end]))
      // What was sent before is sent again.
      try other.post(Array(transactions[max(0, start - 30)..<start]))
      try other.run(workers: 2, batch: 1 + Int(random.next() % 40))
      start = end
    }
    #expect(try other.ledger() == plain.ledger())
  }

  @Test("a connection that dies at any moment costs nothing and doubles nothing")
  func lostConnections() throws {
    let transactions = Trade.transactions(1_200, members: Self.members, seed: Self.seed &+ 2)
    let plain = try store(transactions)
    try plain.run()
    let other = try store(transactions)
    let runner = Runner(
      other.settings, workers: 3, limits: BatchLimits(events: 11), once: true)
    let killer = try Connection(TestCluster.shared.settings)
    var random = SeededGenerator(seed: Self.seed)
    let database = Connection.literal(other.settings.database ?? "")
    try runner.run {
      guard random.next() % 3 == 0 else { return }
      _ = try? killer.query(
        Statement(
          "kill",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(database) "
            + "ORDER BY random() LIMIT 1"))
    }
    #expect(try other.ledger() == plain.ledger())
  }
}

import Engine
import Feed
import Foundation
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// Exactly once, wherever the connection is lost: at each single statement of a batch, before the
/// server has it and after it was done, COMMIT included.
@Suite(.serialized)
struct LostStatementTests {
  static let members = 30
  static let seed = SameLedgerTests.seed

  @Test("a worker that loses its connection at any statement rates each event once")
  func worker() throws {
    print("seed \(Self.seed)")
    let transactions = Trade.transactions(1_200, members: Self.members, seed: Self.seed)
    let (plain, other) = (try made(), try made())
    try plain.post(transactions)
    try plain.run()
    try other.post(transactions)
    let cuts = try cuttingEverywhere(other) { settings in
      var worker = try Worker(settings, limits: BatchLimits(events: 6))
      _ = try worker.runBatch()
      let unequal = try other.number(
        """
        SELECT count(*) FROM patron.accounts a WHERE position <> (SELECT count(*) FROM
          patron.outcomes o WHERE (o.shard, o.account_id) = (a.shard, a.account_id))
        """)
      #expect(unequal == 0)
    }
    expect(cuts, ["COMMIT", "COPY patron.postings", "UPDATE patron.accounts"])
    #expect(
      try other.number("SELECT sum(last_seq - position)::bigint FROM patron.accounts") > 0,
      "each cut found a full batch")
    try other.run(workers: 2, batch: 100)
    #expect(try other.ledger() == plain.ledger())
  }

  @Test("a post that loses its connection at any statement and is sent again is there once")
  func post() throws {
    let transactions = mixed(900)
    let (plain, other) = (try made(), try made())
    try plain.post(transactions, batch: 9)
    var next = 0
    let cuts = try cuttingEverywhere(other) { settings in
      let some = Array(transactions[next..<min(next + 9, transactions.count)])
      var form = CanonicalForm()
      let arrivals = some.map {
        Arrival($0, digest: UInt128(bytes: form.digest(of: $0)), origin: nil)
      }
      try repeating {
        let store = try Store(settings)
        var intake = try Intake(ProgramSet(store))
        _ = try intake.take(arrivals, store)
      }
      next += some.count
    }
    expect(
      cuts,
      [
        "COMMIT", "COPY patron.events", "end of COPY patron.events",
        "WITH new AS (\n  INSERT INTO patron.conflicts",
      ])
    #expect(next < transactions.count, "each cut found a full batch")
    try other.post(Array(transactions[next...]), batch: 9)
    try compare(other, plain)
  }

  @Test("a reader of the inbox that loses its connection at any statement moves each row once")
  func inbox() throws {
    let transactions = mixed(900)
    let (plain, other) = (try made(), try made())
    try plain.post(transactions, batch: 9)
    let money = try #require(MoneyUnit(code: "USD"))
    let db = try Connection(other.settings)
    func insert(_ some: ArraySlice<Transaction>) throws {
      for transaction in some {
        let json = String(
          decoding: TransactionWriter.bytes(of: transaction, money), as: UTF8.self)
        try db.query(WayIn.insertIntoInbox, [.jsonb(json)])
      }
    }
    var next = 0
    let cuts = try cuttingEverywhere(other) { settings in
      let end = min(next + 9, transactions.count)
      try insert(transactions[next..<end])
      try repeating {
        var reader = try InboxReader(settings)
        while try reader.runBatch() > 0 {}
      }
      next = end
    }
    expect(cuts, ["COMMIT", "DELETE FROM patron.inbox", "COPY patron.events"])
    #expect(next < transactions.count, "each cut found a full batch")
    try insert(transactions[next...])
    var reader = try InboxReader(other.settings)
    while try reader.runBatch() > 0 {}
    #expect(try other.number("SELECT count(*) FROM patron.inbox") == 0)
    try compare(other, plain)
  }

  // What all of them do

  private func made() throws -> TestStore {
    let store = try TestStore(Trade.program)
    try store.load(Trade.members(Self.members))
    return store
  }

  private struct Cut: Hashable {
    var statement: String
    var moment: FaultProxy.Moment
  }

  /// Does `work` through a proxy, again and again, and loses the connection once at each statement
  /// that was ever seen there. What a lost opening throws is passed over.
  private func cuttingEverywhere(
    _ store: TestStore, _ work: (ConnectionSettings) throws -> Void
  ) throws -> [Cut] {
    let proxy = try FaultProxy(store.settings)
    defer { proxy.end() }
    try work(proxy.settings)
    var done: [Cut] = []
    var tries: [Cut: Int] = [:]
    while let next = next(proxy.seen, done, tries) {
      tries[next, default: 0] += 1
      proxy.arm(next.statement, next.moment)
      do { try work(proxy.settings) } catch let error as PostgresError {
        #expect(error.isConnectionLost, "\(error)")
      }
      if proxy.disarm() { done.append(next) }
    }
    let missed = tries.keys.filter { !done.contains($0) }
    print("lost at \(done.count) places; not again: \(missed.map(\.statement))")
    #expect(missed.count <= 4, "\(missed)")
    return done
  }

  /// The loss that was tried least; a statement that comes in few batches has many tries.
  private func next(_ seen: [String], _ done: [Cut], _ tries: [Cut: Int]) -> Cut? {
    seen.flatMap { text in FaultProxy.Moment.allCases.map { Cut(statement: text, moment: $0) } }
      .filter { !done.contains($0) && tries[$0, default: 0] < 12 }
      .min { tries[$0, default: 0] < tries[$1, default: 0] }
  }

  /// As someone does who gets no answer: the same once more.
  private func repeating(_ work: () throws -> Void) throws {
    do { try work() } catch let error as PostgresError where error.isConnectionLost {
      try work()
    }
  }

  private func expect(
    _ cuts: [Cut], _ statements: [String]
  ) {
    for statement in statements {
      for moment in FaultProxy.Moment.allCases {
        #expect(
          cuts.contains { $0.statement.hasPrefix(statement) && $0.moment == moment },
          "\(statement) \(moment)")
      }
    }
  }

  /// Sales, and among them new products, unknown cards, no cards, the same again, and the same id
  /// with other content.
  private func mixed(_ count: Int) -> [Transaction] {
    var transactions = Trade.transactions(count, members: Self.members, seed: Self.seed &+ 5)
    for place in transactions.indices {
      switch place % 9 {
      case 1: transactions[place].lines[0].sku = "new \(place)"
      case 2: transactions[place].cards = ["X\(place)"]
      case 4: transactions[place].cards = []
      case 6: transactions[place] = transactions[place - 3]
      case 8:
        transactions[place] = transactions[place - 1]
        transactions[place].register = "other"
      default: break
      }
    }
    return transactions
  }

  /// All that intake wrote, and all that rating makes of it; without what sequences number.
  private func compare(_ other: TestStore, _ plain: TestStore) throws {
    for sql in [
      "SELECT concat_ws(' ', s.text, c.external_id, c.digest, c.shard = -1) "
        + "FROM patron.claims c JOIN patron.symbols s ON s.symbol = c.source ORDER BY 1",
      "SELECT concat_ws(' ', reason, detail, claimed, source, external_id, at, body) "
        + "FROM patron.parked ORDER BY 1",
      "SELECT concat_ws(' ', source, external_id, digest, differs, body) FROM patron.conflicts "
        + "ORDER BY 1",
      "SELECT concat_ws(' ', account_id, CASE WHEN account_id > 0 THEN seq END, at, kind, "
        + "external_id, card, quantities, totals) FROM patron.events ORDER BY 1",
    ] {
      let expected = try texts(plain, sql)
      #expect(!expected.isEmpty)
      #expect(try texts(other, sql) == expected, "\(sql)")
    }
    try plain.run()
    try other.run()
    #expect(try other.ledger() == plain.ledger())
  }

  private func texts(_ store: TestStore, _ sql: String) throws -> [String] {
    let rows = try Connection(store.settings).query(Statement(sql))
    return (0..<rows.count).map { rows.text($0, 0) }
  }
}

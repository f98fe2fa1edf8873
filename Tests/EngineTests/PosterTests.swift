import Engine
import Feed
import Foundation
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// A file's way in, over several connections and commits.
@Suite(.serialized)
struct PosterTests {
  private func store() throws -> TestStore {
    let store = try TestStore(Trade.program)
    try store.load(Trade.members(6))
    return store
  }

  private func sale(_ id: Int, card: Int, second: Int, total: Int64 = 100) -> Transaction {
    var sale = Transaction(
      source: "till", id: String(id), kind: .sale,
      at: Instant(seconds: 1_740_000_000 + Int64(second)), offset: 0)
    if card > 0 { sale.cards = ["C\(card)"] }
    sale.lines = [TransactionLine(sku: "A", total: Money(minor: total))]
    return sale
  }

  private func post(_ transactions: [Transaction], _ store: TestStore) throws -> [String] {
    let ledger = try Store(store.settings)
    let context = try ProgramSet(ledger).feedContext(ledger)
    let path = FileManager.default.temporaryDirectory.path + "/post-\(UUID().uuidString)"
    var lines: [UInt8] = []
    for transaction in transactions {
      lines += TransactionWriter.bytes(of: transaction, context.money) + [10]
    }
    try Data(lines).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let spool = try FileSpool.read(.file(path), .ndjson(context))
    var verdicts: [String] = []
    try Poster.post(spool, file: "f", settings: store.settings, batch: 10) { batch in
      verdicts += batch.inOrder.map { "\($0.arrival.origin ?? "") \($0.verdict.word)" }
    }
    return verdicts
  }

  @Test("each card's sales come in the order of their time, and the verdicts in the file's")
  func order() throws {
    let store = try store()
    // Six sales a second, so that rounds and lanes cut through cards and seconds.
    let sales = (0..<300).map { sale($0, card: $0 % 6, second: 300 - $0) }
    let verdicts = try post(sales, store)
    #expect(
      verdicts
        == sales.indices.reversed().map { "f:\($0 + 1) \($0 % 6 == 0 ? "no card" : "accepted")" })
    #expect(try store.number("SELECT count(*) FROM patron.events") == 300)
    #expect(
      try store.number(
        """
        SELECT count(*) FROM (
          SELECT at < lag(at) OVER (PARTITION BY account_id ORDER BY seq) AS is_late
          FROM patron.events WHERE account_id <> 0) e WHERE is_late
        """) == 0)
    #expect(try post(sales, store).allSatisfy { $0.hasSuffix("already") })
  }

  @Test("sales of an account's cards come in the order of their time, whichever was shown")
  func cardsOfOneAccount() throws {
    let store = try TestStore(Trade.program)
    var members = Trade.members(6)
    for place in members.indices { members[place].cards += ["D\(place)", "E\(place)"] }
    try store.load(members)
    let sales = (0..<300).map { number in
      var sale = sale(number, card: number % 5 + 1, second: 300 - number)
      sale.cards = [["C", "D", "E"][number % 3] + "\(number % 5 + 1)"]
      return sale
    }
    #expect(try post(sales, store).allSatisfy { $0.hasSuffix("accepted") })
    #expect(try store.number("SELECT count(DISTINCT account_id) FROM patron.events") == 5)
    #expect(
      try store.number(
        """
        SELECT count(*) FROM (
          SELECT at < lag(at) OVER (PARTITION BY account_id ORDER BY seq) AS is_late
          FROM patron.events) e WHERE is_late
        """) == 0)
  }

  @Test("ids that are there already are found also where only new ones were expected")
  func lateSurprise() throws {
    let store = try store()
    let first = [sale(95, card: 1, second: 95), sale(96, card: 1, second: 96, total: 7)]
    #expect(try post(first, store) == ["f:1 accepted", "f:2 accepted"])
    let verdicts = try post((0..<100).map { sale($0, card: 1, second: $0) }, store)
    #expect(verdicts.filter { $0.hasSuffix("accepted") }.count == 98)
    #expect(verdicts[95] == "f:96 already")
    #expect(verdicts[96] == "f:97 conflict")
    #expect(try store.number("SELECT last_seq FROM patron.accounts WHERE waiting") == 100)
  }
}

import Dispatch
import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import Synchronization
import TestSupport
import Testing

/// A card that is shown after the sale.
@Suite struct ReceiptClaimTests {
  private func shop() throws -> TestStore {
    let shop = try TestStore(Trade.program)
    try shop.load(Trade.members(3))
    return shop
  }

  private func nobodys(_ id: String, _ day: String) throws -> Transaction {
    var sale = try Trade.sale(id, "", day, 1_000)
    sale.cards = []
    return sale
  }

  private func claim(
    _ shop: TestStore, _ id: String, _ card: String, days: Int = 30, on day: String
  ) throws -> ReceiptClaim.Result {
    let now = try #require(CivilDate(day))
    return try ReceiptClaim.claim(
      source: try Trade.sale("x", "C0", "2025-03-01", 1).source, id: id, card: card, days: days,
      try Store(shop.settings), now: Zone.utc.start(of: now))
  }

  @Test func `a receipt is given once, and earns as of its own day`() throws {
    let shop = try shop()
    try shop.post([
      try nobodys("N", "2025-03-01"), try Trade.sale("1", "C0", "2025-03-05", 2_000),
    ])
    try shop.run()
    #expect(try shop.number("SELECT count(*) FROM patron.postings WHERE account_id <> 0") == 1)
    guard case .given(let account) = try claim(shop, "N", "C0", on: "2025-03-10") else {
      Issue.record("it was not given")
      return
    }
    #expect(try claim(shop, "N", "C0", on: "2025-03-10") == .already(account: account))
    #expect(try claim(shop, "N", "C1", on: "2025-03-10") == .another)
    try shop.run()
    #expect(
      try shop.number("SELECT sum(amount)::bigint FROM patron.postings WHERE reason = 1") == 30)
    #expect(
      try shop.number(
        "SELECT count(*) FROM patron.postings WHERE reason = 1 AND at < '2025-03-02'") == 1)
    #expect(try shop.number("SELECT count(*) FROM patron.events WHERE account_id = 0") == 0)
    #expect(try Audit(Store(shop.settings)).isClean)
    // The till sends it once more: it is there.
    #expect(try shop.post([try nobodys("N", "2025-03-01")]) == [.already])
  }

  @Test func `it is claimed on its last day and not a second later`() throws {
    let shop = try shop()
    try shop.post([try nobodys("N", "2025-03-01")])
    let late = try claim(shop, "N", "C0", days: 8, on: "2025-03-10")
    guard case .tooOld = late else {
      Issue.record("\(late)")
      return
    }
    guard case .given = try claim(shop, "N", "C0", days: 9, on: "2025-03-10") else {
      Issue.record("it was not given")
      return
    }
  }

  @Test func `what is not there, or waits, is told`() throws {
    let shop = try shop()
    try shop.post([try Trade.sale("P", "C99", "2025-03-01", 1_000)])
    #expect(try claim(shop, "none", "C0", on: "2025-03-02") == .unknown)
    #expect(try claim(shop, "P", "C88", on: "2025-03-02") == .unknownCard)
    guard case .parked = try claim(shop, "P", "C0", on: "2025-03-02") else {
      Issue.record("it is not parked")
      return
    }
  }

  @Test func `what came back already is not claimed`() throws {
    let shop = try shop()
    var back = try nobodys("R", "2025-03-03")
    back.kind = .return
    back.original = .init(source: back.source, id: "N")
    try shop.post([try nobodys("N", "2025-03-01"), back])
    #expect(try claim(shop, "N", "C0", on: "2025-03-04") == .cameBack)
    try shop.run()
    #expect(try Audit(Store(shop.settings)).isClean)
  }

  @Test func `only a sale is claimed, and a return of a sale without a card stops nobody`() throws {
    let shop = try shop()
    var back = try nobodys("R", "2025-03-03")
    back.kind = .return
    var void = try nobodys("V", "2025-03-03")
    void.kind = .void
    for (place, id) in ["N", "O"].enumerated() {
      var other = place == 0 ? back : void
      other.original = .init(source: back.source, id: id)
      try shop.post([try nobodys(id, "2025-03-01"), other])
    }
    back.id = "B"
    try shop.post([back])
    for id in ["R", "V", "B"] {
      #expect(try claim(shop, id, "C0", on: "2025-03-04") == .noSale)
    }
    try shop.post([try Trade.sale("1", "C0", "2025-03-05", 2_000)])
    try shop.run()
    #expect(try shop.number("SELECT count(*) FROM patron.accounts WHERE position < last_seq") == 0)
    #expect(try Audit(Store(shop.settings)).isClean)
  }

  @Test func `of many who claim at the same moment one gets it`() throws {
    let shop = try shop()
    try shop.post([try nobodys("N", "2025-03-01")])
    let settings = shop.settings
    let source = try Trade.sale("x", "C0", "2025-03-01", 1).source
    let now = Zone.utc.start(of: try #require(CivilDate("2025-03-02")))
    let given = Mutex(0)
    let failed = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 12) { place in
      do {
        let result = try ReceiptClaim.claim(
          source: source, id: "N", card: "C\(place % 3)", try Store(settings), now: now)
        if case .given = result { given.withLock { $0 += 1 } }
      } catch {
        failed.withLock { $0.append("\(error)") }
      }
    }
    #expect(failed.withLock { $0 } == [])
    #expect(given.withLock { $0 } == 1)
    try shop.run()
    #expect(try Audit(Store(shop.settings)).isClean)
  }
}

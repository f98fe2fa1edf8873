import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// What comes back of sales, in any pieces and order, through the database.
@Suite struct ReturnTests {
  static let seed = UInt64(ProcessInfo.processInfo.environment["PATRON_SEED"] ?? "") ?? 23

  static func back(
    _ id: String, of original: Transaction, at seconds: Int64,
    _ lines: [(sku: String, quantity: Int64)] = [], kind: Transaction.Kind = .return
  ) -> Transaction {
    var back = Transaction(
      source: "till", id: id, kind: kind, at: original.at + seconds, offset: original.offset)
    back.original = .init(source: original.source, id: original.id)
    back.lines = lines.map { sku, quantity in
      var line = TransactionLine(sku: sku, total: .zero)
      line.quantity = Quantity(quantity)
      return line
    }
    return back
  }

  /// Sales, each coming back whole in random pieces: lines by number or by product, sometimes more
  /// than there was, sometimes without a card or with another one; at the end what is left.
  static func feed(_ count: Int, members: Int, seed: UInt64) -> [Transaction] {
    var random = SeededGenerator(seed: seed)
    var feed: [Transaction] = []
    for sale in Trade.transactions(count, members: members, seed: seed) {
      var sale = sale
      sale.kind = .sale
      sale.isTraining = false
      for line in sale.lines.indices { sale.lines[line].number = Int32(line + 1) }
      feed.append(sale)
      var later: Int64 = 0
      for piece in 0..<Int(random.next() % 3) {
        later += Int64(random.next() % (20 * 86_400))
        var lines: [(sku: String, quantity: Int64)] = []
        for line in sale.lines where random.next() % 2 == 0 {
          lines.append((line.sku, Int64(1 + random.next() % 2)))
        }
        if lines.isEmpty { lines = [(sale.lines[0].sku, 1)] }
        var back = back("\(sale.id)-\(piece)", of: sale, at: later, lines)
        if random.next() % 2 == 0 { back.cards = ["C\(random.next() % UInt64(members))"] }
        if random.next() % 3 == 0 {
          for index in back.lines.indices {
            let line = sale.lines.first { $0.sku == back.lines[index].sku }
            back.lines[index].number = line?.number ?? 0
          }
        }
        feed.append(back)
      }
      let isVoid = random.next() % 2 == 0
      feed.append(
        back("\(sale.id)-rest", of: sale, at: later + 60, kind: isVoid ? .void : .return))
    }
    // In the order of time, as tills send them.
    return feed.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }

  private func shop(_ feed: [Transaction], intakeBatch: Int = 500) throws -> TestStore {
    let shop = try TestStore(Trade.program)
    try shop.load(Trade.members(12))
    try shop.post(feed, batch: intakeBatch)
    return shop
  }

  private func wrong(_ shop: TestStore) throws -> [String] {
    try Audit(Store(shop.settings)).checks.filter { $0.wrong > 0 }
      .map { "\($0.name): \($0.findings.first?.what ?? "")" }
  }

  @Test func `when everything came back, in whatever pieces, all nets to zero`() throws {
    print("seed \(Self.seed)")
    let feed = Self.feed(250, members: 12, seed: Self.seed)
    let shop = try shop(feed)
    try shop.run()
    #expect(try wrong(shop) == [])
    #expect(try shop.number("SELECT count(*) FROM patron.reversals") > 250)
    #expect(try shop.number("SELECT count(*) FROM patron.counter_values WHERE value <> 0") == 0)
    #expect(
      try shop.number(
        """
        SELECT count(*) FROM (
          SELECT p.account_id, p.currency, rule FROM patron.postings o
          JOIN patron.posting_parts p ON p.shard = o.shard AND p.account_id = o.account_id
            AND p.seq = o.seq AND p.n = o.n
          GROUP BY p.account_id, p.currency, rule
          HAVING sum(CASE o.reason WHEN 1 THEN p.amount WHEN 2 THEN -p.amount END) <> 0) r
        """) == 0)
    #expect(try shop.number("SELECT count(*) FROM patron.balances WHERE earned <> reversed") == 0)
    #expect(try shop.number("SELECT count(*) FROM patron.balances WHERE earned > 0") > 12)
    #expect(
      try shop.number(
        "SELECT count(*) FROM patron.coupons WHERE NOT withdrawn AND rule IS NOT NULL") == 0)
    #expect(
      try shop.number("SELECT count(*) FROM patron.coupons WHERE withdrawn") > 0)
    #expect(
      try shop.number("SELECT count(*) FROM patron.tier_changes WHERE reason = 7") > 0)
    #expect(
      try shop.number(
        """
        SELECT count(*) FROM patron.standings s JOIN patron.accounts a USING (shard, account_id)
        WHERE s.until > a.clock
        """) == 0)
  }

  @Test func `one worker or four, any batch: the same ledger, and the audit is clean`() throws {
    let feed = Self.feed(120, members: 12, seed: Self.seed &+ 1)
    // Some never come back whole.
    let some = feed.enumerated().filter { $0.offset % 3 != 0 || $0.element.original == nil }
      .map(\.element)
    let plain = try shop(some)
    try plain.run(workers: 1, batch: 10_000)
    #expect(try wrong(plain) == [])
    let expected = try plain.ledger()
    for (workers, batch, intake) in [(1, 1, 500), (4, 7, 1), (3, 50, 13)] {
      let other = try shop(some, intakeBatch: intake)
      try other.run(workers: workers, batch: batch)
      #expect(try other.ledger() == expected, "\(workers) workers, batches of \(batch)")
    }
  }

  /// Rules that ask the past, the calendar, the member, the clock and the way of paying.
  static let wide = """
    program: wide
    timezone: Asia/Shanghai
    money: USD
    currencies:
      points: {rounds: half-up, expires: end of next calendar year}
      stamps: {kind: stamps, expires: 20 days after activity}
      credits: {decimals: 2, pending: 5 days, expires: 40 days after release}
    counts: {price: before discounts, tax: excluded}
    segments:
      often: {history: {visits: at least 3, within: 30 days}}
    tiers:
      one:
      two: {qualify: {points: at least 300, within: 90 days}, keeps: 60 days, falls: one step}
      three:
        qualify: {quantity: at least 60, within: 60 days}
        keeps: while it holds
        gives: {coupon: ten}
    rules:
      base:
        earn:
          points: {by: slice, table: {0.00: 1 per 3.00 pro rata, 80.00: 2 per 3.00 pro rata}}
          credits: 1.25 per 1.00 pro rata
      best-a: {group: heads, items: {category: gifts}, earn: {points: 3 per 1.00}}
      best-b: {group: heads, when: {segment: often}, earn: {points: 20}}
      cards: {items: {category: cards}, multiply: {points: 1.5, credits: 2}}
      fifth: {when: {reach: {visits: every 5, within: ever}}, earn: {stamps: 1}}
      steady: {when: {history: {visits: at least 1, within: each of 2 weeks}}, earn: {points: 9}}
      capped:
        items: {category: candles}
        earn: {points: 5 per unit}
        limit: {points: 40 per month}
      some: {holdout: 30%, when: {weekday: [mon, tue, wed]}, earn: {points: 11}}
      bundle: {items: {category: cards}, buy: 3, pay: 2, limit: {units: 9 per month}}
      ten-off: {when: {basket: {spend: at least 90.00}}, off: 5.00, limit: {times: 2 per month}}
      gift:
        when: {basket: {quantity: at least 8}}
        give: {coupon: ten}
        limit: {times: 1 per week}
    groups:
      heads: best
    coupons:
      ten: {off: 10%, valid: 20 days, code: "TEN-########"}
    """

  @Test(arguments: [wide, LifeTests.program])
  func `whatever the rules ask, what the sales gave nets to zero`(_ program: String) throws {
    print("seed \(Self.seed)")
    let feed = Self.feed(120, members: 12, seed: Self.seed &+ 5)
    let shop = try TestStore(program)
    try shop.load(Trade.members(12))
    try shop.post(feed)
    try shop.run()
    #expect(try wrong(shop) == [])
    // What days of the calendar gave between the sales is not the sales'.
    let left = try Connection(shop.settings).query(
      """
      SELECT p.account_id, r.key, sum(CASE o.reason WHEN 1 THEN p.amount ELSE -p.amount END)::bigint
      FROM patron.postings o
      JOIN patron.posting_parts p USING (shard, account_id, seq, n)
      JOIN patron.rules r ON r.key = p.rule
      WHERE o.reason IN (1, 2)
        AND p.rule NOT IN ('birthday', 'month', 'anniversary', 'miss-you', 'first')
      GROUP BY p.account_id, r.key
      HAVING sum(CASE o.reason WHEN 1 THEN p.amount ELSE -p.amount END) <> 0
      """)
    #expect((0..<left.count).map { "\(left.text($0, 1)) \(left.int8($0, 2))" } == [])
    #expect(try shop.number("SELECT count(*) FROM patron.reversals WHERE rules IS NOT NULL") > 100)
    let other = try TestStore(program)
    try other.load(Trade.members(12))
    try other.post(feed, batch: 17)
    try other.run(workers: 3, batch: 5)
    let (one, two) = (try shop.ledger(), try other.ledger())
    let differing = Set(one).symmetricDifference(two).sorted()
    #expect(Array(differing.prefix(4)) == [])
  }

  @Test func `a return before its original is parked and taken when that arrives`() throws {
    let shop = try shop([])
    let sale = try Trade.sale("S", "C1", "2025-03-01", 4_000)
    let back = Self.back("R", of: sale, at: 3_600, [("A", 1)])
    let verdicts = try shop.post([back, back])
    #expect(verdicts.map(\.word) == ["parked", "already"])
    #expect(verdicts[0].detail == "original unknown: till/S has not arrived")
    #expect(try shop.post([sale]).map(\.word) == ["accepted"])
    #expect(try shop.number("SELECT count(*) FROM patron.parked") == 0)
    #expect(try shop.post([back]).map(\.word) == ["already"])
    try shop.run()
    #expect(
      try shop.number("SELECT sum(pending + available - debt)::bigint FROM patron.balances") == 0)
    #expect(try wrong(shop) == [])
  }

  @Test func `in one batch a return may come before its original or behind it`() throws {
    let shop = try shop([])
    let first = try Trade.sale("S1", "C1", "2025-03-01", 4_000)
    let second = try Trade.sale("S2", "C2", "2025-03-01", 3_000)
    let exchange = Self.back("X", of: first, at: 60, [("A", 1)], kind: .return)
    try shop.post([
      Self.back("R2", of: second, at: 3_600, [("A", 1)]), first, second, exchange,
    ])
    #expect(try shop.number("SELECT count(*) FROM patron.parked") == 0)
    try shop.run(batch: 1)
    #expect(try shop.number("SELECT sum(earned - reversed)::bigint FROM patron.balances") == 0)
    #expect(try shop.number("SELECT count(*) FROM patron.events WHERE account_id = 0") == 0)
    #expect(try wrong(shop) == [])
  }

  @Test func `what waits for an original of an unknown card comes with it`() throws {
    let shop = try shop([])
    let sale = try Trade.sale("S", "NEW", "2025-03-01", 4_000)
    try shop.post([sale, Self.back("R", of: sale, at: 3_600, [("A", 1)])])
    #expect(try shop.number("SELECT count(*) FROM patron.parked") == 2)
    var member = MemberRecord(member: "NEW")
    member.cards = ["NEW"]
    try shop.load([member])
    let store = try Store(shop.settings)
    let programs = try ProgramSet(store)
    var intake = try Intake(programs)
    _ = try Release.release(
      ids: try Release.parkedIDs(cards: ["NEW"], store), intake: &intake,
      context: try programs.feedContext(store), store: store)
    #expect(try shop.number("SELECT count(*) FROM patron.parked") == 0)
    try shop.run()
    #expect(try shop.number("SELECT sum(earned - reversed)::bigint FROM patron.balances") == 0)
    #expect(try wrong(shop) == [])
  }

  @Test func `what a nobody bought comes back to nobody, and what nothing is left of is refused`()
    throws
  {
    let shop = try shop([])
    var nobodys = try Trade.sale("N", "C1", "2025-03-01", 4_000)
    nobodys.cards = []
    let sale = try Trade.sale("S", "C1", "2025-03-01", 4_000)
    var back = Self.back("RN", of: nobodys, at: 60, [("A", 1)])
    back.cards = ["C2"]
    let verdicts = try shop.post([
      nobodys, sale, back, Self.back("V", of: sale, at: 60, kind: .void),
      Self.back("V2", of: sale, at: 120, kind: .void),
      Self.back("Z", of: sale, at: 180, [("Z", 1)]),
    ])
    #expect(
      verdicts.map(\.word) == [
        "no card", "accepted", "no card", "accepted", "accepted", "accepted",
      ]
    )
    try shop.run()
    let report = try ExplainReport("till/V2", try Store(shop.settings), language: "en")
    #expect(report.state == .refused("all of it came back before"))
    #expect(try wrong(shop) == [])
  }

  @Test func `an exchange takes back what it names and sells the rest`() throws {
    let shop = try shop([])
    let sale = try Trade.sale("S", "C1", "2025-03-01", 4_000)
    var exchange = Self.back("X", of: sale, at: 86_400, kind: .exchange)
    exchange.cards = ["C2"]
    var gone = TransactionLine(sku: "A", total: Money(minor: -4_000))
    gone.quantity = Quantity(-1)
    exchange.lines = [gone, TransactionLine(sku: "B", total: Money(minor: 5_500))]
    let again = Self.back("XR", of: exchange, at: 86_400, [("B", 1)])
    try shop.post([sale, exchange])
    try shop.run()
    #expect(try shop.number("SELECT sum(earned - reversed)::bigint FROM patron.balances") == 55)
    let report = try ExplainReport("till/X", try Store(shop.settings), language: "en")
    #expect(report.disagreements == [])
    #expect(report.lines.map(\.amount).sorted() == [-40, 55])
    try shop.post([again])
    try shop.run()
    #expect(try shop.number("SELECT sum(earned - reversed)::bigint FROM patron.balances") == 0)
    #expect(try shop.number("SELECT count(*) FROM patron.counter_values WHERE value <> 0") == 0)
    #expect(try wrong(shop) == [])
  }

  @Test func `what an exchange sold is reckoned with the tier that it left`() throws {
    let shop = try shop([])
    let sale = try Trade.sale("S", "C1", "2025-03-01", 31_000)
    var exchange = Self.back("X", of: sale, at: 86_400, kind: .exchange)
    var gone = TransactionLine(sku: "A", total: Money(minor: -31_000))
    gone.quantity = Quantity(-1)
    var bought = TransactionLine(sku: "B", total: Money(minor: 5_400))
    bought.quantity = Quantity(2)
    exchange.lines = [gone, bought]
    try shop.post([sale, exchange])
    try shop.run()
    // Silver, which doubles, went with the sale that had brought it.
    let net = "SELECT sum(earned - reversed)::bigint FROM patron.balances WHERE currency = 1"
    let before = try shop.number(net)
    #expect(try shop.number("SELECT tier::bigint FROM patron.outcomes WHERE seq = 2") == 1)
    try shop.post([Self.back("XR", of: exchange, at: 86_400, [("B", 1)])])
    try shop.run()
    #expect(try shop.number(net) == before - 27)
    let report = try ExplainReport("till/X", try Store(shop.settings), language: "en")
    #expect(report.disagreements == [])
    #expect(try wrong(shop) == [])
  }
}

import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Returns of what was bought with an account that has gone into another one, or that was closed.
@Suite struct MergedReturnTests {
  private static func back(
    _ id: String, of sale: Transaction, _ day: String, _ lines: [(sku: String, quantity: Int64)],
    kind: Transaction.Kind = .return
  ) throws -> Transaction {
    var back = ReturnTests.back(id, of: sale, at: 0, lines, kind: kind)
    back.at = try Counter.at(day)
    return back
  }

  private func post(_ counter: Counter, _ transactions: Transaction...) throws -> [String] {
    let words = try counter.shop.post(transactions).map(\.word)
    try counter.shop.run()
    return words
  }

  private func merge(_ counter: Counter, _ source: Int, into target: Int, _ day: String) throws {
    var desk = try Desk(counter.shop.settings)
    _ = try desk.merge(
      try desk.member("M\(source)"), into: try desk.member("M\(target)"), at: try Counter.at(day))
  }

  private func explain(_ id: String, _ counter: Counter) throws -> ExplainReport {
    try ExplainReport("till/\(id)", try counter.store(), language: "en")
  }

  @Test func `what comes back before and after a merge adds up, and no more than was bought`()
    throws
  {
    let counter = try Counter()
    var sale = try Trade.sale("S", "C1", "2026-01-10", 9_000)
    sale.lines[0].quantity = Quantity(3)
    #expect(try post(counter, sale) == ["accepted"])
    try counter.sell("T", "C0", "2026-01-11", 20)
    #expect(
      try post(counter, Self.back("R1", of: sale, "2026-01-12", [("A", 1)])) == ["accepted"])
    try merge(counter, 1, into: 0, "2026-01-13")
    #expect(try counter.available("M0") == 80)
    #expect(
      try post(counter, Self.back("R2", of: sale, "2026-01-14", [("A", 1)])) == ["accepted"])
    #expect(try counter.available("M0") == 50)
    #expect(try explain("R2", counter).disagreements == [])
    #expect(try explain("R2", counter).returns.map(\.transaction) == ["till/S"])
    #expect(try explain("S", counter).returns.map(\.transaction) == ["till/R1", "till/R2"])
    // Of two more there is one.
    _ = try post(counter, Self.back("R3", of: sale, "2026-01-15", [("A", 2)]))
    #expect(try counter.available("M0") == 20)
    #expect(try explain("R3", counter).returns.first?.lines.last?.isExcess == true)
    #expect(
      try counter.shop.number(
        "SELECT sum(value)::bigint FROM patron.counter_values WHERE value <> 0") == 2_000)
    #expect(try counter.findings() == [])
    #expect(try counter.disagreements() == 0)
  }

  @Test func `through several merges, with a void of what came back before them`() throws {
    let counter = try Counter()
    let sale = try Trade.sale("S", "C2", "2026-01-10", 60_000)
    let first = try Self.back("R1", of: sale, "2026-01-11", [])
    _ = try post(counter, sale, first)
    #expect(try counter.available("M2") == 0)
    try merge(counter, 2, into: 1, "2026-01-12")
    #expect(try counter.available("M1") == 0)
    let second = try Self.back("V1", of: first, "2026-01-13", [], kind: .void)
    _ = try post(counter, second)
    // The points, the tier and what it had brought are there again.
    #expect(try counter.available("M1") == 600)
    #expect(try explain("V1", counter).disagreements == [])
    try merge(counter, 1, into: 0, "2026-01-14")
    #expect(try counter.available("M0") == 600)
    _ = try post(counter, Self.back("R2", of: sale, "2026-01-15", []))
    #expect(try counter.available("M0") == 0)
    #expect(
      try counter.shop.number("SELECT count(*) FROM patron.counter_values WHERE value <> 0") == 0)
    #expect(
      try counter.shop.number(
        """
        SELECT count(*) FROM patron.standings s JOIN patron.accounts a USING (shard, account_id)
        WHERE a.status = 0 AND s.until > a.clock
        """) == 0)
    #expect(
      try counter.shop.number(
        "SELECT count(*) FROM patron.coupons WHERE NOT withdrawn AND NOT moved") == 0)
    #expect(try explain("R2", counter).disagreements == [])
    #expect(try counter.findings() == [])
    #expect(try counter.disagreements() == 0)
  }

  @Test func `a tier that the other account had by itself stays`() throws {
    let counter = try Counter(Counter.program.replacing("900.00", with: "9000.00"))
    let sale = try Trade.sale("S", "C1", "2026-01-10", 60_000)
    _ = try post(counter, sale)
    try counter.sell("T", "C0", "2026-01-11", 700)
    try merge(counter, 1, into: 0, "2026-01-13")
    _ = try post(counter, Self.back("R", of: sale, "2026-01-14", []))
    #expect(try counter.available("M0") == 700)
    #expect(
      try counter.shop.number(
        """
        SELECT count(*) FROM patron.standings s JOIN patron.accounts a USING (shard, account_id)
        WHERE a.status = 0 AND s.until > a.clock
        """) == 1)
    #expect(try counter.findings() == [])
  }

  @Test func `a coupon that was used comes back to whoever has it now`() throws {
    let counter = try Counter(
      Counter.program.replacing("uses: 2", with: "uses: 1"))
    try counter.sell("1", "C1", "2026-01-10", 600)
    let code = try Connection(counter.shop.settings).query("SELECT code FROM patron.coupons")
      .text(0, 0)
    var used = try Trade.sale("2", "C1", "2026-01-11", 2_000)
    used.coupons = [code]
    _ = try post(counter, used)
    try counter.sell("3", "C0", "2026-01-11", 10)
    try merge(counter, 1, into: 0, "2026-01-13")
    #expect(
      try counter.shop.number("SELECT used::bigint FROM patron.coupons WHERE NOT moved") == 1)
    _ = try post(counter, Self.back("R", of: used, "2026-01-14", []))
    #expect(
      try counter.shop.number("SELECT used::bigint FROM patron.coupons WHERE NOT moved") == 0)
    #expect(try explain("R", counter).couponNotes == ["the coupon \(code) can be used again"])
    #expect(try counter.findings() == [])
  }

  @Test func `what a closed account had bought comes back to nobody`() throws {
    let counter = try Counter()
    let sale = try Trade.sale("S", "C1", "2026-01-10", 9_000)
    _ = try post(counter, sale)
    var desk = try Desk(counter.shop.settings)
    _ = try desk.close(try desk.member("M1"), at: try Counter.at("2026-01-11"))
    let back = try Self.back("R", of: sale, "2026-01-12", [])
    #expect(try post(counter, back, back) == ["account closed", "already"])
    #expect(try explain("R", counter).state == .ofClosed)
    #expect(try counter.shop.number("SELECT count(*) FROM patron.parked") == 0)
    #expect(try counter.findings() == [])
  }

  /// Sales that come back in pieces, with voids of some of these, while accounts go into others.
  @Test func `in any pieces, with voids and merges between them, all nets to zero`() throws {
    let seed = ReturnTests.seed
    print("seed \(seed)")
    for (round, program) in [Trade.program, ReturnTests.wide].enumerated() {
      var random = SeededGenerator(seed: seed &+ UInt64(round) &+ 77)
      var feed: [Transaction] = []
      var last: [Transaction] = []
      for transaction in ReturnTests.feed(140, members: 12, seed: seed &+ UInt64(round) &+ 77) {
        guard transaction.original != nil else {
          feed.append(transaction)
          continue
        }
        if transaction.id.hasSuffix("-rest") {
          last.append(transaction)
          continue
        }
        feed.append(transaction)
        guard random.next() % 2 == 0 else { continue }
        var void = ReturnTests.back(
          "\(transaction.id)-void", of: transaction, at: Int64(random.next() % 900_000),
          kind: .void)
        feed.append(void)
        guard random.next() % 3 == 0 else { continue }
        void = ReturnTests.back(
          "\(transaction.id)-again", of: void, at: Int64(random.next() % 900_000), kind: .void)
        feed.append(void)
      }
      feed = feed.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
        .map(\.element)
      let end = feed.map(\.at).max() ?? Instant(seconds: 0)
      let shop = try TestStore(program)
      try shop.load(Trade.members(12))
      let counter = Counter(shop: shop)
      let third = feed.count / 3
      for part in 0..<3 {
        let some = Array(feed[(part * third)..<(part == 2 ? feed.count : (part + 1) * third)])
        try shop.post(some, batch: 23)
        try shop.run(workers: 2, batch: 7)
        guard part < 2, let at = some.map(\.at).max() else { continue }
        var desk = try Desk(shop.settings)
        // 0 into 1, 1 into 2; and pairs that stay.
        for (source, target) in part == 0 ? [(0, 1), (3, 4)] : [(1, 2), (5, 4), (6, 7)] {
          _ = try desk.merge(
            try desk.member("M\(source)"), into: try desk.member("M\(target)"), at: at)
        }
      }
      for index in last.indices { last[index].at = end + Int64(index + 1) }
      try shop.post(last, batch: 11)
      try shop.run(batch: 5)
      #expect(try counter.findings() == [], "\(program.prefix(16))")
      #expect(try shop.number("SELECT count(*) FROM patron.reversals WHERE gone") > 20)
      #expect(
        try shop.number(
          "SELECT count(*) FROM patron.reversals WHERE by_account <> account_id") > 20)
      #expect(try shop.number("SELECT count(*) FROM patron.parked") == 0)
      // The day of the last activity stays.
      #expect(
        try shop.number(
          "SELECT count(*) FROM patron.counter_values WHERE value <> 0 AND bucket <> '1970-01-01'")
          == 0)
      let left = try Connection(shop.settings).query(
        """
        SELECT p.rule, p.currency,
          sum(CASE WHEN o.debited = 11 THEN p.amount ELSE -p.amount END)::bigint
        FROM patron.postings o JOIN patron.posting_parts p USING (shard, account_id, seq, n)
        WHERE o.reason IN (1, 2) GROUP BY 1, 2
        HAVING sum(CASE WHEN o.debited = 11 THEN p.amount ELSE -p.amount END) <> 0
        """)
      #expect((0..<left.count).map { "\(left.text($0, 0)) \(left.int8($0, 2))" } == [])
      #expect(
        try shop.number("SELECT sum(available + pending - debt)::bigint FROM patron.balances")
          + shop.number("SELECT sum(expired)::bigint FROM patron.balances") == 0)
      #expect(
        try shop.number(
          """
          SELECT count(*) FROM patron.coupons c JOIN patron.accounts a USING (shard, account_id)
          WHERE NOT c.withdrawn AND NOT c.moved AND c.valid_until > a.clock AND tier IS NULL
          """) == 0)
      // A tier that two accounts reached by becoming one is no sale's.
      let kept = try shop.number(
        """
        SELECT count(*) FROM patron.standings s JOIN patron.accounts a USING (shard, account_id)
        WHERE a.status = 0 AND s.until > a.clock AND NOT EXISTS (
          SELECT FROM patron.accounts m WHERE m.merged_into = a.account_id)
        """)
      #expect(kept == 0)
    }
  }
}

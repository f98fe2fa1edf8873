import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Captures that were made in time and arrive after their hold fell away.
@Suite struct LateCaptureTests {
  private func step(
    _ id: String, _ kind: String, minutes: Int64, of hold: String? = nil,
    _ attributes: [Attribute] = []
  ) -> Transaction { HoldTests.step(id, kind, minutes: minutes, of: hold, attributes) }

  private let mug = [Attribute(name: "reward", value: .text("mug"))]

  private func points(_ number: Int64) -> [Attribute] {
    [Attribute(name: "points", value: .number(ExactDecimal(units: number)))]
  }

  /// Available, held, spent, expired, debt.
  private func balance(_ shop: TestStore) throws -> [Int64] {
    let rows = try Connection(shop.settings).query(
      "SELECT available, held, spent, expired, debt FROM patron.balances")
    return (0..<5).map { rows.int8(0, $0) }
  }

  private func told(_ shop: TestStore, _ member: String) throws -> [String] {
    let rows = try Connection(shop.settings).query(
      """
      SELECT body ->> $1 FROM patron.outbox WHERE body::jsonb ? $1 AND topic = 'hold'
      ORDER BY message_id
      """, [.text(member)])
    return (0..<rows.count).map { rows.text($0, 0) }
  }

  private func checkAll(_ shop: TestStore) throws {
    #expect(try HoldTests.findings(shop) == [])
  }

  @Test func `a capture that was made in time stands, whenever it is heard of`() throws {
    let shop = try HoldTests.shop([
      HoldTests.sale("1", 2_500, day: 0), step("H", "hold", minutes: 0, mug),
      HoldTests.sale("2", 1_000, day: 2),
    ])
    #expect(try balance(shop) == [35, 0, 0, 0, 0])
    try shop.post([step("K", "capture", minutes: 14, of: "H")])
    try shop.run()
    #expect(try balance(shop) == [25, 0, 10, 0, 0])
    #expect(try shop.number("SELECT sum(amount)::bigint FROM patron.budget_spends") == 1)
    #expect(try told(shop, "past its terms") == [])
    let report = try ExplainReport("till/K", Store(shop.settings), language: "en")
    #expect(
      report.lines.map(\.sentence)
        == [
          "it had fallen away before this was heard of, and is good again",
          "what was held is redeemed",
        ])
    try checkAll(shop)
    // Given back like any other one.
    try shop.post([step("B", "refund", minutes: 4_000, of: "H")])
    try shop.run()
    #expect(try balance(shop) == [35, 0, 0, 0, 0])
    try checkAll(shop)
  }

  @Test func `at its end it is too late, and others hear of it`() throws {
    let shop = try HoldTests.shop([
      HoldTests.sale("1", 2_500, day: 0), step("H", "hold", minutes: 0, mug),
      HoldTests.sale("2", 1_000, day: 2), step("K", "capture", minutes: 15, of: "H"),
    ])
    #expect(try balance(shop) == [35, 0, 0, 0, 0])
    #expect(try told(shop, "reason").map { $0.hasPrefix("the hold has fallen away at") } == [true])
    try checkAll(shop)
  }

  @Test func `what was spent since is owed, and told`() throws {
    let shop = try HoldTests.shop([
      HoldTests.sale("1", 2_500, day: 0), step("H", "hold", minutes: 0, points(20)),
      step("H2", "hold", minutes: 20, points(15)), step("K2", "capture", minutes: 21, of: "H2"),
      step("K", "capture", minutes: 10, of: "H"),
    ])
    #expect(try balance(shop) == [0, 0, 35, 0, 10])
    #expect(try told(shop, "past its terms") == ["not enough"])
    #expect(
      try ExplainReport("till/K", Store(shop.settings), language: "en").lines.map(\.sentence)
        == [
          "it had fallen away before this was heard of, and is good again; reported: the "
            + "points were spent by then, and are owed", "what was held is redeemed",
        ])
    try checkAll(shop)
  }

  @Test func `part of it may be captured late, too`() throws {
    let shop = try HoldTests.shop([
      HoldTests.sale("1", 2_500, day: 0), step("H", "hold", minutes: 0, points(20)),
      HoldTests.sale("2", 100, day: 2),
      step("K", "capture", minutes: 10, of: "H", points(5)),
    ])
    #expect(try balance(shop) == [21, 0, 5, 0, 0])
    try checkAll(shop)
  }

  @Test func `points that ended when the hold fell away are good again for it`() throws {
    let shop = try HoldTests.shop([HoldTests.sale("1", 2_500, day: 0)])
    var desk = try Desk(shop.settings)
    let held = try desk.hold(
      HoldRequest(.points(ExactDecimal(units: 10), currency: nil), seconds: 20 * 86_400),
      for: try desk.member("C1"), at: HoldTests.at(360))
    try shop.close("2026-07-15")
    #expect(try balance(shop) == [0, 0, 0, 25, 0])
    var capture = Transaction(
      source: "till", id: "K", kind: .event("capture"), at: HoldTests.at(370), offset: 0)
    capture.cards = ["C1"]
    capture.original = Transaction.Original(source: "patron desk", id: "hold \(held.id)")
    try shop.post([capture])
    try shop.run()
    #expect(try balance(shop) == [0, 0, 10, 15, 0])
    try checkAll(shop)
    let report = try LiabilityReport(asOf: nil, Store(shop.settings))
    #expect(report.currencies.map { [$0.redeemed, $0.expired, $0.outstanding] } == [[10, 15, 0]])
  }

  @Test func `a bill that the held points paid in time is paid by them`() throws {
    let shop = try HoldTests.shop([HoldTests.sale("1", 2_500, day: 0)])
    var desk = try Desk(shop.settings)
    _ = try desk.hold(
      HoldRequest(.pay(ExactDecimal(units: 100, places: 2)), seconds: 20 * 86_400),
      for: try desk.member("C1"), at: HoldTests.at(360))
    try shop.close("2026-07-15")
    #expect(try balance(shop) == [0, 0, 0, 25, 0])
    var sale = HoldTests.sale("2", 300, day: 370)
    sale.tenders = [
      .init(kind: "points", amount: Money(minor: 100)),
      .init(kind: "cash", amount: Money(minor: 200)),
    ]
    try shop.post([sale])
    try shop.run()
    let left = try balance(shop)
    #expect(left == [3, 0, 10, 15, 0])
    try checkAll(shop)
  }

  @Test func `a coupon that was used again by then counts twice, and that is told`() throws {
    let shop = try HoldTests.shop([HoldTests.sale("1", 6_000, day: 0)])
    let code = try Connection(shop.settings).query("SELECT code FROM patron.coupons").text(0, 0)
    try shop.post([
      step("H", "hold", minutes: 0, [Attribute(name: "coupon", value: .text(code))]),
      HoldTests.sale("2", 1_000, day: 2, coupons: [code]),
      step("K", "capture", minutes: 10, of: "H"),
    ])
    try shop.run()
    #expect(try shop.number("SELECT used::bigint FROM patron.coupons") == 2)
    #expect(try told(shop, "past its terms") == ["used up"])
    try checkAll(shop)
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// What is held in an account that goes into another one.
@Suite struct MovedHoldTests {
  private func at(_ minutes: Int64) -> Instant { HoldTests.at(1, minutes: minutes) }

  private func shop() throws -> TestStore {
    try HoldTests.shop([
      HoldTests.sale("1", 6_000, day: 0), HoldTests.sale("2", 900, day: 0, card: "C2"),
      HoldTests.sale("3", 700, day: 0, card: "C3"),
    ])
  }

  /// Available, held, spent and debt of the member's account.
  private func balance(_ shop: TestStore, _ member: String) throws -> [Int64] {
    let rows = try Connection(shop.settings).query(
      """
      SELECT b.available, b.held, b.spent, b.debt FROM patron.balances b
      JOIN patron.members m USING (shard, account_id) WHERE m.code = $1
      """, [.text(member)])
    return (0..<4).map { rows.int8(0, $0) }
  }

  private func checkAll(_ shop: TestStore) throws {
    #expect(try HoldTests.findings(shop) == [])
    #expect(try Counter(shop: shop).disagreements(HoldTests.program) == 0)
  }

  @Test func `points that are held go along, under the name that the till knows`() throws {
    let shop = try shop()
    var desk = try Desk(shop.settings)
    let request = HoldRequest(.pay(ExactDecimal(units: 200, places: 2)))
    let held = try desk.hold(request, for: try desk.member("M1"), id: "till-7", at: at(0))
    _ = try desk.merge(try desk.member("M1"), into: try desk.member("M2"), at: at(1))
    #expect(try balance(shop, "M2") == [49, 20, 0, 0])
    try checkAll(shop)
    // The till asks again, and is told the same.
    let again = try desk.hold(request, for: try desk.member("C1"), id: "till-7", at: at(2))
    #expect(again.isAgain && again.refusal == nil && again.state == .open)
    // Further on into a third one.
    _ = try desk.merge(try desk.member("M2"), into: try desk.member("M3"), at: at(3))
    #expect(try balance(shop, "M3") == [56, 20, 0, 0])
    let names = try desk.store.openHolds(of: try desk.member("M3").owner, at: at(3))
    #expect(Array(names.values) == ["till-7"])
    let captured = try desk.capture(held.id, at: at(4))
    #expect(captured.refusal == nil && captured.state == .captured)
    #expect(try balance(shop, "M3") == [56, 0, 20, 0])
    #expect(try desk.capture(held.id, at: at(5)).isAgain)
    #expect(try desk.refund(held.id, at: at(6)).state == .refunded)
    #expect(try balance(shop, "M3") == [76, 0, 0, 0])
    try checkAll(shop)
  }

  @Test func `it falls away at the time that it had`() throws {
    let shop = try shop()
    var desk = try Desk(shop.settings)
    let held = try desk.hold(
      HoldRequest(.reward("mug", times: 2)), for: try desk.member("M1"), at: at(0))
    _ = try desk.merge(try desk.member("M1"), into: try desk.member("M2"), at: at(10))
    #expect(try desk.capture(held.id, at: at(15)).state == .lapsed)
    #expect(try balance(shop, "M2") == [69, 0, 0, 0])
    #expect(try shop.number("SELECT sum(amount)::bigint FROM patron.budget_spends") == 0)
    try checkAll(shop)
  }

  @Test func `a coupon that is held goes along, and is free again when it is let go`() throws {
    let shop = try shop()
    let code = try Connection(shop.settings).query("SELECT code FROM patron.coupons").text(0, 0)
    var desk = try Desk(shop.settings)
    let held = try desk.hold(HoldRequest(.coupon(code)), for: try desk.member("M1"), at: at(0))
    _ = try desk.merge(try desk.member("M1"), into: try desk.member("M2"), at: at(1))
    #expect(
      try desk.hold(HoldRequest(.coupon(code)), for: try desk.member("M2"), at: at(2)).refusal
        == "used up")
    #expect(try desk.release(held.id, at: at(3)).state == .released)
    let other = try desk.hold(HoldRequest(.coupon(code)), for: try desk.member("M2"), at: at(4))
    #expect(other.refusal == nil)
    #expect(try desk.capture(other.id, at: at(5)).state == .captured)
    try checkAll(shop)
  }

  @Test func `a capture in a feed finds it, and never another one of the same number`() throws {
    let shop = try HoldTests.shop([
      HoldTests.sale("1", 2_500, day: 0),
      HoldTests.step("H", "hold", minutes: 0, [Attribute(name: "perk", value: .text("hotline"))]),
      HoldTests.step(
        "H1", "hold", minutes: 0,
        [Attribute(name: "points", value: .number(ExactDecimal(units: 5)))]),
      HoldTests.step("K0", "capture", minutes: 1, of: "H"),
      HoldTests.sale("2", 900, day: 0, card: "C2"),
    ])
    var desk = try Desk(shop.settings)
    // It has the number in its account that the captured one had in the other one.
    let own = try desk.hold(
      HoldRequest(.points(ExactDecimal(units: 9), currency: nil), seconds: 86_400),
      for: try desk.member("M2"), at: at(1))
    _ = try desk.merge(try desk.member("M1"), into: try desk.member("M2"), at: at(2))
    #expect(try balance(shop, "M2") == [20, 14, 0, 0])
    try shop.post([
      HoldTests.step("K1", "capture", minutes: 3, of: "H1"),
      HoldTests.step("R", "refund", minutes: 4, of: "H"),
    ])
    try shop.run()
    #expect(try balance(shop, "M2") == [20, 9, 5, 0])
    #expect(
      try ExplainReport("till/R", Store(shop.settings), language: "en").state == .rated)
    #expect(try desk.capture(own.id, at: at(5)).refusal == nil)
    #expect(try balance(shop, "M2") == [20, 0, 14, 0])
    try checkAll(shop)
  }

  @Test func `a feed's capture and refund find what the merged account had held`() throws {
    let points = { (number: Int64) in
      [Attribute(name: "points", value: .number(ExactDecimal(units: number)))]
    }
    let shop = try HoldTests.shop([
      HoldTests.sale("1", 2_500, day: 0), HoldTests.step("H", "hold", minutes: 0, points(10)),
      HoldTests.step("H1", "hold", minutes: 0, points(5)),
      HoldTests.step("K1", "capture", minutes: 2, of: "H1"),
      HoldTests.sale("2", 900, day: 2, card: "C2"), HoldTests.sale("3", 100, day: 2),
    ])
    // The first one has fallen away, the second one is captured.
    var desk = try Desk(shop.settings)
    _ = try desk.merge(
      try desk.member("M1"), into: try desk.member("M2"), at: HoldTests.at(3))
    #expect(try balance(shop, "M2") == [30, 0, 0, 0])
    try shop.post([
      HoldTests.step("K", "capture", minutes: 10, of: "H"),
      HoldTests.step("R", "refund", minutes: 11, of: "H1", points(2)),
      HoldTests.step("R1", "refund", minutes: 12, of: "H1", points(3)),
    ])
    try shop.run()
    #expect(try balance(shop, "M2") == [25, 0, 5, 0])
    try checkAll(shop)
    #expect(try desk.refund("till/H", at: HoldTests.at(5)).state == .refunded)
    #expect(try balance(shop, "M2") == [35, 0, -5, 0])
    #expect(try desk.refund("till/H1", at: HoldTests.at(5)).isAgain)
    try checkAll(shop)
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// Parts of rewards, what they had brought when they are given back, and accounts that were merged
/// in between.
@Suite struct HoldPartTests {
  static let program = HoldTests.program.replacing(
    "  points: {expires: 12 months after earning}",
    with: """
        points: {expires: 12 months after earning}
        miles: {expires: never, returns: debt}
      """
  ).replacing(
    "  tour: {",
    with: """
        swap: {price: {points: 5}, earn: {miles: 100}}
        cup: {price: {points: 4}, limit: {times: 3 per day}}
        kettle: {price: {points: 8}, thing: yes, stock: 9}
        tour: {
      """
  ).replacing(
    "  gold:\n",
    with: """
        flyer:
          qualify: {miles: at least 150, within: calendar year}
          keeps: end of next calendar year
        gold:

      """)

  private func shop(_ sales: [Transaction] = [HoldTests.sale("1", 4_900, day: 0)]) throws
    -> TestStore
  {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(4))
    try shop.post(sales)
    try shop.run()
    return shop
  }

  private func at(_ minutes: Int64) -> Instant { HoldTests.at(1, minutes: minutes) }

  private func balance(_ shop: TestStore, _ member: String, _ currency: String) throws -> [Int64] {
    let rows = try Connection(shop.settings).query(
      """
      SELECT b.available - b.debt, b.held, b.spent FROM patron.member_codes m
      JOIN patron.balances b USING (shard, account_id) JOIN patron.currencies c USING (currency)
      WHERE m.code = $1 AND c.key = $2
      """, [.text(member), .text(currency)])
    return rows.count == 0 ? [0, 0, 0] : (0..<3).map { rows.int8(0, $0) }
  }

  private func stock(_ shop: TestStore) throws -> Int64 {
    try shop.number("SELECT coalesce(sum(amount), 0)::bigint FROM patron.budget_spends")
  }

  private func checkAll(_ shop: TestStore) throws {
    #expect(try HoldTests.findings(shop) == [])
    #expect(try Counter(shop: shop).disagreements(Self.program) == 0)
  }

  private func hold(
    _ desk: inout Desk, _ reward: String, _ times: Int64, _ minutes: Int64, _ card: String = "C1"
  ) throws -> HoldAnswer {
    try desk.hold(
      HoldRequest(.reward(reward, times: times)), for: desk.member(card), at: at(minutes))
  }

  @Test func `a reward is captured and given back by whole ones, and its coupon with it`() throws {
    let shop = try shop()
    var desk = try Desk(shop.settings)
    let held = try hold(&desk, "mug", 3, 0)
    #expect(held.points.map(\.held) == [30])
    #expect(
      try desk.capture(held.id, points: ExactDecimal(units: 15), at: at(1)).refusal
        == "a reward is redeemed whole: this one by 10 points")
    #expect(
      try desk.capture(held.id, times: 4, at: at(1)).refusal == "there are not so many in it")
    let captured = try desk.capture(held.id, points: ExactDecimal(units: 20), at: at(2))
    #expect(captured.times == 2)
    #expect(captured.points.map(\.captured) == [20])
    #expect(try balance(shop, "M1", "points") == [29, 0, 20])
    #expect(try stock(shop) == 2)
    #expect(try shop.number("SELECT times FROM patron.coupons") == 2)
    // The third mug is there for others.
    #expect(try hold(&desk, "mug", 4, 3).refusal == "not enough")
    #expect(try hold(&desk, "mug", 2, 3).refusal == nil)
    let some = try desk.refund(held.id, times: 1, at: at(4))
    #expect(some.state == .captured)
    #expect(some.points.map(\.returned) == [10])
    #expect(try stock(shop) == 3)
    #expect(try shop.number("SELECT times FROM patron.coupons WHERE NOT withdrawn") == 1)
    #expect(try desk.refund(held.id, at: at(5)).state == .refunded)
    #expect(try balance(shop, "M1", "points") == [29, 20, 0])
    #expect(try stock(shop) == 2)
    #expect(try shop.number("SELECT count(*) FROM patron.coupons WHERE withdrawn") == 1)
    try checkAll(shop)
  }

  @Test func `a limit counts the ones that were captured and not given back`() throws {
    let shop = try shop()
    var desk = try Desk(shop.settings)
    let held = try hold(&desk, "cup", 3, 0)
    #expect(try hold(&desk, "cup", 1, 1).refusal == "limit")
    #expect(try desk.capture(held.id, times: 2, at: at(2)).refusal == nil)
    let third = try hold(&desk, "cup", 1, 3)
    #expect(third.refusal == nil)
    #expect(try hold(&desk, "cup", 1, 4).refusal == "limit")
    #expect(try desk.refund(held.id, times: 1, at: at(5)).refusal == nil)
    #expect(try hold(&desk, "cup", 1, 6).refusal == nil)
    #expect(try hold(&desk, "cup", 1, 7).refusal == "limit")
    try checkAll(shop)
  }

  @Test func `points that a reward had given are taken back with it, gone ones as debt`() throws {
    let shop = try shop()
    var desk = try Desk(shop.settings)
    let held = try hold(&desk, "swap", 3, 0)
    #expect(try desk.capture(held.id, at: at(1)).refusal == nil)
    #expect(try balance(shop, "M1", "miles") == [300, 0, 0])
    #expect(try shop.number("SELECT count(*) FROM patron.tier_changes") == 1)
    #expect(try desk.refund(held.id, times: 1, at: at(2)).refusal == nil)
    #expect(try balance(shop, "M1", "miles") == [200, 0, 0])
    #expect(try balance(shop, "M1", "points") == [39, 0, 10])
    let other = try desk.hold(
      HoldRequest(.points(ExactDecimal(units: 150), currency: "miles")), for: desk.member("C1"),
      at: at(3))
    #expect(try desk.capture(other.id, at: at(4)).refusal == nil)
    #expect(try desk.refund(held.id, at: at(5)).state == .refunded)
    #expect(try balance(shop, "M1", "miles") == [-150, 0, 150])
    #expect(try balance(shop, "M1", "points") == [49, 0, 0])
    // The tier that it had brought goes with it.
    #expect(try shop.number("SELECT count(*) FROM patron.tier_changes WHERE reason = 7") == 1)
    #expect(
      try shop.number("SELECT count(*) FROM patron.standings WHERE until > '2025-07-01'") == 0)
    #expect(
      try shop.number("SELECT (earned - reversed)::bigint FROM patron.balances WHERE currency = 2")
        == 0)
    try checkAll(shop)
  }

  @Test func `what an account had captured before it was merged goes to the other one`() throws {
    let shop = try shop([
      HoldTests.sale("1", 4_900, day: 0), HoldTests.sale("2", 900, day: 0, card: "C2"),
    ])
    var desk = try Desk(shop.settings)
    let mugs = try hold(&desk, "mug", 2, 0)
    let swap = try hold(&desk, "swap", 2, 0)
    let kettle = try hold(&desk, "kettle", 1, 0)
    for held in [mugs, swap, kettle] {
      #expect(try desk.capture(held.id, at: at(1)).refusal == nil)
    }
    _ = try desk.merge(desk.member("M1"), into: desk.member("M2"), at: at(2))
    #expect(try balance(shop, "M2", "points") == [49 - 38 + 9, 0, 0])
    #expect(try balance(shop, "M2", "miles") == [200, 0, 0])
    let ends = try shop.number("SELECT count(*) FROM patron.lots WHERE remaining > 0")
    let back = try desk.refund(mugs.id, id: "B1", at: at(3))
    #expect(back.state == .refunded)
    #expect(back.points.map(\.returned) == [20])
    #expect(try desk.refund(mugs.id, id: "B1", at: at(4)).isAgain)
    #expect(try balance(shop, "M2", "points") == [40, 0, -20])
    #expect(try shop.number("SELECT count(*) FROM patron.lots WHERE remaining > 0") == ends)
    let usable = "SELECT count(*) FROM patron.coupons WHERE NOT withdrawn AND NOT moved"
    #expect(try shop.number(usable) == 0)
    #expect(try desk.refund(swap.id, times: 1, at: at(5)).refusal == nil)
    #expect(try balance(shop, "M2", "miles") == [100, 0, 0])
    let store = try Store(shop.settings)
    let order = try #require(store.orders(waitingOnly: true, most: 10).first)
    #expect(try desk.cancel(order.key, at: at(6)))
    #expect(try !desk.cancel(order.key, at: at(6)))
    #expect(try store.orders(waitingOnly: true, most: 10).isEmpty)
    #expect(try balance(shop, "M2", "points") == [53, 0, -33])
    #expect(try stock(shop) == 0)
    #expect(try HoldTests.findings(shop) == [])
  }

  @Test func `a coupon that was used since the merge stands in the way`() throws {
    let shop = try shop([
      HoldTests.sale("1", 4_900, day: 0), HoldTests.sale("2", 900, day: 0, card: "C2"),
    ])
    var desk = try Desk(shop.settings)
    let mug = try hold(&desk, "mug", 1, 0)
    let code = try desk.capture(mug.id, at: at(1)).coupons[0]
    _ = try desk.merge(desk.member("M1"), into: desk.member("M2"), at: at(2))
    try shop.post([HoldTests.sale("3", 700, day: 2, card: "C2", coupons: [code])])
    try shop.run()
    #expect(
      try desk.refund(mug.id, at: HoldTests.at(3)).refusal
        == "the coupon that it brought is used already")
    #expect(try HoldTests.findings(shop) == [])
  }
}

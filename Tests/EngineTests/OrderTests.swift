import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Things that are redeemed, and what tills without a line took past its terms.
@Suite struct OrderTests {
  static let program = HoldTests.program.replacing(
    "  tour: {", with: "  kettle: {price: {points: 8}, thing: yes, stock: 9}\n  tour: {")

  private func shop() throws -> TestStore {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(3))
    try shop.post([HoldTests.sale("1", 9_900, day: 0)])
    try shop.run()
    return shop
  }

  private func redeem(_ id: String, _ minutes: Int64) -> Transaction {
    var event = HoldTests.step(id, "redeem", minutes: minutes)
    event.attributes = [Attribute(name: "name", value: .text("kettle"))]
    return event
  }

  private func states(_ store: borrowing Store) throws -> [String] {
    try store.orders(waitingOnly: false, most: 10).map(\.state.word)
  }

  @Test func `a thing is ordered, sent and handed over, or cancelled for its points`() throws {
    let shop = try shop()
    let store = try Store(shop.settings)
    try shop.post([redeem("R1", 0), redeem("R2", 1)])
    try shop.run()
    var desk = try Desk(shop.settings)
    let held = try desk.hold(
      HoldRequest(.reward("kettle", times: 2)), for: desk.member("C1"),
      at: HoldTests.at(1, minutes: 5))
    #expect(try states(store) == ["ordered", "ordered"])
    _ = try desk.capture(held.id, at: HoldTests.at(1, minutes: 6))
    let orders = try store.orders(waitingOnly: true, most: 10)
    #expect(orders.map(\.times) == [1, 1, 2])
    #expect(orders.map(\.members) == ["M1", "M1", "M1"])
    #expect(Order.Key(orders[0].key.text) == orders[0].key)
    #expect(try desk.move(orders[0].key, to: .sent, at: HoldTests.at(2)))
    #expect(try !desk.move(orders[0].key, to: .sent, at: HoldTests.at(2)))
    #expect(try desk.move(orders[0].key, to: .handedOver, at: HoldTests.at(3)))
    #expect(throws: EngineError.self) { try desk.move(orders[0].key, to: .sent) }
    #expect(try desk.cancel(orders[1].key, at: HoldTests.at(3)))
    #expect(try !desk.cancel(orders[1].key, at: HoldTests.at(3)))
    #expect(try desk.refund(held.id, at: HoldTests.at(4)).state == .refunded)
    #expect(try states(store) == ["handed over", "cancelled", "cancelled"])
    #expect(try store.orders(waitingOnly: true, most: 10).isEmpty)
    #expect(try shop.number("SELECT available::bigint FROM patron.balances") == 91)
    #expect(try shop.number("SELECT sum(amount)::bigint FROM patron.budget_spends") == 1)
    #expect(
      try shop.number("SELECT count(*) FROM patron.outbox WHERE topic = 'order'") == 7)
    #expect(try HoldTests.findings(shop) == [])
    #expect(try Counter(shop: shop).disagreements(Self.program) == 0)
  }

  @Test func `an order of an account that went over has the members of where it went`() throws {
    let shop = try shop()
    let store = try Store(shop.settings)
    try shop.post([redeem("R1", 0)])
    try shop.run()
    var desk = try Desk(shop.settings)
    for (member, survivor) in [("M1", "M2"), ("M2", "M0")] {
      _ = try desk.merge(desk.member(member), into: desk.member(survivor), at: HoldTests.at(1))
    }
    let order = try #require(store.orders(waitingOnly: true, most: 10).first)
    #expect(order.members == "M0 M1 M2")
    #expect(try store.order(order.key)?.members == order.members)
  }

  @Test func `what a till without a line gave past its terms is taken, and listed`() throws {
    let shop = try shop()
    let store = try Store(shop.settings)
    let code = try store.db.query("SELECT code FROM patron.coupons").text(0, 0)
    try shop.post([HoldTests.sale("2", 1_000, day: 2, coupons: [code])])
    try shop.run()
    var offline = HoldTests.sale("3", 500, day: 1, coupons: [code])
    offline.lines[0].discounts = [.init(kind: .loyalty, amount: Money(minor: 500))]
    try shop.post([offline])
    try shop.run()
    let list = try PastTerms.list(store, from: .distantPast, before: .distantFuture, most: 10)
    #expect(list.map(\.transaction) == ["till/3"])
    #expect(list.map(\.reason) == [.usedUp])
    #expect(list.map(\.money) == [500])
    #expect(list.map(\.members) == ["M1"])
    #expect(try StatusReport(store, now: .now).pastTerms == 1)
    #expect(try HoldTests.findings(shop) == [])
  }

  @Test func `a coupon that another till holds is given offline, and listed`() throws {
    let shop = try shop()
    let store = try Store(shop.settings)
    let code = try store.db.query("SELECT code FROM patron.coupons").text(0, 0)
    var desk = try Desk(shop.settings)
    let held = try desk.hold(
      HoldRequest(.coupon(code), seconds: 86_400), for: desk.member("C1"), at: HoldTests.at(2))
    var offline = HoldTests.sale("3", 500, day: 1, coupons: [code])
    offline.lines[0].discounts = [.init(kind: .loyalty, amount: Money(minor: 500))]
    try shop.post([offline])
    try shop.run()
    let list = try PastTerms.list(store, from: .distantPast, before: .distantFuture, most: 10)
    #expect(list.map(\.reason) == [.usedUp])
    #expect(try desk.capture(held.id, at: HoldTests.at(2, minutes: 5)).state == .captured)
    #expect(try HoldTests.findings(shop) == [])
    #expect(try Counter(shop: shop).disagreements(Self.program) == 0)
  }

  @Test func `a bill that is paid with points takes what was held for it`() throws {
    let shop = try shop()
    var desk = try Desk(shop.settings)
    let held = try desk.hold(
      HoldRequest(.pay(ExactDecimal(units: 5, places: 0))), for: desk.member("C1"),
      at: HoldTests.at(1))
    #expect(held.points.map(\.held) == [50])
    var sale = HoldTests.sale("2", 1_000, day: 1)
    sale.at = HoldTests.at(1, minutes: 2)
    sale.tenders = [.init(kind: "points", amount: Money(minor: 400))]
    try shop.post([sale])
    try shop.run()
    // 99 earned, 40 spent, and what the sale itself earns.
    let earned = try shop.number(
      "SELECT sum(amount)::bigint FROM patron.postings WHERE debited = 11 AND seq > 1")
    #expect(
      try shop.number("SELECT available::bigint FROM patron.balances") == 59 + earned)
    #expect(try shop.number("SELECT held + debt FROM patron.balances") == 0)
    #expect(try desk.capture(held.id, at: HoldTests.at(2)).isAgain)
    let report = try ExplainReport("till/2", Store(shop.settings), language: "en")
    #expect(report.disagreements == [])
    #expect(!report.lines.contains { $0.sentence.contains("past its terms") })
    #expect(report.lotUses.map(\.amount).contains(40))
    #expect(try HoldTests.findings(shop) == [])
    #expect(try Counter(shop: shop).disagreements(Self.program) == 0)
  }
}

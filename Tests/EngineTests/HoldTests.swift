import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Redemptions in steps: hold, capture, release, refund, and what falls away.
@Suite struct HoldTests {
  static let program = """
    program: holds
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: 12 months after earning}
    tiers:
      member: {gives: {perk: hotline}}
      gold:
        qualify: {spend: at least 500.00, within: calendar year}
        keeps: end of next calendar year
        gives: {perk: lounge}
    rules:
      base: {earn: {points: 1 per 1.00}}
      gift: {when: {basket: {spend: at least 50.00}}, give: {coupon: five}}
    coupons:
      five: {off: 5.00, valid: 60 days, code: "FIVE-########"}
    rewards:
      pay: {pays: 1.00 per 10 points, share: at most 50%}
      mug: {price: {points: 10}, free: 1, items: {sku: [MUG]}, valid: 30 days, stock: 5}
      tour: {price: {points: 7}, limit: {times: 1 per day}}
    """

  static func at(_ day: Int64, minutes: Int64 = 0) -> Instant {
    Instant(seconds: 1_750_000_000 + day * 86_400 + minutes * 60)
  }

  static func sale(
    _ id: String, _ total: Int64, day: Int64, card: String = "C1", coupons: [String] = []
  ) -> Transaction {
    var sale = Transaction(source: "till", id: id, kind: .sale, at: at(day), offset: 0)
    sale.cards = [card]
    sale.coupons = coupons
    sale.lines = [TransactionLine(sku: "MUG", total: Money(minor: total))]
    return sale
  }

  static func step(
    _ id: String, _ kind: String, minutes: Int64, of hold: String? = nil,
    _ attributes: [Attribute] = []
  ) -> Transaction {
    var event = Transaction(
      source: "till", id: id, kind: .event(kind), at: at(1, minutes: minutes), offset: 0)
    event.cards = ["C1"]
    event.attributes = attributes
    event.original = hold.map { Transaction.Original(source: "till", id: $0) }
    return event
  }

  static func shop(_ transactions: [Transaction], members: Int = 4) throws -> TestStore {
    let shop = try TestStore(program)
    try shop.load(Trade.members(members))
    try shop.post(transactions)
    try shop.run()
    return shop
  }

  static func findings(_ shop: TestStore) throws -> [String] {
    try Audit(Store(shop.settings)).checks.flatMap { check in
      check.findings.map { "\(check.name): \($0.account ?? 0): \($0.what)" }
    }
  }

  private func balance(_ shop: TestStore) throws -> [Int64] {
    let rows = try Connection(shop.settings).query(
      "SELECT available, held, spent, expired FROM patron.balances WHERE earned > 0")
    return (0..<4).map { rows.int8(0, $0) }
  }

  private func checkAll(_ shop: TestStore) throws {
    #expect(try Self.findings(shop) == [])
    let counter = Counter(shop: shop)
    #expect(try counter.disagreements(Self.program) == 0)
  }

  @Test func `a reward is held, captured and given back`() throws {
    let shop = try Self.shop([Self.sale("1", 2_500, day: 0)])
    var desk = try Desk(shop.settings)
    let member = try desk.member("C1")
    let held = try desk.hold(
      HoldRequest(.reward("mug", times: 2)), for: member, id: "H1", at: Self.at(1))
    #expect(held.refusal == nil)
    #expect(held.state == .open)
    #expect(held.until == Self.at(1, minutes: 15))
    #expect(held.points.map(\.held) == [20])
    #expect(try balance(shop) == [5, 20, 0, 0])
    let again = try desk.hold(
      HoldRequest(.reward("mug", times: 2)), for: member, id: "H1", at: Self.at(1, minutes: 3))
    #expect(again.isAgain)
    #expect(again.points == held.points)
    #expect(throws: EngineError.self) {
      try desk.hold(HoldRequest(.reward("tour", times: 1)), for: member, id: "H1")
    }
    let poor = try desk.hold(
      HoldRequest(.reward("mug", times: 1)), for: member, id: "H2", at: Self.at(1, minutes: 4))
    #expect(poor.refusal == "not enough")
    #expect(poor.state == nil)
    let captured = try desk.capture("H1", at: Self.at(1, minutes: 5))
    #expect(captured.state == .captured)
    #expect(captured.coupons.count == 1)
    #expect(try desk.capture("H1", at: Self.at(1, minutes: 6)).isAgain)
    #expect(
      try desk.release("H1", at: Self.at(1, minutes: 7)).refusal == "the hold is captured already")
    #expect(try balance(shop) == [5, 0, 20, 0])
    #expect(
      try shop.number("SELECT sum(amount)::bigint FROM patron.budget_spends") == 2)
    let refunded = try desk.refund("H1", at: Self.at(1, minutes: 9))
    #expect(refunded.state == .refunded)
    #expect(try desk.refund("H1", at: Self.at(1, minutes: 10)).isAgain)
    #expect(try balance(shop) == [25, 0, 0, 0])
    #expect(try shop.number("SELECT sum(amount)::bigint FROM patron.budget_spends") == 0)
    #expect(try shop.number("SELECT count(*) FROM patron.coupons WHERE withdrawn") == 1)
    try checkAll(shop)
  }

  @Test func `part of what is held is captured, the rest is free`() throws {
    let shop = try Self.shop([Self.sale("1", 2_500, day: 0)])
    var desk = try Desk(shop.settings)
    let member = try desk.member("C1")
    let pay = HoldRequest(.pay(ExactDecimal(units: 150, places: 2)), seconds: 3_600)
    let held = try desk.hold(pay, for: member, at: Self.at(1))
    #expect(held.points.map(\.held) == [15])
    #expect(held.money == 150)
    let captured = try desk.capture(
      held.id, points: ExactDecimal(units: 12), at: Self.at(1, minutes: 5))
    #expect(captured.points.map(\.captured) == [12])
    #expect(try balance(shop) == [13, 0, 12, 0])
    let some = try desk.refund(
      held.id, points: ExactDecimal(units: 5), id: "B1", at: Self.at(1, minutes: 6))
    #expect(some.state == .captured)
    #expect(some.points.map(\.returned) == [5])
    let same = try desk.refund(
      held.id, points: ExactDecimal(units: 5), id: "B1", at: Self.at(1, minutes: 6))
    #expect(same.isAgain)
    #expect(
      try desk.refund(held.id, points: ExactDecimal(units: 8), at: Self.at(1, minutes: 7)).refusal
        == "there are not so many points in it")
    #expect(try balance(shop) == [18, 0, 7, 0])
    try checkAll(shop)
  }

  @Test func `a hold that nobody captures falls away, whatever comes next`() throws {
    let shop = try Self.shop([Self.sale("1", 2_500, day: 0)])
    var desk = try Desk(shop.settings)
    let member = try desk.member("C1")
    let tour = HoldRequest(.reward("tour", times: 1))
    let first = try desk.hold(tour, for: member, at: Self.at(1))
    #expect(
      try desk.hold(tour, for: member, at: Self.at(1, minutes: 14)).refusal == "limit")
    // The limit of one a day is free again.
    let second = try desk.hold(tour, for: member, at: Self.at(1, minutes: 15))
    #expect(second.refusal == nil)
    let late = try desk.capture(first.id, at: Self.at(1, minutes: 16))
    #expect(late.refusal?.hasPrefix("the hold has fallen away at") == true)
    #expect(late.state == .lapsed)
    try shop.post([Self.sale("2", 100, day: 2)])
    try shop.run()
    #expect(try balance(shop) == [26, 0, 0, 0])
    try checkAll(shop)
    let third = try desk.hold(tour, for: member, at: Self.at(3))
    #expect(third.refusal == nil)
    try shop.close("2025-06-30")
    #expect(try balance(shop) == [26, 0, 0, 0])
    #expect(try desk.release(third.id, at: Self.at(30)).refusal != nil)
    try checkAll(shop)
  }

  @Test func `held points do not expire; released after their day they end then`() throws {
    let shop = try Self.shop([Self.sale("1", 2_500, day: 0)])
    var desk = try Desk(shop.settings)
    let member = try desk.member("C1")
    func hold(_ points: Int64, _ days: Int64) throws -> HoldAnswer {
      try desk.hold(
        HoldRequest(.points(ExactDecimal(units: points), currency: nil), seconds: days * 86_400),
        for: member, at: Self.at(360))
    }
    let (kept, lost) = (try hold(10, 20), try hold(8, 10))
    try shop.close("2026-06-16")
    #expect(try balance(shop) == [0, 18, 0, 7])
    try shop.close("2026-06-22")
    #expect(try balance(shop) == [0, 10, 0, 15])
    #expect(try desk.capture(kept.id, at: Self.at(375)).refusal == nil)
    #expect(try desk.capture(lost.id, at: Self.at(375)).refusal != nil)
    #expect(try balance(shop) == [0, 0, 10, 15])
    // Given back with the end that they had: at once.
    #expect(try desk.refund(kept.id, at: Self.at(376)).refusal == nil)
    #expect(try balance(shop) == [0, 0, 0, 25])
    try checkAll(shop)
  }

  @Test func `a coupon is held once, and the purchase that shows it uses it`() throws {
    let shop = try Self.shop([Self.sale("1", 6_000, day: 0)])
    let code = try Connection(shop.settings).query("SELECT code FROM patron.coupons").text(0, 0)
    var desk = try Desk(shop.settings)
    let member = try desk.member("C1")
    let coupon = HoldRequest(.coupon(code))
    let held = try desk.hold(coupon, for: member, at: Self.at(1))
    #expect(held.refusal == nil)
    #expect(try desk.hold(coupon, for: member, at: Self.at(1)).refusal == "used up")
    #expect(
      try desk.hold(HoldRequest(.coupon("X")), for: member, at: Self.at(1)).refusal == "unknown")
    #expect(try desk.release(held.id, at: Self.at(1, minutes: 1)).state == .released)
    let other = try desk.hold(
      HoldRequest(.coupon(code), seconds: 3 * 86_400), for: member, at: Self.at(1, minutes: 2))
    #expect(other.refusal == nil)
    try shop.post([Self.sale("2", 1_000, day: 2, coupons: [code])])
    try shop.run()
    #expect(try shop.number("SELECT money::bigint FROM patron.benefits WHERE money > 0") == 500)
    #expect(try shop.number("SELECT used::bigint FROM patron.coupons") == 1)
    #expect(try desk.capture(other.id, at: Self.at(2)).isAgain)
    try checkAll(shop)
  }

  @Test func `a perk is checked`() throws {
    let shop = try Self.shop([Self.sale("1", 2_500, day: 0)])
    var desk = try Desk(shop.settings)
    let member = try desk.member("C1")
    let no = try desk.hold(HoldRequest(.perk("lounge")), for: member, at: Self.at(1))
    #expect(no.refusal == "not met")
    let yes = try desk.hold(HoldRequest(.perk("hotline")), for: member, at: Self.at(1))
    #expect(try desk.capture(yes.id, at: Self.at(1)).state == .captured)
    try checkAll(shop)
  }

  @Test func `tills that post hold and capture, too`() throws {
    let mug = [Attribute(name: "reward", value: .text("mug"))]
    let shop = try Self.shop([
      Self.sale("1", 2_500, day: 0),
      Self.step("H", "hold", minutes: 0, mug),
      // It came before its hold, and waits for it.
      Self.step("K2", "capture", minutes: 12, of: "H2"),
      Self.step("K", "capture", minutes: 5, of: "H"),
      Self.step("H2", "hold", minutes: 10, mug),
      Self.step("L", "release", minutes: 20, of: "H"),
    ])
    #expect(try balance(shop) == [5, 0, 20, 0])
    try shop.post([Self.step("B", "refund", minutes: 21, of: "H2")])
    try shop.run()
    #expect(try balance(shop) == [15, 0, 10, 0])
    #expect(
      try ExplainReport("till/L", Store(shop.settings), language: "en").state
        == .refused("the hold is captured already"))
    let report = try ExplainReport("till/H", Store(shop.settings), language: "en")
    #expect(report.lines.map(\.sentence) == ["held until 2025-06-16T15:21:40Z"])
    var desk = try Desk(shop.settings)
    #expect(try desk.capture("till/H").isAgain)
    try checkAll(shop)
  }

  @Test func `an end lets go what is held, a merge takes it along`() throws {
    let shop = try Self.shop([
      Self.sale("1", 2_500, day: 0), Self.sale("2", 900, day: 0, card: "C2"),
    ])
    var desk = try Desk(shop.settings)
    let (one, two) = (try desk.member("M1"), try desk.member("M2"))
    let held = try desk.hold(HoldRequest(.reward("mug", times: 1)), for: one, at: Self.at(1))
    _ = try desk.merge(one, into: two, at: Self.at(1, minutes: 1))
    #expect(try desk.release(held.id, at: Self.at(1, minutes: 2)).state == .released)
    let other = try desk.hold(
      HoldRequest(.reward("mug", times: 3)), for: try desk.member("M2"),
      at: Self.at(1, minutes: 3))
    #expect(other.refusal == nil)
    try desk.close(try desk.member("M2"), at: Self.at(1, minutes: 4))
    #expect(try shop.number("SELECT sum(amount)::bigint FROM patron.budget_spends") == 0)
    try checkAll(shop)
  }
}

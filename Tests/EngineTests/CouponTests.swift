import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Coupons by their codes: issued, shown, used up, refused; and what a till did without a line.
@Suite struct CouponTests {
  static let program = """
    program: coupons
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: never}
    rules:
      base: {earn: {points: 1 per 1.00}}
      thanks: {when: {basket: {spend: at least 50.00}}, give: {coupon: five}}
    coupons:
      five: {off: 5.00, valid: 10 days, code: "FIVE-########"}
      free: {off: 1.00, claim: yes, valid: 10 days}
      all: {off: 2.00, public: ALL26, limit: {times: 1 per day}}
    """

  private func sale(_ id: String, _ total: Int64, day: Int64, _ coupons: [String] = [])
    -> Transaction
  {
    var sale = Transaction(
      source: "till", id: id, kind: .sale,
      at: Instant(seconds: 1_750_000_000 + day * 86_400), offset: 0)
    sale.cards = ["C1"]
    sale.coupons = coupons
    sale.lines = [TransactionLine(sku: "A", total: Money(minor: total))]
    return sale
  }

  private func shop() throws -> TestStore {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(3))
    return shop
  }

  private func code(_ shop: TestStore) throws -> String {
    try Connection(shop.settings).query("SELECT code FROM patron.coupons ORDER BY seq, n").text(
      0, 0)
  }

  private func explain(_ id: String, _ shop: TestStore) throws -> ExplainReport {
    try ExplainReport(id, try Store(shop.settings), language: "en")
  }

  @Test func `an issued code takes its money off once, and then is refused`() throws {
    let shop = try shop()
    try shop.post([sale("1", 5_000, day: 0)])
    try shop.run()
    let code = try code(shop)
    try shop.post([sale("2", 2_000, day: 1, [code]), sale("3", 2_000, day: 2, [code, "FIVE-NO"])])
    try shop.run()
    #expect(try shop.number("SELECT used::bigint FROM patron.coupons") == 1)
    #expect(try shop.number("SELECT sum(money)::bigint FROM patron.benefits") == 500)
    #expect(try shop.number("SELECT sum(amount)::bigint FROM patron.postings") == 50 + 15 + 20)
    let used = try explain("till/2", shop)
    #expect(used.disagreements == [])
    #expect(used.lines.first { $0.kind == .off }?.sentence == "5.00 off")
    let refused = try explain("till/3", shop)
    #expect(refused.disagreements == [])
    #expect(
      refused.lines.filter { $0.kind == .refused }.map(\.sentence) == [
        "the coupon was refused: used up", "the coupon `FIVE-NO` was refused: unknown",
      ])
    #expect(
      try shop.number("SELECT count(*) FROM patron.outbox WHERE topic = 'coupon used'") == 1)
    #expect(try Audit(Store(shop.settings)).checks.filter { $0.wrong > 0 }.map(\.name) == [])
  }

  @Test func `a code is used in the very batch that issued another`() throws {
    let shop = try shop()
    try shop.post([sale("1", 5_000, day: 0)])
    try shop.run()
    let code = try code(shop)
    try shop.post([sale("2", 6_000, day: 1, [code]), sale("3", 100, day: 2, [code])])
    try shop.run(workers: 4, batch: 1)
    #expect(try shop.number("SELECT sum(used)::bigint FROM patron.coupons") == 1)
    #expect(try shop.number("SELECT count(*) FROM patron.coupons") == 2)
    #expect(try Audit(Store(shop.settings)).isClean)
  }

  @Test func `what a till gave past a coupon's terms is booked and reported`() throws {
    let shop = try shop()
    try shop.post([sale("1", 5_000, day: 0)])
    try shop.run()
    var late = sale("2", 1_500, day: 30, [try code(shop)])
    late.lines[0].discounts = [.init(kind: .loyalty, amount: Money(minor: 500))]
    try shop.post([late])
    try shop.run()
    #expect(try shop.number("SELECT used::bigint FROM patron.coupons") == 1)
    #expect(try shop.number("SELECT sum(amount)::bigint FROM patron.postings") == 50 + 15)
    let report = try explain("till/2", shop)
    #expect(report.disagreements == [])
    #expect(
      report.lines.first { $0.kind == .off }?.sentence
        == "5.00 off, past its terms (expired), taken off by the till")
    #expect(
      try shop.number(
        """
        SELECT count(*) FROM patron.outbox
        WHERE topic = 'coupon used' AND body ->> 'past its terms' = 'expired'
        """) == 1)
    #expect(try Audit(Store(shop.settings)).isClean)
  }

  @Test func `what must be claimed is claimed by an event, and another member's code is unknown`()
    throws
  {
    let shop = try shop()
    var claim = Transaction(
      source: "app", id: "K", kind: .event("claim"), at: Instant(seconds: 1_750_000_000), offset: 0)
    claim.cards = ["C1"]
    claim.attributes = [Attribute(name: "name", value: .text("free"))]
    var again = claim
    again.id = "K2"
    try shop.post([claim, again])
    try shop.run()
    #expect(try shop.number("SELECT count(*) FROM patron.coupons") == 1)
    #expect(try explain("app/K2", shop).state == .refused("the coupon is claimed already"))
    var stolen = sale("1", 1_000, day: 1, [try code(shop)])
    stolen.cards = ["C2"]
    try shop.post([stolen, sale("2", 1_000, day: 1, [try code(shop)])])
    try shop.run()
    #expect(
      try shop.number("SELECT sum(refusal)::bigint FROM patron.benefits")
        == Int64(Refusal.unknown.rawValue))
    #expect(try shop.number("SELECT sum(money)::bigint FROM patron.benefits") == 100)
    #expect(try Audit(Store(shop.settings)).isClean)
  }

  @Test func `one code for everybody is counted by its limit, also for a later version`() throws {
    let shop = try shop()
    try shop.post([
      sale("1", 1_000, day: 0, ["ALL26"]), sale("2", 1_000, day: 0, ["ALL26"]),
      sale("3", 1_000, day: 1, ["ALL26"]),
    ])
    try shop.run()
    #expect(try shop.number("SELECT sum(money)::bigint FROM patron.benefits") == 400)
    try shop.publish(
      Self.program.replacing("1 per day", with: "3 per year"), from: "2026-01-01")
    #expect(
      try shop.number(
        """
        SELECT v.value FROM patron.counter_values v JOIN patron.counters c USING (counter)
        WHERE c.key = 'times of coupon all, by year'
        """) == 2)
    #expect(try Audit(Store(shop.settings)).isClean)
  }
}

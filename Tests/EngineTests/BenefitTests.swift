import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// What rules take off the bill is booked, explained, audited and counted again.
@Suite struct BenefitTests {
  static let program = """
    program: dairy
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: never}
    rules:
      base: {earn: {points: 1 per 1.00}}
      member-price: {items: {sku: [MILK]}, off: 0.50 per unit, limit: {money: 1.20 per month}}
    """

  private func sale(_ id: String, day: Int64, loyalty: Int64 = 0) -> Transaction {
    var sale = Transaction(
      source: "till", id: id, kind: .sale,
      at: Instant(seconds: 1_750_000_000 + day * 86_400), offset: 0)
    sale.cards = ["C1"]
    var milk = TransactionLine(sku: "MILK", total: Money(minor: 300 - loyalty))
    milk.quantity = Quantity(2)
    if loyalty > 0 {
      milk.discounts = [.init(kind: .loyalty, amount: Money(minor: loyalty))]
    }
    sale.lines = [milk, TransactionLine(sku: "BREAD", total: Money(minor: 250))]
    return sale
  }

  private func shop(_ sales: [Transaction]) throws -> TestStore {
    let shop = try TestStore(Self.program)
    var member = MemberRecord(member: "M1")
    member.cards = ["C1"]
    try shop.load([member])
    try shop.post(sales)
    try shop.run()
    return shop
  }

  private func explain(_ id: String, _ shop: TestStore) throws -> ExplainReport {
    try ExplainReport("till/\(id)", try Store(shop.settings), language: "en")
  }

  @Test func `a member price is booked and explained, and its limit cuts the next one`() throws {
    let shop = try shop([sale("1", day: 0), sale("2", day: 1)])
    #expect(try shop.number("SELECT sum(money)::bigint FROM patron.benefits WHERE seq = 1") == 100)
    #expect(try shop.number("SELECT sum(money)::bigint FROM patron.benefits WHERE seq = 2") == 20)
    // 5.50 less 1.00, and 5.50 less 0.20.
    #expect(try shop.number("SELECT sum(amount)::bigint FROM patron.postings") == 4 + 5)
    let report = try explain("2", shop)
    #expect(report.disagreements == [])
    let line = try #require(report.lines.first { $0.kind == .off })
    #expect(line.money == 20)
    #expect(line.sentence == "0.50 off each unit, for 2, cut to the 0.20 that is left for it")
    #expect(try Audit(Store(shop.settings)).checks.filter { $0.wrong > 0 }.map(\.name) == [])
  }

  @Test func `what the till took off already is not taken off twice`() throws {
    let shop = try shop([sale("1", day: 0, loyalty: 100)])
    #expect(try shop.number("SELECT sum(money)::bigint FROM patron.benefits") == 100)
    #expect(try shop.number("SELECT sum(amount)::bigint FROM patron.postings") == 4)
    #expect(try explain("1", shop).disagreements == [])
  }

  @Test func `a later version counts what was left to pay`() throws {
    let shop = try shop([sale("1", day: 0)])
    let tiered = Self.program.replacing(
      "rules:",
      with: "tiers: {basic: , gold: {qualify: {spend: at least 100.00, within: ever}, "
        + "keeps: ever}}\nrules:")
    try shop.publish(tiered, from: "2026-01-01")
    #expect(
      try shop.number(
        """
        SELECT v.value FROM patron.counter_values v JOIN patron.counters c USING (counter)
        WHERE c.key LIKE 'spend%'
        """) == 450)
    #expect(try Audit(Store(shop.settings)).isClean)
  }
}

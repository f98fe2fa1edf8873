import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Redemptions by the feed: points are spent from their lots, codes handed out, tills paid.
@Suite struct RewardTests {
  static let program = """
    program: rewards
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: 12 months after earning}
    rules:
      base: {earn: {points: 1 per 1.00}}
    rewards:
      voucher: {pays: 1.00 per 20 points, least: 40 points, valid: 30 days}
      mug: {price: {points: 10}, free: 1, items: {sku: [MUG]}, valid: 30 days, stock: 5}
    """

  private func sale(
    _ id: String, _ total: Int64, day: Int64, card: String = "C1", coupons: [String] = [],
    points: Int64 = 0
  ) -> Transaction {
    var sale = Transaction(
      source: "till", id: id, kind: .sale,
      at: Instant(seconds: 1_750_000_000 + day * 86_400), offset: 0)
    sale.cards = [card]
    sale.coupons = coupons
    sale.lines = [TransactionLine(sku: "MUG", total: Money(minor: total))]
    if points > 0 { sale.tenders = [.init(kind: "points", amount: Money(minor: points))] }
    return sale
  }

  private func redeem(
    _ id: String, _ name: String, day: Int64, card: String = "C1", times: Int64 = 1
  ) -> Transaction {
    var event = Transaction(
      source: "app", id: id, kind: .event("redeem"),
      at: Instant(seconds: 1_750_000_000 + day * 86_400), offset: 0)
    event.cards = [card]
    event.attributes = [
      Attribute(name: "name", value: .text(name)),
      Attribute(name: "times", value: .number(ExactDecimal(units: times))),
    ]
    return event
  }

  private func shop(_ transactions: [Transaction], workers: Int = 1) throws -> TestStore {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(30))
    try shop.post(transactions)
    try shop.run(workers: workers, batch: 3)
    return shop
  }

  private func explain(_ id: String, _ shop: TestStore) throws -> ExplainReport {
    try ExplainReport(id, try Store(shop.settings), language: "en")
  }

  private func wrong(_ shop: TestStore) throws -> [String] {
    try Audit(Store(shop.settings)).checks.filter { $0.wrong > 0 }.map(\.name)
  }

  @Test func `points become a voucher, and the voucher pays`() throws {
    let shop = try shop([sale("1", 5_900, day: 0), redeem("R", "voucher", day: 1)])
    #expect(try shop.number("SELECT available::bigint FROM patron.balances") == 19)
    #expect(try shop.number("SELECT spent::bigint FROM patron.lots") == 40)
    let code = try Connection(shop.settings).query("SELECT code FROM patron.coupons").text(0, 0)
    try shop.post([sale("2", 1_000, day: 2, coupons: [code])])
    try shop.run()
    #expect(
      try shop.number("SELECT money::bigint FROM patron.benefits WHERE source = 2") == 200)
    #expect(try shop.number("SELECT available::bigint FROM patron.balances") == 19 + 8)
    for id in ["till/1", "app/R", "till/2"] {
      #expect(try explain(id, shop).disagreements == [])
    }
    #expect(
      try explain("app/R", shop).lines.map(\.sentence) == ["redeemed for 2.00 EUR"])
    #expect(try wrong(shop) == [])
  }

  @Test func `what there is too little for is refused, and told`() throws {
    let shop = try shop([sale("1", 3_900, day: 0), redeem("R", "voucher", day: 1)])
    #expect(try shop.number("SELECT available::bigint FROM patron.balances") == 39)
    let report = try explain("app/R", shop)
    #expect(report.lines.map(\.sentence) == ["the redemption was refused: not enough"])
    #expect(report.disagreements == [])
    #expect(try wrong(shop) == [])
  }

  @Test func `a till that takes more points than there are leaves a debt, and later points pay it`()
    throws
  {
    let shop = try shop([
      sale("1", 5_000, day: 0), sale("2", 1_000, day: 1, points: 300),
      sale("3", 2_000, day: 2),
    ])
    // 50 earned, 60 spent, 10 owed; 10 earned pay that; 20 more.
    #expect(try shop.number("SELECT available::bigint FROM patron.balances") == 20)
    #expect(try shop.number("SELECT debt::bigint FROM patron.balances") == 0)
    let report = try explain("till/2", shop)
    #expect(report.lines.contains { $0.sentence.contains("past its terms (not enough)") })
    #expect(report.disagreements == [])
    #expect(try wrong(shop) == [])
  }

  @Test func `no number of workers hands out more than there is in stock`() throws {
    var transactions: [Transaction] = []
    for member in 0..<30 {
      transactions.append(sale("S\(member)", 2_000, day: 0, card: "C\(member)"))
      transactions.append(redeem("R\(member)", "mug", day: 1, card: "C\(member)"))
    }
    let shop = try shop(transactions, workers: 4)
    #expect(try shop.number("SELECT count(*) FROM patron.coupons") <= 5)
    #expect(try shop.number("SELECT count(*) FROM patron.coupons") >= 1)
    #expect(
      try shop.number("SELECT sum(spent)::bigint FROM patron.balances")
        == 10 * shop.number("SELECT count(*) FROM patron.coupons"))
    #expect(try wrong(shop) == [])
  }

  @Test func `vouchers come unasked on their days, and of a choice one thing is taken`() throws {
    let shop = try TestStore(
      """
      program: rewards
      timezone: UTC
      money: EUR
      currencies:
        points: {expires: never}
      rules:
        base: {earn: {points: 1 per 1.00}}
        fifty: {when: {basket: {spend: at least 50.00}}, give: {choice: [mug, extra]}}
      rewards:
        voucher:
          event: {dates: [07-01, 08-01]}
          pays: 1.00 per 20 points
          least: 40 points
          limit: {times: 1 ever}
        mug: {free: 1, items: {sku: [MUG]}}
        extra: {earn: {points: 7}}
      """)
    try shop.load(Trade.members(3))
    // The 15th of June 2025 is day 0.
    try shop.post([sale("1", 5_900, day: 0), sale("2", 100, day: 20), sale("3", 9_900, day: 50)])
    try shop.run()
    #expect(try shop.number("SELECT sum(spent)::bigint FROM patron.balances") == 40)
    #expect(try shop.number("SELECT count(*) FROM patron.coupons WHERE times = 2") == 1)
    let days = try explain("till/2", shop)
    #expect(days.disagreements == [])
    #expect(
      days.lines.first { $0.kind == .redeemed }?.sentence
        == "redeemed for 2.00 EUR on 2025-07-01, unasked")
    var choose = redeem("K", "extra", day: 60)
    choose.kind = .event("claim")
    var again = choose
    again.id = "K2"
    var third = choose
    third.id = "K3"
    try shop.post([choose, again, third])
    try shop.run()
    #expect(try shop.number("SELECT available::bigint FROM patron.balances") == 19 + 1 + 99 + 14)
    let chosen = try explain("app/K", shop)
    #expect(chosen.disagreements == [])
    #expect(chosen.lines.map(\.kind) == [.redeemed, .given])
    let none = "the member has no choice of which `extra` is one and that is open"
    #expect(try explain("app/K3", shop).state == .refused(none))
    #expect(try wrong(shop) == [])
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// A budget is for all members together, and no number of workers exceeds it.
@Suite(.serialized) struct BudgetTests {
  static let program = """
    program: spring
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: never}
    rules:
      base: {earn: {points: 1 per 1.00}}
      double: {multiply: {points: 2}, budget: {points: 1000}, funded: acme}
      off: {items: {category: tea}, off: 1.00, budget: {money: 50.00}}
      club: {join: yes, earn: {points: 3}, limit: {times: 1 per day}}
    """

  private func sales(_ count: Int, members: Int) -> [Transaction] {
    (0..<count).map { number in
      var sale = Transaction(
        source: "till", id: "T\(number)", kind: .sale,
        at: Instant(seconds: 1_750_000_000 + Int64(number)), offset: 0)
      sale.cards = ["C\(number % members)"]
      var line = TransactionLine(sku: "S", total: Money(minor: 700 + Int64(number % 7) * 100))
      line.category = number % 3 == 0 ? "tea" : "rice"
      sale.lines = [line]
      return sale
    }
  }

  private func shop(_ transactions: [Transaction], workers: Int, batch: Int) throws -> TestStore {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(40))
    try shop.post(transactions)
    try shop.run(workers: workers, batch: batch)
    return shop
  }

  private static let doubled = """
    SELECT sum(p.amount)::bigint FROM patron.posting_parts p WHERE p.rule = 'double'
    """

  @Test(arguments: [(1, 1_000), (4, 5), (8, 1)])
  func `workers together spend a budget and not one point more`(_ workers: Int, _ batch: Int) throws
  {
    let shop = try shop(sales(800, members: 40), workers: workers, batch: batch)
    let spent = try shop.number(Self.doubled)
    #expect(spent <= 1_000)
    #expect(spent >= 900)
    let money = try shop.number("SELECT sum(money)::bigint FROM patron.benefits")
    #expect(money <= 5_000)
    #expect(money >= 4_000)
    #expect(
      try shop.number(
        """
        SELECT sum(s.amount)::bigint FROM patron.budget_spends s JOIN patron.budgets b
        USING (budget) WHERE b.key = 'points of rule double'
        """) == spent)
    #expect(
      try shop.number("SELECT count(*) FROM patron.posting_parts WHERE funder = 'acme'")
        == shop.number("SELECT count(*) FROM patron.posting_parts WHERE rule = 'double'"))
    let audit = try Audit(Store(shop.settings))
    #expect(audit.checks.filter { $0.wrong > 0 }.map(\.name) == [])
  }

  @Test func `an award that was cut is explained as it was booked`() throws {
    let shop = try shop(sales(300, members: 40), workers: 1, batch: 1_000)
    #expect(try shop.number(Self.doubled) == 1_000)
    let store = try Store(shop.settings)
    var cut = 0
    var refused = 0
    for number in 0..<300 {
      let report = try ExplainReport("till/T\(number)", store, language: "en")
      #expect(report.disagreements == [])
      cut += report.lines.count { $0.sentence.contains("that its budget leaves") }
      refused += report.lines.count { $0.sentence.contains("its budget is used up") }
    }
    #expect(cut == 1)
    #expect(refused > 10)
  }

  @Test func `a member who has opted in takes part from then on`() throws {
    var join = Transaction(
      source: "app", id: "J1", kind: .event("join"),
      at: Instant(seconds: 1_750_000_050), offset: 0)
    join.cards = ["C1"]
    join.attributes = [Attribute(name: "name", value: .text("club"))]
    var unknown = join
    unknown.id = "J2"
    unknown.attributes = [Attribute(name: "name", value: .text("clubb"))]
    let all = sales(120, members: 40)
    let transactions = Array(all[..<42]) + [join, unknown] + Array(all[42...])
    let shop = try shop(transactions, workers: 2, batch: 7)
    #expect(
      try shop.number(
        "SELECT sum(amount)::bigint FROM patron.posting_parts WHERE rule = 'club'") == 3)
    let store = try Store(shop.settings)
    let report = try ExplainReport("app/J2", store, language: "en")
    #expect(report.state == .refused("nothing of that name can be joined"))
    #expect(try Audit(store).checks.filter { $0.wrong > 0 }.map(\.name) == [])
  }
}

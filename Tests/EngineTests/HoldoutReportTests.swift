import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// What a rule changed, told by those who were held out of it.
@Suite struct HoldoutReportTests {
  static let program = """
    program: trial
    timezone: America/Chicago
    money: USD
    currencies: {points: {expires: never}}
    rules:
      base: {earn: {points: 1 per 1.00}}
      double: {when: {channel: web}, multiply: {points: 2}, holdout: 40%}
      off: {items: {category: cards}, off: 10%, holdout: 40%}
    """

  /// Forty members: each buys for 10.00 on the web and for 5.00 in the store, the even ones a card,
  /// and the first one brings her first purchase back.
  private func shop() throws -> TestStore {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(40))
    for number in 0..<40 {
      var sale = try Trade.sale("w\(number)", "C\(number)", "2024-03-10", 1_000)
      sale.channel = "web"
      let category = number % 2 == 0 ? "cards" : nil
      let other = try Trade.sale("s\(number)", "C\(number)", "2024-04-10", 500, category)
      try shop.post([sale, other])
    }
    try shop.run()
    return shop
  }

  private func report(
    _ shop: TestStore, _ only: String? = nil, _ from: String? = nil, _ to: String? = nil
  ) throws -> HoldoutReport {
    try HoldoutReport(
      only, from: from.flatMap { CivilDate($0) }, to: to.flatMap { CivilDate($0) },
      try Store(shop.settings))
  }

  /// Who is held out, told by the ledger alone: no part of the rule.
  private func heldOut(_ shop: TestStore) throws -> Int64 {
    try shop.number(
      """
      SELECT count(*) FROM (SELECT account_id FROM patron.posting_parts
        GROUP BY account_id HAVING bool_and(rule <> 'double')) a
      """)
  }

  @Test func `both sides of a rule's holdout are counted`() throws {
    let shop = try shop()
    let held = try heldOut(shop)
    try #require((1..<40).contains(held))
    let double = try #require(
      try report(shop, nil, "2024-01-01", "2024-12-31").comparisons.first { $0.name == "double" })
    #expect(double.share == 400_000)
    #expect(double.heldOut.members == held && double.treated.members == 40 - held)
    #expect(double.heldOut.purchases == 2 * held && double.treated.purchases == 2 * (40 - held))
    #expect(double.heldOut.spend == 1_500 * held)
    #expect(double.treated.spend == 1_500 * (40 - held))
    #expect(double.treated.each(double.treated.spend) == 1_500)
    #expect(double.treated.each(double.treated.purchases, places: 2) == 200)
    // Ten of the web doubled, and about five beside it, less where a discount was.
    let points = try shop.number("SELECT sum(earned)::bigint FROM patron.balances")
    #expect(
      (double.treated.points[1] ?? 0) + (double.heldOut.points[1] ?? 0) == points)
    #expect((double.treated.each(double.treated.points[1] ?? 0) ?? 0) >= 24)
    #expect((double.heldOut.each(double.heldOut.points[1] ?? 0) ?? 99) <= 15)
  }

  @Test func `a discount's holdout counts by its benefits`() throws {
    let shop = try shop()
    let off = try report(shop, "off").comparisons[0]
    #expect(off.treated.members + off.heldOut.members == 20)
    #expect(off.heldOut.members > 0 && off.treated.members > 0)
  }

  @Test func `the period bounds who counts and what`() throws {
    let shop = try shop()
    let march = try report(shop, "double", "2024-03-01", "2024-03-31").comparisons[0]
    #expect(march.treated.purchases == march.treated.members)
    #expect(march.treated.spend == 1_000 * march.treated.members)
    // The rule asks for the web, and in April nobody bought there.
    let april = try report(shop, "double", "2024-04-01", "2024-04-30").comparisons[0]
    #expect(april.treated.members == 0 && april.heldOut.members == 0)
    #expect(april.treated.each(april.treated.spend) == nil)
  }

  @Test func `a return counts less`() throws {
    let shop = try shop()
    let before = try report(shop, "double").comparisons[0]
    var back = try Trade.sale("r", "C0", "2024-05-01", 1_000)
    back.kind = .return
    back.original = .init(source: "till", id: "w0")
    try shop.post([back])
    try shop.run()
    let after = try report(shop, "double").comparisons[0]
    #expect(
      after.treated.spend + after.heldOut.spend == before.treated.spend + before.heldOut.spend
        - 1_000)
    #expect(after.treated.purchases + after.heldOut.purchases == 80)
  }

  @Test func `a name that holds out nobody is told`() throws {
    let shop = try shop()
    #expect(throws: ReportFailure.self) { try report(shop, "base") }
  }
}

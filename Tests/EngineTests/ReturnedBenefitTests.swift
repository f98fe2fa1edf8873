import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import Rules
import TestSupport
import Testing
import YAML

/// What comes back with a sale beside its points: points that paid, coupons, budgets; across
/// versions of the program, and in a simulation.
@Suite struct ReturnedBenefitTests {
  static let program = """
    program: back
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: 60 days after earning}
      miles: {expires: never, returns: balance}
    events: {survey: {}}
    rules:
      base: {earn: {points: 1 per 1.00, miles: 1 per 10.00}}
      bonus: {when: {basket: {spend: at least 50.00}}, earn: {points: 30}, budget: {points: 50}}
      thanks:
        when: {basket: {spend: at least 50.00}}
        give: {coupon: five}
        limit: {times: 1 per month}
      asked: {event: survey, earn: {points: 7}, limit: {times: 1 per month}}
    coupons:
      five: {off: 5.00, valid: 30 days, code: "FIVE-########"}
    rewards:
      pay: {pays: 1.00 per 10 points}
      ride: {price: {miles: 3}, off: 1.00}
    """

  private func shop() throws -> TestStore {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(3))
    return shop
  }

  private func net(_ shop: TestStore, _ currency: Int = 1) throws -> Int64 {
    try shop.number(
      "SELECT sum(available - debt)::bigint FROM patron.balances WHERE currency = \(currency)")
  }

  @Test func `points that paid come back into lots that end when they would have ended`() throws {
    let shop = try shop()
    let paid = VoidedReturnTests.sale("2", 4_000, day: 10, points: 400)
    try shop.post([VoidedReturnTests.sale("1", 4_900, day: 0), paid])
    try shop.run()
    #expect(try net(shop) == 49 - 40 + 40)
    try shop.post([VoidedReturnTests.back("R1", of: paid, days: 5, 1)])
    try shop.run()
    // Half of the 40 that had paid, less half of the 40 that were earned.
    #expect(try net(shop) == 49 + 20 - 20)
    #expect(
      try shop.number(
        """
        SELECT sum(remaining)::bigint FROM patron.lots
        WHERE currency = 1 AND expires < '2025-08-16'
        """) == 29)
    try shop.post([VoidedReturnTests.back("R2", of: paid, days: 80, 1)])
    try shop.run()
    // The lots have ended by then: what comes back into them ends at once.
    #expect(try net(shop) == -20)
    #expect(try VoidedReturnTests.wrong(shop) == [])
    let report = try ExplainReport("till/R1", try Store(shop.settings), language: "en")
    #expect(report.disagreements == [])
    #expect(report.lines.map(\.amount) == [-20, -2])
    #expect(report.returns.map(\.transaction) == ["till/2"])
    let sale = try ExplainReport("till/2", try Store(shop.settings), language: "en")
    #expect(sale.disagreements == [])
    #expect(sale.returns.map(\.transaction) == ["till/R1", "till/R2"])
  }

  @Test func `a used coupon can be used again, an issued one is withdrawn, its limit given back`()
    throws
  {
    let shop = try shop()
    let first = VoidedReturnTests.sale("1", 5_000, day: 0)
    try shop.post([first])
    try shop.run()
    let code = try Connection(shop.settings).query("SELECT code FROM patron.coupons").text(0, 0)
    let used = VoidedReturnTests.sale("2", 2_000, day: 1, [code])
    try shop.post([used, VoidedReturnTests.back("R", of: used, days: 1, 2)])
    try shop.run(batch: 1)
    #expect(try shop.number("SELECT used::bigint FROM patron.coupons") == 0)
    #expect(try VoidedReturnTests.wrong(shop) == [])
    try shop.post([
      VoidedReturnTests.back("R1", of: first, days: 3, 1),
      VoidedReturnTests.sale("3", 2_000, day: 4, [code]),
    ])
    try shop.run()
    let refused = try ExplainReport("till/3", try Store(shop.settings), language: "en")
    #expect(refused.disagreements == [])
    #expect(
      refused.lines.filter { $0.kind == .refused }.map(\.sentence)
        == ["the coupon was refused: withdrawn"])
    let store = try Store(shop.settings)
    #expect(
      try ExplainReport("till/R", store, language: "en").couponNotes
        == ["the coupon \(code) can be used again"])
    #expect(
      try ExplainReport("till/R1", store, language: "en").couponNotes
        == ["the coupon \(code) is withdrawn"])
    #expect(
      try shop.number(
        """
        SELECT count(*) FROM patron.outbox
        WHERE topic IN ('coupon withdrawn', 'coupon given back') AND body ->> 'code' = '\(code)'
        """) == 2)
    try shop.post([VoidedReturnTests.sale("4", 5_000, day: 5)])
    try shop.run()
    #expect(try shop.number("SELECT count(*) FROM patron.coupons WHERE NOT withdrawn") == 1)
    #expect(try VoidedReturnTests.wrong(shop) == [])
  }

  @Test func `a budget is refilled by what comes back`() throws {
    let shop = try shop()
    let first = VoidedReturnTests.sale("1", 5_000, day: 0)
    try shop.post([
      first, VoidedReturnTests.sale("2", 5_000, day: 1), VoidedReturnTests.sale("3", 5_000, day: 2),
    ])
    try shop.run()
    #expect(try net(shop) == 150 + 50)
    try shop.post([VoidedReturnTests.back("R", of: first, days: 3, 2)])
    try shop.run()
    try shop.post([VoidedReturnTests.sale("4", 5_000, day: 4)])
    try shop.run()
    #expect(try net(shop) == 150 + 50)
    #expect(try VoidedReturnTests.wrong(shop) == [])
  }

  @Test func `a void takes an event's points back; what a member redeemed is not voided`() throws {
    let shop = try shop()
    var survey = VoidedReturnTests.sale("S", 0, day: 0)
    survey.kind = .event("survey")
    survey.lines = []
    var ride = VoidedReturnTests.sale("P", 0, day: 2)
    ride.kind = .event("redeem")
    ride.lines = []
    ride.attributes = [Attribute(name: "name", value: .text("ride"))]
    try shop.post([survey, VoidedReturnTests.sale("1", 4_000, day: 1), ride])
    try shop.run()
    try shop.post([
      ReturnTests.back("V1", of: survey, at: 86_400, kind: .void),
      ReturnTests.back("V2", of: ride, at: 86_400, kind: .void),
    ])
    try shop.run()
    #expect(try net(shop) == 40)
    let report = try ExplainReport("till/V2", try Store(shop.settings), language: "en")
    #expect(
      report.state == .refused("what a member opted in to, claimed or redeemed is not voided"))
    survey.id = "S2"
    try shop.post([survey])
    try shop.run()
    #expect(try net(shop) == 47)
    #expect(try VoidedReturnTests.wrong(shop) == [])
  }

  @Test func `what is not there any more is let go where the currency says so`() throws {
    let shop = try shop()
    let sale = VoidedReturnTests.sale("1", 4_000, day: 0)
    var ride = VoidedReturnTests.sale("P", 0, day: 1)
    ride.kind = .event("redeem")
    ride.lines = []
    ride.attributes = [Attribute(name: "name", value: .text("ride"))]
    try shop.post([sale, ride])
    try shop.run()
    try shop.post([VoidedReturnTests.back("R", of: sale, days: 2, 2)])
    try shop.run()
    #expect(try net(shop, 2) == 0)
    let report = try ExplainReport("till/R", try Store(shop.settings), language: "en")
    #expect(report.disagreements == [])
    #expect(
      report.letGo == [
        "only 1 mile of the 4 miles could be taken back, for no more was still there; the rest, "
          + "3 miles, is let go (`returns: balance`)"
      ])
    #expect(try VoidedReturnTests.wrong(shop) == [])
  }

  @Test func `a sale is taken back by the version that rated it, in the counters of all versions`()
    throws
  {
    let shop = try shop()
    let sale = VoidedReturnTests.sale("1", 6_000, day: 0)
    try shop.post([sale, VoidedReturnTests.sale("2", 1_000, day: 1)])
    try shop.run()
    let later = Self.program.replacing("1 per 1.00", with: "5 per 1.00")
      .replacing("at least 50.00}}, earn", with: "at least 10.00}}, earn")
      .replacing(
        "thanks:\n    when: {", with: "thanks:\n    when: {history: {spend: 1.00, within: ever}, ")
    try shop.publish(later, from: "2025-06-20")
    try shop.post([
      VoidedReturnTests.back("R", of: sale, days: 10, 1),
      VoidedReturnTests.sale("3", 1_000, day: 11),
    ])
    try shop.run()
    // 60 and the bonus of 30, less 30 and the bonus; 10; and 50 with what is left of the budget.
    #expect(try net(shop) == 30 + 10 + 50 + 30)
    #expect(try VoidedReturnTests.wrong(shop) == [])
    // Counters of a version that comes later know what came back.
    try shop.publish(
      later.replacing(
        "base: {earn", with: "base: {when: {history: {quantity: at most 99, within: ever}}, earn"),
      from: "2026-01-01")
    #expect(
      try shop.number(
        """
        SELECT sum(value)::bigint
        FROM patron.counter_values v JOIN patron.counters c USING (counter)
        WHERE c.key LIKE 'quantity%'
        """) == 5_000_000)
    #expect(try VoidedReturnTests.wrong(shop) == [])
  }

  @Test func `a simulation takes back what each side had given`() throws {
    let plain = Self.program.replacing(", budget: {points: 50}", with: "")
    let shop = try TestStore(plain)
    try shop.load(Trade.members(3))
    let sale = VoidedReturnTests.sale("1", 6_000, day: 0)
    try shop.post([
      sale, VoidedReturnTests.back("R", of: sale, days: 2, 1),
      VoidedReturnTests.sale("2", 1_000, day: 3),
    ])
    try shop.run()
    let folder = ProgramFolder(files: [
      SourceFile(
        name: "draft.yaml", text: plain.replacing("1 per 1.00", with: "5 per 1.00"))
    ])
    let program = try #require(folder.check().program)
    let store = try Store(shop.settings)
    let days = try #require(CivilDate("2025-06-01"))...(try #require(CivilDate("2025-06-30")))
    let simulation = try Simulation(program, days: days, store)
    let result = try simulation.run(shop.settings)
    let report = try SimulationReport(simulation, result.tally, store, language: "en")
    #expect(report.disagreeing == 0)
    let base = try #require(report.rules.first { $0.name == "base" })
    #expect([base.points.published, base.points.draft] == [40, 200])
    #expect(report.rules.first { $0.name == "bonus" }?.points.draft ?? 0 == 0)
  }

  @Test func `a simulation of the same program reproduces sales that came back in pieces`() throws {
    let shop = try TestStore(Trade.program)
    try shop.load(Trade.members(12))
    try shop.post(ReturnTests.feed(60, members: 12, seed: ReturnTests.seed &+ 9))
    try shop.run()
    let folder = ProgramFolder(files: [SourceFile(name: "draft.yaml", text: Trade.program)])
    let program = try #require(folder.check().program)
    let store = try Store(shop.settings)
    let days = try #require(CivilDate("2025-03-01"))...(try #require(CivilDate("2025-12-31")))
    let simulation = try Simulation(program, days: days, store)
    let result = try simulation.run(shop.settings)
    let report = try SimulationReport(simulation, result.tally, store, language: "en")
    #expect(report.disagreeing == 0)
    #expect(report.gaining == 0 && report.losing == 0)
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import Rules
import TestSupport
import Testing
import YAML

/// Simulations of what bounds rules and of what is taken off bills.
@Suite struct SimulationBenefitTests {
  private static let head = """
    program: shop
    timezone: America/Chicago
    money: USD
    currencies:
      points: {worth: 0.01 per 1, expires: never}
    """

  private func simulate(_ text: String, _ store: TestStore) throws -> SimulationReport {
    let folder = ProgramFolder(files: [SourceFile(name: "draft.yaml", text: text)])
    let program = try #require(folder.check().program)
    let first = try #require(CivilDate("2025-03-01"))
    let last = try #require(CivilDate("2025-03-31"))
    let own = try Store(store.settings)
    let simulation = try Simulation(program, days: first...last, own)
    let result = try simulation.run(store.settings, lanes: 2)
    return try SimulationReport(simulation, result.tally, own, language: "en")
  }

  private func row(_ rows: [SimulationReport.Row], _ name: String, _ currency: CurrencyID)
    -> [Int64]
  {
    let row = rows.first { $0.name == name && $0.currency == currency }
    return row.map { [$0.points.published, $0.points.draft] } ?? []
  }

  @Test func `a budget bounds both sides, and who pays is told`() throws {
    let program =
      Self.head + """

        rules:
          base:
            earn: {points: 1 per 1.00}
          extra:
            earn: {points: 100}
            budget: {points: 250}
            funded: acme
        """
    let store = try TestStore(program, from: "2025-01-01")
    try store.load(Trade.members(5))
    try store.post((0..<5).map { try Trade.sale("\($0)", "C\($0)", "2025-03-0\($0 + 1)", 1_000) })
    try store.run()
    let same = try simulate(program, store)
    #expect(same.disagreeing == 0, "\(same.disagreements)")
    #expect(row(same.rules, "extra", 1) == [250, 250])
    let more = try simulate(program.replacing("points: 250", with: "points: 420"), store)
    #expect(more.disagreeing == 0)
    #expect(row(more.rules, "extra", 1) == [250, 420])
    #expect(row(more.funders, "acme", 1) == [250, 420])
  }

  @Test func `coupons are shown under both, and what they take off is money`() throws {
    let program =
      Self.head + """

        tiers: {guest: , friend: {qualify: {spend: at least 40.00, within: ever}, keeps: ever}}
        rules:
          base:
            earn: {points: 1 per 1.00}
          thanks:
            when: {basket: {spend: at least 50.00}}
            give: {coupon: five}
          tea:
            items: {category: tea}
            off: 10%
            funded: importer
        coupons:
          five: {off: 5.00, valid: 30 days}
        """
    let store = try TestStore(program, from: "2025-01-01")
    try store.load(Trade.members(1))
    try store.post([try Trade.sale("1", "C0", "2025-02-20", 5_000)])
    try store.run()
    let code = try Connection(store.settings).query("SELECT code FROM patron.coupons").text(0, 0)
    var second = try Trade.sale("2", "C0", "2025-03-02", 2_000, "tea")
    second.coupons = [code]
    try store.post([second])
    try store.run()
    let report = try simulate(program.replacing("off: 5.00", with: "off: 8.00"), store)
    #expect(report.disagreeing == 0, "\(report.disagreements)")
    #expect(row(report.rules, "tea", SimulationReport.moneyOff) == [200, 200])
    #expect(row(report.rules, "coupon five", SimulationReport.moneyOff) == [500, 800])
    #expect(row(report.funders, "importer", SimulationReport.moneyOff) == [200, 200])
    #expect(row(report.byTier, "friend", SimulationReport.moneyOff) == [700, 1_000])
    // Three dollars more off the bill, and three points less for what is paid.
    #expect(report.gaining == 1)
    #expect(report.mostGained.map(\.worth) == [297_000_000])
  }
}

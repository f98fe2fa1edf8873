import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// What a balance tells of the last visits.
@Suite struct VisitTests {
  private static let program = HoldTests.program.replacing(
    "  gift:", with: "  born: {event: birthday, earn: {points: 100}}\n  gift:")

  @Test func `a visit shows what it brought itself, not the birthday before it`() throws {
    let shop = try TestStore(Self.program)
    var member = Trade.members(1)[0]
    member.birthday = CivilDate("1990-01-12")
    member.joined = CivilDate("2025-12-01")
    try shop.load([member])
    try shop.post([
      try Trade.sale("1", "C0", "2026-01-10", 1_000), try Trade.sale("2", "C0", "2026-01-14", 700),
    ])
    try shop.run()
    // It is rated with the tier of its own day, and booked after what came since.
    try shop.post([try Trade.sale("3", "C0", "2026-01-11", 300)])
    try shop.run()
    let store = try Store(shop.settings)
    let report = try BalanceReport(
      AccountKey("C0", store), store, at: try Counter.at("2026-01-20"), language: "en")
    #expect(report.amounts[0].balance.available == 120)
    #expect(report.visits.map(\.id) == ["2", "3", "1"])
    #expect(report.visits.map { $0.points.map(\.amount) } == [[7], [3], [10]])
  }
}

import Ledger
import Loyalty
import Reports
import TestSupport
import Testing

/// What all members have on a day, whether it is booked yet or not.
@Suite struct BalancesTests {
  @Test func `what is past its day is gone, but for what may have been kept alive`() throws {
    let store = try TestStore(
      """
      program: kept
      timezone: UTC
      money: EUR
      currencies:
        plain: {expires: end of calendar year}
        kept:
          expires:
            at: end of calendar year
            unless: {spend: at least 100.00, within: calendar year}
      rules:
        base: {earn: {plain: 1 per 1.00, kept: 1 per 1.00}}
      """, from: "2024-01-01")
    try store.load(Trade.members(2))
    try store.post([
      Trade.sale("a", "C0", "2024-05-01", 10_000), Trade.sale("b", "C1", "2024-05-01", 9_999),
    ])
    try store.run()
    #expect(try balances(store, "2024-12-30") == [100, 100, 99, 99])
    #expect(try balances(store, "2025-01-01") == [0, 100, 0, 99])
    // Booked, only what reached the mark lives on.
    try store.close("2025-01-01")
    #expect(try balances(store, "2025-01-01") == [0, 100, 0, 0])
  }

  /// Available, by account and currency.
  private func balances(_ shop: TestStore, _ day: String) throws -> [Int64] {
    var found: [(account: Int64, currency: String, available: Int64)] = []
    let store = try Store(shop.settings)
    _ = try BalancesReport.stream(asOf: try #require(CivilDate(day)), store) {
      found.append(($0.account, $0.currency, $0.available))
    }
    return found.sorted { ($0.account, $1.currency) < ($1.account, $0.currency) }.map(\.available)
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Perks that a partner checks and uses up.
@Suite struct PerkTests {
  static let program = HoldTests.program.replacing(
    "rules:\n",
    with: """
      perks:
        lounge: {name: Airport lounge, limit: {times: 2 per month}}
      rules:

      """)

  static func shop() throws -> TestStore {
    let shop = try TestStore(program, from: "2024-01-01")
    try shop.load(Trade.members(4))
    try shop.post([HoldTests.sale("1", 50_000, day: 0)])
    try shop.run()
    return shop
  }

  private func left(_ shop: TestStore, at: Instant) throws -> [Int64] {
    let store = try Store(shop.settings)
    let report = try BalanceReport(
      try AccountKey("C1", store), store, at: at, language: "en")
    let place = try #require(report.perks.firstIndex(of: "lounge"))
    return report.perksLeft[place].map(\.left)
  }

  private func hold(_ desk: inout Desk, _ at: Instant) throws -> HoldAnswer {
    try desk.hold(HoldRequest(.perk("lounge")), for: desk.member("C1"), at: at)
  }

  @Test func `a perk is had as often as its limit says`() throws {
    let shop = try Self.shop()
    var desk = try Desk(shop.settings)
    #expect(try left(shop, at: HoldTests.at(1)) == [2])
    let first = try hold(&desk, HoldTests.at(1))
    #expect(first.refusal == nil)
    #expect(try left(shop, at: HoldTests.at(1)) == [1])
    #expect(try desk.capture(first.id, at: HoldTests.at(1, minutes: 1)).state == .captured)
    let second = try hold(&desk, HoldTests.at(2))
    #expect(try desk.capture(second.id, at: HoldTests.at(2, minutes: 1)).state == .captured)
    #expect(try left(shop, at: HoldTests.at(3)) == [0])
    #expect(try hold(&desk, HoldTests.at(3)).refusal == "limit")
    // 15 June 2025 is day 0; the next month begins on day 16.
    #expect(try hold(&desk, HoldTests.at(14)).refusal == "limit")
    #expect(try hold(&desk, HoldTests.at(17)).refusal == nil)
    #expect(try left(shop, at: HoldTests.at(17)) == [1])
    #expect(try HoldTests.findings(shop) == [])
  }

  @Test func `what is let go, lapses or is given back can be had again`() throws {
    let shop = try Self.shop()
    var desk = try Desk(shop.settings)
    let first = try hold(&desk, HoldTests.at(1))
    let second = try hold(&desk, HoldTests.at(1, minutes: 1))
    #expect(try hold(&desk, HoldTests.at(1, minutes: 2)).refusal == "limit")
    // Released.
    #expect(try desk.release(first.id, at: HoldTests.at(1, minutes: 3)).refusal == nil)
    let third = try hold(&desk, HoldTests.at(1, minutes: 4))
    #expect(third.refusal == nil)
    // Fallen away: the second one's 15 minutes are over at 16.
    #expect(try hold(&desk, HoldTests.at(1, minutes: 15)).refusal == "limit")
    let fourth = try hold(&desk, HoldTests.at(1, minutes: 17))
    #expect(fourth.refusal == nil)
    #expect(second.refusal == nil)
    // Given back.
    #expect(try desk.capture(fourth.id, at: HoldTests.at(1, minutes: 18)).state == .captured)
    #expect(try desk.refund(fourth.id, at: HoldTests.at(1, minutes: 18)).state == .refunded)
    #expect(try left(shop, at: HoldTests.at(1, minutes: 18)) == [1])
    let later = try left(shop, at: HoldTests.at(1, minutes: 30))
    #expect(later == [2])
    #expect(try HoldTests.findings(shop) == [])
  }

  @Test func `a till that posts the hold is told, and what was not counted before counts`() throws {
    let shop = try HoldTests.shop([HoldTests.sale("1", 50_000, day: 0)])
    let perk = [Attribute(name: "perk", value: .text("lounge"))]
    try shop.post([
      HoldTests.step("H1", "hold", minutes: 0, perk),
      HoldTests.step("K1", "capture", minutes: 1, of: "H1"),
    ])
    try shop.run()
    try shop.publish(Self.program, from: "2025-06-17")
    var desk = try Desk(shop.settings)
    #expect(try left(shop, at: HoldTests.at(3)) == [1])
    #expect(try hold(&desk, HoldTests.at(3)).refusal == nil)
    #expect(try hold(&desk, HoldTests.at(3)).refusal == "limit")
    #expect(try HoldTests.findings(shop) == [])
  }
}

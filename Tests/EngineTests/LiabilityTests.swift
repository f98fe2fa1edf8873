import Engine
import JSON
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// What is owed on any day, and what members are told of theirs.
@Suite struct LiabilityTests {
  static let program = Counter.program.replacing(
    "base: {earn: {points: 1 per 1.00, miles: 0.50 per 1.00}}",
    with: """
      base: {earn: {points: 1 per 1.00, miles: 0.50 per 1.00}, funded: headquarters}
        bonus: {items: {category: cards}, earn: {points: 20}, funded: cards-ltd}
      """)

  /// Dates of 2024 and 2025: nothing of it lies in a future that a till would not be believed.
  private func shop() throws -> Counter {
    let counter = try Counter(Self.program)
    try counter.shop.post([
      Trade.sale("1", "C0", "2024-03-10", 10_000, "cards"),
      Trade.sale("2", "C1", "2024-04-10", 5_000), Trade.sale("3", "C0", "2024-05-10", 700),
    ])
    var back = try Trade.sale("4", "C1", "2024-05-12", 1_000)
    back.kind = .return
    try counter.shop.post([back])
    try counter.shop.run()
    var desk = try Desk(counter.shop.settings)
    _ = try desk.transfer(
      30, 1, from: try desk.member("M0"), to: try desk.member("M2"),
      at: try Counter.at("2024-06-01"))
    _ = try desk.adjust(
      Adjustment(
        owner: try desk.member("M1").owner, currency: 1, amount: 9, reason: "late",
        operatorName: "anna"), at: try Counter.at("2024-06-02"))
    _ = try desk.merge(
      try desk.member("M1"), into: try desk.member("M2"), at: try Counter.at("2024-07-01"))
    return counter
  }

  private func months(_ counter: Counter, _ day: String) throws -> [String] {
    let report = try LiabilityReport(asOf: CivilDate(day), try counter.store())
    return report.currencies[0].months.map {
      "\($0.month.map { String($0.description.prefix(7)) } ?? "-") \($0.points) \($0.worth ?? -1)"
    }
  }

  @Test func `what is owed on any day stands by the month in which it ends`() throws {
    let counter = try shop()
    #expect(try months(counter, "2024-03-09") == [])
    #expect(try months(counter, "2024-03-10") == ["2025-03 120 120"])
    #expect(try months(counter, "2024-04-10") == ["2025-03 120 120", "2025-04 50 50"])
    #expect(
      try months(counter, "2024-05-12") == ["2025-03 120 120", "2025-04 40 40", "2025-05 7 7"])
    // Transfers and merges change nothing of it.
    #expect(
      try months(counter, "2024-07-01")
        == ["2025-03 120 120", "2025-04 40 40", "2025-05 7 7", "2025-06 9 9"])
    // What has ended and is not booked is not owed.
    #expect(
      try months(counter, "2025-03-30")
        == ["2025-03 120 120", "2025-04 40 40", "2025-05 7 7", "2025-06 9 9"])
    #expect(
      try months(counter, "2025-03-31")
        == ["2025-04 40 40", "2025-05 7 7", "2025-06 9 9"])
  }

  @Test func `what was granted, taken back and given by hand adds up, with who pays`() throws {
    let counter = try shop()
    let report = try LiabilityReport(
      asOf: CivilDate("2025-04-15"), try counter.store())
    let points = report.currencies[0]
    #expect(points.granted == 177)
    #expect(points.reversed == 10)
    #expect(points.adjusted == 9)
    #expect(points.expired == 120)
    #expect(points.outstanding == 56)
    #expect(
      points.granted + points.opening + points.adjusted - points.reversed - points.redeemed
        - points.expired == points.outstanding - points.debt)
    #expect(points.worth == 56)
    #expect(points.funders.map(\.name) == ["cards-ltd", "headquarters"])
    #expect(points.funders.map(\.granted) == [20, 157])
    #expect(points.funders.map(\.reversed) == [0, 10])
    // Of the 120 points of March 20 were the cards', whoever had them in the end.
    #expect(points.funders.map(\.expired) == [20, 100])
    #expect(points.funders.map(\.redeemed) == [0, 0])
    let miles = report.currencies[1]
    #expect(miles.worth == nil)
    #expect(miles.months.map(\.month) == [nil])
    #expect(try counter.findings() == [])
  }

  private func statements(_ counter: Counter, _ who: String?, _ from: String, _ to: String) throws
    -> [JSONValue]
  {
    var lines: [JSONValue] = []
    let store = try counter.store()
    let owner = try who.map { try Desk(counter.shop.settings).member($0).owner }
    let days = try #require(CivilDate(from))...(try #require(CivilDate(to)))
    try StatementReport.stream(of: owner, days, language: "en", store) {
      lines.append(try JSONValue(Array($0.utf8)))
    }
    return lines
  }

  private func points(_ line: JSONValue, _ name: String) -> JSONValue? {
    guard case .array(let list)? = line["currencies"] else { return nil }
    return list.first?[name]
  }

  @Test func `a statement goes from balance to balance, with what ends next`() throws {
    let counter = try shop()
    let may = try statements(counter, "M0", "2024-05-01", "2024-05-31")[0]
    #expect(points(may, "opening") == .number("120"))
    #expect(points(may, "earned") == .number("7"))
    #expect(points(may, "closing") == .number("127"))
    #expect(points(may, "next expiry")?["last day"] == .text("2025-03-31"))
    // Until the end of March 2025 comes, what ends then is there; on that day it is told.
    let march = try statements(counter, "M0", "2025-03-01", "2025-03-31")[0]
    #expect(points(march, "opening") == .number("97"))
    #expect(points(march, "expired") == .number("0"))
    let april = try statements(counter, "M0", "2025-04-01", "2025-04-30")[0]
    #expect(points(april, "opening") == .number("97"))
    #expect(points(april, "expired") == .number("90"))
    #expect(points(april, "closing") == .number("7"))
    #expect(points(april, "next expiry")?["last day"] == .text("2025-05-31"))
    // One for everybody; two of the four are one by now.
    let all = try statements(counter, nil, "2024-07-01", "2024-07-31")
    #expect(all.count == 3)
    let merged = try #require(all.first { points($0, "closing") == .number("79") })
    #expect(points(merged, "opening") == .number("79"))
    #expect(points(merged, "entries") == .array([]))
  }
}

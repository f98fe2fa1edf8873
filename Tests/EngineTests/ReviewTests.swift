import Engine
import Ledger
import Loyalty
import Reports
import TestSupport
import Testing
import YAML

/// Tiers by rank, from the review to the ledger.
@Suite(.serialized)
struct ReviewTests {
  static let program = """
    program: ranks
    timezone: America/Chicago
    money: USD
    currencies:
      points: {expires: never}
    tiers:
      member:
      top:
        qualify: {rank: top 20% by spend, within: last calendar year}
        keeps: end of calendar year
    rules:
      base:
        earn: {points: 1 per 1.00}
      double:
        when: {tier: top}
        multiply: {points: 2}
    """

  @Test("a fifth of ten buyers and all that tie with the second are on top, once; audit is clean")
  func ranks() throws {
    let store = try TestStore(Self.program, from: "2024-01-01")
    try store.load(Trade.members(12))
    // Ten buyers: 100.00, then three with 90.00, then less. Two never buy.
    let spends: [Int64] = [100, 90, 90, 90, 80, 70, 60, 50, 40, 30]
    for (card, spend) in spends.enumerated() {
      try store.post([Trade.sale("a\(card)", "C\(card)", "2024-06-0\(1 + card % 9)", spend * 100)])
    }
    try store.run()
    let day = try #require(CivilDate("2025-01-01"))
    let first = try Review.run(asOf: day, Store(store.settings))
    #expect(first.map(\.review.reached) == [4])
    #expect(first.map(\.review.cutoff) == [9_000])
    try store.run()
    let again = try Review.run(asOf: day, Store(store.settings))
    #expect(again.map(\.isRepeated) == [true])
    try store.run()
    #expect(try store.number("SELECT count(*) FROM patron.events WHERE kind = 6") == 4)
    // The fourth is on top and has double points; the fifth is not.
    try store.post([
      Trade.sale("b1", "C3", "2025-02-01", 1_000), Trade.sale("b2", "C4", "2025-02-01", 1_000),
    ])
    try store.run()
    #expect(
      try store.number(
        "SELECT sum(amount)::bigint FROM patron.posting_parts WHERE rule = 'double'") == 10)
    let audit = try Audit(Store(store.settings))
    #expect(audit.isClean, "\(audit.checks.filter { $0.wrong > 0 })")
  }
}

extension ReviewTests {
  @Test("a draft with another share is ranked again on the day of the review, ties all in")
  func rankedAgain() throws {
    let store = try TestStore(Self.program, from: "2024-01-01")
    try store.load(Trade.members(12))
    let spends: [Int64] = [100, 90, 80, 80, 80, 70, 60, 50, 40, 30]
    for (card, spend) in spends.enumerated() {
      try store.post([Trade.sale("a\(card)", "C\(card)", "2024-06-0\(1 + card % 9)", spend * 100)])
    }
    try store.run()
    _ = try Review.run(asOf: #require(CivilDate("2025-01-01")), Store(store.settings))
    try store.run()
    for card in 0..<10 { try store.post([Trade.sale("b\(card)", "C\(card)", "2025-02-01", 1_000)]) }
    try store.run()
    func doubled(_ share: String) throws -> [Int64] {
      let text = Self.program.replacing("top 20%", with: share)
      let program = try #require(
        ProgramFolder(files: [SourceFile(name: "draft.yaml", text: text)]).check().program)
      let days = try #require(CivilDate("2025-01-01"))...(try #require(CivilDate("2025-12-31")))
      let own = try Store(store.settings)
      let simulation = try Simulation(program, days: days, own)
      let result = try simulation.run(store.settings)
      let report = try SimulationReport(simulation, result.tally, own, language: "en")
      #expect(report.disagreeing == 0)
      let row = report.rules.first { $0.name == "double" }
      return [row?.points.published ?? 0, row?.points.draft ?? 0]
    }
    #expect(try doubled("top 20%") == [20, 20])
    #expect(try doubled("top 10%") == [20, 10])
    // The third, and the two that tie with it.
    #expect(try doubled("top 30%") == [20, 50])
    #expect(try doubled("top 6") == [20, 60])
  }
}

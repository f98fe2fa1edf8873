import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Random histories agree with a reference model that reckons all from the beginning.
@Suite(.serialized)
struct ReferenceTests {
  static let seed =
    ProcessInfo.processInfo.environment["PATRON_SEED"].flatMap { UInt64($0) }
    ?? UInt64.random(in: 0...UInt64.max)
  static let members = 8
  static let zone = ZoneTable.zone("Europe/Berlin")!
  static let start = CivilDate(year: 2025, month: 1, day: 12)!

  @Test(arguments: 0..<3)
  func `a random history leaves what the reference model says`(_ round: Int) throws {
    let seed = Self.seed &+ UInt64(round)
    print("PATRON_SEED=\(seed)")
    var history = try ReferenceHistory(seed: seed)
    for act in 0..<300 {
      try history.act()
      if act % 50 == 49 { try history.close() }
      if act % 50 == 49, try !agrees(history, seed, "after \(act + 1) acts") { return }
    }
    try history.close(days: 200)
    _ = try agrees(history, seed, "at the end")
    let audit = try Audit(Store(history.shop.settings))
    #expect(audit.checks.flatMap(\.findings).map(\.what) == [], "PATRON_SEED=\(seed)")
    #expect(try history.shop.number("SELECT count(*) FROM patron.reversals") > 20)
    #expect(try history.shop.number("SELECT count(*) FROM patron.tier_changes") > 4)
    let ends = "SELECT count(DISTINCT state) FROM patron.holds"
    #expect(try history.shop.number(ends) >= 2)
    #expect(try history.shop.number("SELECT count(*) FROM patron.holds") > 5)
  }

  private func agrees(_ history: ReferenceHistory, _ seed: UInt64, _ when: String) throws -> Bool {
    let (stored, expected) = (try history.stored(), history.expected())
    let more = Set(stored).subtracting(expected).sorted()
    let less = Set(expected).subtracting(stored).sorted()
    let who = Set((more + less).compactMap { $0.split(separator: " ").first.map(String.init) })
    let story = history.story.filter { line in who.contains { line.contains(" \($0) ") } }
    #expect(
      stored.sorted() == expected.sorted(),
      """
      PATRON_SEED=\(seed), \(when)
      stored:   \(more.joined(separator: "\n          "))
      expected: \(less.joined(separator: "\n          "))
      \(story.suffix(60).joined(separator: "\n"))
      """)
    return stored.sorted() == expected.sorted()
  }
}

import Foundation
import Postgres
import TestSupport
import Testing

/// What a person does about conflicts and parked rows, as it is typed.
@Suite struct SettleTests {
  static let program = """
    program: settle
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: never}
    rules:
      base: {earn: {points: 1 per 1.00}}
    """

  private func feed(_ id: String, _ at: String, _ total: String) -> String {
    #"{"source":"till","id":"\#(id)","kind":"sale","at":"\#(at)T10:00:00Z","lines":"#
      + #"[{"sku":"A","total":\#(total)}]}"# + "\n"
  }

  @Test func `conflicts are listed and resolved, parked rows corrected and dropped`() throws {
    let shop = try TestStore(Self.program)
    let env = ["DATABASE_URL": shop.settings.url]
    func patron(_ words: String..., stdin: String = "") throws -> ProgramResult {
      try runPatron(words, env: env, stdin: stdin)
    }
    let first = feed("A", "2025-06-01", "10.00") + feed("F", "2399-01-01", "1.00")
    _ = try patron("post", "-", stdin: first + feed("G", "2399-01-01", "1.00"))
    _ = try patron("post", "-", stdin: feed("A", "2025-06-01", "20.00"))
    let listed = try patron("conflicts")
    #expect(listed.stdout.contains("lines.total  10.00  →  20.00"), "\(listed)")
    #expect(listed.stdout.contains("`patron resolve NUMBER --keep-first`"), "\(listed)")
    #expect(try patron("conflicts", "--json").stdout.contains(#""first":"10.00""#))
    #expect(try patron("resolve", "1").status == 64)
    #expect(try patron("resolve", "1", "--take-second").status == 64)
    let taken = try patron("resolve", "1", "--take-second", "--reason", "twice", "--operator", "a")
    #expect(taken.stdout.hasPrefix("The second one takes its place: no card."), "\(taken)")
    #expect(try patron("resolve", "1", "--keep-first", "--reason", "no").status == 1)
    #expect(try patron("conflicts").stdout == "Nothing is in conflict.\n")
    let corrected = try patron(
      "parked", "correct", "1", "--at", "2025-06-02T10:00", "--why", "battery")
    #expect(corrected.stdout == "1 no card\n", "\(corrected)")
    #expect(try patron("parked", "drop", "2", "--why", "a test").stdout == "1 dropped\n")
    #expect(try patron("parked", "drop", "2").status == 64)
    #expect(try patron("parked", "release").stdout == "Nothing was parked.\n")
    #expect(try patron("audit").status == 0)
  }
}

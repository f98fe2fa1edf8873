import Loyalty
import Rules
import Testing
import YAML

/// How far a rule that did not match was from matching.
@Suite struct FigureTests {
  static let program = """
    program: p
    timezone: America/Chicago
    money: USD
    currencies: {points: {expires: never}, stamps: {kind: stamps, expires: never}}
    events: {survey: {stars: number}}
    rules:
      base: {earn: {points: 1 per 1.00}}
      card: {earn: {stamps: 1}, limit: {times: 1 per day}}
      asked:
        CONDITION
        give: {perk: lounge}
    examples:
      - example: two visits
        balance: {points: 40}
        steps:
          - at: 2026-02-07T10:00
            basket: [{sku: A, category: tea, total: 12.00}]
          - at: 2026-02-08T10:00
            basket: [{sku: A, category: tea, quantity: 2, total: 8.00}]
            expect: {points: 8}
    """

  static func reason(_ condition: String) throws -> String? {
    let text = program.replacing("CONDITION", with: condition)
    let files = [SourceFile(name: "p.yaml", text: text)]
    let result = ProgramChecker.check(files)
    let syntax = try #require(result.program, "\(result.diagnostics.map(\.message))")
    let zone = try ExampleTests.zone(syntax.timezone.value)
    let steps = try #require(ExampleRunner.trial(files, syntax.examples[0], zone: zone))
    return steps.last?.silent.first { $0.rule == "asked" }?.reason
  }

  @Test(arguments: [
    ("history: {visits: at least 3, within: ever}", "1 of 3 visits before this one"),
    (
      "history: {spend: at least 50.00, items: {category: tea}, within: 12 months}",
      "12.00 of 50.00 spent before this one"
    ),
    (
      "history: {visits: 0, within: ever}",
      "1 visit before this one, where exactly 0 is asked for"
    ),
    ("history: {visits: at least 1, within: each of 2 weeks}", "1 of 2 weeks"),
    (
      "history: {variety: at least 2, within: 30 days}", "1 of 2 different products before this one"
    ),
    ("history: {points: at least 13, within: ever}", "12 of 13 points earned before this one"),
    ("history: {event: survey, times: at least 1, within: ever}", "0 of 1 time before this one"),
    ("reach: {visits: 3, within: ever}", "2 of 3 visits with this one"),
    ("reach: {visits: every 3, within: ever}", "2 of 3 visits with this one"),
    ("reach: {spend: 12.00, within: ever}", "passed before: 12.00 spent"),
    ("reach: {stamps: every 10, within: ever}", "2 of 10 stamps earned with this one"),
    ("reach: {variety: 2, within: ever}", "1 of 2 different products with this one"),
    ("reach: {spend: every 10.00, within: transaction}", "8.00 of 10.00 spent with this one"),
    ("reach: {balance: {points: 100}}", "60 of 100 points held with this one"),
    ("basket: {spend: at least 20.00}", "8.00 of 20.00 spent"),
    ("basket: {items: {category: tea}, quantity: at least 3}", "2 of 3 units"),
    ("basket: {quantity: at most 1}", "2 units, where at most 1 is asked for"),
    ("balance: {points: at least 100}", "52 of 100 points held"),
    (
      "any: [{basket: {spend: at least 9.00}}, {history: {visits: at least 9, within: ever}}]",
      "8.00 of 9.00 spent; 1 of 9 visits before this one"
    ),
    ("not: {history: {visits: at least 1, within: ever}}", "1 visit before this one"),
  ])
  func `an unmet condition tells how far it is`(_ condition: String, _ figure: String) throws {
    let reason = try #require(try Self.reason("when: {\(condition)}"))
    #expect(reason == "`\(condition)` (\(figure)) does not hold")
  }

  @Test func `what is no number has no figure`() throws {
    #expect(try Self.reason("when: {channel: web}") == "`channel: web` does not hold")
  }
}

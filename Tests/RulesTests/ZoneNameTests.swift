import Rules
import Testing
import YAML

/// The pure checker is told which zones there are, and offers the one that was meant.
@Suite struct ZoneNameTests {
  @Test(arguments: [
    ("Tokyo", "did you mean `Asia/Tokyo`?"), ("New York", "did you mean `America/New_York`?"),
    ("America/New York", "did you mean `America/New_York`?"),
    ("tokio", "did you mean `Asia/Tokyo`?"), ("new_york", "did you mean `America/New_York`?"),
    (
      "GMT+8",
      "write the zone's full name, like `America/Chicago`, `Europe/London` or `Asia/Shanghai`"
    ),
  ])
  func `a city is offered with its region`(_ written: String, _ help: String) {
    let text = """
      program: p
      timezone: \(written)
      money: USD
      currencies: {points: {expires: never}}
      rules: {base: {earn: {points: 1 per 1.00}}}
      """
    let zones = ["America/New_York", "Asia/Shanghai", "Asia/Tokyo", "Europe/Rome", "UTC", "GMT"]
    let result = ProgramChecker.check([SourceFile(name: "p.yaml", text: text)], zones: zones)
    #expect(result.diagnostics.map(\.code) == ["R028"])
    #expect(result.diagnostics.first?.help == help)
  }
}

import Loyalty
import Rules
import Testing
import YAML

@Suite struct LongReceiptTests {
  private static let program = """
    program: long
    timezone: UTC
    money: USD
    currencies:
      points: {expires: never}
    rules:
      base: {earn: {points: 1 per 1.00}}
      cards-double: {items: {category: cards}, multiply: {points: 2}}
      hits-triple: {items: {sku: [hit]}, multiply: {points: 3}}
    """

  /// Every second line is a card, all from the 50th on are hits. Of two multipliers the higher
  /// counts, line by line: also on lines far down.
  @Test func `each of a hundred lines has its own best multiplier`() throws {
    let result = ProgramReader.read([SourceFile(name: "long.yaml", text: Self.program)])
    var registry = Registry()
    let program = Compiler.compile(
      try #require(result.program), zone: .utc, registry: &registry)
    var event = Event(seq: 1, kind: .sale, at: Instant(seconds: 1_750_000_000), offset: 0)
    for place in 0..<100 {
      event.lines.append(
        Line(
          product: registry.symbol(place < 50 ? "other" : "hit"),
          category: registry.symbol(place.isMultiple(of: 2) ? "cards" : "wrap"),
          quantity: Quantity(1), total: Money(minor: 100)))
    }
    var rater = Rater(program)
    var account = Account(shard: 0, id: 1)
    var outcome = Outcome()
    rater.rate(event, &account, &outcome)
    #expect(outcome.parts.map(\.basis) == [10_000, 25, 50])
    #expect(outcome.parts.map(\.amount) == [100, 25, 100])
    #expect(account.balances.map(\.available) == [225])
  }
}

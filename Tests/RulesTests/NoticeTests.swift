import Loyalty
import Rules
import Testing
import YAML

/// A mark of what is held is looked at when everything else is booked.
@Suite struct NoticeTests {
  private static let program = """
    program: card
    timezone: UTC
    money: EUR
    currencies:
      stamps: {kind: stamps, expires: never}
    rules:
      stamp: {earn: {stamps: 1 per 1.00}}
      full:
        when: {reach: {balance: 50}}
        give: {notice: {en: Your card is full, de: Ihre Karte ist voll}}
    """

  @Test func `the purchase that fills the card is told once`() throws {
    let result = ProgramChecker.check([SourceFile(name: "card.yaml", text: Self.program)])
    let syntax = try #require(result.program)
    var registry = Registry()
    var rater = Rater(Compiler.compile(syntax, zone: .utc, registry: &registry))
    var account = Account(shard: 1, id: 1)
    var outcome = Outcome()
    var told: [Int] = []
    for (seq, minor) in [4_900, 99, 100, 500].enumerated() {
      var event = Event(
        seq: Int64(seq + 1), kind: .sale, at: Instant(seconds: 1_770_000_000 + Int64(seq)),
        offset: 0)
      event.lines = [
        Line(
          product: registry.symbol("A"), category: .none, quantity: Quantity(1),
          total: Money(minor: Int64(minor)))
      ]
      rater.rate(event, &account, &outcome)
      told.append(outcome.notices.count)
    }
    #expect(told == [0, 0, 1, 0])
    #expect(rater.program.notices.map { $0.text("de") } == ["Ihre Karte ist voll"])
  }
}

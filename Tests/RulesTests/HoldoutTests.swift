import Loyalty
import Rules
import Testing
import YAML

/// A fixed share of the members is held out, the same for ever, and others for another rule.
@Suite struct HoldoutTests {
  private func rater(_ rules: String) throws -> (Rater, Registry) {
    let text = """
      program: p
      timezone: UTC
      money: EUR
      currencies: {points: {expires: never}}
      rules:
      \(rules)
      """
    let result = ProgramReader.read([SourceFile(name: "p.yaml", text: text)])
    for diagnostic in result.diagnostics { Issue.record("\(diagnostic)") }
    var registry = Registry()
    let program = Compiler.compile(
      try #require(result.program), zone: .utc, registry: &registry)
    return (Rater(program), registry)
  }

  private func heldOut(_ rater: inout Rater, _ accounts: ClosedRange<Int64>) -> [Int64] {
    var outcome = Outcome()
    return accounts.filter { number in
      var account = Account(shard: Account.shard(of: number), id: number)
      var event = Event(seq: 1, kind: .sale, at: Instant(seconds: 1_750_000_000), offset: 0)
      event.lines = [
        Line(
          product: .none, category: .none, quantity: Quantity(1), total: Money(minor: 1_000))
      ]
      rater.rate(event, &account, &outcome)
      let isNoted = outcome.facts.contains { $0.value == 1 }
      #expect(isNoted == outcome.parts.isEmpty)
      return outcome.parts.isEmpty
    }
  }

  @Test func `about five in a hundred are held out, the same ones each time`() throws {
    var (rater, _) = try rater("  more: {earn: {points: 1 per 1.00}, holdout: 5%}")
    let first = heldOut(&rater, 1...20_000)
    #expect((900...1_100).contains(first.count))
    #expect(heldOut(&rater, 1...20_000) == first)
  }

  @Test func `another rule holds out others`() throws {
    var (one, _) = try rater("  more: {earn: {points: 1 per 1.00}, holdout: 5%}")
    var (other, _) = try rater("  less: {earn: {points: 1 per 1.00}, holdout: 5%}")
    let both = Set(heldOut(&one, 1...20_000)).intersection(heldOut(&other, 1...20_000))
    #expect((20...90).contains(both.count))
  }

  @Test func `a second rating has the first one's answer`() throws {
    var (rater, _) = try rater("  more: {earn: {points: 1 per 1.00}, holdout: 5%}")
    let out = try #require(heldOut(&rater, 1...1_000).first)
    var event = Event(seq: 1, kind: .sale, at: Instant(seconds: 1_750_000_000), offset: 0)
    event.lines = [
      Line(product: .none, category: .none, quantity: Quantity(1), total: Money(minor: 1_000))
    ]
    var outcome = Outcome()
    var account = Account(shard: 0, id: out)
    rater.rate(event, &account, &outcome)
    let facts = Dictionary(uniqueKeysWithValues: outcome.facts.map { ($0.id, $0.value) })
    for (facts, points) in [(facts, 0), ([:], 10)] {
      rater.replay = Replay(tier: 0, facts: facts)
      var empty = Account(shard: 0, id: 0)
      rater.rate(event, &empty, &outcome)
      #expect(outcome.parts.reduce(0) { $0 + $1.amount } == Int64(points))
    }
  }
}

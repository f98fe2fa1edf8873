import Loyalty
import TestSupport
import Testing

/// Two cards on one receipt: the first one that is known earns.
@Suite struct TwoCardsTests {
  private func earned(_ cards: [String]) throws -> [Int64] {
    let store = try TestStore(
      """
      program: two-cards
      timezone: UTC
      money: EUR
      currencies: {points: {expires: never}}
      rules:
        base: {earn: {points: 1 per 1.00}}
      """, from: "2024-01-01")
    try store.load(Trade.members(2))
    var sale = try Trade.sale("a", "C0", "2024-05-01", 1_000)
    sale.cards = cards
    try store.post([sale])
    try store.run()
    return try ["M0", "M1"].map { code in
      try store.number(
        """
        SELECT coalesce(sum(b.earned), 0)::bigint FROM patron.balances b
        JOIN patron.members m USING (shard, account_id) WHERE m.code = '\(code)'
        """)
    }
  }

  @Test func `the first card earns, and the second nothing`() throws {
    #expect(try earned(["C0", "C1"]) == [10, 0])
    #expect(try earned(["C1", "C0"]) == [0, 10])
  }

  @Test func `a card that nobody has leaves it to the other one`() throws {
    #expect(try earned(["X9", "C1"]) == [0, 10])
    #expect(try earned(["C1", "X9"]) == [0, 10])
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// A referral gives to both sides, each on her own account.
@Suite struct ReferralTests {
  static let program = """
    program: friends
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: never}
      miles: {expires: never}
    events:
      referral: {referrer: text}
      exchange: {points: number}
    rules:
      base: {earn: {points: 1 per 1.00}}
      friend: {event: referral, earn: {points: 50}}
      referrer:
        event: referral
        for: referrer
        earn: {points: 200}
        limit: {times: 2 per calendar year}
        receipt: {en: Thank you for bringing a friend, de: Danke für die Empfehlung}
      exchange: {event: exchange, convert: {miles: 1 per 100 points}}
    """

  private func event(_ kind: String, _ id: String, _ card: String, _ attribute: Attribute)
    -> Transaction
  {
    var event = Transaction(
      source: "app", id: id, kind: .event(kind), at: Instant(seconds: 1_750_000_000), offset: 0)
    event.cards = [card]
    event.attributes = [attribute]
    return event
  }

  private func referral(_ id: String, _ card: String, by referrer: String) -> Transaction {
    event("referral", id, card, Attribute(name: "referrer", value: .text(referrer)))
  }

  private func points(_ shop: TestStore, _ member: String) throws -> Int64 {
    try shop.number(
      """
      SELECT sum(b.available)::bigint FROM patron.balances b
      JOIN patron.members m USING (shard, account_id) WHERE m.code = '\(member)' AND b.currency = 1
      """)
  }

  @Test func `both sides earn, by code or by card, each event once`() throws {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(5))
    let all = [
      referral("1", "C1", by: "M0"), referral("2", "C2", by: "C0"), referral("3", "C3", by: "M0"),
      referral("4", "C4", by: "M4"),
    ]
    try shop.post(all)
    try shop.post(all)
    try shop.run()
    #expect(try points(shop, "M0") == 400)
    #expect(try points(shop, "M1") == 50)
    #expect(try points(shop, "M4") == 50)
    #expect(try shop.number("SELECT count(*) FROM patron.events") == 7)
    let store = try Store(shop.settings)
    #expect(try Audit(store).checks.flatMap(\.findings).map(\.what) == [])
    let report = try ExplainReport("app/1#referrer", store, language: "de")
    #expect(report.receipt == ["Danke für die Empfehlung"])
    #expect(report.disagreements == [])
  }

  @Test func `a referrer whom nobody knows waits for a person`() throws {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(2))
    let verdicts = try shop.post([referral("1", "C1", by: "M77")])
    #expect(verdicts == [.parked(reason: "unknown referrer", detail: "…M77")])
  }

  @Test func `points become miles, and the explanation knows how many`() throws {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(2))
    let number = Attribute(name: "points", value: .number(ExactDecimal(units: 170)))
    try shop.post([
      referral("1", "C1", by: "M0"), referral("2", "C1", by: "M0"),
      event("exchange", "3", "C0", number),
    ])
    try shop.run()
    #expect(try points(shop, "M0") == 300)
    let store = try Store(shop.settings)
    #expect(try Audit(store).checks.flatMap(\.findings).map(\.what) == [])
    let report = try ExplainReport("app/3", store, language: "en")
    #expect(report.disagreements == [])
    #expect(
      report.lines.map(\.sentence) == ["1 mile for each 100 points of the 100 points given up"])
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// Codes that are somebody's already when they are made.
@Suite struct CouponCodeTests {
  private func made() throws -> TestStore {
    let store = try TestStore(
      """
      program: codes
      timezone: America/Chicago
      money: USD
      currencies: {points: {expires: never}}
      rules:
        treat: {give: {coupon: treat}}
        statement: {event: {dates: 02-10}, give: {coupon: treat}}
      coupons:
        treat: {off: 5.00, valid: 300 days, code: "T-########"}
      """, from: "2025-01-01")
    try store.load(Trade.members(30))
    try store.post(try (0..<30).map { try Trade.sale("a\($0)", "C\($0)", "2025-01-10", 1_000) })
    return store
  }

  private func codes(_ store: TestStore) throws -> Set<String> {
    let rows = try Connection(store.settings).query("SELECT code FROM patron.coupons")
    return Set((0..<rows.count).map { rows.text($0, 0) })
  }

  private func live(_ store: TestStore) throws {
    try store.run(batch: 7)
    try store.close("2025-02-28")
  }

  @Test func `a code that is taken is passed over, whoever issues the coupon`() throws {
    let plain = try made()
    try live(plain)
    let usual = try codes(plain)
    #expect(usual.count == 60)
    let other = try made()
    let taken = Array(usual.sorted().prefix(25))
    try Connection(other.settings).query(
      """
      INSERT INTO patron.coupon_codes (code, account_id, seq, n, shard)
      SELECT code, 0, 1, 0, 0 FROM unnest($1::text[]) code
      """, [.textArray(taken)])
    try live(other)
    let new = try codes(other)
    #expect(new.count == 60)
    #expect(new.isDisjoint(with: taken))
    #expect(new.isSuperset(of: usual.subtracting(taken)))
  }
}

import Loyalty
import Postgres

/// What is stored of one rated event besides its postings.
public struct StoredOutcome: Sendable, Equatable {
  /// The place of its span, from 0.
  public var span: Int
  public var seq: Int64
  /// 0: no version held.
  public var version: Int32
  public var tier: TierID
  public var facts: [Fact]
  /// Available less debt afterwards, by currency number from 1.
  public var balances: [Int64]
  public var refused: String?
}

extension Store {
  /// Accounts of a shard that have rated events, in their order; of each only its numbers.
  public func rated(shard: Int16) throws -> [(id: Int64, position: Int64)] {
    let rows = try db.query(
      """
      SELECT account_id, position FROM patron.accounts
      WHERE shard = $1 AND account_id <> 0 AND position > 0 ORDER BY account_id
      """, [.int2(shard)])
    return (0..<rows.count).map { (rows.int8($0, 0), rows.int8($0, 1)) }
  }

  /// The last event of each account that happened before an instant, in the order given; 0 where
  /// none did.
  public func lastSeqs(
    of accounts: [(shard: Int16, id: Int64)], before instant: Instant
  ) throws -> [Int64] {
    let rows = try db.query(
      """
      SELECT coalesce((
        SELECT max(e.seq) FROM patron.events e
        WHERE e.shard = key.shard AND e.account_id = key.account_id AND e.at < $3), 0)
      FROM unnest($1::int2[], $2::int8[]) WITH ORDINALITY AS key (shard, account_id, n)
      ORDER BY key.n
      """,
      [.int2Array(accounts.map(\.shard)), .int8Array(accounts.map(\.id)), instant.cell])
    return (0..<rows.count).map { rows.int8($0, 0) }
  }

  /// How many events are rated.
  public func ratedCount() throws -> Int64 {
    try db.query("SELECT coalesce(sum(position), 0)::bigint FROM patron.accounts").int8(0, 0)
  }

  private static let outcomesOfSpans = Statement(
    "outcomes of spans",
    """
    SELECT span.n::int4, o.seq, o.version, o.tier, o.facts, o.fact_values, o.balances, o.refused
    FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int8[])
      WITH ORDINALITY AS span (shard, account_id, first, last, n)
    CROSS JOIN LATERAL (
      SELECT * FROM patron.outcomes o
      WHERE o.shard = span.shard AND o.account_id = span.account_id
        AND o.seq BETWEEN span.first AND span.last
      ORDER BY o.seq OFFSET 0
    ) o
    """)

  /// What the events of the spans left, in the order of spans and sequence.
  public func outcomes(_ spans: [EventSpan]) throws -> [StoredOutcome] {
    let rows = try db.query(
      Self.outcomesOfSpans,
      [
        .int2Array(spans.map(\.shard)), .int8Array(spans.map(\.account)),
        .int8Array(spans.map(\.first)), .int8Array(spans.map(\.last)),
      ])
    return (0..<rows.count).map { row in
      let ids = rows.int4ArrayOrNil(row, 4) ?? []
      let values = rows.int8ArrayOrNil(row, 5) ?? []
      return StoredOutcome(
        span: rows.int(row, 0) - 1, seq: rows.int8(row, 1), version: rows.int4(row, 2),
        tier: rows.int2(row, 3), facts: zip(ids, values).map { Fact(id: $0, value: $1) },
        balances: rows.int8ArrayOrNil(row, 6) ?? [], refused: rows.textOrNil(row, 7))
    }
  }

  /// Under which source and id an event was posted; nil where there is no such event.
  public func identity(
    shard: Int16, account: Int64, seq: Int64
  ) throws -> (source: String, id: String)? {
    let rows = try db.query(
      """
      SELECT s.text, e.external_id FROM patron.events e
      JOIN patron.symbols s ON s.symbol = e.source
      WHERE e.shard = $1 AND e.account_id = $2 AND e.seq = $3
      """, [.int2(shard), .int8(account), .int8(seq)])
    return rows.count == 1 ? (rows.text(0, 0), rows.text(0, 1)) : nil
  }

  /// The highest number that a text has.
  public func lastSymbol() throws -> Symbol {
    let rows = try db.query("SELECT coalesce(max(symbol), 0) FROM patron.symbols")
    return Symbol(id: rows.int4(0, 0))
  }

  /// Fills in what stands at the members of accounts.
  public func readMembers(_ accounts: inout [Account]) throws {
    let rows = try db.query(
      Self.loadMembers,
      [.int2Array(accounts.map(\.shard)), .int8Array(accounts.map(\.id))])
    try Self.readMembers(rows, Array(accounts.indices), &accounts)
  }

  /// Fills in the coupons that accounts were ever given.
  public func readCoupons(_ accounts: inout [Account]) throws {
    let rows = try db.query(
      Self.loadCoupons,
      [.int2Array(accounts.map(\.shard)), .int8Array(accounts.map(\.id))])
    Self.readCoupons(rows, Array(accounts.indices), &accounts)
  }

  /// Fills in which of these segments accounts are in now.
  public func readSegments(_ segments: Set<SegmentID>, _ accounts: inout [Account]) throws {
    let rows = try db.query(
      Self.loadSegments,
      [.int2Array(accounts.map(\.shard)), .int8Array(accounts.map(\.id))])
    Self.readSegments(rows, Array(accounts.indices), &accounts)
    for index in accounts.indices {
      accounts[index].segments.removeAll { !segments.contains($0.segment) }
    }
  }
}

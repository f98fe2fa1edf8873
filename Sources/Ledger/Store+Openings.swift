import Loyalty
import Postgres

/// One line of opening balances, with its currency and its last moment known.
public struct OpeningRow: Sendable {
  public var who: String
  public var isCard: Bool
  public var currency: CurrencyID
  public var amount: Int64
  public var expires: Instant
  /// In the file, for what is wrong with it.
  public var line: Int64

  public init(
    who: String, isCard: Bool, currency: CurrencyID, amount: Int64, expires: Instant, line: Int64
  ) {
    self.who = who
    self.isCard = isCard
    self.currency = currency
    self.amount = amount
    self.expires = expires
    self.line = line
  }
}

extension Store {
  /// A table of this transaction, into which the lines of a file go.
  public func stageOpenings() throws {
    try db.execute(
      """
      CREATE TEMPORARY TABLE opening_rows (
        who text NOT NULL, is_card boolean NOT NULL, currency smallint NOT NULL,
        amount bigint NOT NULL, expires timestamptz NOT NULL, line bigint NOT NULL
      ) ON COMMIT DROP
      """)
  }

  public func stage(_ rows: [OpeningRow]) throws {
    guard !rows.isEmpty else { return }
    try db.copyIn(
      """
      COPY opening_rows (who, is_card, currency, amount, expires, line) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for row in rows {
        copy.row(fields: 6)
        copy.text(row.who)
        copy.bool(row.isCard)
        copy.int2(row.currency)
        copy.int8(row.amount)
        copy.instant(row.expires.microseconds)
        copy.int8(row.line)
      }
    }
  }

  private static let found = """
    SELECT r.*, coalesce(c.shard, m.shard) AS shard, coalesce(c.account_id, m.account_id)
      AS account_id
    FROM opening_rows r
    LEFT JOIN patron.cards c ON r.is_card AND c.card = r.who
    LEFT JOIN patron.member_codes m ON NOT r.is_card AND m.code = r.who
    """

  /// The lines whose member nobody knows, or whose account is closed; the first of them.
  public func strangeOpenings(most: Int) throws -> [(line: Int64, who: String, isThere: Bool)] {
    let rows = try db.query(
      Statement(
        "strange opening balances",
        """
        SELECT f.line, f.who, f.account_id IS NOT NULL FROM (\(Self.found)) f
        LEFT JOIN patron.accounts a ON a.shard = f.shard AND a.account_id = f.account_id
          AND a.status < 2
        WHERE a.account_id IS NULL ORDER BY f.line LIMIT $1
        """), [.int(most)])
    return (0..<rows.count).map { (rows.int8($0, 0), rows.text($0, 1), rows.bool($0, 2)) }
  }

  /// One file at a time: the same one must not be taken twice.
  public func lockOpenings() throws {
    try db.execute("LOCK TABLE patron.openings IN SHARE ROW EXCLUSIVE MODE")
  }

  /// The number of a file that was taken before; nil where it was not.
  public func opening(digest: String) throws -> Int32? {
    let rows = try db.query(
      "SELECT opening_id FROM patron.openings WHERE digest = $1", [.text(digest)])
    return rows.count == 1 ? rows.int4(0, 0) : nil
  }

  /// Gives each account of the staged lines one event with its lots, as its next one. Gives the
  /// number of the opening and of its accounts.
  public func postOpenings(
    digest: String, rows count: Int64, at: Instant, offset: Int32
  ) throws -> (id: Int32, accounts: Int64) {
    let made = try db.query(
      """
      INSERT INTO patron.openings (at, rows, accounts, digest) VALUES ($1, $2, 0, $3)
      RETURNING opening_id
      """, [at.cell, .int8(count), .text(digest)])
    let id = made.int4(0, 0)
    let source = try symbols([Self.deskSource])[Self.deskSource]?.id ?? 0
    let posted = try db.query(
      Statement(
        "post opening balances",
        """
        WITH lots AS (
          SELECT shard, account_id, currency, expires, sum(amount) AS amount
          FROM (\(Self.found)) f GROUP BY shard, account_id, currency, expires
        ), new AS (
          SELECT shard, account_id, jsonb_build_object('movement', 'opening', 'lots',
            jsonb_agg(jsonb_build_array(currency, amount, \(Instant.distantPast.microseconds),
              (extract(epoch FROM expires) * 1000000)::bigint) ORDER BY currency, expires)) AS body
          FROM lots GROUP BY shard, account_id
        ), locked AS MATERIALIZED (
          SELECT a.shard, a.account_id, n.body FROM new n
          JOIN patron.accounts a ON a.shard = n.shard AND a.account_id = n.account_id
          ORDER BY a.shard, a.account_id FOR NO KEY UPDATE OF a
        ), raised AS (
          UPDATE patron.accounts a SET last_seq = a.last_seq + 1 FROM locked l
          WHERE a.shard = l.shard AND a.account_id = l.account_id
          RETURNING a.shard, a.account_id, a.last_seq, l.body,
            'opening ' || $1::int || ' ' || a.account_id AS id
        ), claimed AS (
          INSERT INTO patron.claims (source, external_id, shard, account_id, seq, digest)
          SELECT $2, id, shard, account_id, last_seq, md5(body::text)::uuid FROM raised
        ), posted AS (
          INSERT INTO patron.events (shard, account_id, seq, at, received_at, kind, utc_offset,
            source, external_id, attributes)
          SELECT shard, account_id, last_seq, $3, now(), $4, $5, $2, id, body FROM raised
        )
        SELECT count(*) FROM raised
        """),
      [
        .int4(id), .int4(source), at.cell, .int2(EventKind.opening.rawValue), .int4(offset),
      ])
    let accounts = posted.int8(0, 0)
    try db.query(
      "UPDATE patron.openings SET accounts = $2 WHERE opening_id = $1",
      [.int4(id), .int8(accounts)])
    return (id, accounts)
  }

  /// What an opening booked of each currency, and how many of its accounts are not rated yet.
  public func booked(opening id: Int32) throws -> (sums: [CurrencyID: Int64], waiting: Int64) {
    let prefix = "opening \(id) "
    let sums = try db.query(
      """
      SELECT p.currency, sum(p.amount)::bigint FROM patron.claims c
      JOIN patron.symbols s ON s.symbol = c.source AND s.text = $1
      JOIN patron.postings p ON p.shard = c.shard AND p.account_id = c.account_id AND p.seq = c.seq
      WHERE starts_with(c.external_id, $2) AND p.reason = 5 GROUP BY p.currency
      """, [.text(Self.deskSource), .text(prefix)])
    let waiting = try db.query(
      """
      SELECT count(*) FROM patron.claims c
      JOIN patron.symbols s ON s.symbol = c.source AND s.text = $1
      JOIN patron.accounts a ON a.shard = c.shard AND a.account_id = c.account_id
      WHERE starts_with(c.external_id, $2) AND a.position < c.seq
      """, [.text(Self.deskSource), .text(prefix)])
    var found: [CurrencyID: Int64] = [:]
    for row in 0..<sums.count { found[sums.int2(row, 0)] = sums.int8(row, 1) }
    return (found, waiting.int8(0, 0))
  }
}

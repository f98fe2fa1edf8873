import Loyalty
import Postgres

/// Where an account stands in the order of (shard, account).
public struct AccountPlace: Sendable, Hashable, Comparable {
  public var shard: Int16
  public var account: Int64

  public init(shard: Int16, account: Int64 = 0) {
    self.shard = shard
    self.account = account
  }

  public init(_ account: WaitingAccount) {
    self.init(shard: account.shard, account: account.id)
  }

  public static func < (a: AccountPlace, b: AccountPlace) -> Bool {
    (a.shard, a.account) < (b.shard, b.account)
  }

  /// The place right behind it.
  public var next: AccountPlace { AccountPlace(shard: shard, account: account + 1) }
}

/// The end of a day on which time alone brought something to an account: its next event.
public struct ClosedDay: Sendable {
  public var shard: Int16
  public var account: Int64
  public var seq: Int64
  /// The last microsecond of the local day.
  public var at: Instant
  public var offset: Int32

  public init(shard: Int16, account: Int64, seq: Int64, at: Instant, _ offset: Int32) {
    self.shard = shard
    self.account = account
    self.seq = seq
    self.at = at
    self.offset = offset
  }

  /// `2026-03-31 17`
  var id: String { "\(at.local(offset: offset).date) \(account)" }
}

/// What is known of a day that was closed.
public struct StoredClose: Sendable, Equatable {
  public var day: CivilDate
  public var isFinished: Bool
}

extension Store {
  /// The last day that is closed, and whether a later one was begun.
  public func lastClose() throws -> (finished: CivilDate?, begun: CivilDate?) {
    let rows = try db.query(
      "SELECT max(day) FILTER (WHERE finished_at IS NOT NULL), max(day) FROM patron.closes")
    return (
      rows.dateOrNil(0, 0).map { CivilDate(day: $0) },
      rows.dateOrNil(0, 1).map { CivilDate(day: $0) }
    )
  }

  public func beginClose(_ day: CivilDate) throws {
    try db.query(
      "INSERT INTO patron.closes (day) VALUES ($1) ON CONFLICT DO NOTHING", [.date(day.day)])
  }

  /// Finishes the close of a day and of those before it that were cut off. Counts the events of its
  /// days by their ids, so that the number is right whatever was cut off; gives it.
  public func finishClose(_ day: CivilDate, after last: CivilDate?, source: Symbol) throws -> Int64
  {
    let rows = try db.query(
      """
      UPDATE patron.closes SET finished_at = now(), events = CASE WHEN day < $1 THEN 0 ELSE (
        SELECT count(*) FROM patron.claims WHERE source = $2
          AND external_id >= $3 COLLATE "C" AND external_id < $4 COLLATE "C") END
      WHERE day <= $1 AND finished_at IS NULL RETURNING events, day
      """,
      [
        .date(day.day), .int4(source.id), .text(last.map { "\($0 + 1)" } ?? ""),
        .text("\(day + 1)"),
      ])
    return (0..<rows.count).reduce(0) { $0 + rows.int8($1, 0) }
  }

  /// How many accounts time may bring something to, up to and with an instant.
  ///
  /// It reads all accounts, once for each close and pass (a million in a third of a second). An
  /// index on `due` would be written with each booking that moves it, and no booking could stay on
  /// its page.
  public func dueCount(upTo end: Instant) throws -> Int64 {
    try db.query("SELECT count(*) FROM patron.accounts WHERE due <= $1", [end.cell]).int8(0, 0)
  }

  /// Whether an event up to an instant waits to be rated, or any event of an account to which time
  /// brings something up to then.
  public func hasWaiting(upTo end: Instant) throws -> Bool {
    try db.query(
      """
      SELECT EXISTS (
        SELECT FROM patron.accounts a
        WHERE a.waiting AND (a.due <= $1 OR EXISTS (
          SELECT FROM patron.events e WHERE e.shard = a.shard AND e.account_id = a.account_id
            AND e.seq > a.position AND e.at <= $1)))
      """, [end.cell]
    ).bool(0, 0)
  }

  /// Locks up to `most` accounts of a range to which time may bring something up to `end`, in their
  /// order. Those with waiting events are left to the workers, and those that somebody has just now
  /// are passed over.
  public func lockDue(
    upTo end: Instant, in range: Range<AccountPlace>, most: Int
  ) throws -> [WaitingAccount] {
    let rows = try db.query(
      """
      SELECT shard, account_id, position, last_seq, clock, due FROM patron.accounts
      WHERE (shard, account_id) >= ($1, $2) AND (shard, account_id) < ($3, $4)
        AND due <= $5 AND NOT waiting
      ORDER BY shard, account_id LIMIT $6 FOR NO KEY UPDATE SKIP LOCKED
      """,
      [
        .int2(range.lowerBound.shard), .int8(range.lowerBound.account),
        .int2(range.upperBound.shard), .int8(range.upperBound.account), end.cell,
        .int8(Int64(most)),
      ])
    return Self.waitingAccounts(rows)
  }

  /// Locks up to `most` accounts, from a place on, to which time may bring something up to `end`,
  /// in their order: waiting ones, too, and those that somebody has just now are waited for.
  public func lockAllDue(
    upTo end: Instant, from place: AccountPlace, most: Int
  ) throws -> [WaitingAccount] {
    let rows = try db.query(
      """
      SELECT shard, account_id, position, last_seq, clock, due FROM patron.accounts
      WHERE (shard, account_id) >= ($1, $2) AND due <= $3 AND status < 2
      ORDER BY shard, account_id LIMIT $4 FOR NO KEY UPDATE
      """,
      [.int2(place.shard), .int8(place.account), end.cell, .int8(Int64(most))])
    return Self.waitingAccounts(rows)
  }

  /// Writes closed days as events, each with its claim. The accounts are locked; `book` raises
  /// their last numbers with their positions.
  public func insert(_ days: [ClosedDay], source: Symbol, receivedAt: Instant) throws {
    guard !days.isEmpty else { return }
    try db.copyIn(
      """
      COPY patron.events (shard, account_id, seq, at, received_at, kind, utc_offset, source,
        external_id) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for day in days {
        copy.row(fields: 9)
        copy.int2(day.shard)
        copy.int8(day.account)
        copy.int8(day.seq)
        copy.instant(day.at.microseconds)
        copy.instant(receivedAt.microseconds)
        copy.int2(EventKind.close.rawValue)
        copy.int4(day.offset)
        copy.int4(source.id)
        copy.text(day.id)
      }
    }
    try insert(
      days.map { day in
        (
          ClaimKey(source: source.id, id: day.id),
          Claim(
            shard: day.shard, account: day.account, seq: day.seq,
            digest: UInt128(UInt64(bitPattern: day.account)))
        )
      })
  }
}

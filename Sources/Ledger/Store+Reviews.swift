import Loyalty
import Postgres

/// What a review found and fixed.
public struct StoredReview: Sendable, Equatable {
  public var day: CivilDate
  public var tier: TierID
  /// The tier's name in the program.
  public var key: String
  /// The days that were compared, both included.
  public var window: ClosedRange<CivilDate>
  /// Accounts with a purchase in the window.
  public var buyers: Int64
  /// How many may have it, before ties.
  public var places: Int64
  /// The least value that has it, in the measure's smallest unit; nil where nobody has.
  public var cutoff: Int64?
  /// Accounts that reach it, ties included.
  public var reached: Int64

  public init(
    day: CivilDate, tier: TierID, key: String, window: ClosedRange<CivilDate>, buyers: Int64,
    places: Int64, cutoff: Int64?, reached: Int64
  ) {
    self.day = day
    self.tier = tier
    self.key = key
    self.window = window
    self.buyers = buyers
    self.places = places
    self.cutoff = cutoff
    self.reached = reached
  }
}

/// What a review compares: a counter in a window, of each account, with what time has brought since
/// and nobody has booked yet.
public struct RankedValues: Sendable {
  public var counter: CounterID
  public var window: ClosedRange<CivilDate>
  public var brought: [(owner: CardOwner, value: Int64)] = []

  public init(_ counter: CounterID, _ window: ClosedRange<CivilDate>) {
    self.counter = counter
    self.window = window
  }

  fileprivate var cells: [Cell] {
    [
      .int4(counter), .date(window.lowerBound.day), .date(window.upperBound.day),
      .int2Array(brought.map(\.owner.shard)), .int8Array(brought.map(\.owner.account)),
      .int8Array(brought.map(\.value)),
    ]
  }

  /// Of each account with any value: `total`.
  fileprivate static let rows = """
    SELECT shard, account_id, sum(value)::bigint AS total FROM (
      SELECT shard, account_id, value FROM patron.counter_values
      WHERE counter = $1 AND bucket BETWEEN $2 AND $3
      UNION ALL SELECT * FROM unnest($4::int2[], $5::int8[], $6::int8[])
    ) v GROUP BY shard, account_id
    """
}

/// An account that reaches a review's cutoff, locked.
public struct ReachedAccount: Sendable {
  public var owner: CardOwner
  public var value: Int64
}

extension Store {
  /// Whoever holds a review has this lock alone until its commit; who posts a file has it together
  /// with others.
  private static let reviewLock = "hashtextextended('patron reviews', 0)"

  /// Begins to hold a review within a transaction, which may last: false where another one is held
  /// just now, or where a file is being posted, of which only a part is to be seen.
  public func lockReviews() throws -> Bool {
    // It reads all accounts, which a worker's own limits and plans are not made for.
    var settings = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"
    for way in ["enable_seqscan", "enable_hashjoin", "enable_mergejoin", "plan_cache_mode"] {
      settings += "; SET LOCAL \(way) TO DEFAULT"
    }
    try db.execute(settings)
    return try db.query(
      Statement("lock reviews", "SELECT pg_try_advisory_xact_lock(\(Self.reviewLock))")
    ).bool(0, 0)
  }

  /// Keeps reviews off until the transaction ends, for what is posted in several commits.
  public func keepReviewsOff() throws {
    try db.query(
      Statement("keep reviews off", "SELECT pg_advisory_xact_lock_shared(\(Self.reviewLock))"))
  }

  /// The reviews of some days, in the order in which they were made.
  public func reviews(of days: ClosedRange<CivilDate>) throws -> [StoredReview] {
    let rows = try db.query(
      """
      SELECT r.as_of, r.tier, t.key, r.first_day, r.last_day, r.buyers, r.places, r.cutoff,
        r.reached
      FROM patron.reviews r JOIN patron.tiers t ON t.tier = r.tier
      WHERE r.as_of BETWEEN $1 AND $2 ORDER BY r.as_of, r.review_id
      """, [.date(days.lowerBound.day), .date(days.upperBound.day)])
    return (0..<rows.count).map { row in
      StoredReview(
        day: CivilDate(day: rows.date(row, 0)), tier: rows.int2(row, 1), key: rows.text(row, 2),
        window: CivilDate(day: rows.date(row, 3))...CivilDate(day: rows.date(row, 4)),
        buyers: rows.int8(row, 5), places: rows.int8(row, 6), cutoff: rows.int8OrNil(row, 7),
        reached: rows.int8(row, 8))
    }
  }

  /// The days for which reviews were made, in their order.
  public func reviewedDays() throws -> [CivilDate] {
    let rows = try db.query("SELECT DISTINCT as_of FROM patron.reviews ORDER BY as_of")
    return (0..<rows.count).map { CivilDate(day: rows.date($0, 0)) }
  }

  /// Gives its number: later ones are higher.
  public func insert(_ review: StoredReview) throws -> Int64 {
    try db.query(
      """
      INSERT INTO patron.reviews (tier, as_of, first_day, last_day, buyers, places, cutoff, reached)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING review_id
      """,
      [
        .int2(review.tier), .date(review.day.day), .date(review.window.lowerBound.day),
        .date(review.window.upperBound.day), .int8(review.buyers), .int8(review.places),
        .int8(review.cutoff), .int8(review.reached),
      ]
    ).int8(0, 0)
  }

  /// Accounts whose counter says anything above zero in the window: those with a purchase.
  public func buyers(_ values: RankedValues) throws -> Int64 {
    try db.query(
      Statement(
        "buyers", "SELECT count(*) FROM (\(RankedValues.rows) HAVING sum(value) > 0) t"),
      values.cells
    ).int8(0, 0)
  }

  /// The value of the account at a place, counted from 1 at the top.
  public func value(atPlace place: Int64, _ values: RankedValues) throws -> Int64? {
    let rows = try db.query(
      Statement(
        "value at a place",
        """
        SELECT total FROM (\(RankedValues.rows) HAVING sum(value) > 0) t
        ORDER BY total DESC OFFSET $7 - 1 LIMIT 1
        """), values.cells + [.int8(place)])
    return rows.count == 1 ? rows.int8(0, 0) : nil
  }

  /// Locks the open and paused accounts at or above the cutoff, in their order.
  public func lockReached(_ values: RankedValues, cutoff: Int64) throws -> [ReachedAccount] {
    let rows = try db.query(
      Statement(
        "lock who reaches",
        """
        SELECT a.shard, a.account_id, r.total
        FROM (\(RankedValues.rows) HAVING sum(value) >= $7) r
        JOIN patron.accounts a ON a.shard = r.shard AND a.account_id = r.account_id
          AND a.status < 2
        ORDER BY a.shard, a.account_id FOR NO KEY UPDATE OF a
        """), values.cells + [.int8(cutoff)])
    return (0..<rows.count).map { row in
      ReachedAccount(
        owner: CardOwner(shard: rows.int2(row, 0), account: rows.int8(row, 1)),
        value: rows.int8(row, 2))
    }
  }
}

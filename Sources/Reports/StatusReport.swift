import Engine
import Ledger
import Loyalty
import Postgres

/// How the whole engine stands.
public struct StatusReport: Sendable {
  public struct Count: Sendable {
    public var count: Int64
    /// From the server's statistics, for a table too big to count at once.
    public var isEstimate: Bool
  }

  public var now: Instant
  public var waiting: Int64
  /// Since when the event waits that waits longest.
  public var waitingSince: Instant?
  /// The review of tiers by rank for which some of them wait.
  public var dueReview: DueReview?
  public var inbox: Int64
  /// The last day that is closed, and the last one that was begun.
  public var closed: CivilDate?
  public var closing: CivilDate?
  public var parked: [(reason: String, count: Int64)] = []
  public var conflicts: Int64
  /// Messages that wait to go out, accounts of which the oldest was not taken, and dead letters.
  public var messages = Store.OutboxCounts()
  /// Points by hand that wait for a second person.
  public var adjustments: Int64
  /// Things that were redeemed and are not handed over.
  public var orders: Int64
  /// Redemptions that broke their terms, and were taken all the same.
  public var pastTerms: Int64
  /// Complaints without an outcome.
  public var complaints: Int64
  public var versions: [Version]
  /// Stores that events name and `patron.stores` does not hold, with how many events.
  public var unknownStores: [(store: String, events: Int64)] = []
  public var storesAreSampled = false
  /// `accounts`, `members`, `events`, `postings`, …
  public var counts: [(what: String, count: Count)] = []
}

extension StatusReport {
  /// Rows of the inbox that are counted at most.
  public static let mostInbox: Int64 = 100_000
  /// Messages that are counted at most.
  public static let mostMessages: Int64 = 100_000
  /// Tables up to this size in bytes are counted exactly.
  static let smallTable: Int64 = 64 << 20
  /// Pages of events that are looked at for unknown stores where the table is big: a per-mille.
  static let sampledPages: Double = 2_000

  public init(_ store: borrowing Store, now: Instant) throws {
    self.now = now
    (waiting, waitingSince) = try store.waiting()
    if waiting > 0 { dueReview = try DueReview.find(store, now: now) }
    versions = try store.versions(withFiles: false)
    (closed, closing) = try store.lastClose()
    messages = try store.outboxCounts(most: Self.mostMessages + 1)
    let rows = try store.db.pipeline([
      ("SELECT reason, count(*) FROM patron.parked GROUP BY reason ORDER BY 2 DESC, 1", []),
      (
        """
        SELECT (SELECT count(*) FROM patron.conflicts WHERE settled_at IS NULL),
          (SELECT count(*) FROM patron.adjustments WHERE state = 0),
          (SELECT count(*) FROM patron.contacts WHERE kind = 'complaint' AND closed_at IS NULL),
          (SELECT count(*) FROM patron.orders WHERE state < 3),
          (SELECT count(*) FROM patron.benefits WHERE refusal IS NOT NULL AND times > 0)
        """, []
      ),
      (
        "SELECT count(*) FROM (SELECT FROM patron.inbox LIMIT $1) i",
        [.int8(Self.mostInbox + 1)]
      ),
      (
        """
        SELECT relname::text, pg_relation_size(oid), reltuples::bigint, relpages FROM pg_class
        WHERE relnamespace = 'patron'::regnamespace
          AND relname IN ('accounts', 'members', 'events', 'postings')
        ORDER BY relname
        """, []
      ),
    ])
    for row in 0..<rows[0].count { parked.append((rows[0].text(row, 0), rows[0].int8(row, 1))) }
    conflicts = rows[1].int8(0, 0)
    adjustments = rows[1].int8(0, 1)
    complaints = rows[1].int8(0, 2)
    orders = rows[1].int8(0, 3)
    pastTerms = rows[1].int8(0, 4)
    inbox = rows[2].int8(0, 0)
    var pages: Double = 0
    for row in 0..<rows[3].count {
      let table = rows[3].text(row, 0)
      let size = rows[3].int8(row, 1)
      let estimate = rows[3].int8(row, 2)
      if table == "events", size > Self.smallTable { pages = Double(size / 8192) }
      if size > Self.smallTable, estimate > 0 {
        counts.append((table, Count(count: estimate, isEstimate: true)))
      } else {
        let exact = try store.db.query(
          Statement("rows of \(table)", "SELECT count(*) FROM patron.\(table)"))
        counts.append((table, Count(count: exact.int8(0, 0), isEstimate: false)))
      }
    }
    try readStores(store, pages)
  }

  private mutating func readStores(_ store: borrowing Store, _ pages: Double) throws {
    storesAreSampled = pages > 0
    let percent = min(100, Self.sampledPages * 100 / max(pages, Self.sampledPages))
    let sample = storesAreSampled ? "TABLESAMPLE SYSTEM (\(percent))" : ""
    let rows = try store.db.query(
      Statement(
        "unknown stores",
        """
        SELECT s.text, e.n FROM (
          SELECT store, count(*) AS n FROM patron.events \(sample)
          WHERE store IS NOT NULL GROUP BY store
        ) e JOIN patron.symbols s ON s.symbol = e.store
        WHERE NOT EXISTS (SELECT FROM patron.stores k WHERE k.store = e.store)
        ORDER BY e.n DESC, s.text LIMIT 100
        """))
    for row in 0..<rows.count { unknownStores.append((rows.text(row, 0), rows.int8(row, 1))) }
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import Rules

/// Recomputes everything that is kept beside the ledger, in one view of the database, and tells
/// what differs.
public struct Audit: Sendable {
  /// One thing that is not as it should be.
  public struct Finding: Sendable, Equatable {
    /// Nil where it is not one account's.
    public var account: Int64?
    public var what: String
  }
  public struct Check: Sendable {
    public var name: String
    /// All that were found, of which `findings` holds some.
    public var wrong: Int64
    public var findings: [Finding]
  }
  public struct Total: Sendable {
    public var currency: String
    public var decimals: Int
    public var issued: Int64
    public var takenBack: Int64
    public var redeemed: Int64
    public var expired: Int64
    /// Given by hand, less what was taken by hand.
    public var adjusted: Int64
    public var held: Balance
  }

  /// Findings that are listed for each check.
  public static let mostListed = 20

  public var checks: [Check] = []
  public var counts: [(what: String, count: Int64)] = []
  public var totals: [Total] = []
  /// Counters whose values were not recomputed, and why.
  public var notRecomputed: [String] = []

  public var isClean: Bool { checks.allSatisfy { $0.wrong == 0 } }

  /// Reads only. Versions are compiled before the snapshot is taken.
  public init(_ store: borrowing Store) throws {
    var programs = try ProgramSet(store)
    try store.db.begin(.snapshot)
    defer { store.db.rollback() }
    for check in Self.checks { try run(check, store) }
    try checkCounters(&programs, store)
    try count(store)
    try sum(store)
  }

  /// A statement whose rows are `(account, what, all)`: what is wrong, and how many there are.
  private mutating func run(_ check: (name: String, sql: String), _ store: borrowing Store) throws {
    let rows = try store.db.query(
      Statement(
        "audit: \(check.name)",
        "SELECT account_id, what, count(*) OVER () FROM (\n\(check.sql)\n) found "
          + "ORDER BY account_id, what LIMIT \(Self.mostListed)"))
    let findings = (0..<rows.count).map {
      Finding(account: rows.int8OrNil($0, 0), what: rows.text($0, 1))
    }
    checks.append(
      Check(name: check.name, wrong: rows.count > 0 ? rows.int8(0, 2) : 0, findings: findings))
  }

  private mutating func count(_ store: borrowing Store) throws {
    let rows = try store.db.query(
      """
      SELECT (SELECT count(*) FROM patron.claims),
        (SELECT count(*) FROM patron.events),
        (SELECT count(*) FROM patron.outcomes),
        (SELECT coalesce(sum(last_seq - position), 0)::bigint FROM patron.accounts),
        (SELECT count(*) FROM patron.events WHERE account_id = 0),
        (SELECT count(*) FROM patron.parked WHERE claimed),
        (SELECT count(*) FROM patron.parked WHERE NOT claimed),
        (SELECT count(*) FROM patron.conflicts WHERE took_second IS NOT TRUE),
        (SELECT count(*) FROM patron.postings)
      """)
    let names = [
      "claimed", "events", "rated", "waiting", "nobody's", "parked", "parked unread", "conflicts",
      "postings",
    ]
    for (column, name) in names.enumerated() { counts.append((name, rows.int8(0, column))) }
    let received = rows.int8(0, 0) + rows.int8(0, 6) + rows.int8(0, 7)
    counts.insert(("received", received), at: 0)
    var check = Check(name: "everything received is somewhere", wrong: 0, findings: [])
    if rows.int8(0, 0) != rows.int8(0, 1) + rows.int8(0, 5) {
      check.wrong = 1
      check.findings.append(
        Finding(
          account: nil,
          what: "\(rows.int8(0, 0)) ids were claimed, and there are \(rows.int8(0, 1)) events and "
            + "\(rows.int8(0, 5)) parked rows with a claim"))
    }
    checks.append(check)
  }

  private mutating func sum(_ store: borrowing Store) throws {
    let rows = try store.db.query(
      """
      SELECT c.key, c.decimals::int4, coalesce(p.issued, 0)::bigint, coalesce(p.back, 0)::bigint,
        coalesce(p.redeemed, 0)::bigint, coalesce(p.expired, 0)::bigint,
        coalesce(b.available, 0)::bigint, coalesce(b.pending, 0)::bigint,
        coalesce(b.held, 0)::bigint, coalesce(b.debt, 0)::bigint, c.currency,
        coalesce(p.adjusted, 0)::bigint
      FROM patron.currencies c
      LEFT JOIN (
        SELECT currency, sum(amount) FILTER (WHERE debited = 11) AS issued,
          sum(amount) FILTER (WHERE credited = 11) AS back,
          sum(CASE 12 WHEN credited THEN amount WHEN debited THEN -amount END) AS redeemed,
          sum(CASE 13 WHEN credited THEN amount WHEN debited THEN -amount END) AS expired,
          sum(CASE 14 WHEN debited THEN amount WHEN credited THEN -amount END) AS adjusted
        FROM patron.postings GROUP BY currency
      ) p ON p.currency = c.currency
      LEFT JOIN (
        SELECT currency, sum(available) AS available, sum(pending) AS pending, sum(held) AS held,
          sum(debt) AS debt
        FROM patron.balances GROUP BY currency
      ) b ON b.currency = c.currency
      ORDER BY c.currency
      """)
    var check = Check(name: "what was issued is held, redeemed or gone", wrong: 0, findings: [])
    for row in 0..<rows.count {
      var held = Balance(currency: rows.int2(row, 10))
      held.available = rows.int8(row, 6)
      held.pending = rows.int8(row, 7)
      held.held = rows.int8(row, 8)
      held.debt = rows.int8(row, 9)
      let total = Total(
        currency: rows.text(row, 0), decimals: rows.int(row, 1), issued: rows.int8(row, 2),
        takenBack: rows.int8(row, 3), redeemed: rows.int8(row, 4), expired: rows.int8(row, 5),
        adjusted: rows.int8(row, 11), held: held)
      totals.append(total)
      let net =
        total.issued - total.takenBack - total.redeemed - total.expired + total.adjusted
      let kept = held.available + held.pending + held.held - held.debt
      if net != kept {
        check.wrong += 1
        check.findings.append(
          Finding(
            account: nil,
            what: "\(total.currency): the ledger says \(net), the balances together \(kept)"))
      }
    }
    checks.append(check)
  }
}

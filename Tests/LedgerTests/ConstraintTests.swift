import Postgres
import Schema
import TestSupport
import Testing

/// What the tables themselves refuse, whoever writes: what does not add up cannot be stored.
@Suite struct ConstraintTests {
  static let rows: [(what: String, sql: String, isRefused: Bool)] = [
    ("a posting", posting(amount: 10, from: 11, to: 1, sums: "{4,10}"), false),
    ("a posting of nothing", posting(amount: 0, from: 11, to: 1, sums: "{0}"), true),
    ("a posting below zero", posting(amount: -5, from: 1, to: 11, sums: "{-5}"), true),
    ("a posting to where it came from", posting(amount: 5, from: 1, to: 1, sums: "{5}"), true),
    ("parts that do not add up", posting(amount: 10, from: 11, to: 1, sums: "{4,9}"), true),
    ("a lot", lot(granted: 10, spent: 4, remaining: 6), false),
    ("a lot that has lost a point", lot(granted: 10, spent: 4, remaining: 5), true),
    ("a lot below zero", lot(granted: 10, spent: 14, remaining: -4), true),
    ("a balance", balance(available: 7, debt: 0, earned: 7), false),
    ("a balance below zero", balance(available: -7, debt: 0, earned: -7), true),
    ("debt that nobody took back", balance(available: 0, debt: 7, earned: 7), true),
    (
      "a position behind the last event",
      """
      INSERT INTO patron.accounts (shard, account_id, last_seq, position, clock, due)
      VALUES (1, 1, 4, 5, now(), now())
      """, true
    ),
  ]

  private static func posting(amount: Int, from: Int, to: Int, sums: String) -> String {
    """
    INSERT INTO patron.postings (shard, account_id, seq, n, currency, amount, at, debited, credited,
      reason, part_rules, part_bases, part_sums)
    VALUES (1, 1, 1, 0, 1, \(amount), now(), \(from), \(to), 1, '{1,2}', '{1,2}', '\(sums)')
    """
  }

  private static func lot(granted: Int, spent: Int, remaining: Int) -> String {
    """
    INSERT INTO patron.lots (shard, account_id, currency, due, expires, granted, spent, remaining)
    VALUES (1, 1, 1, now(), now(), \(granted), \(spent), \(remaining))
    """
  }

  private static func balance(available: Int, debt: Int, earned: Int) -> String {
    """
    INSERT INTO patron.balances (shard, account_id, currency, available, pending, held, debt,
      earned, reversed, spent, expired)
    VALUES (1, 1, 1, \(available), 0, 0, \(debt), \(earned), 0, 0, 0)
    """
  }

  @Test func `what does not add up is refused, and what does is not`() throws {
    let db = try Connection(TestCluster.shared.database())
    _ = try Migrator(schema: "patron", migrations: Migrations.all).migrate(db)
    for row in Self.rows {
      try db.begin()
      var state: String?
      do { try db.execute(row.sql) } catch { state = error.sqlstate }
      db.rollback()
      // check_violation
      #expect(state == (row.isRefused ? "23514" : nil), "\(row.what): \(state ?? "stored")")
    }
  }
}

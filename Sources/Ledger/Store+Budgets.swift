import Loyalty
import Postgres

extension Store {
  /// Draws a share of a budget, in a commit of its own: at least what is needed, as far as there is
  /// so much, and at most a sixteenth of what is left, so that others find some, too; `exactly`:
  /// no more than is needed.
  public func draw(
    _ budget: BudgetID, need: Int64, total: Int64, exactly: Bool = false
  ) throws -> Int64 {
    let rows = try db.query(
      """
      WITH drawn AS (
        SELECT budget, least($3 - drawn, greatest($2, ($3 - drawn) / $4)) AS share
        FROM patron.budgets WHERE budget = $1 AND drawn < $3 FOR UPDATE
      )
      UPDATE patron.budgets b SET drawn = b.drawn + d.share FROM drawn d
      WHERE b.budget = d.budget RETURNING d.share
      """,
      [
        .int4(budget), .int8(need), .int8(total), .int8(exactly ? Int64.max : 16),
      ])
    return rows.count == 1 ? rows.int8(0, 0) : 0
  }

  /// Gives back what is left of shares.
  public func giveBack(_ shares: [(budget: BudgetID, left: Int64)]) throws {
    guard !shares.isEmpty else { return }
    try db.query(
      """
      UPDATE patron.budgets b SET drawn = greatest(0, b.drawn - s.amount)
      FROM (SELECT * FROM unnest($1::int4[], $2::int8[]) AS s (budget, amount) ORDER BY budget) s
      WHERE b.budget = s.budget
      """, [.int4Array(shares.map(\.budget)), .int8Array(shares.map(\.left))])
  }

  /// Notes what a batch took from budgets, in the batch's own commit.
  public func spend(_ amounts: [(budget: BudgetID, amount: Int64)]) throws {
    guard !amounts.isEmpty else { return }
    try db.query(
      """
      INSERT INTO patron.budget_spends (budget, amount)
      SELECT * FROM unnest($1::int4[], $2::int8[])
      """, [.int4Array(amounts.map(\.budget)), .int8Array(amounts.map(\.amount))])
  }

  /// Makes budgets known, and lets those grow that a version makes larger.
  public func add(_ budgets: [(id: BudgetID, key: String, total: Int64)]) throws {
    guard !budgets.isEmpty else { return }
    let cells: [Cell] = [
      .int4Array(budgets.map(\.id)), .textArray(budgets.map(\.key)),
      .int8Array(budgets.map(\.total)),
    ]
    try db.query(
      """
      INSERT INTO patron.budgets (budget, key, total)
      SELECT * FROM unnest($1::int4[], $2::text[], $3::int8[]) ON CONFLICT DO NOTHING
      """, cells)
    // Locks nothing that need not change: a worker draws over another connection meanwhile.
    try db.query(
      """
      UPDATE patron.budgets b SET total = n.total
      FROM unnest($1::int4[], $2::text[], $3::int8[]) AS n (budget, key, total)
      WHERE b.budget = n.budget AND b.total < n.total
      """, cells)
  }

  /// Notes who pays for what the rules of a version give.
  public func add(
    _ funders: [(rule: RuleID, funder: String)], ofVersion version: Int32
  ) throws {
    guard !funders.isEmpty else { return }
    try db.query(
      """
      INSERT INTO patron.rule_funders (version, rule, funder)
      SELECT $1, * FROM unnest($2::int4[], $3::text[]) ON CONFLICT DO NOTHING
      """,
      [.int4(version), .int4Array(funders.map(\.rule)), .textArray(funders.map(\.funder))])
  }
}

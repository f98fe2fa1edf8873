import Engine
import Ledger
import Loyalty
import Postgres
import Rules

/// What a rule with a `holdout` changed: its members beside those who were held out of it, from
/// what was stored when their events were rated.
public struct HoldoutReport: Sendable {
  /// What one side did in the period.
  public struct Side: Sendable, Equatable {
    /// Who got something of it, or was refused it for comparison.
    public var members: Int64 = 0
    public var purchases: Int64 = 0
    /// Of those purchases less what came back, in minor units of money.
    public var spend: Int64 = 0
    /// Given by all rules less what was taken back, by currency, in its smallest units.
    public var points: [CurrencyID: Int64] = [:]
  }
  public struct Comparison: Sendable {
    /// The rule's or the campaign's name.
    public var name: String
    public var isCampaign: Bool
    /// Of the program as it is now, in millionths; nil where it holds out nobody any more.
    public var share: Int64?
    public var treated = Side()
    public var heldOut = Side()
  }

  public var from: CivilDate?
  public var to: CivilDate?
  public var money: MoneyUnit
  /// Those of which there are points, with their names and decimals.
  public var currencies: [(id: CurrencyID, key: String, decimals: Int)] = []
  public var comparisons: [Comparison] = []

  /// Of all holdouts that were ever noted, or of the one of a rule or campaign. Both days count, in
  /// the program's time zone; nil is without a bound.
  public init(
    _ only: String?, from: CivilDate?, to: CivilDate?, _ store: borrowing Store
  ) throws {
    guard let program = try ProgramSet.current(store, at: .now)?.rater.program else {
      throw ReportFailure.nothingPublished
    }
    self.from = from
    self.to = to
    money = program.money
    try store.db.begin(.snapshot)
    defer { store.db.rollback() }
    let names = try store.names()
    for (key, id) in names.currencies.sorted(by: { $0.value < $1.value }) {
      currencies.append((id, key, names.decimals[id] ?? 0))
    }
    let period: [Cell] = [
      .instant((from.map { program.zone.start(of: $0) } ?? .distantPast).microseconds),
      .instant((to.map { program.zone.end(of: $0) } ?? .distantFuture).microseconds),
    ]
    let counters = try store.db.query(Self.counters)
    for row in 0..<counters.count {
      let words = counters.text(row, 1).split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2, only == nil || only == words[1] else { continue }
      var comparison = Comparison(name: words[1], isCampaign: words[0] == "campaign")
      let rules = comparison.read(program.syntax)
      let cells = period + [.int4(counters.int4(row, 0)), .textArray(rules)]
      comparison.read(try store.db.query(Self.sides, cells), try store.db.query(Self.points, cells))
      comparisons.append(comparison)
    }
    guard let only, comparisons.isEmpty else { return }
    throw ReportFailure.noHoldout(only)
  }

  private static let counters = Statement(
    "holdouts",
    """
    SELECT counter, substr(key, 13) FROM patron.counters WHERE key LIKE 'held out of %' ORDER BY key
    """)

  /// Who was held out is noted with the event; who was not shows by what the rules gave.
  private static let members = """
    WITH rules AS (
      SELECT rule FROM patron.rules WHERE key = ANY ($4)
    ), held AS (
      SELECT DISTINCT o.shard, o.account_id
      FROM patron.outcomes o JOIN patron.events e USING (shard, account_id, seq)
      WHERE e.at >= $1 AND e.at < $2 AND o.facts @> ARRAY[$3]
    ), given AS (
      SELECT p.shard, p.account_id FROM patron.postings p
      WHERE p.at >= $1 AND p.at < $2 AND p.part_rules && ARRAY(SELECT rule FROM rules)
      UNION SELECT b.shard, b.account_id
      FROM patron.benefits b JOIN patron.events e USING (shard, account_id, seq)
      WHERE e.at >= $1 AND e.at < $2 AND b.source = 1 AND b.refusal IS NULL
        AND b.id IN (SELECT rule FROM rules)
      UNION SELECT c.shard, c.account_id FROM patron.coupons c
      WHERE c.issued_at >= $1 AND c.issued_at < $2 AND c.rule IN (SELECT rule FROM rules)
    ), members AS (
      SELECT shard, account_id, true AS held FROM held
      UNION ALL
      SELECT shard, account_id, false FROM (SELECT * FROM given EXCEPT SELECT * FROM held) treated
    )
    """
  private static let sides = Statement(
    "purchases of both sides of a holdout",
    members + """
      SELECT m.held, count(DISTINCT (m.shard, m.account_id)),
        count(e.seq) FILTER (WHERE e.kind IN (1, 4)),
        coalesce(sum(t.total * CASE e.kind WHEN 2 THEN -1 ELSE 1 END), 0)::bigint
      FROM members m
      LEFT JOIN patron.events e ON e.shard = m.shard AND e.account_id = m.account_id
        AND e.at >= $1 AND e.at < $2 AND e.kind IN (1, 2, 4) AND NOT e.training AND NOT e.suspended
      LEFT JOIN LATERAL (SELECT sum(total) AS total FROM unnest(e.totals) AS total) t ON true
      GROUP BY m.held
      """)
  private static let points = Statement(
    "points of both sides of a holdout",
    members + """
      SELECT m.held, p.currency,
        sum(CASE WHEN p.debited = 11 THEN p.amount ELSE -p.amount END)::bigint
      FROM members m
      JOIN patron.postings p ON p.shard = m.shard AND p.account_id = m.account_id
      WHERE p.at >= $1 AND p.at < $2 AND 11 IN (p.debited, p.credited) AND p.reason <> 5
      GROUP BY m.held, p.currency
      """)
}

extension HoldoutReport.Side {
  /// A member's share of a sum, times 10 to the `places`, half up.
  public func each(_ sum: Int64, places: Int = 0) -> Int64? {
    guard members > 0 else { return nil }
    let scaled = Int128(sum.magnitude) * Int128(ExactDecimal.powers[places])
    let rounded = (2 * scaled + Int128(members)) / (2 * Int128(members))
    return Int64(clamping: sum < 0 ? -rounded : rounded)
  }
}

extension HoldoutReport.Comparison {
  /// Takes the share from the program, and gives the rules that it is about.
  fileprivate mutating func read(_ program: ProgramSyntax) -> [String] {
    guard isCampaign else {
      share = program.rules.first { $0.key.value == name }?.bounds.holdout
      return [name]
    }
    share = program.campaigns.first { $0.key.value == name }?.bounds.holdout
    // A rule's own holdout counts before its campaign's.
    return program.rules.filter { $0.campaign == name && $0.bounds.holdout == nil }.map(\.key.value)
  }

  fileprivate mutating func read(_ sides: borrowing Rows, _ points: borrowing Rows) {
    for row in 0..<sides.count {
      let side = HoldoutReport.Side(
        members: sides.int8(row, 1), purchases: sides.int8(row, 2), spend: sides.int8(row, 3))
      if sides.bool(row, 0) { heldOut = side } else { treated = side }
    }
    for row in 0..<points.count {
      let (currency, sum) = (points.int2(row, 1), points.int8(row, 2))
      if points.bool(row, 0) {
        heldOut.points[currency] = sum
      } else {
        treated.points[currency] = sum
      }
    }
  }
}

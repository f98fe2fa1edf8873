import Engine
import Ledger
import Loyalty
import Postgres
import Rules

/// What the demo ends with: totals and the pyramid of tiers, straight from the tables.
struct DemoReport {
  struct Favourite {
    var card: String
    /// As `patron explain` takes it.
    var transaction: String
  }
  private(set) var favourite: Favourite?
  private var counts: [(String, Int)] = []
  private var points: [(String, Int64)] = []
  private var worth = ""
  private var tiers: [(name: String, members: Int)] = []
  private var events = 0

  init(_ store: borrowing Store) throws {
    let programs = try ProgramSet(store)
    guard let program = programs.current(at: .now) else { return }
    try readCounts(store)
    try readPoints(store, program)
    try readTiers(store, program)
    try readFavourite(store)
  }

  private mutating func readCounts(_ store: borrowing Store) throws {
    let rows = try store.db.query(
      """
      SELECT count(*), count(*) FILTER (WHERE account_id <> 0),
        count(*) FILTER (WHERE account_id = 0), (SELECT count(*) FROM patron.conflicts)
      FROM patron.events WHERE kind <> $1
      """, [.int2(EventKind.review.rawValue)])
    events = rows.int(0, 1)
    counts = [
      ("transactions accepted", rows.int(0, 0)), ("  of members", events),
      ("  without a card", rows.int(0, 2)), ("in conflict", rows.int(0, 3)),
    ]
    let parked = try store.db.query(
      "SELECT reason, count(*) FROM patron.parked GROUP BY reason ORDER BY reason")
    for row in 0..<parked.count {
      counts.append(("parked: \(parked.text(row, 0))", parked.int(row, 1)))
    }
  }

  private mutating func readPoints(_ store: borrowing Store, _ program: Program) throws {
    guard let currency = program.currencies.first else { return }
    let rows = try store.db.query(
      """
      SELECT coalesce(sum(earned), 0)::int8, coalesce(sum(reversed), 0)::int8,
        coalesce(sum(expired), 0)::int8,
        coalesce(sum(available + pending + held - debt), 0)::int8
      FROM patron.balances WHERE currency = $1
      """, [.int2(currency.id)])
    let outstanding = rows.int8(0, 3)
    points = [
      ("points issued", rows.int8(0, 0)), ("points taken back", rows.int8(0, 1)),
      ("points expired", rows.int8(0, 2)), ("points outstanding", outstanding),
    ]
    if let worth = currency.worth {
      let money = Int128(outstanding) * Int128(worth.money.minor) / Int128(worth.points)
      self.worth = "worth \(program.money.code) \(program.money.text(Money(minor: Int64(money))))"
    }
  }

  /// The highest tier that each account has at the end of what was rated.
  private mutating func readTiers(_ store: borrowing Store, _ program: Program) throws {
    let main = program.tiers.filter { $0.ladder == 0 }
    let rows = try store.db.query(
      """
      WITH moment AS (SELECT max(clock) AS now FROM patron.accounts),
      highest AS (
        SELECT max(array_position($1::int2[], s.tier)) AS place FROM patron.standings s, moment
        WHERE s.since <= moment.now AND s.until > moment.now AND s.tier = ANY($1)
        GROUP BY s.shard, s.account_id)
      SELECT place::int4, count(*),
        (SELECT count(*) FROM patron.accounts WHERE account_id <> 0) FROM highest GROUP BY place
      """, [.int2Array(main.map(\.id))])
    guard !rows.isEmpty else { return }
    var members = Array(repeating: 0, count: main.count)
    for row in 0..<rows.count { members[rows.int(row, 0) - 1] = rows.int(row, 1) }
    members[0] = rows.int(0, 2) - members.dropFirst().reduce(0, +)
    tiers = zip(main, members).map { ($0.key, $1) }.reversed()
  }

  /// A heavy shopper with a coupon, and the receipt of hers to which most rules had something to
  /// say.
  private mutating func readFavourite(_ store: borrowing Store) throws {
    let rows = try store.db.query(
      """
      SELECT e.card, s.text, e.external_id FROM (
        SELECT b.shard, b.account_id FROM patron.balances b
        JOIN patron.coupons c USING (shard, account_id)
        ORDER BY c.valid_until > now() DESC, b.available DESC LIMIT 1) best
      JOIN patron.postings p USING (shard, account_id)
      JOIN patron.events e USING (shard, account_id, seq)
      JOIN patron.symbols s ON s.symbol = e.source
      WHERE e.card IS NOT NULL AND p.part_rules IS NOT NULL
      ORDER BY cardinality(p.part_rules) DESC, p.seq DESC LIMIT 1
      """)
    guard !rows.isEmpty else { return }
    favourite = Favourite(
      card: rows.text(0, 0), transaction: rows.text(0, 1) + "/" + rows.text(0, 2))
  }
}

extension DemoReport {
  func showTotals(rating: Double, posting: Double) {
    print("\n" + Terminal.styled("The year", .bold))
    for (name, count) in counts { line(name, Terminal.grouped(count)) }
    for (name, count) in points {
      line(name, Terminal.grouped(count) + (name == "points outstanding" ? "  \(worth)" : ""))
    }
    let sent = counts.reduce(0) { $1.0.hasPrefix("  ") ? $0 : $0 + $1.1 }
    line("posted a second", Terminal.grouped(Int(Double(sent) / max(0.001, posting))))
    line("rated a second", Terminal.grouped(Int(Double(events) / max(0.001, rating))))
  }

  private func line(_ name: String, _ value: String) {
    let parts = value.split(separator: " ", maxSplits: 1)
    let rest = parts.count > 1 ? " " + parts[1] : ""
    print(
      "  " + Terminal.padded(name, 28) + Terminal.padded(String(parts[0]), 12, right: true) + rest)
  }

  func showTiers() {
    let most = tiers.map(\.members).max() ?? 0
    guard most > 0 else { return }
    print("\n" + Terminal.styled("Tiers", .bold))
    for (name, members) in tiers {
      // A bar for everyone, however few they are.
      let width = members == 0 ? 0 : max(1, members * 50 / most)
      print(
        "  " + Terminal.padded(name, 10)
          + Terminal.padded(Terminal.grouped(members), 8, right: true)
          + "  " + Terminal.styled(String(repeating: "█", count: width), .yellow))
    }
  }
}

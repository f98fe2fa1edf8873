import Engine
import Ledger
import Loyalty
import Postgres
import Rules

/// All that ever moved in one account, in the order of booking.
public struct HistoryReport: Sendable {
  public struct Entry: Sendable {
    public enum What: Sendable {
      case posting(StoredPosting, rules: [String])
      case tier(from: String?, to: String?, lastDay: CivilDate?, reason: TierChange.Reason)
    }
    public var what: What
    public var at: Instant
    public var date: CivilDate
    /// `store-14/0031`: the transaction that brought it.
    public var transaction: String
    /// Spendable points of the posting's currency afterwards in the entry's own account, debt as
    /// below zero.
    public var balance: Int64
    /// The account that went into the one that is asked for; nil is this one. What it had came over
    /// by the merge.
    public var former: Int64?
  }

  public var account: Int64
  public var members: [AccountHead.Member]
  public var zone: Zone
  public var currencies: [CurrencyID: (key: String, decimals: Int)] = [:]
  public var entries: [Entry] = []
}

extension HistoryReport {
  /// Entries from the local day `first` to `last`, both included; balances reckon from the
  /// beginning.
  public init(
    _ key: AccountKey, _ store: borrowing Store, from first: CivilDate?, to last: CivilDate?,
    language: String
  ) throws {
    guard let current = try ProgramSet.current(store, at: .now) else {
      throw ReportFailure.nothingPublished
    }
    let program = current.rater.program
    account = key.account
    members = try store.head(shard: key.shard, account: key.account)?.members ?? []
    zone = program.zone
    let names = try store.names()
    let rules = Dictionary(names.rules.map { ($0.value, $0.key) }, uniquingKeysWith: { a, _ in a })
    for (name, id) in names.currencies { currencies[id] = (name, names.decimals[id] ?? 0) }
    let tiers = Dictionary(names.tiers.map { ($0.value, $0.key) }, uniquingKeysWith: { a, _ in a })
    let own = CardOwner(shard: key.shard, account: key.account)
    let before = try store.merged(into: [own])[own] ?? []
    let accounts: [Cell] = [.int8Array([key.account] + before.map(\.owner.account))]
    let rows = try store.db.pipeline([
      (Self.postingsStatement, accounts), (Self.tiersStatement, accounts),
    ])
    var all: [(place: Place, entry: Entry)] = []
    // What went from an account stands before what came into this one by it.
    func rank(of account: Int64) -> Int64 { account == key.account ? .max : account }
    func place(_ rows: borrowing Rows, _ row: Int, _ column: Int, _ order: Int) -> Place {
      let isAlone = before.isEmpty
      return Place(
        at: isAlone ? 0 : rows.instantOrNil(row, column) ?? 0,
        account: isAlone ? 0 : rank(of: rows.int8(row, column + 1)), seq: rows.int8(row, 0),
        order: order)
    }
    var running: [Int64: [CurrencyID: Int64]] = [:]
    for row in 0..<rows[0].count {
      let posting = try StoredPosting(rows[0], row)
      let account = rows[0].int8(row, 15)
      running[account, default: [:]][posting.currency, default: 0] += posting.effect
      var keys: [String] = []
      for part in posting.parts {
        let key = rules[part.rule] ?? "rule \(part.rule)"
        if !keys.contains(key) { keys.append(key) }
      }
      all.append(
        (
          place(rows[0], row, 14, Int(posting.n)),
          Entry(
            what: .posting(posting, rules: keys), at: posting.at, date: zone.date(of: posting.at),
            transaction: rows[0].text(row, 13),
            balance: running[account]?[posting.currency] ?? 0,
            former: account == key.account ? nil : account)
        ))
    }
    for row in 0..<rows[1].count {
      let at = Instant(microseconds: rows[1].instant(row, 3))
      let until = Instant(microseconds: rows[1].instant(row, 4))
      func name(_ id: TierID) -> String? { program.name(ofTier: id, language) ?? tiers[id] }
      let what = Entry.What.tier(
        from: name(rows[1].int2(row, 1)), to: name(rows[1].int2(row, 2)),
        lastDay: until < .distantFuture ? zone.date(of: until + (-1)) : nil,
        reason: TierChange.Reason(rawValue: rows[1].int2(row, 5)) ?? .byHand)
      all.append(
        (
          place(rows[1], row, 7, 1_000_000 + row),
          Entry(
            what: what, at: at, date: zone.date(of: at), transaction: rows[1].text(row, 6),
            balance: 0, former: rows[1].int8(row, 8) == key.account ? nil : rows[1].int8(row, 8))
        ))
    }
    all.sort { $0.place < $1.place }
    entries = all.map(\.entry).filter {
      $0.date >= first ?? CivilDate(day: .min) && $0.date <= last ?? CivilDate(day: .max)
    }
  }

  /// In the order of booking; where accounts became one, by the instants of what happened in each.
  private struct Place: Comparable {
    var at: Int64
    var account: Int64
    var seq: Int64
    var order: Int
    static func < (a: Place, b: Place) -> Bool {
      (a.at, a.account, a.seq, a.order) < (b.at, b.account, b.seq, b.order)
    }
  }

  private static let order = """
    CASE WHEN cardinality($1) > 1 THEN e.at END,
      CASE WHEN cardinality($1) > 1 THEN p.account_id END, p.seq, p.n
    """
  private static let mine = """
    WHERE p.account_id = ANY($1)
      AND p.shard = ANY(SELECT (a % \(Account.shards))::int2 FROM unnest($1) a)
    """
  private static let transaction = "coalesce(s.text || '/', '') || e.external_id"
  private static let event = """
    LEFT JOIN patron.events e ON e.shard = p.shard AND e.account_id = p.account_id AND e.seq = p.seq
    LEFT JOIN patron.symbols s ON s.symbol = e.source
    """
  private static let postingsStatement = Statement(
    "postings of an account",
    """
    SELECT \(StoredPosting.columns), coalesce(\(transaction), ''), e.at,
      p.account_id
    FROM patron.postings p \(event)
    \(mine) ORDER BY \(order)
    """)
  private static let tiersStatement = Statement(
    "tier changes of an account",
    """
    SELECT p.seq, p.from_tier, p.to_tier, p.at, p.until, p.reason, coalesce(\(transaction), ''),
      e.at, p.account_id
    FROM patron.tier_changes p \(event)
    \(mine) ORDER BY \(order)
    """)
}

import Engine
import Ledger
import Loyalty
import Postgres
import Rules

/// What the program owes its members, and what became of what it gave: from the postings, as of any
/// day.
public struct LiabilityReport: Sendable {
  /// Outstanding points of one currency that end in one month.
  public struct Month: Sendable, Equatable {
    /// Its first day; nil where they do not end by a date of their own.
    public var month: CivilDate?
    public var points: Int64
    /// In minor units of money, towards zero; nil where the program does not say.
    public var worth: Int64?
  }
  /// What one funder's rules gave.
  public struct Funder: Sendable, Equatable {
    /// Nil where no rule says who pays.
    public var name: String?
    public var granted: Int64
    public var reversed: Int64
    public var worth: Int64?
  }
  public struct CurrencyPart: Sendable {
    public var key: String
    public var decimals: Int
    /// Outstanding: what is available and pending, debt not taken off.
    public var months: [Month] = []
    public var outstanding: Int64 = 0
    public var worth: Int64?
    public var debt: Int64 = 0
    /// What rules ever gave.
    public var granted: Int64 = 0
    /// What came from another system.
    public var opening: Int64 = 0
    public var reversed: Int64 = 0
    public var redeemed: Int64 = 0
    /// Ended by that day, booked or not.
    public var expired: Int64 = 0
    /// Given by hand, less what was taken by hand.
    public var adjusted: Int64 = 0
    public var funders: [Funder] = []
  }

  public var day: CivilDate
  public var money: MoneyUnit
  public var currencies: [CurrencyPart] = []

  /// As of the end of a local day, or of now.
  public init(asOf day: CivilDate?, _ store: borrowing Store) throws {
    guard let program = try ProgramSet.current(store, at: .now)?.rater.program else {
      throw ReportFailure.nothingPublished
    }
    let end = day.map { program.zone.end(of: $0) } ?? .now
    self.day = day ?? program.zone.date(of: .now)
    money = program.money
    try store.db.begin(.snapshot)
    defer { store.db.rollback() }
    let names = try store.names()
    let cells: [Cell] = [.instant(end.microseconds)]
    let lots = try store.db.query(Self.lots, cells + [.text(program.zone.name)])
    let totals = try store.db.query(Self.totals, cells)
    let funders = try store.db.query(Self.funders, cells)
    for (key, id) in names.currencies.sorted(by: { $0.value < $1.value }) {
      let currency = program.currencies.first { $0.id == id }
      func worth(_ points: Int64) -> Int64? {
        currency?.worth == nil ? nil : currency.map { Int64(clamping: $0.worth(of: points)) }
      }
      var part = CurrencyPart(key: key, decimals: names.decimals[id] ?? 0)
      // What an `unless` or an activity keeps alive ends when that is booked, and not before.
      part.read(lots, totals, id, endsByDate: !program.ownExpiryIDs.contains(id), worth)
      for row in 0..<funders.count where funders.int2(row, 0) == id {
        part.funders.append(
          Funder(
            name: funders.textOrNil(row, 1), granted: funders.int8(row, 2),
            reversed: funders.int8(row, 3),
            worth: worth(funders.int8(row, 2) - funders.int8(row, 3))))
      }
      currencies.append(part)
    }
  }

  /// What each lot was granted by then, less what was taken of it by then.
  private static let lots = Statement(
    "outstanding lots",
    """
    WITH moves AS (
      SELECT p.shard, p.account_id, p.currency, p.due, p.expires, p.amount
      FROM patron.postings p WHERE p.due IS NOT NULL AND p.at < $1
      UNION ALL
      SELECT u.shard, u.account_id, p.currency, u.due, u.expires, -u.amount
      FROM patron.lot_uses u JOIN patron.postings p
        ON p.shard = u.shard AND p.account_id = u.account_id AND p.seq = u.seq AND p.n = u.n
      WHERE p.at < $1
    ), rest AS (
      SELECT currency, expires, sum(amount)::bigint AS amount FROM moves
      GROUP BY shard, account_id, currency, due, expires
    )
    SELECT currency,
      CASE WHEN expires < '9999-12-31 23:59:59+00'
        THEN date_trunc('month', (expires - interval '1 microsecond') AT TIME ZONE $2)::date END,
      sum(amount)::bigint, expires <= $1
    FROM rest WHERE amount <> 0 GROUP BY 1, 2, 4 ORDER BY 1, 2
    """)
  private static let totals = Statement(
    "totals of the ledger",
    """
    SELECT currency,
      coalesce(sum(amount) FILTER (WHERE debited = 11 AND reason <> 5), 0)::bigint,
      coalesce(sum(amount) FILTER (WHERE debited = 11 AND reason = 5), 0)::bigint,
      coalesce(sum(amount) FILTER (WHERE credited = 11), 0)::bigint,
      coalesce(sum(amount) FILTER (WHERE credited = 12), 0)::bigint,
      coalesce(sum(amount) FILTER (WHERE credited = 13), 0)::bigint,
      coalesce(sum(CASE 14 WHEN debited THEN amount WHEN credited THEN -amount END), 0)::bigint,
      coalesce(sum(CASE 4 WHEN debited THEN amount WHEN credited THEN -amount END), 0)::bigint
    FROM patron.postings WHERE at < $1 GROUP BY currency
    """)
  private static let funders = Statement(
    "what funders gave",
    """
    SELECT v.currency, v.funder,
      coalesce(sum(v.amount) FILTER (WHERE p.debited = 11), 0)::bigint,
      coalesce(sum(v.amount) FILTER (WHERE p.credited = 11), 0)::bigint
    FROM patron.posting_parts v
    JOIN patron.postings p ON p.shard = v.shard AND p.account_id = v.account_id AND p.seq = v.seq
      AND p.n = v.n
    WHERE p.at < $1 AND 11 IN (p.debited, p.credited)
    GROUP BY v.currency, v.funder ORDER BY v.currency, v.funder NULLS LAST
    """)
}

extension LiabilityReport.CurrencyPart {
  fileprivate mutating func read(
    _ lots: borrowing Rows, _ totals: borrowing Rows, _ id: CurrencyID, endsByDate: Bool,
    _ worth: (Int64) -> Int64?
  ) {
    var gone: Int64 = 0
    for row in 0..<lots.count where lots.int2(row, 0) == id {
      let points = lots.int8(row, 2)
      let isOver = lots.bool(row, 3)
      guard !isOver || !endsByDate else {
        gone += points
        continue
      }
      let month = isOver ? nil : lots.dateOrNil(row, 1).map { CivilDate(day: $0) }
      if let last = months.indices.last, months[last].month == month {
        months[last].points += points
      } else {
        months.append(.init(month: month, points: points))
      }
      outstanding += points
    }
    for place in months.indices { months[place].worth = worth(months[place].points) }
    self.worth = worth(outstanding)
    for row in 0..<totals.count where totals.int2(row, 0) == id {
      granted = totals.int8(row, 1)
      opening = totals.int8(row, 2)
      reversed = totals.int8(row, 3)
      redeemed = totals.int8(row, 4)
      expired = totals.int8(row, 5)
      adjusted = totals.int8(row, 6)
      debt = totals.int8(row, 7)
    }
    expired += gone
  }
}

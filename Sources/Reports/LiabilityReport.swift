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
  /// What one funder's rules gave, and what became of it. Of points that fall due and end together
  /// those of all funders are used alike, each by its share.
  public struct Funder: Sendable, Equatable {
    /// Nil where no rule says who pays.
    public var name: String?
    public var granted: Int64 = 0
    public var reversed: Int64 = 0
    public var redeemed: Int64 = 0
    public var expired: Int64 = 0
    /// Of what was granted and not taken back.
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
    /// Less what was given back.
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
    var uses: [Use] = []
    for row in 0..<funders.count where funders.textOrNil(row, 1) != nil {
      uses = try Self.uses(cells, program, store)
      break
    }
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
      if !uses.isEmpty { part.attribute(uses.filter { $0.currency == id }) }
      currencies.append(part)
    }
  }

  /// What is gone of what one funder gave.
  fileprivate struct Use {
    var currency: CurrencyID
    var funder: String?
    var redeemed: Int64
    var expired: Int64
  }

  private static func uses(
    _ cells: [Cell], _ program: Program, _ store: borrowing Store
  ) throws -> [Use] {
    let ending = program.currencies.map(\.id).filter { !program.ownExpiryIDs.contains($0) }
    let list = "{\(ending.map(String.init).joined(separator: ","))}"
    let rows = try store.db.query(fundedUses, cells + [.text(list)])
    return (0..<rows.count).map { row in
      Use(
        currency: rows.int2(row, 0), funder: rows.textOrNil(row, 1), redeemed: rows.int8(row, 2),
        expired: rows.int8(row, 3))
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
      SELECT u.shard, u.account_id, p.currency, u.due, u.expires,
        CASE p.debited WHEN 13 THEN u.amount ELSE -u.amount END
      FROM patron.lot_uses u JOIN patron.postings p
        ON p.shard = u.shard AND p.account_id = u.account_id AND p.seq = u.seq AND p.n = u.n
      WHERE p.at < $1
        -- What is held is owed all the same.
        AND NOT (3 IN (p.debited, p.credited) AND 1 IN (p.debited, p.credited))
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
      coalesce(sum(CASE 12 WHEN credited THEN amount WHEN debited THEN -amount END), 0)::bigint,
      coalesce(sum(CASE 13 WHEN credited THEN amount WHEN debited THEN -amount END), 0)::bigint,
      coalesce(sum(CASE 14 WHEN debited THEN amount WHEN credited THEN -amount END), 0)::bigint,
      coalesce(sum(CASE 4 WHEN debited THEN amount WHEN credited THEN -amount END), 0)::bigint
    FROM patron.postings WHERE at < $1 GROUP BY currency
    """)
  /// Points that fall due and end together are one, whoever has them by now, so transfers and
  /// merges change nothing; what is gone of them is shared by what each funder gave of them.
  private static let fundedUses = Statement(
    "what became of what funders gave",
    """
    WITH moves AS (
      SELECT currency, due, expires, amount AS rest,
        CASE WHEN debited IN (11, 14) THEN amount ELSE 0 END AS granted,
        CASE WHEN debited = 12 THEN -amount ELSE 0 END AS redeemed, 0 AS expired
      FROM patron.postings WHERE due IS NOT NULL AND at < $1
      UNION ALL
      SELECT p.currency, u.due, u.expires,
        CASE p.debited WHEN 13 THEN u.amount ELSE -u.amount END, 0,
        CASE WHEN p.credited = 12 THEN u.amount ELSE 0 END,
        CASE 13 WHEN p.credited THEN u.amount WHEN p.debited THEN -u.amount ELSE 0 END
      FROM patron.lot_uses u JOIN patron.postings p
        ON p.shard = u.shard AND p.account_id = u.account_id AND p.seq = u.seq AND p.n = u.n
      WHERE p.at < $1 AND NOT (3 IN (p.debited, p.credited) AND 1 IN (p.debited, p.credited))
    ), lots AS (
      SELECT currency, due, expires, sum(granted) AS granted, sum(redeemed) AS redeemed,
        sum(expired) + CASE WHEN expires <= $1 AND currency = ANY ($2::smallint[])
          THEN sum(rest) ELSE 0 END AS expired
      FROM moves GROUP BY currency, due, expires
    ), paid AS (
      SELECT p.currency, p.due, p.expires, v.funder, sum(v.amount) AS amount
      FROM patron.posting_parts v
      JOIN patron.postings p ON p.shard = v.shard AND p.account_id = v.account_id
        AND p.seq = v.seq AND p.n = v.n
      WHERE p.at < $1 AND p.debited = 11 AND p.due IS NOT NULL AND v.funder IS NOT NULL
      GROUP BY p.currency, p.due, p.expires, v.funder
    )
    SELECT currency, funder, round(sum(redeemed * amount / granted))::bigint,
      round(sum(expired * amount / granted))::bigint
    FROM paid JOIN lots USING (currency, due, expires) WHERE granted > 0
    GROUP BY currency, funder
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

  /// Shares what is gone among the funders; what none of them gave is nobody's.
  fileprivate mutating func attribute(_ uses: [LiabilityReport.Use]) {
    var rest = (redeemed: redeemed, expired: expired)
    for use in uses {
      guard let place = funders.firstIndex(where: { $0.name == use.funder }) else { continue }
      funders[place].redeemed = use.redeemed
      funders[place].expired = use.expired
      rest.redeemed -= use.redeemed
      rest.expired -= use.expired
    }
    guard rest != (0, 0) else { return }
    if !funders.contains(where: { $0.name == nil }) {
      funders.append(LiabilityReport.Funder())
    }
    guard let nobody = funders.firstIndex(where: { $0.name == nil }) else { return }
    funders[nobody].redeemed = rest.redeemed
    funders[nobody].expired = rest.expired
  }
}

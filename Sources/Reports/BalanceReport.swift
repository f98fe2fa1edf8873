import Engine
import Ledger
import Loyalty
import Postgres
import Rules

/// What one account has at an instant: nothing is written, time is brought up in memory.
public struct BalanceReport: Sendable {
  /// Of one currency, in its smallest unit.
  public struct Amounts: Sendable {
    public var key: String
    public var name: String
    public var decimals: Int
    public var balance: Balance
  }
  /// Points that go, or come, on a day.
  public struct Dated: Sendable, Equatable {
    public var currency: CurrencyID
    /// The last day on which they can be used, or the first.
    public var date: CivilDate
    public var amount: Int64
  }
  public struct Coupon: Sendable {
    public var name: String
    public var code: String
    /// The last day of use; nil where it does not lapse.
    public var lastDay: CivilDate?
  }
  /// Something that is set aside for a redemption.
  public struct Held: Sendable {
    /// What `capture` and `release` take; nil where it came with another account.
    public var id: String?
    public var name: String
    public var hold: Hold
  }
  public struct Visit: Sendable {
    public var source: String
    public var id: String
    public var date: CivilDate
    public var kind: String
    public var store: String?
    public var total: Money
    public var isTraining: Bool
    public var isSuspended: Bool
    public var isRated: Bool
    public var points: [(currency: CurrencyID, amount: Int64)]
  }

  public var account: Int64
  public var members: [AccountHead.Member]
  public var program: String
  public var money: MoneyUnit
  public var asOf: Instant
  /// The program's offset at that instant.
  public var offset: Int32
  public var amounts: [Amounts] = []
  public var tier: String?
  public var tierLastDay: CivilDate?
  /// Those of ladders beside the main one, each with its last day where it ends.
  public var otherTiers: [(name: String, lastDay: CivilDate?)] = []
  public var nextTier: String?
  public var requirement: TierProgress.Requirement?
  public var perks: [String] = []
  /// Of each of them what is left, by its limits; none where it is not counted.
  public var perksLeft: [[PerkLeft]] = []
  public var expiring: [Dated] = []
  public var coming: [Dated] = []
  public var coupons: [Coupon] = []
  public var held: [Held] = []
  public var visits: [Visit] = []
  /// Events that were taken in and wait to be rated.
  public var waiting: Int64
  public var status: AccountStatus
}

extension BalanceReport {
  /// Visits that are shown.
  static let lastVisits = 5

  /// At `instant`, or now where it is nil. It must not lie before what was rated already. A handful
  /// of short round
  /// trips, all by primary keys.
  public init(
    _ key: AccountKey, _ store: borrowing Store, at instant: Instant?, language: String
  ) throws {
    guard let head = try store.head(shard: key.shard, account: key.account) else {
      throw ReportFailure("account \(key.account) is not there; run `patron audit`")
    }
    let instant = instant ?? max(Instant.now, head.waiting.clock)
    guard let current = try ProgramSet.current(store, at: instant) else {
      throw ReportFailure.nothingPublished
    }
    var rater = current.rater
    let program = rater.program
    guard instant >= head.waiting.clock else {
      let clock = head.waiting.clock.text(offset: program.zone.offset(at: head.waiting.clock))
      throw ReportFailure(
        "this account is rated up to \(clock) already; `patron balances --as-of DATE` and "
          + "`patron history` tell what was before")
    }
    var needs = AccountNeeds()
    needs.lots = true
    var account = try store.load(
      [head.waiting], needs: [needs], withMembers: true, withSegments: true)[0]
    var outcome = Outcome()
    rater.advance(&account, to: instant, &outcome)
    self.account = key.account
    members = head.members
    self.program = program.syntax.name?.text(language) ?? program.syntax.key.value
    money = program.money
    asOf = instant
    offset = program.zone.offset(at: instant)
    waiting = head.waiting.last - head.waiting.position
    status = try store.status(of: CardOwner(shard: key.shard, account: key.account)) ?? .open
    addAmounts(account, program, language)
    addTier(account, &rater, language)
    addDates(account, rater)
    for hold in account.holds where hold.isOpen {
      let use = BenefitUse(source: hold.source, id: hold.id)
      held.append(Held(id: nil, name: program.name(of: use), hold: hold))
    }
    let ids = try store.holdNames(
      of: CardOwner(shard: key.shard, account: key.account), held.map(\.hold.seq))
    for place in held.indices { held[place].id = ids[held[place].hold.seq] }
    try addRows(key, store, program, language)
  }

  private mutating func addAmounts(_ account: Account, _ program: Program, _ language: String) {
    for currency in program.currencies {
      amounts.append(
        Amounts(
          key: currency.key, name: program.name(ofCurrency: currency.id, language) ?? currency.key,
          decimals: currency.decimals, balance: account.balance(currency.id)))
    }
  }

  private mutating func addTier(_ account: Account, _ rater: inout Rater, _ language: String) {
    let progress = rater.progress(of: account, at: asOf)
    let program = rater.program
    tier = progress.tier.flatMap { program.name(ofTier: $0.id, language) }
    tierLastDay = progress.until.map { program.zone.date(of: $0 + (-1)) }
    nextTier = progress.next.flatMap { program.name(ofTier: $0.id, language) }
    requirement = progress.requirement
    let own = rater.perks(of: account, at: asOf)
    perks = own.map(\.name)
    perksLeft = own.map(\.left)
    otherTiers = program.tiersOfOtherLadders(account, at: asOf).map { tier, until in
      (
        program.name(ofTier: tier.id, language) ?? tier.key,
        until < .distantFuture ? program.zone.date(of: until + (-1)) : nil
      )
    }
  }

  private mutating func addDates(_ account: Account, _ rater: Rater) {
    let program = rater.program
    var ends: [Dated] = []
    var starts: [Dated] = []
    func add(_ dated: Dated, to list: inout [Dated]) {
      if let index = list.firstIndex(where: {
        $0.currency == dated.currency && $0.date == dated.date
      }) {
        list[index].amount += dated.amount
      } else {
        list.append(dated)
      }
    }
    for lot in account.lots where lot.remaining > 0 {
      if lot.due > asOf {
        let date = program.zone.date(of: lot.due)
        add(Dated(currency: lot.currency, date: date, amount: lot.remaining), to: &starts)
      }
      if let date = rater.lastDay(of: lot, account) {
        add(Dated(currency: lot.currency, date: date, amount: lot.remaining), to: &ends)
      }
    }
    expiring = ends.sorted { ($0.date, $0.currency) < ($1.date, $1.currency) }
    coming = starts.sorted { ($0.date, $0.currency) < ($1.date, $1.currency) }
  }

  private mutating func addRows(
    _ key: AccountKey, _ store: borrowing Store, _ program: Program, _ language: String
  ) throws {
    let account: [Cell] = [.int2(key.shard), .int8(key.account)]
    let rows = try store.db.pipeline([
      (Self.couponsStatement, account + [.instant(asOf.microseconds)]),
      (Self.visitsStatement, account), (Self.pointsStatement, account),
    ])
    for row in 0..<rows[0].count {
      let template = rows[0].int4(row, 1)
      let place = program.coupons.firstIndex { $0.id == template }
      guard rows[0].int(row, 3) < (place.map { program.syntax.coupons[$0].uses } ?? 1) else {
        continue
      }
      let until = Instant(microseconds: rows[0].instant(row, 2))
      coupons.append(
        Coupon(
          name: program.name(ofCoupon: template, language) ?? rows[0].text(row, 4),
          code: rows[0].text(row, 0),
          lastDay: until < .distantFuture ? program.zone.date(of: until + (-1)) : nil))
    }
    let taken = try takenBack(rows[1], key, store)
    for row in 0..<rows[1].count {
      let seq = rows[1].int8(row, 0)
      let at = Instant(microseconds: rows[1].instant(row, 1))
      let points = (0..<rows[2].count).filter { rows[2].int8($0, 0) == seq }
      visits.append(
        Visit(
          source: rows[1].text(row, 8), id: rows[1].text(row, 7),
          date: at.local(offset: rows[1].int4(row, 2)).date,
          kind: KindName.text(rows[1].int2(row, 3), rows[1].textOrNil(row, 4)),
          store: rows[1].textOrNil(row, 5), total: taken[seq] ?? Money(minor: rows[1].int8(row, 6)),
          isTraining: rows[1].bool(row, 9),
          isSuspended: rows[1].bool(row, 11), isRated: rows[1].bool(row, 10),
          points: points.map { (rows[2].int2($0, 1), rows[2].int8($0, 2)) }))
    }
  }

  /// What was paid for what each return and void took back, which need not be what its lines say:
  /// without lines it is all that was left.
  private func takenBack(
    _ visits: borrowing Rows, _ key: AccountKey, _ store: borrowing Store
  ) throws -> [Int64: Money] {
    var named: [OriginalKey: OriginalKey] = [:]
    for row in 0..<visits.count where visits.bool(row, 10) {
      let kind = EventKind(rawValue: visits.int2(row, 3))
      guard kind == .return || kind == .void, let original = visits.int8OrNil(row, 12) else {
        continue
      }
      let account = visits.int8OrNil(row, 13) ?? key.account
      let own = OriginalKey(shard: key.shard, account: key.account, seq: visits.int8(row, 0))
      named[own] = OriginalKey(
        shard: Account.shard(of: account), account: account, seq: original)
    }
    guard !named.isEmpty else { return [:] }
    let originals = try store.originals(Set(named.values))
    var taken: [Int64: Money] = [:]
    for (own, key) in named {
      guard let original = originals[key], let record = original.record(by: own) else { continue }
      taken[own.seq] = original.money(of: record)
    }
    return taken
  }

  private static let couponsStatement = Statement(
    "coupons of an account",
    """
    SELECT c.code, c.template, c.valid_until, c.used::int4, t.key FROM patron.coupons c
    JOIN patron.coupon_templates t ON t.template = c.template
    WHERE c.shard = $1 AND c.account_id = $2 AND c.valid_until > $3 AND NOT c.withdrawn
    ORDER BY c.valid_until, c.seq, c.n
    """)
  private static let visitsStatement = Statement(
    "last visits of an account",
    """
    SELECT e.seq, e.at, e.utc_offset, e.kind, n.text, coalesce(d.name, s.text),
      (SELECT coalesce(sum(t), 0)::bigint FROM unnest(e.totals) t), e.external_id, src.text,
      e.training, e.seq <= a.position, e.suspended, e.original_seq, e.original_account
    FROM (SELECT * FROM patron.events WHERE shard = $1 AND account_id = $2 AND kind <= 5
          ORDER BY seq DESC LIMIT \(lastVisits)) e
    JOIN patron.accounts a ON a.shard = e.shard AND a.account_id = e.account_id
    LEFT JOIN patron.symbols n ON n.symbol = e.name
    LEFT JOIN patron.symbols s ON s.symbol = e.store
    LEFT JOIN patron.stores d ON d.store = e.store
    LEFT JOIN patron.symbols src ON src.symbol = e.source
    ORDER BY e.at DESC, e.seq DESC
    """)
  /// Not what time had brought before a visit, which was booked with it.
  private static let pointsStatement = Statement(
    "points of the last visits",
    """
    SELECT p.seq, p.currency, sum(CASE p.debited WHEN 11 THEN p.amount ELSE -p.amount END)::bigint
    FROM patron.postings p JOIN patron.events e USING (shard, account_id, seq)
    WHERE p.shard = $1 AND p.account_id = $2 AND p.reason IN (1, 2) AND p.at >= e.at
      AND p.seq >= (SELECT min(seq) FROM (SELECT seq FROM patron.events
        WHERE shard = $1 AND account_id = $2 AND kind <= 5
        ORDER BY seq DESC LIMIT \(lastVisits)) e)
    GROUP BY p.seq, p.currency ORDER BY p.seq, p.currency
    """)
}

/// What an event is called.
public enum KindName {
  public static func text(_ kind: Int16, _ name: String?) -> String {
    switch EventKind(rawValue: kind) {
    case .sale: "sale"
    case .return: "return"
    case .void: "void"
    case .exchange: "exchange"
    case .review: "review"
    case .close: "close"
    case .correction: "correction"
    case .adjustment: "adjustment"
    case .opening: "opening balance"
    case .transfer: "transfer"
    case .merge: "merge"
    case .closing: "closing"
    case .hold: "hold"
    case .capture: "capture"
    case .release: "release"
    case .refund: "refund"
    case .order: "order"
    default: name ?? "event"
    }
  }
}

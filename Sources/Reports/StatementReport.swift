import Engine
import JSON
import Ledger
import Loyalty
import Postgres
import Rules

/// What moved in accounts on some days, as data for letters: one JSON object an account.
public struct StatementReport {
  private let days: ClosedRange<CivilDate>
  private let span: Range<Instant>
  private let language: String
  private var rater: Rater
  private let rules: [RuleID: String]
  private let coupons: [CouponTemplateID: (name: String, uses: Int32)]

  /// Accounts that are in memory at a time.
  static let accountsAtATime = 200

  /// Hands over account after account, or the one of `owner`; gives how many there were.
  ///
  /// What fell due or ended on these days and is not booked yet (the account had no event since) is
  /// reckoned in. Tier, coupons and what ends next are as of the end of the days, or of the last
  /// event where that came later.
  @discardableResult
  public static func stream(
    of owner: CardOwner?, _ days: ClosedRange<CivilDate>, language: String,
    _ store: borrowing Store, _ body: (String) throws -> Void
  ) throws -> Int {
    try store.db.begin(.snapshot)
    defer { store.db.rollback() }
    var report = try StatementReport(days, language, store)
    if let owner {
      guard let head = try store.head(shard: owner.shard, account: owner.account) else {
        throw ReportFailure("account \(owner.account) is not there; run `patron audit`")
      }
      return try report.write([head.waiting], store, body)
    }
    var last: (shard: Int16, account: Int64) = (-1, -1)
    var count = 0
    while true {
      let page = try store.accounts(after: last, most: accountsAtATime)
      guard let end = page.last else { return count }
      last = (end.shard, end.id)
      count += try report.write(page, store, body)
    }
  }

  private init(
    _ days: ClosedRange<CivilDate>, _ language: String, _ store: borrowing Store
  ) throws {
    guard let current = try ProgramSet.current(store, at: .now) else {
      throw ReportFailure.nothingPublished
    }
    self.days = days
    self.language = language
    rater = current.rater
    let program = current.rater.program
    span = program.zone.start(of: days.lowerBound)..<program.zone.end(of: days.upperBound)
    let names = try store.names()
    var rules: [RuleID: String] = [:]
    for (key, id) in names.rules { rules[id] = key }
    for (place, rule) in program.rules.enumerated() {
      if let name = program.syntax.rules[place].name { rules[rule.id] = name.text(language) }
    }
    self.rules = rules
    var coupons: [CouponTemplateID: (String, Int32)] = [:]
    for (place, coupon) in program.coupons.enumerated() {
      let uses = Int32(clamping: program.syntax.coupons[place].uses)
      coupons[coupon.id] = (program.name(ofCoupon: coupon.id, language) ?? coupon.key, uses)
    }
    self.coupons = coupons
  }

  /// What is known of one account.
  private struct Sheet {
    var members: [MemberDetails]
    var opening: [CurrencyID: (available: Int64, pending: Int64)] = [:]
    var entries: [(posting: StoredPosting, order: Int)] = []
    var coupons: [(template: CouponTemplateID, code: String, until: Instant, used: Int32)] = []
  }

  private mutating func write(
    _ waiting: [WaitingAccount], _ store: borrowing Store, _ body: (String) throws -> Void
  ) throws -> Int {
    let owners = waiting.map { CardOwner(shard: $0.shard, account: $0.id) }
    let gone = try store.mergedAway(owners)
    var needs = AccountNeeds()
    needs.lots = true
    let accounts = try store.load(
      waiting[...], needs: Array(repeating: needs, count: waiting.count), withMembers: true,
      withSegments: true)
    var sheets = try owners.map { Sheet(members: try store.details(of: $0)) }
    try read(owners, try store.merged(into: owners), &sheets, store)
    var count = 0
    for place in accounts.indices
    where !gone.contains(owners[place]) && !sheets[place].members.isEmpty {
      var account = accounts[place]
      try body(line(&account, &sheets[place]))
      count += 1
    }
    return count
  }

  private func read(
    _ owners: [CardOwner], _ merged: [CardOwner: [(owner: CardOwner, position: Int64)]],
    _ sheets: inout [Sheet], _ store: borrowing Store
  ) throws {
    var places: [Int64] = []
    var all: [CardOwner] = []
    for (place, owner) in owners.enumerated() {
      for one in [owner] + (merged[owner] ?? []).map(\.owner) {
        places.append(Int64(place))
        all.append(one)
      }
    }
    let keys: [Cell] = [
      .int2Array(all.map(\.shard)), .int8Array(all.map(\.account)), .int8Array(places),
    ]
    let from: Cell = .instant(span.lowerBound.microseconds)
    let to: Cell = .instant(span.upperBound.microseconds)
    let rows = try store.db.pipeline([
      (Self.openings, keys + [from]), (Self.entries, keys + [from, to]), (Self.held, keys + [to]),
    ])
    for row in 0..<rows[0].count {
      let place = rows[0].int(row, 0)
      sheets[place].opening[rows[0].int2(row, 1)] = (rows[0].int8(row, 2), rows[0].int8(row, 3))
    }
    for row in 0..<rows[1].count {
      let place = rows[1].int(row, 13)
      sheets[place].entries.append((try StoredPosting(rows[1], row), sheets[place].entries.count))
    }
    for row in 0..<rows[2].count {
      sheets[rows[2].int(row, 0)].coupons.append(
        (
          rows[2].int4(row, 1), rows[2].text(row, 2),
          Instant(microseconds: rows[2].instant(row, 3)), rows[2].int4(row, 4)
        ))
    }
  }

  private static let keys =
    "unnest($1::int2[], $2::int8[], $3::int8[]) AS key (shard, account_id, place)"
  /// Accounts that became one stand here as one: what went between them is nothing to tell.
  private static let moves = "p.reason <> \(PostingReason.merge.rawValue)"
  private static let openings = Statement(
    "opening balances of statements",
    """
    SELECT key.place, p.currency,
      sum(CASE WHEN p.credited IN (1, 4) THEN p.amount ELSE 0 END
        - CASE WHEN p.debited IN (1, 4) THEN p.amount ELSE 0 END)::bigint,
      sum(CASE 2 WHEN p.credited THEN p.amount WHEN p.debited THEN -p.amount ELSE 0 END)::bigint
    FROM \(keys)
    JOIN patron.postings p ON p.shard = key.shard AND p.account_id = key.account_id
    WHERE p.at < $4 AND \(moves) GROUP BY key.place, p.currency
    """)
  private static let entries = Statement(
    "entries of statements",
    """
    SELECT \(StoredPosting.columns), key.place FROM \(keys)
    JOIN patron.postings p ON p.shard = key.shard AND p.account_id = key.account_id
    WHERE p.at >= $4 AND p.at < $5 AND \(moves) ORDER BY key.place, p.at, p.account_id, p.seq, p.n
    """)
  private static let held = Statement(
    "coupons of statements",
    """
    SELECT key.place, c.template, c.code, c.valid_until, c.used FROM \(keys)
    JOIN patron.coupons c ON c.shard = key.shard AND c.account_id = key.account_id
    WHERE c.valid_until > $4 AND c.issued_at < $4 AND NOT c.moved
    ORDER BY key.place, c.valid_until, c.seq, c.n
    """)
}

extension StatementReport {
  private mutating func line(_ account: inout Account, _ sheet: inout Sheet) -> String {
    let asOf = max(span.upperBound + (-1), account.clock)
    addUnbooked(&account, upTo: asOf, &sheet)
    let program = rater.program
    var json = JSONWriter()
    json.object { json in
      json.member("account", account.id)
      json.memberArray("members") { json in
        for member in sheet.members { json.json(MemberReport.json(member).bytes) }
      }
      json.member("from", days.lowerBound.description)
      json.member("to", days.upperBound.description)
      json.memberArray("currencies") { json in
        for currency in program.currencies { write(currency, account, sheet, &json) }
      }
      writeTier(account, asOf, &json)
      json.memberArray("coupons") { json in
        for coupon in sheet.coupons {
          guard let known = coupons[coupon.template], coupon.used < known.uses else { continue }
          json.object { json in
            json.member("coupon", known.name)
            json.member("code", coupon.code)
            json.member("last day", lastDay(coupon.until))
          }
        }
      }
    }
    return json.text
  }

  /// What time brought and no event has booked yet.
  private mutating func addUnbooked(
    _ account: inout Account, upTo instant: Instant, _ sheet: inout Sheet
  ) {
    var outcome = Outcome()
    rater.advance(&account, to: instant, &outcome)
    for posting in outcome.postings where posting.at < span.upperBound {
      let stored = StoredPosting(posting)
      if posting.at >= span.lowerBound {
        sheet.entries.append((stored, sheet.entries.count))
      } else {
        let before = sheet.opening[posting.currency] ?? (0, 0)
        sheet.opening[posting.currency] = (
          before.available + stored.effect, before.pending + stored.pendingEffect
        )
      }
    }
    sheet.entries.sort { ($0.posting.at, $0.order) < ($1.posting.at, $1.order) }
  }

  private func lastDay(_ instant: Instant) -> String? {
    instant < .distantFuture ? rater.program.zone.date(of: instant + (-1)).description : nil
  }

  private func write(
    _ currency: Currency, _ account: Account, _ sheet: Sheet, _ json: inout JSONWriter
  ) {
    let opening = sheet.opening[currency.id] ?? (0, 0)
    let entries = sheet.entries.filter { $0.posting.currency == currency.id }.map(\.posting)
    func amount(_ name: String, _ value: Int64, _ json: inout JSONWriter) {
      json.name(name)
      json.number(ExactDecimal.text(value, places: currency.decimals))
    }
    json.object { json in
      json.member("currency", currency.key)
      json.member(
        "name", rater.program.name(ofCurrency: currency.id, language) ?? currency.key)
      amount("opening", opening.available, &json)
      json.memberArray("entries") { json in
        for entry in entries { write(entry, currency, &json) }
      }
      amount("earned", entries.reduce(0) { $0 + ($1.from == .issued ? $1.amount : 0) }, &json)
      amount("expired", entries.reduce(0) { $0 + $1.expired }, &json)
      amount("closing", entries.reduce(opening.available) { $0 + $1.effect }, &json)
      amount("pending", entries.reduce(opening.pending) { $0 + $1.pendingEffect }, &json)
      let ends = account.lots.filter { $0.currency == currency.id && $0.remaining > 0 }
        .compactMap { lot in rater.lastDay(of: lot, account).map { ($0, lot.remaining) } }
      guard let next = ends.map(\.0).min() else { return }
      json.memberObject("next expiry") { json in
        json.member("last day", next.description)
        amount("amount", ends.reduce(0) { $0 + ($1.0 == next ? $1.1 : 0) }, &json)
      }
    }
  }

  private func write(_ entry: StoredPosting, _ currency: Currency, _ json: inout JSONWriter) {
    let zone = rater.program.zone
    var names: [String] = []
    for (rule, _) in entry.amounts {
      let name = rules[rule] ?? "rule \(rule)"
      if !names.contains(name) { names.append(name) }
    }
    json.object { json in
      json.member("date", zone.date(of: entry.at).description)
      json.name("amount")
      let value = entry.effect == 0 ? entry.pendingEffect : entry.effect
      json.number(ExactDecimal.text(value, places: currency.decimals))
      if entry.effect == 0 { json.member("pending", true) }
      json.member("what", entry.words(names, zone))
      json.memberArray("rules") { json in
        for (rule, amount) in entry.amounts {
          json.object { json in
            json.member("rule", rules[rule] ?? "rule \(rule)")
            json.name("amount")
            json.number(ExactDecimal.text(amount, places: currency.decimals))
          }
        }
      }
    }
  }

  private mutating func writeTier(_ account: Account, _ asOf: Instant, _ json: inout JSONWriter) {
    let progress = rater.progress(of: account, at: asOf)
    let program = rater.program
    json.member("tier", progress.tier.flatMap { program.name(ofTier: $0.id, language) })
    json.member("tier until", progress.until.flatMap { lastDay($0) })
    json.member("next tier", progress.next.flatMap { program.name(ofTier: $0.id, language) })
    json.memberArray("missing") { json in
      for goal in progress.requirement?.goals ?? [] {
        json.object { json in
          json.member("measure", goal.measure)
          json.member("items", goal.items)
          json.member("window", goal.window)
          for (name, value) in [("value", goal.value), ("missing", goal.missing)] {
            json.name(name)
            json.number(ExactDecimal.text(value, places: goal.decimals))
          }
        }
      }
    }
  }
}

extension StoredPosting {
  /// Of what is not booked yet.
  fileprivate init(_ posting: Posting) {
    seq = 0
    n = 0
    currency = posting.currency
    from = posting.from
    to = posting.to
    amount = posting.amount
    at = posting.at
    due = posting.due
    expires = posting.expires
    reason = posting.reason
    parts = []
  }

  /// What it does to the points that wait.
  fileprivate var pendingEffect: Int64 {
    to == .pending ? amount : from == .pending ? -amount : 0
  }
}

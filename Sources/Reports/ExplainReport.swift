import Engine
import Ledger
import Loyalty
import Postgres
import Rules

/// Why a transaction brought what it brought, or why it brought nothing.
public struct ExplainReport: Sendable {
  public enum State: Sendable, Equatable {
    case rated
    /// It was taken in and is not rated yet.
    case waits
    /// A sale without a card.
    case nobodys
    /// It brings back what a closed account had bought.
    case ofClosed
    /// Of a register in training.
    case training
    /// Laid aside at the till.
    case suspended
    case refused(String)
    case parked(number: Int64, reason: String, detail: String)
  }
  public struct TierStep: Sendable {
    public var from: String?
    public var to: String?
    public var at: Instant
    public var lastDay: CivilDate?
    public var reason: TierChange.Reason
  }
  public struct Gift: Sendable {
    public var name: String
    public var code: String
    public var by: String
  }

  public var source: String
  public var id: String
  public var state: State
  public var kind = ""
  /// The end of a day on which time alone brought something.
  public var isClose = false
  public var at: Instant?
  public var offset: Int32 = 0
  public var store: String?
  public var account: Int64?
  public var members: [AccountHead.Member] = []
  public var lineCount = 0
  public var total = Money.zero
  public var money: MoneyUnit?
  public var zone = Zone.utc
  /// Keys and decimals by currency.
  public var currencies: [CurrencyID: (key: String, decimals: Int)] = [:]
  public var version: Version?
  public var tier: String?
  public var lines: [ExplanationLine] = []
  public var postings: [StoredPosting] = []
  /// Which lots its debits took from; `posting` is the posting's `n`.
  public var lotUses: [LotUse] = []
  public var tierSteps: [TierStep] = []
  public var gifts: [Gift] = []
  /// What its rules print on the receipt.
  public var receipt: [String] = []
  /// What came back: of a return its own, of a sale each that took something of it back.
  public var returns: [Return] = []
  /// What became of coupons with it.
  public var couponNotes: [String] = []
  /// What was to be taken back and was not there any more.
  public var letGo: [String] = []
  /// Where the rules, applied again, give something else than what is booked.
  public var disagreements: [String] = []
  public var conflicts: [ConflictRow] = []
  public var origin: String?
  /// Of what was done at the desk: who did it, and why.
  public var said: String?
}

extension ExplainReport {
  /// `SOURCE/ID`, or `ID` where one source alone has it.
  public init(_ text: String, _ store: borrowing Store, language: String) throws {
    var found = try ClaimedTransaction.find(text, store)
    if found.isEmpty { found = try ClaimedTransaction.find(suspended: text, store) }
    guard let claim = found.first else {
      self = try Self.unclaimed(text, store)
      return
    }
    guard found.count == 1 else {
      let names = found.map { "  \($0.source)/\($0.id)" }.joined(separator: "\n")
      throw ReportFailure("several sources have sent `\(text)`; ask for one of them:\n\(names)")
    }
    source = claim.source
    id = claim.id
    state = .rated
    conflicts = try ConflictRow.of(source: claim.source, id: claim.id, store)
    if claim.shard < 0 {
      guard let row = try store.parked([claim.account]).first else {
        throw ReportFailure("parked row \(claim.account) is not there; run `patron audit`")
      }
      park(row)
    } else {
      try explain(claim, store, language)
    }
  }

  /// Whether anything was ever taken in as `SOURCE/ID` or `ID`.
  public static func isThere(_ text: String, _ store: borrowing Store) throws -> Bool {
    if try !ClaimedTransaction.find(text, store).isEmpty { return true }
    if try !ClaimedTransaction.find(suspended: text, store).isEmpty { return true }
    return try unclaimedNumber(text, store) != nil
  }

  /// What could not be read has no claim; it is found by the id that could be made out.
  private static func unclaimedNumber(_ text: String, _ store: borrowing Store) throws -> Int64? {
    let id = text.split(separator: "/", maxSplits: 1).last.map(String.init) ?? text
    let rows = try store.db.query(
      """
      SELECT parked_id FROM patron.parked
      WHERE NOT claimed
        AND (external_id = $1 OR external_id = $2 AND source || '/' || external_id = $1)
      ORDER BY parked_id LIMIT 1
      """, [.text(text), .text(id)])
    return rows.count == 1 ? rows.int8(0, 0) : nil
  }

  private static func unclaimed(_ text: String, _ store: borrowing Store) throws -> ExplainReport {
    guard let number = try unclaimedNumber(text, store),
      let row = try store.parked([number]).first
    else {
      throw ReportFailure(
        "no transaction `\(text)` was ever taken in. Rows that still lie in the inbox show in "
          + "`patron status`.")
    }
    var report = ExplainReport(source: row.source ?? "", id: row.externalID ?? "", state: .rated)
    report.park(row)
    return report
  }

  private init(source: String, id: String, state: State) {
    self.source = source
    self.id = id
    self.state = state
  }

  private mutating func park(_ row: ParkedRow) {
    state = .parked(number: row.id, reason: row.reason, detail: row.detail)
    at = row.at
    origin = row.origin
  }

  private mutating func explain(
    _ claim: ClaimedTransaction, _ store: borrowing Store, _ language: String
  ) throws {
    let span = EventSpan(
      shard: claim.shard, account: claim.account, first: claim.seq, last: claim.seq)
    guard let event = try store.events([span]).first?.event,
      let summary = try store.summary(claim.shard, claim.account, claim.seq)
    else { throw ReportFailure("the event of \(source)/\(id) is not there; run `patron audit`") }
    at = event.at
    offset = event.offset
    self.store = summary.store
    lineCount = event.lines.count
    total = event.lines.reduce(.zero) { $0 + $1.total }
    kind = KindName.text(event.kind.rawValue, try store.texts([event.name])[event.name])
    isClose = event.kind == .close
    guard claim.account != 0 else {
      state = event.originalAccount == 0 ? .nobodys : .ofClosed
      money = try ProgramSet.current(store, at: event.at)?.rater.program.money
      return
    }
    account = claim.account
    let head = try store.head(shard: claim.shard, account: claim.account)
    members = head?.members ?? []
    guard let head, claim.seq <= head.waiting.position else {
      state = .waits
      money = try ProgramSet.current(store, at: event.at)?.rater.program.money
      return
    }
    try explainRated(claim, event, store, language)
  }

  private mutating func explainRated(
    _ claim: ClaimedTransaction, _ event: Event, _ store: borrowing Store, _ language: String
  ) throws {
    let key: [Cell] = [.int2(claim.shard), .int8(claim.account), .int8(claim.seq)]
    let rows = try store.db.pipeline([
      (Self.outcomeStatement, key), (Self.postingsStatement, key), (Self.tiersStatement, key),
      (Self.giftsStatement, key), (Self.lotsStatement, key),
    ])
    guard rows[0].count == 1 else {
      throw ReportFailure("the outcome of \(source)/\(id) is not there; run `patron audit`")
    }
    for row in 0..<rows[1].count { postings.append(try StoredPosting(rows[1], row)) }
    for row in 0..<rows[4].count {
      lotUses.append(
        LotUse(
          posting: Int32(rows[4].int2(row, 0)), due: Instant(microseconds: rows[4].instant(row, 1)),
          expires: Instant(microseconds: rows[4].instant(row, 2)), amount: rows[4].int8(row, 3)))
    }
    if let refused = rows[0].textOrNil(0, 4) { state = .refused(refused) }
    if event.isTraining { state = .training }
    if event.isSuspended { state = .suspended }
    guard let (version, rater) = try ProgramSet.version(rows[0].int4(0, 0), store) else { return }
    self.version = version
    let program = rater.program
    money = program.money
    zone = program.zone
    for currency in program.currencies {
      currencies[currency.id] = (currency.key, currency.decimals)
    }
    tier = program.name(ofTier: rows[0].int2(0, 1), language)
    readSteps(rows[2], program, language)
    readGifts(rows[3], program, language)
    guard !event.kind.isOfTheDesk else { return try readDesk(key, store) }
    guard state == .rated else { return }
    let ids = rows[0].int4ArrayOrNil(0, 2) ?? []
    let values = rows[0].int8ArrayOrNil(0, 3) ?? []
    let facts = Dictionary(zip(ids, values), uniquingKeysWith: { first, _ in first })
    let span = EventSpan(
      shard: claim.shard, account: claim.account, first: claim.seq, last: claim.seq)
    let taken = try store.benefits(span)
    if event.kind.isOfAHold {
      explainHold(taken, event, rater, language)
      return try sayWhatEnded(event, claim, store)
    }
    let replay = Replay(tier: rows[0].int2(0, 1), facts: facts, shown: taken.shown)
    let own = OriginalKey(shard: claim.shard, account: claim.account, seq: claim.seq)
    try readReturns(own, event, store)
    let reversals = try reversals(own, event, rater, store)
    rateAgain(event.soldPart(), rater, reversals, replay, taken, language)
  }

  /// What is stored says it all: rated again, an account without points could hold nothing.
  private mutating func explainHold(
    _ taken: Outcome, _ event: Event, _ rater: Rater, _ language: String
  ) {
    lines = taken.benefits.compactMap { rater.explanation(ofHold: $0, event) }
    for posting in postings {
      for (rule, amount) in posting.amounts {
        lines.append(rater.explanation(ofReward: rule, amount, posting.currency, language))
      }
    }
  }

  /// Of a hold that was let go or given back, what came back and of which hold.
  private mutating func sayWhatEnded(
    _ event: Event, _ claim: ClaimedTransaction, _ store: borrowing Store
  ) throws {
    guard event.kind == .refund || event.kind == .release else { return }
    let back = postings.filter { $0.reason == .givenBack || $0.reason == .holdEnded }
      .filter { $0.to == .available || $0.to == .debt }
    let amounts = back.map { posting -> String in
      let (key, decimals) = currencies[posting.currency] ?? ("", 0)
      return PlainWords.amount(posting.amount, key, decimals: decimals)
        + (posting.to == .debt ? " for what was owed" : "")
    }
    let hold =
      try store.identity(shard: claim.shard, account: claim.account, seq: event.original)
      .map { "the hold \($0.source)/\($0.id)" } ?? "the hold"
    let what = amounts.isEmpty ? "" : ": " + amounts.joined(separator: " and ")
    said =
      event.kind == .refund
      ? "What \(hold) had redeemed is given back\(what)"
      : "What \(hold) set aside is free again\(what)"
  }

  private mutating func readDesk(_ key: [Cell], _ store: borrowing Store) throws {
    let rows = try store.db.query(
      """
      SELECT e.attributes ->> 'operator', a.reason, a.decided_by FROM patron.events e
      LEFT JOIN patron.adjustments a ON e.kind = 20
        AND e.external_id = 'adjustment ' || a.adjustment_id
      WHERE e.shard = $1 AND e.account_id = $2 AND e.seq = $3
      """, key)
    guard rows.count == 1 else { return }
    var parts: [String] = []
    if let name = rows.textOrNil(0, 0) { parts.append("By \(name)") }
    if let name = rows.textOrNil(0, 2) { parts.append("confirmed by \(name)") }
    var text = parts.joined(separator: ", ")
    if let reason = rows.textOrNil(0, 1), !reason.isEmpty { text += ": \(reason)" }
    said = text.isEmpty ? "Done at the desk" : text
  }

  /// The same function as the first time, with the answers of that time.
  private mutating func rateAgain(
    _ event: Event, _ rater: Rater, _ reversals: [Reversal], _ replay: Replay, _ taken: Outcome,
    _ language: String
  ) {
    var rater = rater
    rater.reversals = reversals
    rater.replay = replay
    rater.trace = Trace()
    var account = Account(shard: 0, id: account ?? 0)
    var outcome = Outcome()
    rater.rate(event, &account, &outcome)
    lines = rater.explanation(of: event, outcome, language: language)
    receipt = rater.program.receipt(of: outcome).map { $0.text(language) }
    var booked: [Award: Int64] = [:]
    for posting in postings {
      for (rule, amount) in posting.amounts {
        if let line = rater.explanation(
          ofDay: posting.at, before: event, rule, amount, posting.currency, language)
        {
          lines.append(line)
          continue
        }
        booked[Award(rule: rule, currency: posting.currency), default: 0] += amount
      }
    }
    var again: [Award: Int64] = [:]
    for part in outcome.parts {
      again[Award(rule: part.rule, currency: part.currency), default: 0] += part.amount
    }
    for use in taken.benefits where use.at != nil {
      if let line = rater.explanation(ofDay: use) { lines.append(line) }
    }
    compareBills(taken, outcome, rater.program)
    for award in Set(booked.keys).union(again.keys).sorted() {
      let (then, now) = (booked[award] ?? 0, again[award] ?? 0)
      guard then != now else { continue }
      let isLess = now < then && then <= 0
      if isLess, !reversals.isEmpty || letsGo(event, award.currency, rater.program) {
        noteLetGo(award.currency, then - now, of: -now, isGivenAgain: false, rater.program)
        continue
      }
      if reversals.contains(where: \.record.isGone), now > then, then >= 0 {
        noteLetGo(award.currency, now - then, of: now, isGivenAgain: true, rater.program)
        continue
      }
      let rule =
        rater.program.rules.firstIndex { $0.id == award.rule }
        .map { rater.program.syntax.rules[$0].key.value } ?? "rule \(award.rule)"
      let (key, decimals) = currencies[award.currency] ?? ("of currency \(award.currency)", 0)
      disagreements.append(
        "\(rule): booked are \(PlainWords.amount(then, key, decimals: decimals)); applied again, "
          + "the rule gives \(PlainWords.amount(now, key, decimals: decimals))")
    }
  }

  /// Whether a return without a receipt takes no more than is there.
  private func letsGo(_ event: Event, _ currency: CurrencyID, _ program: Program) -> Bool {
    event.kind == .return && event.original == 0
      && program.currencies.first { $0.id == currency }?.returns != .debt
  }

  /// What is booked as taken off the bill, and what the rules take off it now.
  private mutating func compareBills(_ booked: Outcome, _ again: Outcome, _ program: Program) {
    let uses = booked.benefits.filter { $0.at == nil } + Array(again.benefits)
    var seen: [BenefitUse] = []
    for use in uses where !seen.contains(where: { $0.source == use.source && $0.id == use.id }) {
      seen.append(use)
      func sum(_ outcome: Outcome) -> Money {
        Money(
          minor: outcome.benefits.reduce(0) {
            $1.source == use.source && $1.id == use.id && $1.at == nil ? $0 + $1.money : $0
          })
      }
      let (then, now) = (sum(booked), sum(again))
      guard then != now else { continue }
      disagreements.append(
        "\(program.name(of: use)): booked as taken off are \(program.money.text(then)); applied "
          + "again, it takes off \(program.money.text(now))")
    }
  }

  private struct Award: Hashable, Comparable {
    var rule: RuleID
    var currency: CurrencyID
    static func < (a: Award, b: Award) -> Bool { (a.currency, a.rule) < (b.currency, b.rule) }
  }

  private mutating func readSteps(_ rows: borrowing Rows, _ program: Program, _ language: String) {
    for row in 0..<rows.count {
      let until = Instant(microseconds: rows.instant(row, 3))
      tierSteps.append(
        TierStep(
          from: program.name(ofTier: rows.int2(row, 0), language),
          to: program.name(ofTier: rows.int2(row, 1), language),
          at: Instant(microseconds: rows.instant(row, 2)),
          lastDay: until < .distantFuture ? program.zone.date(of: until + (-1)) : nil,
          reason: TierChange.Reason(rawValue: rows.int2(row, 4)) ?? .byHand))
    }
  }

  private mutating func readGifts(_ rows: borrowing Rows, _ program: Program, _ language: String) {
    for row in 0..<rows.count {
      let rule = rows.int4OrNil(row, 2).flatMap { id in
        program.rules.firstIndex { $0.id == id }.map { program.syntax.rules[$0].key.value }
      }
      let tier = rows.int2OrNil(row, 3).flatMap { program.name(ofTier: $0, language) }
      gifts.append(
        Gift(
          name: program.name(ofCoupon: rows.int4(row, 1), language) ?? "coupon",
          code: rows.text(row, 0),
          by: rule.map { "by \($0)" } ?? tier.map { "for reaching \($0)" } ?? ""))
    }
  }

  private static let outcomeStatement: Statement = """
    SELECT version, tier, facts, fact_values, refused FROM patron.outcomes
    WHERE shard = $1 AND account_id = $2 AND seq = $3
    """
  private static let postingsStatement = Statement(
    "postings of an event",
    """
    SELECT \(StoredPosting.columns) FROM patron.postings p
    WHERE p.shard = $1 AND p.account_id = $2 AND p.seq = $3 ORDER BY p.n
    """)
  private static let lotsStatement: Statement = """
    SELECT n, due, expires, amount FROM patron.lot_uses
    WHERE shard = $1 AND account_id = $2 AND seq = $3 ORDER BY n, expires, due
    """
  private static let tiersStatement: Statement = """
    SELECT from_tier, to_tier, at, until, reason FROM patron.tier_changes
    WHERE shard = $1 AND account_id = $2 AND seq = $3 ORDER BY n
    """
  private static let giftsStatement: Statement = """
    SELECT code, template, rule, tier FROM patron.coupons
    WHERE shard = $1 AND account_id = $2 AND seq = $3 ORDER BY n
    """
}

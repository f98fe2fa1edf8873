import Engine
import Ledger
import Loyalty
import Postgres
import Rules

/// What came back, of a sale or with a return.
extension ExplainReport {
  public struct Return: Sendable {
    public struct Line: Sendable {
      public var sku: String
      /// Millionths.
      public var quantity: Int64
      /// Minor units of money that came back without goods; of what was too much, its price.
      public var amount: Int64
      /// What the line had sold, in millionths.
      public var bought: Int64
      /// It was more than was left.
      public var isExcess = false
    }
    /// Of a return its original, of a sale the return.
    public var transaction: String
    public var isOwn: Bool
    /// The void of a return: it did not come back after all.
    public var isGone = false
    /// Which void undid it since.
    public var voidedBy: String?
    public var lines: [Line]
    /// What was paid for what came back.
    public var money = Money.zero
    /// Of a return's lines, what they say beyond that.
    public var tooMuch = Money.zero
  }

  /// What the event brought back, or undid, and what of it came back.
  mutating func readReturns(
    _ key: OriginalKey, _ event: Event, _ store: borrowing Store
  ) throws {
    var wanted = Set([key])
    if let named = event.originalKey(in: key.shard, key.account) { wanted.insert(named) }
    let originals = try store.originals(wanted)
    for original in originals.values.sorted(by: { $0.key.seq > $1.key.seq }) {
      for record in original.returns where record.by == key || original.key == key {
        try add(record, of: original, event, isOwn: record.by == key, store)
      }
    }
  }

  private mutating func add(
    _ record: ReturnRecord, of original: Original, _ event: Event, isOwn: Bool,
    _ store: borrowing Store
  ) throws {
    if isOwn { try readCoupons(record, store) }
    let void = original.returns.first { $0.undoes == record.n }
    let texts = try store.texts(
      original.event.lines.map(\.product) + event.lines.map(\.product))
    var lines = record.lines.map { back -> Return.Line in
      let line = original.event.lines[Int(back.line)]
      return Return.Line(
        sku: texts[line.product] ?? "line \(back.line + 1)", quantity: abs(back.quantity),
        amount: abs(back.amount), bought: line.quantity.millionths)
    }
    lines += (isOwn ? record.excess : []).map { back -> Return.Line in
      let line = event.lines[Int(back.line)]
      return Return.Line(
        sku: texts[line.product] ?? "line \(line.number)", quantity: back.quantity,
        amount: back.quantity > 0 ? Self.share(of: line, back.quantity) : back.amount, bought: 0,
        isExcess: true)
    }
    let money = original.money(of: record)
    let sent = isOwn ? event.returnedLines().reduce(Money.zero) { $0 + $1.line.total } : .zero
    returns.append(
      Return(
        transaction: try name(of: isOwn ? record.original : record.by, store), isOwn: isOwn,
        isGone: record.isGone, voidedBy: try void.map { try name(of: $0.by, store) },
        lines: lines, money: money, tooMuch: Money(minor: max(0, sent.minor - money.minor))))
  }

  /// What so much of a line came to, cut to the minor unit.
  private static func share(of line: Line, _ quantity: Int64) -> Int64 {
    let whole = abs(line.quantity.millionths)
    guard whole > 0 else { return 0 }
    return Int64(Int128(abs(line.total.minor)) * Int128(quantity) / Int128(whole))
  }

  private func name(of key: OriginalKey, _ store: borrowing Store) throws -> String {
    try store.identity(shard: key.shard, account: key.account, seq: key.seq)
      .map { "\($0.source)/\($0.id)" } ?? "an event"
  }

  private mutating func readCoupons(_ record: ReturnRecord, _ store: borrowing Store) throws {
    let words =
      record.isGone
      ? ("is good again", "counts as used again") : ("is withdrawn", "can be used again")
    for (keys, what) in [(record.withdrawn, words.0), (record.coupons, words.1)] {
      for coupon in keys {
        let rows = try store.db.query(
          """
          SELECT code FROM patron.coupons
          WHERE shard = $1 AND account_id = $2 AND seq = $3 AND n = $4
          """,
          [.int2(record.by.shard), .int8(record.by.account), .int8(coupon.seq), .int2(coupon.n)])
        if rows.count == 1 { couponNotes.append("the coupon \(rows.text(0, 0)) \(what)") }
      }
    }
  }

  /// What the event took back or gave again, reckoned once more with what had come back before it.
  func reversals(
    _ key: OriginalKey, _ event: Event, _ rater: Rater, _ store: borrowing Store
  ) throws -> [Reversal] {
    guard let named = event.originalKey(in: key.shard, key.account) else { return [] }
    let originals = try store.originals([named]).mapValues { $0.before(key) }
    var raters: [Int32: Rater] = [:]
    for version in Set(originals.values.map(\.version)) {
      raters[version] =
        version == self.version?.id ? rater : try ProgramSet.version(version, store)?.rater
    }
    var reversals = Reversal.all(by: event, key) {
      originals[$0]
    } program: {
      raters[$0.version]?.program
    }
    for index in reversals.indices {
      raters[reversals[index].original.version]?.settle(&reversals[index])
    }
    return reversals
  }

  /// What is let go: `returns: balance` and `returns: pending` take no more than is there, and a
  /// void gives no more again than was taken.
  mutating func noteLetGo(
    _ currency: CurrencyID, _ amount: Int64, of wanted: Int64, isGivenAgain: Bool,
    _ program: Program
  ) {
    let (key, decimals) = currencies[currency] ?? ("of currency \(currency)", 0)
    func text(_ amount: Int64) -> String { PlainWords.amount(amount, key, decimals: decimals) }
    guard !isGivenAgain else {
      letGo.append(
        "\(text(amount)) more had not been there to be taken back, and are not given either")
      return
    }
    let policy = program.currencies.first { $0.id == currency }?.returns ?? .balance
    let there = policy == .pending ? "pending" : "there"
    let taken = amount == wanted ? "none" : "only \(text(wanted - amount))"
    letGo.append(
      "\(taken) of the \(text(wanted)) could be taken back, for no more was still \(there); the "
        + "rest, \(text(amount)), is let go (`returns: \(policy.rawValue)`)")
  }
}

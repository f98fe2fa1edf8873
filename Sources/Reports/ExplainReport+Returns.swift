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
      /// Minor units of money that came back without goods.
      public var amount: Int64
      /// What the line had sold, in millionths.
      public var bought: Int64
      /// It was more than was left.
      public var isExcess = false
    }
    /// Of a return its original, of a sale the return.
    public var transaction: String
    public var isOwn: Bool
    public var lines: [Line]
  }

  mutating func readReturns(
    _ key: OriginalKey, _ event: Event, _ store: borrowing Store
  ) throws {
    let seq = event.original == 0 ? key.seq : event.original
    let span = EventSpan(shard: key.shard, account: key.account, first: seq, last: seq)
    let of = OriginalKey(shard: key.shard, account: key.account, seq: seq)
    let records = try store.returned([span])[of] ?? []
    let wanted = records.filter { event.original == 0 || $0.seq == key.seq }
    guard !wanted.isEmpty, let original = try store.originals([of])[of] else { return }
    let products = original.event.lines.map(\.product) + event.lines.map(\.product)
    let texts = try store.texts(products)
    for record in wanted {
      if event.original != 0 { try readCoupons(record, key, store) }
      let other = event.original == 0 ? record.seq : record.original
      let identity = try store.identity(shard: key.shard, account: key.account, seq: other)
      let lines = record.lines.map { back -> Return.Line in
        let line = original.event.lines[Int(back.line)]
        return Return.Line(
          sku: texts[line.product] ?? "line \(back.line + 1)", quantity: back.quantity,
          amount: back.amount, bought: line.quantity.millionths)
      }
      let refused = event.original == 0 ? [] : record.excess
      let excess = refused.map { back -> Return.Line in
        let line = event.lines[Int(back.line)]
        return Return.Line(
          sku: texts[line.product] ?? "line \(line.number)", quantity: back.quantity,
          amount: back.amount, bought: 0, isExcess: true)
      }
      returns.append(
        Return(
          transaction: identity.map { "\($0.source)/\($0.id)" } ?? "an event",
          isOwn: event.original != 0, lines: lines + excess))
    }
  }

  private mutating func readCoupons(
    _ record: ReturnRecord, _ key: OriginalKey, _ store: borrowing Store
  ) throws {
    for (keys, what) in [(record.withdrawn, "is withdrawn"), (record.coupons, "can be used again")]
    {
      for coupon in keys {
        let rows = try store.db.query(
          """
          SELECT code FROM patron.coupons
          WHERE shard = $1 AND account_id = $2 AND seq = $3 AND n = $4
          """, [.int2(key.shard), .int8(key.account), .int8(coupon.seq), .int2(coupon.n)])
        if rows.count == 1 { couponNotes.append("the coupon \(rows.text(0, 0)) \(what)") }
      }
    }
  }

  /// What the event took back, reckoned again with what had come back before it.
  func reversal(
    _ key: OriginalKey, _ event: Event, _ rater: Rater, _ store: borrowing Store
  ) throws -> Reversal? {
    guard event.returned != 0 else { return nil }
    let of = OriginalKey(shard: key.shard, account: key.account, seq: event.original)
    guard var original = try store.originals([of])[of] else { return nil }
    original.returns.removeAll { $0.seq >= key.seq }
    var own = rater
    if original.version != version?.id {
      guard let found = try ProgramSet.version(original.version, store) else { return nil }
      own = found.rater
    }
    return own.reversal(of: original, by: event)
  }

  /// `returns: balance` and `returns: pending` let go what is not there any more.
  mutating func noteLetGo(_ currency: CurrencyID, _ amount: Int64) {
    let (key, decimals) = currencies[currency] ?? ("of currency \(currency)", 0)
    letGo.append(
      "\(PlainWords.amount(amount, key, decimals: decimals)) more were to be taken back; they are "
        + "not there any more, and are let go")
  }
}

import Loyalty
import Postgres

extension Store {
  private static let copyEvents = Statement(
    "copy events",
    """
    COPY patron.events (shard, account_id, seq, at, received_at, kind, utc_offset, name, source,
      store, channel, training, suspended, external_id, card, register, salesperson, products,
      categories, quantities, totals, numbers, units, prices, taxes, store_discounts,
      manufacturer_discounts, loyalty_discounts, costs, line_details, tender_kinds,
      tender_amounts, coupons, original_source, original_id, original_seq, original_account,
      attributes) FROM STDIN (FORMAT binary)
    """)

  /// Writes events, whose accounts are locked and numbered.
  public func insert(_ events: [NewEvent], receivedAt: Instant) throws {
    guard !events.isEmpty else { return }
    var column: [Int64] = []
    try db.copyIn(Self.copyEvents) { copy in
      for event in events {
        let transaction = event.transaction
        copy.row(fields: 38)
        copy.int2(event.shard)
        copy.int8(event.account)
        copy.int8(event.seq)
        copy.instant(transaction.at.microseconds)
        copy.instant(receivedAt.microseconds)
        copy.int2(event.kind.rawValue)
        copy.int4(transaction.offset)
        copy.int4(event.name.orNil)
        copy.int4(event.source.id)
        copy.int4(event.store.orNil)
        copy.int4(event.channel.orNil)
        copy.bool(transaction.isTraining)
        copy.bool(transaction.isSuspended)
        copy.text(transaction.id)
        copy.text(event.card)
        copy.text(transaction.register)
        copy.text(transaction.salesperson)
        copy.int4Array(event.products[...])
        copy.int4Array(event.categories[...])
        Self.writeLines(transaction.lines, event.units, &copy, &column)
        copy.jsonb(EventDetails.json(of: transaction.lines, and: event.productAttributes))
        Self.writeRest(event, &copy)
      }
    }
  }

  private static func writeLines(
    _ lines: [TransactionLine], _ units: [Int32]?, _ copy: inout CopyWriter,
    _ column: inout [Int64]
  ) {
    fill(&column, lines) { $0.quantity.millionths }
    copy.int8Array(column[...])
    fill(&column, lines) { $0.total.minor }
    copy.int8Array(column[...])
    copy.int4Array(lines.contains { $0.number != 0 } ? lines.map(\.number) : nil)
    copy.int4Array(units)
    some(lines, &column, &copy) { $0.price ?? 0 }
    some(lines, &column, &copy) { $0.tax.minor }
    some(lines, &column, &copy) { $0.discount(.store) }
    some(lines, &column, &copy) { $0.discount(.manufacturer) }
    some(lines, &column, &copy) { $0.discount(.loyalty) }
    some(lines, &column, &copy) { $0.cost?.minor ?? 0 }
  }

  @inline(__always)
  private static func fill(
    _ column: inout [Int64], _ lines: [TransactionLine], _ value: (TransactionLine) -> Int64
  ) {
    column.removeAll(keepingCapacity: true)
    for line in lines { column.append(value(line)) }
  }

  /// A column that is NULL where no line has anything in it.
  @inline(__always)
  private static func some(
    _ lines: [TransactionLine], _ column: inout [Int64], _ copy: inout CopyWriter,
    _ value: (TransactionLine) -> Int64
  ) {
    fill(&column, lines, value)
    if column.contains(where: { $0 != 0 }) { copy.int8Array(column[...]) } else { copy.null() }
  }

  private static func writeRest(_ event: NewEvent, _ copy: inout CopyWriter) {
    let transaction = event.transaction
    if event.tenderKinds.isEmpty {
      copy.null()
      copy.null()
    } else {
      copy.int4Array(event.tenderKinds[...])
      copy.int8Array(transaction.tenders.map(\.amount.minor))
    }
    copy.textArray(transaction.coupons.isEmpty ? nil : transaction.coupons)
    copy.int4(event.originalSource.orNil)
    copy.text(transaction.original?.id)
    let original = event.originalEvent?.seq ?? event.originalSeq
    copy.int8(original == 0 ? nil : original)
    copy.int8(event.originalAccount == 0 ? nil : event.originalAccount)
    copy.jsonb(
      transaction.attributes.isEmpty ? nil : EventDetails.json(transaction.attributes))
  }
}

extension Symbol {
  var orNil: Int32? { id == 0 ? nil : id }
}

extension TransactionLine {
  func discount(_ kind: Discount.Kind) -> Int64 {
    var sum: Int64 = 0
    for discount in discounts where discount.kind == kind { sum += discount.amount.minor }
    return sum
  }
}

/// The main facts of an event, with texts for numbers.
public struct EventSummary: Sendable, Equatable {
  public var at: Instant
  public var kind: EventKind
  public var card: String?
  public var store: String?
  public var skus: [String]
  public var quantities: [Int64]
  public var totals: [Int64]
}

extension Store {
  public func summary(_ shard: Int16, _ account: Int64, _ seq: Int64) throws -> EventSummary? {
    let rows = try db.query(
      """
      SELECT e.at, e.kind, e.card, s.text, e.quantities, e.totals,
        ARRAY(SELECT coalesce(p.text, '') FROM unnest(e.products) WITH ORDINALITY AS l (product, n)
              LEFT JOIN patron.symbols p ON p.symbol = l.product ORDER BY l.n)
      FROM patron.events e LEFT JOIN patron.symbols s ON s.symbol = e.store
      WHERE e.shard = $1 AND e.account_id = $2 AND e.seq = $3
      """, [.int2(shard), .int8(account), .int8(seq)])
    guard rows.count == 1 else { return nil }
    return EventSummary(
      at: Instant(microseconds: rows.instant(0, 0)),
      kind: EventKind(rawValue: rows.int2(0, 1)) ?? .other, card: rows.textOrNil(0, 2),
      store: rows.textOrNil(0, 3), skus: rows.textArray(0, 6), quantities: rows.int8Array(0, 4),
      totals: rows.int8Array(0, 5))
  }
}

import Loyalty
import Postgres

extension Store {
  private static let copyEvents = Statement(
    "copy events",
    """
    COPY patron.events (shard, account_id, seq, at, received_at, kind, utc_offset, name, source,
      store, channel, training, external_id, card, register, salesperson, products, categories,
      quantities, totals, numbers, units, prices, taxes, store_discounts, manufacturer_discounts,
      loyalty_discounts, costs, line_details, tender_kinds, tender_amounts, coupons,
      original_source, original_id, attributes) FROM STDIN (FORMAT binary)
    """)

  /// Writes events, whose accounts are locked and numbered.
  public func insert(_ events: [NewEvent], receivedAt: Instant) throws {
    guard !events.isEmpty else { return }
    var column: [Int64] = []
    try db.copyIn(Self.copyEvents) { copy in
      for event in events {
        let transaction = event.transaction
        copy.row(fields: 35)
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
        copy.text(transaction.id)
        copy.text(event.card)
        copy.text(transaction.register)
        copy.text(transaction.salesperson)
        copy.int4Array(event.products[...])
        copy.int4Array(event.categories[...])
        Self.writeLines(transaction.lines, event.units, &copy, &column)
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
    copy.jsonb(EventDetails.json(of: lines))
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

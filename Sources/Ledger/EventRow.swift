import JSON
import Loyalty
import Postgres

/// How an event lies in its row.
enum EventRow {
  /// Columns as `Store.events` selects them, from `seq` in column 1.
  static func event(_ rows: borrowing Rows, _ row: Int) throws -> Event {
    var event = Event(
      seq: rows.int8(row, 1), kind: EventKind(rawValue: rows.int2(row, 2)) ?? .other,
      at: Instant(microseconds: rows.instant(row, 3)), offset: rows.int4(row, 4))
    event.name = Symbol(id: rows.int4OrNil(row, 5) ?? 0)
    event.store = Symbol(id: rows.int4OrNil(row, 6) ?? 0)
    event.region = Symbol(id: rows.int4OrNil(row, 7) ?? 0)
    event.channel = Symbol(id: rows.int4OrNil(row, 8) ?? 0)
    event.isTraining = rows.bool(row, 9)
    event.isSuspended = rows.bool(row, 28)
    event.lines = lines(rows, row)
    event.original = rows.int8OrNil(row, 26) ?? 0
    event.originalAccount = rows.int8OrNil(row, 27) ?? 0
    if let kinds = rows.int4ArrayOrNil(row, 19) {
      let amounts = rows.int8Array(row, 20)
      event.tenders = kinds.indices.map {
        EventTender(kind: Symbol(id: kinds[$0]), amount: Money(minor: amounts[$0]))
      }
    }
    event.costs = rows.int8ArrayOrNil(row, 24) ?? []
    event.coupons = rows.textArrayOrNil(row, 21) ?? []
    if let details = rows.jsonbOrNil(row, 22) {
      event.lineAttributes = try EventDetails.lineAttributes(details)
    }
    if let attributes = rows.jsonbOrNil(row, 23) {
      let all = event.kind.isOfTheDesk ? [] : try EventDetails.attributes(attributes)
      event.attributes = all
      event.isForReferrer = all.contains { $0.name == Event.referrerMark }
      if event.kind == .review, let tier = all.first(where: { $0.name == "tier" }),
        case .number(let number) = tier.value
      {
        event.reviewedTier = TierID(number.units)
      }
      if event.kind.isOfTheDesk { event.movement = MovementJSON.movement(attributes) }
      if event.kind == .correction { event.corrections = all.compactMap(correction) }
    }
    return event
  }

  /// An attribute of a correction event: `rule 12 currency 1` and the amount.
  private static func correction(_ attribute: Attribute) -> Correction? {
    let words = attribute.name.split(separator: " ")
    guard words.count == 4, words[0] == "rule", words[2] == "currency",
      let rule = RuleID(words[1]), let currency = CurrencyID(words[3]),
      case .number(let number) = attribute.value
    else { return nil }
    return Correction(rule: rule, currency: currency, amount: number.units)
  }

  private static func lines(_ rows: borrowing Rows, _ row: Int) -> [Line] {
    let categories = rows.int4Array(row, 11)
    guard !categories.isEmpty else { return [] }
    let products = rows.int4ArrayOrNil(row, 10)
    let quantities = rows.int8ArrayOrNil(row, 12)
    let totals = rows.int8Array(row, 13)
    var lines: [Line] = []
    lines.reserveCapacity(categories.count)
    for n in categories.indices {
      lines.append(
        Line(
          product: products.map { Symbol(id: $0[n]) } ?? .none, category: Symbol(id: categories[n]),
          quantity: quantities.map { Quantity(millionths: $0[n]) } ?? Quantity(1),
          total: Money(minor: totals[n])))
    }
    if let units = rows.int4ArrayOrNil(row, 14) {
      for n in lines.indices { lines[n].unit = Symbol(id: units[n]) }
    }
    if let taxes = rows.int8ArrayOrNil(row, 15) {
      for n in lines.indices { lines[n].tax = Money(minor: taxes[n]) }
    }
    if let discounts = rows.int8ArrayOrNil(row, 16) {
      for n in lines.indices { lines[n].storeDiscount = Money(minor: discounts[n]) }
    }
    if let discounts = rows.int8ArrayOrNil(row, 17) {
      for n in lines.indices { lines[n].manufacturerDiscount = Money(minor: discounts[n]) }
    }
    if let discounts = rows.int8ArrayOrNil(row, 18) {
      for n in lines.indices { lines[n].loyaltyDiscount = Money(minor: discounts[n]) }
    }
    if let numbers = rows.int4ArrayOrNil(row, 25) {
      for n in lines.indices { lines[n].number = numbers[n] }
    }
    return lines
  }
}

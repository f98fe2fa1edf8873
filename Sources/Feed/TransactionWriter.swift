import JSON
import Loyalty

/// Writes a transaction in the feed's own words: what is parked is read by people, and read again.
public enum TransactionWriter {
  public static func bytes(of transaction: Transaction, _ money: MoneyUnit) -> [UInt8] {
    var json = JSONWriter()
    write(transaction, money, to: &json)
    return json.bytes
  }

  public static func write(
    _ transaction: Transaction, _ money: MoneyUnit, to json: inout JSONWriter
  ) {
    json.object { json in
      json.member("source", transaction.source)
      json.member("id", transaction.id)
      json.member("kind", transaction.kind.text)
      // An offset is written in whole minutes; only some of before 1920 have seconds.
      json.member("at", transaction.at.text(offset: transaction.offset / 60 * 60))
      json.member("store", transaction.store)
      json.member("register", transaction.register)
      json.member("channel", transaction.channel)
      json.member("salesperson", transaction.salesperson)
      json.member("currency", transaction.currency)
      write(cards: transaction.cards, to: &json)
      if let original = transaction.original {
        json.memberObject("original") {
          $0.member("source", original.source)
          $0.member("id", original.id)
        }
      }
      if !transaction.lines.isEmpty || transaction.kind == .sale || transaction.kind == .exchange {
        json.memberArray("lines") { json in
          for line in transaction.lines { write(line, money, to: &json) }
        }
      }
      write(tenders: transaction.tenders, money, to: &json)
      if !transaction.coupons.isEmpty {
        json.memberArray("coupons") { json in
          for coupon in transaction.coupons { json.value(coupon) }
        }
      }
      if transaction.isTraining { json.member("training", true) }
      if transaction.isSuspended { json.member("status", "suspended") }
      write(transaction.attributes, to: &json)
    }
  }
}

extension TransactionWriter {
  private static func write(cards: [String], to json: inout JSONWriter) {
    if cards.count == 1 {
      json.member("card", cards[0])
    } else if !cards.isEmpty {
      json.memberArray("cards") { json in for card in cards { json.value(card) } }
    }
  }

  private static func write(
    tenders: [Transaction.Tender], _ money: MoneyUnit, to json: inout JSONWriter
  ) {
    guard !tenders.isEmpty else { return }
    json.memberArray("tenders") { json in
      for tender in tenders {
        json.object {
          $0.member("kind", tender.kind)
          $0.member("amount", money.text(tender.amount))
        }
      }
    }
  }

  private static func write(
    _ line: TransactionLine, _ money: MoneyUnit, to json: inout JSONWriter
  ) {
    json.object { json in
      if line.number > 0 { json.member("line", line.number) }
      if !line.sku.isEmpty { json.member("sku", line.sku) }
      json.member("category", line.category)
      if line.quantity != Quantity(1) { json.member("quantity", line.quantity.description) }
      json.member("unit", line.unit)
      if let price = line.price {
        json.member("price", ExactDecimal(units: price, places: 6).reduced.description)
      }
      json.member("total", money.text(line.total))
      write(discounts: line.discounts, money, to: &json)
      if line.tax != .zero { json.member("tax", money.text(line.tax)) }
      json.member("cost", line.cost.map(money.text))
      write(line.attributes, to: &json)
    }
  }

  private static func write(
    discounts: [TransactionLine.Discount], _ money: MoneyUnit, to json: inout JSONWriter
  ) {
    guard !discounts.isEmpty else { return }
    json.memberArray("discounts") { json in
      for discount in discounts {
        json.object {
          $0.member("kind", discount.kind.rawValue)
          $0.member("amount", money.text(discount.amount))
          $0.member("funder", discount.funder)
        }
      }
    }
  }

  private static func write(_ attributes: [Attribute], to json: inout JSONWriter) {
    guard !attributes.isEmpty else { return }
    json.memberObject("attributes") { json in
      for attribute in attributes {
        json.name(attribute.name)
        switch attribute.value {
        case .text(let text): json.value(text)
        case .number(let number): json.number(number.description)
        case .boolean(let boolean): json.value(boolean)
        }
      }
    }
  }
}

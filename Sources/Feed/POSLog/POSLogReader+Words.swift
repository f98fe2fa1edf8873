import JSON
import Loyalty

/// A POSLog transaction in the words of the feed.
extension POSLogReader {
  func json(
    _ transaction: XMLPart, _ key: POSLogKey, _ kind: String, _ basket: POSLogBasket?,
    original: String?
  ) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("id", key.id)
      json.member("kind", kind)
      json.member("at", time(transaction))
      json.member("store", key.store)
      json.member("register", key.register)
      json.member("salesperson", transaction.text("OperatorID"))
      json.member("currency", transaction.text("CurrencyCode"))
      write(cards: cards(transaction), &json)
      if let original { json.memberObject("original") { $0.member("id", original) } }
      if let basket { write(basket, &json) }
      write(coupons: kind == "void" ? [] : coupons(transaction), &json)
      if transaction.says("TrainingModeFlag") { json.member("training", true) }
      if let day = key.day {
        json.memberObject("attributes") { $0.member("business-day", day) }
      }
    }
    return json.bytes
  }

  /// When it was over. The business day may be another one.
  private func time(_ transaction: XMLPart) -> String? {
    transaction.text("EndDateTime") ?? transaction.text("POSLogDateTime")
      ?? transaction.text("RetailTransaction", "ReceiptDateTime")
      ?? transaction.text("BeginDateTime")
  }

  /// What the customer showed, from the surest to the last resort.
  private func cards(_ transaction: XMLPart) -> [String] {
    for (holders, names) in Self.cardPlaces {
      let parts = transaction.all(holders)
      var cards: [String] = []
      for part in parts {
        let card = names.lazy.compactMap { part.text($0) }.first
        if let card, !cards.contains(card) { cards.append(card) }
      }
      if !cards.isEmpty { return Array(cards.prefix(FeedLimit.cards)) }
    }
    return []
  }

  private static let cardPlaces: [(Set<String>, [String])] = [
    (["LoyaltyMembership"], ["LoyaltyID", "MembershipID"]),
    (["LoyaltyAccount"], ["LoyaltyID", "LoyaltyAccountID", "CustomerID", "AccountID"]),
    (["Customer"], ["LoyaltyID", "CustomerID"]),
  ]

  private func write(cards: [String], _ json: inout JSONWriter) {
    guard !cards.isEmpty else { return }
    json.memberArray("cards") { json in for card in cards { json.value(card) } }
  }

  /// Manufacturers' coupons are discounts of lines.
  private func coupons(_ transaction: XMLPart) -> [String] {
    var codes: [String] = []
    for coupon in transaction.all(["Coupon"]) {
      let kind = (coupon["TypeCode"] ?? coupon["CouponType"] ?? "").lowercased()
      let code =
        coupon.text("ScanCode") ?? coupon.text("CouponID") ?? coupon.text("PrimaryLabel")
      if let code, !kind.contains("manufacturer"), !codes.contains(code) { codes.append(code) }
    }
    return codes
  }

  private func write(coupons: [String], _ json: inout JSONWriter) {
    guard !coupons.isEmpty else { return }
    json.memberArray("coupons") { json in for code in coupons { json.value(code) } }
  }

  private func write(_ basket: POSLogBasket, _ json: inout JSONWriter) {
    let numbers = basket.lines.map(\.number).filter { $0 > 0 }
    let hasNumbers = Set(numbers).count == basket.lines.count
    json.memberArray("lines") { json in
      for line in basket.lines {
        let sign: Int64 = basket.isExchange && line.isReturn ? -1 : 1
        let number = line.isReturn ? line.originalLine : hasNumbers ? line.number : nil
        write(line, sign, basket.isExchange && line.isReturn ? nil : number, basket.money, &json)
      }
    }
    guard !basket.tenders.isEmpty else { return }
    json.memberArray("tenders") { json in
      for tender in basket.tenders {
        json.object { json in
          json.member("kind", tender.kind)
          json.member("amount", basket.money.text(tender.amount))
        }
      }
    }
  }

  private func write(
    _ line: POSLogLine, _ sign: Int64, _ number: Int32?, _ money: MoneyUnit,
    _ json: inout JSONWriter
  ) {
    func text(_ amount: Money) -> String { money.text(Money(minor: sign * amount.minor)) }
    json.object { json in
      if let number { json.member("line", number) }
      json.member("sku", line.sku.isEmpty ? nil : line.sku)
      json.member("category", line.category)
      json.member("quantity", Quantity(millionths: sign * line.quantity.millionths).description)
      json.member("unit", line.unit)
      json.member("price", line.price)
      json.member("total", text(line.amount))
      let discounts = [
        ("store", line.store), ("manufacturer", line.manufacturer), ("loyalty", line.loyalty),
      ].filter { $0.1 != .zero }
      if !discounts.isEmpty {
        json.memberArray("discounts") { json in
          for (kind, amount) in discounts {
            json.object { json in
              json.member("kind", kind)
              json.member("amount", text(amount))
            }
          }
        }
      }
      if line.tax != .zero { json.member("tax", text(line.tax)) }
    }
  }
}

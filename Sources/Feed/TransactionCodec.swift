import Loyalty

/// A transaction as compact bytes, for the way through a temporary file: exactly as it was read, in
/// its own order.
public enum TransactionCodec {
  public static func encode(_ transaction: Transaction) -> [UInt8] {
    var bytes: [UInt8] = []
    encode(transaction, into: &bytes)
    return bytes
  }

  public static func encode(_ transaction: Transaction, into bytes: inout [UInt8]) {
    bytes.append(text: transaction.source)
    bytes.append(text: transaction.id)
    bytes.append(text: transaction.kind.text)
    bytes.append(signed: transaction.at.microseconds)
    bytes.append(signed: Int64(transaction.offset))
    bytes.append((transaction.isLocal ? 1 : 0) | (transaction.isTraining ? 2 : 0))
    bytes.append(optional: transaction.store)
    bytes.append(optional: transaction.register)
    bytes.append(optional: transaction.channel)
    bytes.append(optional: transaction.salesperson)
    bytes.append(optional: transaction.currency)
    bytes.append(optional: transaction.original?.source)
    bytes.append(optional: transaction.original?.id)
    bytes.append(count: transaction.cards.count)
    for card in transaction.cards { bytes.append(text: card) }
    bytes.append(count: transaction.coupons.count)
    for coupon in transaction.coupons { bytes.append(text: coupon) }
    bytes.append(count: transaction.lines.count)
    for line in transaction.lines { encode(line, into: &bytes) }
    bytes.append(count: transaction.tenders.count)
    for tender in transaction.tenders {
      bytes.append(text: tender.kind)
      bytes.append(signed: tender.amount.minor)
    }
    encode(transaction.attributes, into: &bytes)
  }

  private static func encode(_ line: TransactionLine, into bytes: inout [UInt8]) {
    bytes.append(signed: Int64(line.number))
    bytes.append(text: line.sku)
    bytes.append(optional: line.category)
    bytes.append(signed: line.quantity.millionths)
    bytes.append(optional: line.unit)
    bytes.append(optional: line.price)
    bytes.append(signed: line.total.minor)
    bytes.append(signed: line.tax.minor)
    bytes.append(optional: line.cost?.minor)
    bytes.append(count: line.discounts.count)
    for discount in line.discounts {
      bytes.append(text: discount.kind.rawValue)
      bytes.append(signed: discount.amount.minor)
      bytes.append(optional: discount.funder)
    }
    encode(line.attributes, into: &bytes)
  }

  private static func encode(_ attributes: [Attribute], into bytes: inout [UInt8]) {
    bytes.append(count: attributes.count)
    for attribute in attributes {
      bytes.append(text: attribute.name)
      switch attribute.value {
      case .text(let text):
        bytes.append(0)
        bytes.append(text: text)
      case .number(let number):
        bytes.append(1)
        bytes.append(signed: number.units)
        bytes.append(count: number.places)
      case .boolean(let boolean): bytes.append(boolean ? 3 : 2)
      }
    }
  }
}

extension TransactionCodec {
  /// Reads what `encode` wrote; anything else is our own mistake and traps.
  public static func decode(_ bytes: [UInt8]) -> Transaction {
    var reader = ByteReader(bytes: bytes, index: 0)
    return decode(&reader)
  }

  static func decode(_ reader: inout ByteReader) -> Transaction {
    var transaction = Transaction(
      source: reader.text(), id: reader.text(), kind: Transaction.Kind(text: reader.text()),
      at: Instant(microseconds: reader.signed()), offset: Int32(reader.signed()))
    let flags = reader.byte()
    transaction.isLocal = flags & 1 != 0
    transaction.isTraining = flags & 2 != 0
    transaction.store = reader.optionalText()
    transaction.register = reader.optionalText()
    transaction.channel = reader.optionalText()
    transaction.salesperson = reader.optionalText()
    transaction.currency = reader.optionalText()
    let original = (reader.optionalText(), reader.optionalText())
    if case (let source?, let id?) = original {
      transaction.original = Transaction.Original(source: source, id: id)
    }
    transaction.cards = reader.list { $0.text() }
    transaction.coupons = reader.list { $0.text() }
    transaction.lines = reader.list(line)
    transaction.tenders = reader.list {
      Transaction.Tender(kind: $0.text(), amount: Money(minor: $0.signed()))
    }
    transaction.attributes = reader.list(attribute)
    return transaction
  }

  private static func line(_ reader: inout ByteReader) -> TransactionLine {
    let number = Int32(reader.signed())
    var line = TransactionLine(sku: reader.text(), total: .zero)
    line.number = number
    line.category = reader.optionalText()
    line.quantity = Quantity(millionths: reader.signed())
    line.unit = reader.optionalText()
    line.price = reader.optionalSigned()
    line.total = Money(minor: reader.signed())
    line.tax = Money(minor: reader.signed())
    line.cost = reader.optionalSigned().map { Money(minor: $0) }
    line.discounts = reader.list(discount)
    line.attributes = reader.list(attribute)
    return line
  }

  private static func discount(_ reader: inout ByteReader) -> TransactionLine.Discount {
    guard let kind = TransactionLine.Discount.Kind(rawValue: reader.text()) else {
      preconditionFailure("a discount was encoded with a kind that there is not")
    }
    return TransactionLine.Discount(
      kind: kind, amount: Money(minor: reader.signed()), funder: reader.optionalText())
  }

  private static func attribute(_ reader: inout ByteReader) -> Attribute {
    let name = reader.text()
    switch reader.byte() {
    case 0: return Attribute(name: name, value: .text(reader.text()))
    case 1:
      let units = reader.signed()
      return Attribute(
        name: name, value: .number(ExactDecimal(units: units, places: reader.count())))
    case let flag: return Attribute(name: name, value: .boolean(flag == 3))
    }
  }
}

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
    var form = CanonicalForm()
    form.writeInOrder(transaction)
    append(transaction, form, to: &bytes)
  }

  /// Appends what `form` has just written of the transaction: in its own order, if that is the
  /// canonical one. Most transactions are written once so, for their digest and for the spool.
  static func encode(
    _ transaction: Transaction, written form: inout CanonicalForm, into bytes: inout [UInt8]
  ) {
    if !form.isVerbatim { form.writeInOrder(transaction) }
    append(transaction, form, to: &bytes)
  }

  private static func append(
    _ transaction: Transaction, _ form: CanonicalForm, to bytes: inout [UInt8]
  ) {
    bytes.append(signed: Int64(transaction.offset))
    bytes.append(contentsOf: form.bytes.dropFirst())  // without the form's version
  }
}

extension TransactionCodec {
  /// Reads what `encode` wrote; anything else is our own mistake and traps.
  public static func decode(_ bytes: [UInt8]) -> Transaction {
    var reader = ByteReader(bytes: bytes, index: 0)
    return decode(&reader)
  }

  static func decode(_ reader: inout ByteReader) -> Transaction {
    let offset = Int32(reader.signed())
    var transaction = Transaction(
      source: reader.text(), id: reader.text(), kind: Transaction.Kind(text: reader.text()),
      at: Instant(microseconds: reader.signed()), offset: offset)
    let flags = reader.byte()
    transaction.isLocal = flags & 1 != 0
    transaction.isTraining = flags & 2 != 0
    transaction.isSuspended = flags & 4 != 0
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

import Digests
import Loyalty

/// What makes two transactions the same: their content in one form, whatever the order of keys, the
/// spelling of
/// decimals or of the offset. The order of lines counts only where they are numbered; tenders,
/// discounts and
/// attributes have none. Cards and coupons keep theirs, for the first card is the one that earns
/// and coupons apply
/// in the order shown.
///
/// A form is made once and used for transaction after transaction: it keeps its buffer.
public struct CanonicalForm: Sendable {
  /// Length of a digest in bytes.
  public static let digestLength = 16
  /// The first byte: another way to write would be another number.
  static let version: UInt8 = 1

  private(set) var bytes: [UInt8] = []
  /// The form is also the transaction in its own order, as `TransactionCodec` reads it: nothing had
  /// to be sorted or reduced.
  private(set) var isVerbatim = true
  /// Nothing is to be sorted or reduced.
  private var keepsOrder = false
  private var scratch: [UInt8] = []

  public init() {}

  public static func bytes(of transaction: Transaction) -> [UInt8] {
    var form = CanonicalForm()
    form.write(transaction)
    return form.bytes
  }

  /// The first 16 bytes of the form's SHA-256.
  public mutating func digest(of transaction: Transaction) -> [UInt8] {
    write(transaction)
    return Array(SHA256.digest(bytes[...]).prefix(CanonicalForm.digestLength))
  }

  /// The same fields in the transaction's own order.
  mutating func writeInOrder(_ transaction: Transaction) {
    keepsOrder = true
    write(transaction)
    keepsOrder = false
  }

  private mutating func write(_ transaction: Transaction) {
    isVerbatim = true
    bytes.removeAll(keepingCapacity: true)
    bytes.append(CanonicalForm.version)
    bytes.append(text: transaction.source)
    bytes.append(text: transaction.id)
    bytes.append(text: transaction.kind.text)
    bytes.append(signed: transaction.at.microseconds)
    bytes.append(
      (transaction.isLocal ? 1 : 0) | (transaction.isTraining ? 2 : 0)
        | (transaction.isSuspended ? 4 : 0))
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
    write(lines: transaction.lines)
    write(tenders: transaction.tenders)
    write(attributes: transaction.attributes)
  }
}

extension CanonicalForm {
  private mutating func write(lines: [TransactionLine]) {
    multiset(lines, rank: \.number) { form, line in
      form.bytes.append(signed: Int64(line.number))
      form.bytes.append(text: line.sku)
      form.bytes.append(optional: line.category)
      form.bytes.append(signed: line.quantity.millionths)
      form.bytes.append(optional: line.unit)
      form.bytes.append(optional: line.price)
      form.bytes.append(signed: line.total.minor)
      form.bytes.append(signed: line.tax.minor)
      form.bytes.append(optional: line.cost?.minor)
      form.write(discounts: line.discounts)
      form.write(attributes: line.attributes)
    }
  }

  private mutating func write(discounts: [TransactionLine.Discount]) {
    multiset(discounts) { form, discount in
      form.bytes.append(text: discount.kind.rawValue)
      form.bytes.append(signed: discount.amount.minor)
      form.bytes.append(optional: discount.funder)
    }
  }

  private mutating func write(tenders: [Transaction.Tender]) {
    multiset(tenders) { form, tender in
      form.bytes.append(text: tender.kind)
      form.bytes.append(signed: tender.amount.minor)
    }
  }

  private mutating func write(attributes: [Attribute]) {
    multiset(attributes) { form, attribute in
      form.bytes.append(text: attribute.name)
      switch attribute.value {
      case .text(let text):
        form.bytes.append(0)
        form.bytes.append(text: text)
      case .number(let number):
        let value = form.keepsOrder ? number : number.reduced
        if value != number { form.isVerbatim = false }
        form.bytes.append(1)
        form.bytes.append(signed: value.units)
        form.bytes.append(count: value.places)
      case .boolean(let boolean): form.bytes.append(boolean ? 3 : 2)
      }
    }
  }

  /// Writes the elements in the order of their rank, then of their bytes.
  private mutating func multiset<Element>(
    _ elements: [Element], rank: (Element) -> Int32 = { _ in 0 },
    _ write: (inout CanonicalForm, Element) -> Void
  ) {
    bytes.append(count: elements.count)
    guard elements.count > 1, !keepsOrder else {
      for element in elements { write(&self, element) }
      return
    }
    let start = bytes.count
    var parts: [Part] = []
    parts.reserveCapacity(elements.count)
    for element in elements {
      let first = bytes.count
      write(&self, element)
      parts.append(Part(rank: rank(element), first: first, end: bytes.count))
    }
    sort(&parts, from: start)
  }

  private struct Part {
    var rank: Int32
    var first: Int
    var end: Int
  }

  private mutating func sort(_ parts: inout [Part], from start: Int) {
    let inOrder = parts.indices.dropFirst().allSatisfy { !precedes(parts[$0], parts[$0 - 1]) }
    guard !inOrder else { return }
    isVerbatim = false
    parts.sort { precedes($0, $1) }
    scratch.removeAll(keepingCapacity: true)
    for part in parts { scratch.append(contentsOf: bytes[part.first..<part.end]) }
    bytes.replaceSubrange(start..., with: scratch)
  }

  private func precedes(_ a: Part, _ b: Part) -> Bool {
    if a.rank != b.rank { return a.rank < b.rank }
    return bytes[a.first..<a.end].lexicographicallyPrecedes(bytes[b.first..<b.end])
  }
}

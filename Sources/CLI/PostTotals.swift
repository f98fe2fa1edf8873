import Feed
import Loyalty

/// What the transactions of a file come to, so that somebody can lay it beside the till's own
/// figures.
struct PostTotals {
  struct Kind {
    var count = 0
    var lines: Int64 = 0
    var tax: Int64 = 0
    var tenders: Int64 = 0
    var discounts: [TransactionLine.Discount.Kind: Int64] = [:]
  }
  private(set) var kinds: [Transaction.Kind: Kind] = [:]

  mutating func add(_ transaction: Transaction) {
    var kind = kinds[transaction.kind] ?? Kind()
    kind.count += 1
    for line in transaction.lines {
      kind.lines &+= line.total.minor
      kind.tax &+= line.tax.minor
      for discount in line.discounts {
        kind.discounts[discount.kind, default: 0] &+= discount.amount.minor
      }
    }
    for tender in transaction.tenders { kind.tenders &+= tender.amount.minor }
    kinds[transaction.kind] = kind
  }

  /// A line for each kind: `sale  42  lines 2,560.83 + tax 82.89 = 2,643.72; tenders 2,643.72`.
  func text(_ money: MoneyUnit) -> [String] {
    func amount(_ minor: Int64) -> String { Asking.points(minor, money.decimals) }
    return kinds.sorted { $0.key.text < $1.key.text }.map { key, kind in
      var text = "  \(Terminal.padded(key.text, 9)) \(Terminal.grouped(kind.count))"
      guard kind.lines != 0 || kind.tax != 0 || kind.tenders != 0 else { return text }
      text += "  lines \(amount(kind.lines)) + tax \(amount(kind.tax)) = "
      text += "\(amount(kind.lines &+ kind.tax)) \(money.code); tenders \(amount(kind.tenders))"
      let off = TransactionLine.Discount.Kind.allCases.compactMap { name in
        kind.discounts[name].map { "\(name.rawValue) \(amount($0))" }
      }
      return text + (off.isEmpty ? "" : "; taken off before: " + off.joined(separator: ", "))
    }
  }
}

import Loyalty

/// A line of a POSLog transaction on its way to the feed's words; amounts are magnitudes where it
/// comes back.
struct POSLogLine {
  var number: Int32 = 0
  var sku = ""
  var category: String?
  var quantity = Quantity(1)
  var unit: String?
  var price: String?
  /// What the line came to by its own element.
  var amount = Money.zero
  /// A discount of which the line's own amount may know or not: the receipt's total tells.
  var namedDiscount = Money.zero
  /// Discounts that its own amount has taken off already.
  var store = Money.zero
  var manufacturer = Money.zero
  var loyalty = Money.zero
  /// Promotions of these.
  var promotions: Set<String> = []
  /// Taken off for the whole receipt: rewards of the program, and the store's own discounts.
  var rewards = Money.zero
  var share = Money.zero
  var tax = Money.zero
  var isReturn = false
  var isVoid = false
  /// Written below zero.
  var isOpposite = false
  /// What rewards call it by.
  var operatorSequence: String?
  /// The taxes that it is marked for: `Tax1`.
  var taxes: Set<String> = []
  /// The line of the sale from which it comes back.
  var originalLine: Int32?
}

/// Spreads an amount over lines in proportion, so that the cents add up.
enum POSLogShares {
  /// By the running total, each rounded down; over all lines alike where they come to nothing.
  static func spread(_ total: Money, over weights: [Int64]) -> [Money] {
    let weights = weights.map { max(0, $0) }
    let sum = weights.reduce(Int128(0)) { $0 + Int128($1) }
    guard sum > 0 else {
      return weights.indices.map { $0 == 0 ? total : .zero }
    }
    var before: Int128 = 0
    var running: Int128 = 0
    return weights.map { weight in
      running += Int128(weight)
      let upTo = Int128(total.minor) * running / sum
      defer { before = upTo }
      return Money(minor: Int64(upTo - before))
    }
  }
}

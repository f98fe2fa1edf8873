import Loyalty

/// Exact amounts of money by line, as fractions with one denominator, and how they become cents
/// that add up.
struct LineShares: Sendable {
  var numerators: [Int128]
  var denominator: Int128

  init(_ numerators: [Int128], over denominator: Int128) {
    self.numerators = numerators
    self.denominator = max(denominator, 1)
  }

  /// Fractions with denominators of their own, each above zero. What no common one can hold is cut
  /// to cents line by line.
  init(_ numerators: [Int128], each denominators: [Int128]) {
    let divisors = zip(numerators, denominators).map { LineShares.divisor($0, $1) }
    var common: Int128 = 1
    for (place, denominator) in denominators.enumerated() where common <= LineShares.mostCommon {
      let reduced = denominator / divisors[place]
      common = common / LineShares.divisor(common, reduced) * reduced
    }
    let widest = zip(numerators, divisors).reduce(Int128(0)) { max($0, $1.0 / $1.1) }
    guard common <= LineShares.mostCommon, widest <= Int128.max / (2 * LineShares.mostCommon) else {
      self.init(zip(numerators, denominators).map { $0 / $1 }, over: 1)
      return
    }
    self.init(
      numerators.indices.map { place in
        let (divisor, denominator) = (divisors[place], denominators[place])
        return numerators[place] / divisor * (common / (denominator / divisor))
      }, over: common)
  }

  /// Numerators stay far inside an Int128.
  private static let mostCommon: Int128 = 1_000_000_000_000

  private static func divisor(_ a: Int128, _ b: Int128) -> Int128 {
    var (a, b) = (a.magnitude, b.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    return Int128(max(a, 1))
  }

  /// Whole cents whose sum is the exact sum, rounded once.
  func cents(_ rounding: Rounding) -> [Int64] {
    cents(adding: Int64(rounding.divide(numerators.reduce(0, +), by: denominator)))
  }

  /// Whole cents that add up to `total`: the cents that are left over go where the largest parts of
  /// a cent were cut off; of equal ones the last line comes first.
  func cents(adding total: Int64) -> [Int64] {
    var cents = numerators.map { Int64($0 / denominator) }
    let left = total - cents.reduce(0, +)
    guard left > 0 else { return cents }
    let order = numerators.indices.sorted { a, b in
      let (first, second) = (numerators[a] % denominator, numerators[b] % denominator)
      return first != second ? first > second : a > b
    }
    for place in order.prefix(Int(left)) { cents[place] += 1 }
    return cents
  }

  /// The same amounts in cents, cut to `total` in their proportion.
  static func cut(_ cents: [Int64], to total: Int64) -> [Int64] {
    let sum = cents.reduce(0, +)
    guard sum > total else { return cents }
    return LineShares(cents.map { Int128($0) * Int128(total) }, over: Int128(sum))
      .cents(adding: total)
  }
}

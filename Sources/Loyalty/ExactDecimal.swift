/// A decimal number as it was written: `units` / 10^`places`. Nothing is ever rounded on the way
/// in.
///
/// Up to 18 significant digits; what does not fit is refused by the reader, never cut.
public struct ExactDecimal: Sendable, Hashable {
  public var units: Int64
  /// How many of the digits stand behind the point, 0 to 18.
  public var places: Int

  public init(units: Int64, places: Int = 0) {
    self.units = units
    self.places = places
  }

  /// Powers of ten that fit an Int64: `powers[n]` is 10^n.
  public static let powers: [Int64] = {
    var powers: [Int64] = [1]
    for _ in 0..<18 { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()

  /// Reads `-12.50`, `+3`, `.5`, `7.`; nil for anything else, an exponent included.
  public init?(_ text: some StringProtocol) {
    self.init(utf8: text.utf8)
  }

  /// The same from UTF-8 bytes, without making a string.
  public init?(utf8: some Sequence<UInt8>) {
    let bytes = Array(utf8)
    self.init(utf8: bytes, in: 0..<bytes.count)
  }

  /// The same from a part of the bytes.
  public init?(utf8 bytes: [UInt8], in range: Range<Int>) {
    var units: Int64 = 0
    var places = -1
    var digits = 0
    var negative = false
    for index in range {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let (tens, high) = units.multipliedReportingOverflow(by: 10)
        let (sum, low) = tens.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
        guard !high, !low else { return nil }
        units = sum
        digits += 1
        if places >= 0 { places += 1 }
        guard places <= 18 else { return nil }
      case UInt8(ascii: ".") where places < 0: places = 0
      case UInt8(ascii: "-") where index == range.lowerBound: negative = true
      case UInt8(ascii: "+") where index == range.lowerBound: break
      default: return nil
      }
    }
    guard digits > 0 else { return nil }
    self.units = negative ? -units : units
    self.places = max(places, 0)
  }

  /// The whole number of units with `count` places, where that loses nothing; nil otherwise, also
  /// on overflow.
  public func exactly(places count: Int) -> Int64? {
    if count >= places {
      guard count - places <= 18 else { return units == 0 ? 0 : nil }
      let (value, overflow) = units.multipliedReportingOverflow(by: Self.powers[count - places])
      return overflow ? nil : value
    }
    let power = Self.powers[places - count]
    return units % power == 0 ? units / power : nil
  }

  /// The number with `count` places, rounded; nil on overflow.
  public func rounded(places count: Int, _ rounding: Rounding) -> Int64? {
    if count >= places { return exactly(places: count) }
    return Int64(exactly: rounding.divide(Int128(units), by: Int128(Self.powers[places - count])))
  }

  /// The same value without zeros at its end: 1.50 and 1.5 are one value.
  public var reduced: ExactDecimal {
    var value = self
    while value.places > 0, value.units % 10 == 0 {
      value.units /= 10
      value.places -= 1
    }
    return value
  }

  public static func < (a: ExactDecimal, b: ExactDecimal) -> Bool {
    let places = max(a.places, b.places)
    return Int128(a.units) * Int128(powers[places - a.places])
      < Int128(b.units) * Int128(powers[places - b.places])
  }
}

extension ExactDecimal: CustomStringConvertible, Comparable {
  /// As it would be written: `-12.50`.
  public var description: String { ExactDecimal.text(units, places: places) }

  /// `units` / 10^`places` in plain digits.
  public static func text(_ units: Int64, places: Int) -> String {
    guard places > 0 else { return String(units) }
    var digits = String(units.magnitude)
    if digits.utf8.count <= places {
      digits = String(repeating: "0", count: places + 1 - digits.utf8.count) + digits
    }
    let point = digits.index(digits.endIndex, offsetBy: -places)
    return (units < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
  }
}

/// How a division ends where it leaves a remainder. Each rule's part is rounded once.
public enum Rounding: UInt8, Sendable, Hashable, CaseIterable {
  /// Towards zero: 18.9 is 18, and -18.9 is -18.
  case down
  /// To the nearest, halves away from zero.
  case halfUp
  /// Away from zero.
  case up

  @inlinable @inline(__always)
  public func divide<Number: FixedWidthInteger & SignedInteger>(
    _ dividend: Number, by divisor: Number
  ) -> Number {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    guard remainder != 0 else { return quotient }
    let away: Number = (dividend < 0) == (divisor < 0) ? 1 : -1
    switch self {
    case .down: return quotient
    case .up: return quotient + away
    case .halfUp:
      return remainder.magnitude >= divisor.magnitude - remainder.magnitude
        ? quotient + away : quotient
    }
  }
}

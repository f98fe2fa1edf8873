/// An amount of the program's money in minor units (cents; yen have none). The unit is the
/// program's.
public struct Money: Sendable, Hashable, Comparable {
  public var minor: Int64

  @inlinable
  public init(minor: Int64) { self.minor = minor }

  public static let zero = Money(minor: 0)

  @inlinable
  public static func < (a: Money, b: Money) -> Bool { a.minor < b.minor }
  @inlinable
  public static func + (a: Money, b: Money) -> Money { Money(minor: a.minor + b.minor) }
  @inlinable
  public static func - (a: Money, b: Money) -> Money { Money(minor: a.minor - b.minor) }

  /// What one line, tender or transaction may amount to, either way: 10 billion units of two
  /// places.
  /// Sums of a transaction's lines and a year's counters then stay far inside an Int64.
  public static let limit: Int64 = 1_000_000_000_000
}

/// The money of a program: an ISO 4217 code and its number of minor digits.
public struct MoneyUnit: Sendable, Hashable {
  public let code: String
  public let decimals: Int

  /// Nil where ISO 4217 knows no such active currency.
  public init?(code: String) {
    guard let decimals = MoneyUnit.decimals(of: code) else { return nil }
    self.code = code
    self.decimals = decimals
  }

  public func text(_ money: Money) -> String { ExactDecimal.text(money.minor, places: decimals) }

  /// ISO 4217 list one (2024), grouped by minor digits; two is the rule.
  private static func decimals(of code: String) -> Int? {
    if none.contains(code) { return 0 }
    if three.contains(code) { return 3 }
    return two.contains(code) ? 2 : nil
  }

  private static let none: Set<String> = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF",
    "XOF", "XPF",
  ]
  private static let three: Set<String> = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
  private static let two: Set<String> = Set(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD \
    CAD \
    CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ \
    GYD \
    HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA \
    MKD \
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR \
    RON \
    RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD \
    TWD \
    TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG
    """.split(separator: " ").map(String.init))
}

/// A count of goods, litres or kilograms in millionths of its unit: weighed goods are exact.
public struct Quantity: Sendable, Hashable, Comparable {
  public var millionths: Int64

  @inlinable
  public init(millionths: Int64) { self.millionths = millionths }
  public init(_ whole: Int64) { millionths = whole * Quantity.scale }

  public static let zero = Quantity(millionths: 0)
  public static let scale: Int64 = 1_000_000
  public static let places = 6
  /// What one line may hold, either way: ten million units.
  public static let limit: Int64 = 10_000_000 * scale

  @inlinable
  public static func < (a: Quantity, b: Quantity) -> Bool { a.millionths < b.millionths }
}

extension Quantity: CustomStringConvertible {
  public var description: String { ExactDecimal(units: millionths, places: 6).reduced.description }
}

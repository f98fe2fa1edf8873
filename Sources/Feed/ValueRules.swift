import Loyalty

/// What is wrong with a value, whichever form it was written in.
struct Fault: Error {
  var code: FeedProblem.Code
  var reason: String
  var remedy: String
}

enum TextRule {
  static let empty = Fault(
    code: .badText, reason: "the text is empty",
    remedy: "leave the field out where there is nothing to say")

  /// Nil where the text is fit to be kept.
  static func check(
    _ text: String, limit: Int = FeedLimit.identifier, mayHoldControls: Bool = true
  ) -> Fault? {
    if text.isEmpty { return empty }
    if text.utf8.count > limit, text.unicodeScalars.count > limit {
      return Fault(
        code: .badText, reason: "the text has more than \(limit) characters",
        remedy: "send at most \(limit)")
    }
    guard mayHoldControls else { return nil }
    // Free text may hold line breaks, but PostgreSQL keeps no zero byte.
    let isBad: (UInt8) -> Bool =
      limit == FeedLimit.text ? { $0 == 0 } : { $0 < 0x20 || $0 == 0x7F }
    guard text.utf8.contains(where: isBad) else { return nil }
    return Fault(
      code: .badText, reason: "a control character stands in the text", remedy: "leave it out")
  }
}

extension TextRule {
  /// A card's number without what cannot be seen at its ends, where a till pads it or a reader adds
  /// marks; nil where nothing is left.
  static func bare(_ card: String) -> String? {
    func isPlain(_ byte: UInt8?) -> Bool { byte.map { 0x21...0x7E ~= $0 } ?? false }
    if isPlain(card.utf8.first), isPlain(card.utf8.last) { return card }
    func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
    }
    let scalars = card.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isUnseen($0) }),
      let last = scalars.lastIndex(where: { !isUnseen($0) })
    else { return nil }
    return String(scalars[first...last])
  }

  /// What a spreadsheet leaves of a long number, `1.23E+12`: it may be any of many.
  static func isCut(_ text: String) -> Bool {
    guard text.utf8.contains(UInt8(ascii: "+")) else { return false }
    let parts = text.split(separator: "E+", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[1].utf8.count),
      let first = parts[0].utf8.first, first &- UInt8(ascii: "0") < 10
    else { return false }
    let rest = parts[0].dropFirst()
    guard rest.isEmpty || rest.first == "." || rest.first == "," else { return false }
    return (rest.dropFirst() + parts[1]).utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
  }

  static func cut(_ text: String) -> Fault {
    Fault(
      code: .badText, reason: "a spreadsheet has cut `\(Shown.text(text))` short",
      remedy: "export it again, with that column as text")
  }
}

enum NumberRule {
  /// Why these bytes are no exact decimal.
  static func fault(of digits: ArraySlice<UInt8>) -> Fault {
    let shown = Shown.text(String(decoding: digits, as: UTF8.self))
    let isPlain = digits.allSatisfy { "+-.0123456789".utf8.contains($0) }
    if isPlain, digits.count > 18 {
      return Fault(
        code: .tooLarge, reason: "\(shown) has too many digits", remedy: "send at most 18 digits")
    }
    if digits.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }),
      digits.allSatisfy({ "+-.0123456789eE".utf8.contains($0) })
    {
      return Fault(
        code: .badNumber, reason: "\(shown) has an exponent",
        remedy: "write all digits: 1200, not 1.2e3")
    }
    if digits.contains(UInt8(ascii: ",")) {
      return Fault(
        code: .badNumber, reason: "\(shown) has a comma",
        remedy: "write a point before the decimals and nothing between thousands")
    }
    return Fault(
      code: .badNumber, reason: digits.isEmpty ? "the number is empty" : "`\(shown)` is no number",
      remedy: "write plain digits: 12.50")
  }

  /// The amount in minor units, where nothing is lost and it is within the limit.
  static func money(_ decimal: ExactDecimal, _ unit: MoneyUnit) -> Money? {
    guard let minor = decimal.exactly(places: unit.decimals),
      minor.magnitude <= Money.limit.magnitude
    else { return nil }
    return Money(minor: minor)
  }

  static func moneyFault(_ decimal: ExactDecimal, _ unit: MoneyUnit) -> Fault {
    decimal.reduced.places > unit.decimals ? tooFine(decimal, unit) : tooLarge(decimal, unit)
  }

  static func quantity(_ decimal: ExactDecimal) -> Quantity? {
    guard let millionths = decimal.exactly(places: Quantity.places),
      millionths.magnitude <= Quantity.limit.magnitude
    else { return nil }
    return Quantity(millionths: millionths)
  }

  static func quantityFault(_ decimal: ExactDecimal) -> Fault {
    decimal.reduced.places > Quantity.places
      ? Fault(
        code: .badNumber, reason: "\(decimal) has more than \(Quantity.places) decimals",
        remedy: "round it where it is sold")
      : Fault(
        code: .tooLarge,
        reason:
          "\(decimal) is beyond what a quantity may be, \(Quantity(millionths: Quantity.limit))",
        remedy: "check the decimal point")
  }

  /// How many decimals a list price may have.
  static let pricePlaces = 6

  /// A list price in millionths of the money's unit.
  static func price(_ decimal: ExactDecimal, _ unit: MoneyUnit) -> Int64? {
    let limit = Money.limit / ExactDecimal.powers[unit.decimals] * 1_000_000
    guard let millionths = decimal.exactly(places: pricePlaces),
      millionths.magnitude <= limit.magnitude
    else { return nil }
    return millionths
  }

  static func priceFault(_ decimal: ExactDecimal, _ unit: MoneyUnit) -> Fault {
    decimal.reduced.places > pricePlaces
      ? Fault(
        code: .badAmount, reason: "\(decimal) has more than \(pricePlaces) decimals",
        remedy: "a price has at most \(pricePlaces)")
      : tooLarge(decimal, unit)
  }

  private static func tooFine(_ decimal: ExactDecimal, _ unit: MoneyUnit) -> Fault {
    let count = unit.decimals == 0 ? "no decimals" : "\(unit.decimals) decimals"
    return Fault(
      code: .badAmount, reason: "\(decimal) is finer than \(unit.code), which has \(count)",
      remedy: "round it where it is sold")
  }

  static func tooLarge(_ decimal: ExactDecimal, _ unit: MoneyUnit) -> Fault {
    Fault(
      code: .tooLarge,
      reason: "\(decimal) is beyond what an amount may be, \(unit.text(Money(minor: Money.limit)))",
      remedy: "check the decimal point")
  }
}

enum Shown {
  /// A value as a message may show it: short and on one line.
  static func text(_ text: String) -> String {
    let line = String(text.prefix(40).map { $0.isNewline || $0 == "\0" ? " " : $0 })
    return text.count > 40 ? line + "…" : line
  }
}

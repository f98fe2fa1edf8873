import Loyalty
import YAML

/// What an amount is made of: a column, or `quantity * unit_price`, `sales_value - coupon_disc`,
/// `cents / 100`.
/// Signs stand between blanks, for a column's name may hold them.
struct AmountExpression: Sendable {
  enum Factor: Sendable {
    case column(MappedColumn)
    case number(ExactDecimal)
  }

  struct Term: Sendable {
    var factors: [Factor]
    /// Powers of ten to divide by.
    var shift = 0
    var isSubtracted = false

    var columns: [MappedColumn] {
      factors.compactMap { if case .column(let column) = $0 { column } else { nil } }
    }
  }

  var terms: [Term]
  /// As it was written.
  var text: String

  var columns: [MappedColumn] { terms.flatMap(\.columns) }
}

extension AmountExpression {
  /// Nil where the signs do not stand between names and numbers, or a divisor is no power of ten.
  init?(_ text: String, at place: Place) {
    var terms = [Term(factors: [])]
    var sign: Substring = "*"
    for part in AmountExpression.parts(text) {
      if ["+", "-", "*", "×", "/"].contains(part) {
        guard sign.isEmpty else { return nil }
        sign = part
        continue
      }
      if sign == "+" || sign == "-" { terms.append(Term(factors: [], isSubtracted: sign == "-")) }
      let number = ExactDecimal(part)
      if sign == "/" {
        guard let number, let zeros = ExactDecimal.powers.firstIndex(of: number.units),
          number.places == 0
        else { return nil }
        terms[terms.count - 1].shift += zeros
      } else {
        let column = MappedColumn(name: String(part), place: place)
        terms[terms.count - 1].factors.append(number.map { .number($0) } ?? .column(column))
      }
      sign = ""
    }
    guard sign.isEmpty, terms.allSatisfy({ !$0.factors.isEmpty }) else { return nil }
    self.terms = terms
    self.text = text
  }

  /// Operands and signs in turn; an operand may hold blanks.
  private static func parts(_ text: String) -> [Substring] {
    var parts: [Substring] = []
    var operand: Substring?
    for word in text.split(separator: " ") {
      if ["+", "-", "*", "×", "/"].contains(word) {
        if let operand { parts.append(operand) }
        operand = nil
        parts.append(word)
      } else if let begun = operand {
        operand = text[begun.startIndex..<word.endIndex]
      } else {
        operand = word
      }
    }
    if let operand { parts.append(operand) }
    return parts
  }
}

/// An exact intermediate: `units` / 10^`places`.
struct WideDecimal {
  var units: Int128
  var places: Int

  /// Nil on overflow.
  func times(_ other: ExactDecimal) -> WideDecimal? {
    let (product, overflow) = units.multipliedReportingOverflow(by: Int128(other.units))
    return overflow ? nil : WideDecimal(units: product, places: places + other.places)
  }

  func plus(_ other: WideDecimal) -> WideDecimal? {
    let places = max(places, other.places)
    guard let a = scaled(to: places), let b = other.scaled(to: places) else { return nil }
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : WideDecimal(units: sum, places: places)
  }

  private func scaled(to places: Int) -> Int128? {
    var value = units
    for _ in self.places..<places {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    return value
  }

  /// As a decimal of at most `limit` places, rounded where a rounding is given; nil where it does
  /// not fit.
  func decimal(places limit: Int, _ rounding: Rounding?) -> ExactDecimal? {
    var value = self
    while value.places > 0, value.units % 10 == 0 {
      value.units /= 10
      value.places -= 1
    }
    if value.places > limit, let rounding {
      var divisor: Int128 = 1
      for _ in limit..<value.places { divisor *= 10 }
      value.units = rounding.divide(value.units, by: divisor)
      value.places = limit
    }
    guard value.places <= 18, let units = Int64(exactly: value.units) else { return nil }
    return ExactDecimal(units: units, places: value.places)
  }
}

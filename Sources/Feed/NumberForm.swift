import Loyalty

/// How a file writes its numbers, shown by how it would write 1234.56: `1.234,56`, `1 234,56`,
/// `$1,234.56`, `1234,56 €`.
struct NumberForm: Sendable, Equatable {
  private typealias Bytes = ArraySlice<UInt8>

  /// The currency in front, as it may be written.
  private var before: [[UInt8]] = []
  /// What may stand between thousands.
  private var groups: [[UInt8]] = []
  private var point = UInt8(ascii: ".")
  private var behind: [[UInt8]] = []
  /// As it was written.
  private(set) var text = "1234.56"

  /// Digits, a point, and nothing else.
  static let plain = NumberForm()
  private init() {}

  /// The one of the keyboard, and those that do not break a line.
  private static let blanks = [" ", "\u{A0}", "\u{202F}"].map { Array($0.utf8) }
  private static let minus = ["-", "−"].map { Array($0.utf8) }

  /// Nil where the text does not show the number.
  init?(_ text: String) {
    let first = text.prefix { $0 != "1" }
    var rest = text.dropFirst(first.count + 1)
    if let sign = rest.first, !sign.isNumber {
      switch sign {
      case " ", "\u{A0}", "\u{202F}": groups = Self.blanks
      case "'", "’": groups = ["'", "’"].map { Array($0.utf8) }
      case ",", ".": groups = [Array(String(sign).utf8)]
      default: return nil
      }
      rest.removeFirst()
    }
    guard rest.hasPrefix("234") else { return nil }
    rest = rest.dropFirst(3)
    if let sign = rest.utf8.first, ".,".utf8.contains(sign), !groups.contains([sign]) {
      guard rest.dropFirst().hasPrefix("56") else { return nil }
      point = sign
      rest = rest.dropFirst(3)
    } else if groups == [[UInt8(ascii: ".")]] {
      point = UInt8(ascii: ",")
    }
    guard !(first + rest).contains(where: { $0.isNumber || "+-−.,()".contains($0) }) else {
      return nil
    }
    // Japanese encodings have the yen where ASCII has the backslash.
    let currency = Array(Self.trimmed(Array(first.utf8)[...]))
    before =
      currency == Array("¥".utf8)
      ? ["¥", "￥", "\\"].map { Array($0.utf8) } : currency.isEmpty ? [] : [currency]
    let last = Array(Self.trimmed(Array(rest.utf8)[...]))
    behind = last.isEmpty ? [] : [last]
    self.text = text
  }
}

extension NumberForm {
  /// A cell's number. What is below zero has its sign in front or behind, or stands in brackets;
  /// the currency may be left out.
  func number(_ cell: String) -> ExactDecimal? {
    if self == .plain { return ExactDecimal(cell) }
    var rest = Self.trimmed(Array(cell.utf8)[...])
    var isNegative = false
    if rest.first == UInt8(ascii: "("), rest.last == UInt8(ascii: ")") {
      isNegative = true
      rest = rest.dropFirst().dropLast()
    }
    takeSigns(&rest, &isNegative)
    guard let digits = plain(rest), let number = ExactDecimal(utf8: digits, in: 0..<digits.count)
    else { return nil }
    return isNegative ? ExactDecimal(units: -number.units, places: number.places) : number
  }

  /// Takes the currency and one sign away, in whatever order they stand.
  private func takeSigns(_ rest: inout Bytes, _ isNegative: inout Bool) {
    var hasSign = isNegative
    for _ in 0..<2 {
      if !hasSign, Self.take(Self.minus, &rest) || Self.takeLast([[UInt8(ascii: "-")]], &rest) {
        (hasSign, isNegative) = (true, true)
      } else if !hasSign, Self.take([[UInt8(ascii: "+")]], &rest) {
        hasSign = true
      }
      rest = Self.trimmed(rest)
      _ = Self.take(before, &rest)
      _ = Self.takeLast(behind, &rest)
      rest = Self.trimmed(rest)
    }
  }

  /// The digits with a point and nothing between thousands; nil where thousands are not where they
  /// should be: three digits at the end, two (as in India) or three before.
  private func plain(_ text: Bytes) -> [UInt8]? {
    var digits: [UInt8] = []
    var rest = text
    /// Digits since the last sign between thousands.
    var run = 0
    var isGrouped = false
    var isWhole = true
    while let byte = rest.first {
      if byte &- UInt8(ascii: "0") < 10 {
        digits.append(byte)
        run += 1
        rest.removeFirst()
      } else if isWhole, byte == point {
        guard !isGrouped || run == 3 else { return nil }
        digits.append(UInt8(ascii: "."))
        isWhole = false
        rest.removeFirst()
      } else {
        guard isWhole, run <= 3, run >= (isGrouped ? 2 : 1), Self.take(groups, &rest) else {
          return nil
        }
        isGrouped = true
        run = 0
      }
    }
    return isWhole && isGrouped && run != 3 ? nil : digits
  }

  private static func take(_ signs: [[UInt8]], _ rest: inout Bytes) -> Bool {
    guard let sign = signs.first(where: { rest.starts(with: $0) }) else { return false }
    rest = rest.dropFirst(sign.count)
    return true
  }

  private static func takeLast(_ signs: [[UInt8]], _ rest: inout Bytes) -> Bool {
    guard let sign = signs.first(where: { rest.suffix($0.count).elementsEqual($0) }) else {
      return false
    }
    rest = rest.dropLast(sign.count)
    return true
  }

  private static func trimmed(_ text: Bytes) -> Bytes {
    var text = text
    while take(blanks, &text) {}
    while takeLast(blanks, &text) {}
    return text
  }
}

extension NumberForm {
  /// The forms that would explain a number in another one; of 1,234 there are two.
  static func forms(showing text: String) -> [String] {
    func isOfNumber(_ sign: Character) -> Bool { sign.isNumber || "+-−(),.'’".contains(sign) }
    guard let last = text.lastIndex(where: isOfNumber) else { return [] }
    let before = text.prefix { !isOfNumber($0) }
    let behind = text[last...].dropFirst()
    var known: [ExactDecimal] = []
    return ["1,234.56", "1.234,56", "1 234,56", "1'234.56"].compactMap { base in
      let form = String(before + base + behind)
      guard let number = NumberForm(form)?.number(text)?.reduced, !known.contains(number) else {
        return nil
      }
      known.append(number)
      return form
    }
  }
}

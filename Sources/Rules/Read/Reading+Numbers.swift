import Loyalty
import YAML

/// Numbers, amounts of money, shares, yes and no.
extension Reading {
  /// `3`, `1.25`, `1_000_000`. Never a comma, a sign or a percent.
  func number(_ word: Phrase.Word, allowsNegative: Bool = false) -> ExactDecimal? {
    let text = word.text
    if text.contains(",") {
      report(
        "R010", word.place, "`\(text)` is a number with a comma",
        help:
          "write `\(Self.withoutComma(text))`; numbers take `_` between thousands, and a "
          + "point for decimals"
      )
      return nil
    }
    guard let number = Self.plainNumber(text) else {
      report("R010", word.place, "`\(text)` is no number", help: Self.numberHelp(text))
      return nil
    }
    if number.units < 0, !allowsNegative {
      report(
        "R010", word.place, "`\(text)` is below zero", help: "write a number that is not negative")
      return nil
    }
    // Beyond a million millions no shop counts, and products stay far inside an Int64.
    guard number.places <= Quantity.places,
      number.units.magnitude / ExactDecimal.powers[number.places].magnitude <= 1_000_000_000_000
    else {
      report(
        "R010", word.place, "`\(text)` is too large or has too many decimals",
        help: "write at most 1_000_000_000_000, with at most \(Quantity.places) decimals")
      return nil
    }
    return number
  }

  /// Digits with `_` between them and at most one point; nil for anything else.
  static func plainNumber(_ text: String) -> ExactDecimal? {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, Self.isDigit(last),
      Self.isDigit(first) || (first == UInt8(ascii: "-") && bytes.count > 1)
    else { return nil }
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
      guard index > 0, Self.isDigit(bytes[index - 1]), Self.isDigit(bytes[index + 1]) else {
        return nil
      }
    }
    return ExactDecimal(utf8: bytes.lazy.filter { $0 != UInt8(ascii: "_") })
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func withoutComma(_ text: String) -> String {
    let groups = text.split(separator: ",", omittingEmptySubsequences: false)
    // `1.000,50`, as it is written in much of Europe.
    if groups.count == 2, groups[0].contains(".") {
      return groups[0].split(separator: ".").joined() + "." + groups[1]
    }
    let isThousands = groups.dropFirst().allSatisfy { $0.prefix { $0 != "." }.count == 3 }
    if !isThousands { return groups.joined(separator: ".") }
    return groups.joined(separator: text.contains(".") ? "" : "_")
  }

  private static func numberHelp(_ text: String) -> String {
    if text.hasSuffix("%") { return "a share does not fit here; write a number" }
    if text.hasPrefix("."), plainNumber("0" + text) != nil { return "write `0\(text)`" }
    if let near = withoutSign(text) {
      let isMoney = text.unicodeScalars.contains {
        $0.properties.generalCategory == .currencySymbol
      }
      return "write `\(near)`" + (isMoney ? ": amounts stand without a currency sign" : "")
    }
    return "write digits, like `3`, `12.50` or `1_000_000`"
  }

  /// `$5.00` without its sign, where that is all that is wrong.
  private static func withoutSign(_ text: String) -> String? {
    let words = Habit.words(text)
    let isMoney = !text.contains { "0123456789".contains($0) } || words.first != text
    guard words.count == 1, isMoney, plainNumber(words[0]) != nil else { return nil }
    return words[0]
  }

  /// A whole number within `range`.
  func whole(_ word: Phrase.Word, _ range: ClosedRange<Int64>) -> Int64? {
    guard let number = number(word), !isThousands(word) else { return nil }
    guard let whole = number.exactly(places: 0), range.contains(whole) else {
      report(
        "R010", word.place, "`\(word.text)` does not fit here",
        help: "write a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return whole
  }

  /// A whole number that stands alone: `3`.
  func wholeAlone(_ node: Node, _ expected: String, _ range: ClosedRange<Int64>) -> Int64? {
    guard let phrase = phrase(node, expected) else { return nil }
    let word = phrase.words[0]
    guard phrase.words.count == 1, Self.plainNumber(word.text) != nil || word.text.contains(",")
    else {
      report(
        "R010", node.place, "`\(phrase.text)` is no number",
        help: countRemedy(node) { wholeAlone($0, expected, range) } ?? "write \(expected)")
      return nil
    }
    return whole(word, range)
  }

  /// `1.000` where decimals have no sense: in much of Europe that is a thousand.
  private func isThousands(_ word: Phrase.Word) -> Bool {
    let groups = word.text.split(separator: ".", omittingEmptySubsequences: false)
    guard groups.count == 2, groups[1].utf8.count == 3, groups[0] != "0" else { return false }
    report(
      "R010", word.place, "`\(word.text)` has more decimals than there are here",
      help: "write `\(groups[0])_\(groups[1])` for thousands, `\(groups[0])` for \(groups[0])")
    return true
  }

  /// `5.00` with exactly the money's decimals, or none.
  func money(_ word: Phrase.Word, allowsNegative: Bool = false) -> Money? {
    guard let number = number(word, allowsNegative: allowsNegative), hasMoneyDecimals(number, word)
    else { return nil }
    guard let minor = number.exactly(places: money?.decimals ?? number.places),
      minor.magnitude <= Money.limit.magnitude
    else {
      report("R010", word.place, "`\(word.text)` is too large an amount", help: nil)
      return nil
    }
    return Money(minor: minor)
  }

  /// Reports an amount with more or fewer decimals than the program's money has.
  func hasMoneyDecimals(_ number: ExactDecimal, _ word: Phrase.Word) -> Bool {
    guard let money, number.places != 0, number.places != money.decimals else { return true }
    let digits = money.decimals == 1 ? "1 decimal" : "\(money.decimals) decimals"
    let right = number.exactly(places: money.decimals).map {
      ExactDecimal.text($0, places: money.decimals)
    }
    report(
      "R011", word.place, "`\(word.text)` is no amount in \(money.code), which has \(digits)",
      help: right.map { "write `\($0)`" } ?? "write exactly \(digits), or none")
    return false
  }

  /// An amount of money alone: `5.00`.
  func moneyAlone(_ node: Node, allowsNegative: Bool = false) -> Money? {
    guard var phrase = phrase(node, "an amount of money like `5.00`"), let word = phrase.next()
    else {
      return nil
    }
    guard phrase.words.isEmpty else {
      report(
        "R011", node.place, "`\(node.text ?? phrase.text)` is no amount of money",
        help: moneyRemedy(node) ?? "write it like `5.00`, without a currency")
      return nil
    }
    return money(word, allowsNegative: allowsNegative)
  }

  /// `10%` in millionths: 100_000.
  func share(_ word: Phrase.Word) -> Int64? {
    var digits = word
    digits.text.removeLast()
    guard word.text.hasSuffix("%"), let number = Self.plainNumber(digits.text),
      let share = number.exactly(places: 4), (1...1_000_000).contains(share)
    else {
      let node = Node(.scalar(word.text, .plain), at: word.place)
      report(
        "R014", word.place, "`\(word.text)` is no share",
        help: shareRemedy(node) {
          $0.text.flatMap { self.share(Phrase.Word(text: $0, place: word.place)) }
        }
          ?? "write it like `10%`, from more than 0% to 100%")
      return nil
    }
    return share
  }

  /// An amount of a currency alone, in its smallest units: `100`, `50.00` for a currency of money.
  func currencyAmount(_ node: Node, decimals: Int) -> Int64? {
    guard var phrase = phrase(node, "an amount like `100`"), let word = phrase.next() else {
      return nil
    }
    guard phrase.words.isEmpty else {
      report(
        "R010", node.place, "`\(phrase.text)` is no amount",
        help: countRemedy(node) { currencyAmount($0, decimals: decimals) }
          ?? "write it like `100`")
      return nil
    }
    return currencyAmount(word, decimals: decimals, allowsNegative: true)
  }

  func currencyAmount(_ word: Phrase.Word, decimals: Int, allowsNegative: Bool = false) -> Int64? {
    guard let number = number(word, allowsNegative: allowsNegative),
      decimals >= 3 || !isThousands(word)
    else { return nil }
    guard let units = number.exactly(places: decimals) else {
      report(
        "R010", word.place, "`\(word.text)` has more decimals than this currency",
        help: decimals == 0 ? "write a whole number" : "write at most \(decimals) decimals")
      return nil
    }
    return units
  }

  /// What people write for `yes`.
  static func isYes(_ text: String) -> Bool {
    ["yes", "true", "on", "y", "是"].contains(text.lowercased())
  }

  /// `yes` or `no`.
  func yesNo(_ node: Node) -> Bool? {
    guard let phrase = phrase(node, "`yes` or `no`") else { return nil }
    switch phrase.text {
    case "yes": return true
    case "no": return false
    default:
      let isYes = Self.isYes(phrase.text)
      let isNo = ["false", "off", "n", "否", "No", "NO", "False", "FALSE", "none"].contains(
        phrase.text)
      report(
        "R025", node.place, "`\(phrase.text)` is neither `yes` nor `no`",
        help: isYes ? "write `yes`" : isNo ? "write `no`" : "write one of the two")
      return nil
    }
  }

  /// One of a few fixed phrases.
  func choice<Value>(_ node: Node, _ values: [(String, Value)]) -> Value? {
    let all = values.map { "`\($0.0)`" }.joined(separator: ", ")
    guard let phrase = phrase(node, "one of \(all)") else { return nil }
    if let found = values.first(where: { $0.0 == phrase.rest }) { return found.1 }
    let near =
      Self.choiceHabits[phrase.text.lowercased()].flatMap { habit in
        values.first { $0.0 == habit }?.0
      } ?? NearName.of(phrase.text, among: values.map(\.0))
    report(
      "R026", node.place, "`\(phrase.text)` is none of the choices here",
      help: near.map { "did you mean `\($0)`?" }
        ?? (values.contains { $0.0 == "compound" }
          ? "write one of \(all), or in which order: `{first: [a, b]}`" : "write one of \(all)"))
    return nil
  }

  /// Other words for the choices.
  private static let choiceHabits = [
    "max": "best", "maximum": "best", "highest": "best", "largest": "best", "sum": "add",
    "all": "add", "both": "add", "multiply": "compound", "integer": "number", "int": "number",
    "decimal": "number", "float": "number", "string": "text", "bool": "yes or no",
    "boolean": "yes or no", "amount": "money", "currency": "money", "nearest": "half-up",
    "round": "half-up", "floor": "down", "ceiling": "up", "ceil": "up", "net": "after discounts",
    "gross": "before discounts", "no": "excluded", "without": "excluded", "yes": "included",
    "with": "included", "inclusive": "included", "exclusive": "excluded", "cash": "money",
    "one level": "one step", "one tier": "one step", "outdated": "expired", "yearly": "year",
    "monthly": "month", "shop": "store", "vendor": "manufacturer", "brand": "manufacturer",
    "today": "day", "this month": "month", "this week": "week",
  ]

  func choice<Value: CaseIterable & RawRepresentable<String>>(_ node: Node, of: Value.Type)
    -> Value?
  {
    choice(node, Value.allCases.map { ($0.rawValue, $0) })
  }
}

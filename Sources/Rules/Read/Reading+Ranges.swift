import Loyalty
import YAML

/// What kind of number a range speaks of.
enum Scale {
  case money
  /// Visits, times, different products.
  case whole
  /// Weighed goods have three decimals, some feeds more.
  case quantity
  case currency(decimals: Int)
}

/// `at least 3`, `at most 3`, `more than 3`, `less than 3`, `3 to 5`, `3`, `every 10`.
extension Reading {
  static let rangeHelp =
    "write it like `at least 3`, `at most 3`, `more than 3`, `less than 3`, `3 to 5` or `3`"

  func range(_ node: Node, _ scale: Scale, allowsEvery: Bool = false) -> RangeSyntax? {
    guard var phrase = phrase(node, "a range like `at least 3`") else { return nil }
    let noRange = { self.noRange(node, scale, allowsEvery) }
    var range = RangeSyntax()
    if phrase.take("at", "least") {
      range.least = last(&phrase, scale, noRange)
    } else if phrase.take("at", "most") {
      range.most = last(&phrase, scale, noRange)
    } else if phrase.take("more", "than") {
      (range.least, range.leastIsOutside) = (last(&phrase, scale, noRange), true)
    } else if phrase.take("less", "than") {
      (range.most, range.mostIsOutside) = (last(&phrase, scale, noRange), true)
    } else if phrase.take("every") {
      guard allowsEvery else {
        report(
          "R041", node.place, "`\(phrase.text)` is a range for `reach` only",
          help: "each full amount of one purchase is a mark, too: `reach: {spend: every 20.00, "
            + "within: transaction}`")
        return nil
      }
      return every(last(&phrase, scale, noRange), node)
    } else if phrase.words.count == 3, phrase.words[1].text == "to",
      looksLikeNumber(phrase.words[0].text)
    {
      return span(phrase, scale)
    } else if phrase.words.count == 1, looksLikeNumber(phrase.words[0].text) {
      range.least = last(&phrase, scale, noRange)
      range.most = range.least
    } else {
      noRange()
      return nil
    }
    return range.least == nil && range.most == nil ? nil : range
  }

  /// `>= 3`, `min 3`, `3-5` and the like: says what the words are.
  private func noRange(_ node: Node, _ scale: Scale, _ allowsEvery: Bool) {
    let read = { (node: Node) in self.range(node, scale, allowsEvery: allowsEvery) }
    let slip = slip(node, Self.rangeWords, read)
    let remedy = slip ?? rangeRemedy(node, read)
    let comparisons = ["at least", "at most", "more than", "less than"]
    let isComparison =
      slip == nil
      && comparisons.contains { words in
        remedy?.contains(words) == true && node.text?.contains(words) != true
      }
    report(
      "R041", node.place, "`\(node.text ?? "")` is no range",
      help: remedy.map { isComparison ? "comparisons are words: \($0)" : $0 } ?? Self.rangeHelp)
  }

  private func looksLikeNumber(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return false }
    return Self.isDigit(first) && !text.contains("-") && !text.contains("+")
      && !text.contains("..") && !text.contains("以")
  }

  /// The one number that ends a range.
  private func last(_ phrase: inout Phrase, _ scale: Scale, _ noRange: () -> Void) -> ExactDecimal?
  {
    guard let word = phrase.next(), phrase.words.isEmpty else {
      noRange()
      return nil
    }
    return number(word, scale)
  }

  private func every(_ every: ExactDecimal?, _ node: Node) -> RangeSyntax? {
    guard let every else { return nil }
    guard every.units > 0 else {
      report(
        "R041", node.place, "`\(node.text ?? "")` never comes", help: "write a number above zero")
      return nil
    }
    return RangeSyntax(every: every)
  }

  private func span(_ phrase: Phrase, _ scale: Scale) -> RangeSyntax? {
    guard let least = number(phrase.words[0], scale), let most = number(phrase.words[2], scale)
    else {
      return nil
    }
    guard least <= most else {
      report(
        "R038", phrase.place, "`\(phrase.text)` holds nothing: it ends before it begins",
        help: "write `\(most) to \(least)`")
      return nil
    }
    return RangeSyntax(least: least, most: most)
  }

  private func number(_ word: Phrase.Word, _ scale: Scale) -> ExactDecimal? {
    guard let number = number(word) else { return nil }
    switch scale {
    case .money: return hasMoneyDecimals(number, word) ? number : nil
    case .whole: return has(number, word, decimals: 0) ? number : nil
    case .quantity: return has(number, word, decimals: Quantity.places) ? number : nil
    case .currency(let decimals): return has(number, word, decimals: decimals) ? number : nil
    }
  }

  private func has(_ number: ExactDecimal, _ word: Phrase.Word, decimals: Int) -> Bool {
    guard number.exactly(places: decimals) == nil else { return true }
    report(
      "R010", word.place, "`\(word.text)` has too many decimals",
      help: decimals == 0 ? "write a whole number" : "write at most \(decimals) decimals")
    return false
  }
}

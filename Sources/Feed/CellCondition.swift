import Loyalty

/// A question about one cell of a row: `starts with C`, `less than 0`, `not empty`; a list means
/// any of them.
struct CellCondition: Sendable {
  enum Test: Sendable {
    case equal(String)
    case starts(String)
    case ends(String)
    case contains(String)
    case empty
    case less(ExactDecimal)
    case more(ExactDecimal)
  }

  struct Phrase: Sendable {
    var test: Test
    var isNegated = false
  }

  var column: MappedColumn
  var anyOf: [Phrase]

  func holds(_ cell: String, _ numbers: NumberForm) -> Bool {
    anyOf.contains { $0.test.holds(cell, numbers) != $0.isNegated }
  }
}

extension CellCondition.Phrase {
  /// Nil where `less than` and its kind are not followed by a number.
  init?(_ phrase: String) {
    if let rest = phrase.dropping("not ") {
      guard let positive = CellCondition.Phrase(rest), !positive.isNegated else { return nil }
      self.init(test: positive.test, isNegated: true)
    } else if phrase == "empty" {
      self.init(test: .empty)
    } else if let rest = phrase.dropping("starts with ") {
      self.init(test: .starts(rest))
    } else if let rest = phrase.dropping("ends with ") {
      self.init(test: .ends(rest))
    } else if let rest = phrase.dropping("contains ") {
      self.init(test: .contains(rest))
    } else if let compared = CellCondition.Phrase(comparing: phrase) {
      self = compared
    } else {
      guard !CellCondition.Phrase.comparisons.contains(where: { phrase.hasPrefix($0.words) }) else {
        return nil
      }
      self.init(test: .equal(phrase))
    }
  }

  private static let comparisons: [(words: String, isLess: Bool, isNegated: Bool)] = [
    ("less than ", true, false), ("more than ", false, false), ("at least ", true, true),
    ("at most ", false, true),
  ]

  private init?(comparing phrase: String) {
    for (words, isLess, isNegated) in CellCondition.Phrase.comparisons {
      guard let rest = phrase.dropping(words), let number = ExactDecimal(rest) else { continue }
      self.init(test: isLess ? .less(number) : .more(number), isNegated: isNegated)
      return
    }
    return nil
  }
}

extension CellCondition.Test {
  func holds(_ cell: String, _ numbers: NumberForm) -> Bool {
    switch self {
    case .equal(let text):
      if cell == text { return true }
      guard let number = ExactDecimal(text), let other = numbers.number(cell) else { return false }
      return number.reduced == other.reduced
    case .starts(let text): return cell.hasPrefix(text)
    case .ends(let text): return cell.hasSuffix(text)
    case .contains(let text): return cell.contains(text)
    case .empty: return cell.allSatisfy(\.isWhitespace)
    case .less(let number): return numbers.number(cell).map { $0 < number } ?? false
    case .more(let number): return numbers.number(cell).map { number < $0 } ?? false
    }
  }
}

extension String {
  /// What follows a beginning; nil without that beginning.
  func dropping(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}

import YAML

/// A short text of the language cut into its words, each with its place.
struct Phrase {
  struct Word {
    var text: String
    var place: Place
  }

  var node: Node
  var text: String
  var words: [Word]

  init(_ node: Node, text: String) {
    self.node = node
    self.text = text
    let lead = node.style == .quoted ? 1 : 0
    var words: [Word] = []
    var current = ""
    var begin = 0
    func end(at index: Int) {
      guard !current.isEmpty else { return }
      var place = node.place
      if node.style != .block, begin + lead + (index - begin) <= node.place.length {
        place.column += begin + lead
        place.length = index - begin
      }
      words.append(Word(text: current, place: place))
      current = ""
    }
    var index = 0
    for scalar in text.unicodeScalars {
      if scalar == " " || scalar == "\n" {
        end(at: index)
        begin = index + 1
      } else {
        current.unicodeScalars.append(scalar)
      }
      index += 1
    }
    end(at: index)
    self.words = words
  }

  var place: Place { node.place }

  /// Whether the phrase begins with these words; they are taken off it then.
  mutating func take(_ expected: String...) -> Bool {
    guard words.count >= expected.count, zip(words, expected).allSatisfy({ $0.text == $1 }) else {
      return false
    }
    words.removeFirst(expected.count)
    return true
  }

  /// The same at the end.
  mutating func takeLast(_ expected: String...) -> Bool {
    guard words.count >= expected.count,
      zip(words.suffix(expected.count), expected).allSatisfy({ $0.text == $1 })
    else { return false }
    words.removeLast(expected.count)
    return true
  }

  /// The first word, taken off; nil where nothing is left.
  mutating func next() -> Word? { words.isEmpty ? nil : words.removeFirst() }

  /// What is left, as text.
  var rest: String { words.map(\.text).joined(separator: " ") }

  /// The place of what is left.
  var restPlace: Place {
    guard let first = words.first?.place, let last = words.last?.place, first.line == last.line,
      last.column >= first.column
    else { return place }
    var place = first
    place.length = last.column + last.length - first.column
    return place
  }
}

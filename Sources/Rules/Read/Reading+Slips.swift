import YAML

/// Slips of the pen in phrases: each word that the phrase does not know is taken for the nearest
/// one that it does, and what comes out is read before it is offered.
extension Reading {
  /// Units of time, first those that people count.
  private static let times = [
    "day", "week", "month", "quarter", "year", "days", "weeks", "months", "quarters", "years",
  ]
  static let windowWords =
    times + [
      "calendar", "last", "membership", "each", "of", "after", "join", "campaign",
      "transaction", "ever",
    ]
  static let limitWords = windowWords + ["per", "once", "every", "or", "none"]
  static let endWords =
    times + [
      "calendar", "membership", "end", "of", "next", "after", "earning", "release",
      "activity", "never", "ever", "while", "it", "holds",
    ]
  static let rangeWords =
    times + ["at", "least", "most", "more", "less", "than", "to", "every"]
  static let rateWords = ["unit", "units", "per", "pro", "rata", "of"]

  /// `did you mean …?` with the whole phrase, so that it can be put in the place of the wrong one.
  func slip<Value>(_ node: Node, _ known: [String], _ read: (Node) -> Value?) -> String? {
    corrected(node, known, read).map { "did you mean `\($0)`?" }
  }

  /// The phrase without its slips.
  func corrected<Value>(_ node: Node, _ known: [String], _ read: (Node) -> Value?) -> String? {
    let written = (node.text ?? "").split(separator: " ").map(String.init)
    // An article says nothing.
    var words = written.filter { $0 != "the" }
    var isChanged = words.count < written.count
    for (index, word) in words.enumerated() where !known.contains(word) {
      if word.utf8.first.map(Self.isDigit) ?? true || currencies[word] != nil { continue }
      // Of many, units are plural.
      let isMany = index > 0 && Self.plainNumber(words[index - 1]).map { $0.units > 1 } == true
      let inOrder = isMany ? known.filter { $0.hasSuffix("s") } + known : known
      guard let near = NearName.of(word, among: inOrder) else { return nil }
      words[index] = near
      isChanged = true
    }
    let phrase = words.joined(separator: " ")
    guard isChanged, reads({ read(Node(.scalar(phrase, .plain), at: node.place)) }) else {
      return nil
    }
    return phrase
  }
}

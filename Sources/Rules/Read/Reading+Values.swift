import YAML

/// One of several names and values that people chose.
extension Reading {
  /// One name or value, or a list of them.
  /// With `joined`, of names that have no `or` in them.
  /// `key` is the word that they stand behind, where conditions or choices of items do.
  func values(_ node: Node, _ expected: String, joined: Bool = false, key: String? = nil)
    -> [Written<String>]?
  {
    if let entries = node.entries, !entries.isEmpty {
      report(
        "R007", node.place, "names with values stand where \(expected) should",
        help: namesHelp(entries, key))
      return nil
    }
    guard let items = list(node, expected) else { return nil }
    let isList = node.items != nil
    let read = items.compactMap { item -> Written<String>? in
      if isCurly(item) || isRound(item) { return nil }
      if item.style == .plain, let text = item.text,
        let parts = Self.commaParts(text) ?? (joined ? Self.alternatives(text) : nil)
      {
        report(
          "R007", item.place,
          isList ? "these are several values in one" : "several values are written as `[ ]`",
          help:
            "write `[\(parts.joined(separator: ", "))]`; a name with "
            + (Self.commaParts(text) == nil ? "such a word" : "a comma") + " in it stands in quotes"
        )
        return nil
      }
      return value(item, expected)
    }
    return read.count == items.count ? read : nil
  }

  /// `„web“`, as Word writes it: the quotes would be part of the name.
  private func isCurly(_ node: Node) -> Bool {
    guard node.style == .plain, let text = node.text, let first = text.first, let last = text.last,
      text.count > 2, "“”„‟‘’‚«»".contains(first), "“”‟‘’«»".contains(last)
    else { return false }
    report(
      "R031", node.place, "`\(first)` looks like a quote, and would be part of the name",
      help: "write `\(text.dropFirst().dropLast())`")
    return true
  }

  /// `(petrol)`: round brackets make no list, and would be part of the name.
  private func isRound(_ node: Node) -> Bool {
    guard node.style == .plain, let text = node.text, text.hasPrefix("("), text.hasSuffix(")"),
      Self.commaParts(text) == nil
    else { return false }
    let inner = Self.trimmed(text)
    let parts = Self.alternatives(inner)
    report(
      "R007", node.place, "the brackets of `\(text)` would be part of the name",
      help: "write `\(parts.map { "[" + $0.joined(separator: ", ") + "]" } ?? inner)`")
    return true
  }

  /// `web` and `app` of `web or app`.
  private static func alternatives(_ text: String) -> [String]? {
    let words = text.split(separator: " ").map(String.init)
    let parts = words.split { ["or", "and", "oder", "或", "和"].contains($0) }
    guard parts.count > 1, parts.count < words.count else { return nil }
    return parts.map { $0.joined(separator: " ") }
  }

  private static func commaParts(_ text: String) -> [String]? {
    guard text.unicodeScalars.contains(where: { ",，、;|".unicodeScalars.contains($0) }) else {
      return nil
    }
    let parts = text.split { ",，、;|".contains($0) }.map { trimmed(String($0)) }
    return parts.count > 1 ? parts : nil
  }

  /// Without spaces and round brackets at its ends.
  private static func trimmed(_ text: String) -> String {
    let isOuter = { (character: Character) in " ()（）".contains(character) }
    return String(text.drop(while: isOuter).reversed().drop(while: isOuter).reversed())
  }
}

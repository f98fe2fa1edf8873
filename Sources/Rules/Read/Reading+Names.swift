import YAML

/// Names that people chose.
extension Reading {
  /// Most characters that a name may have.
  static let nameLength = 64

  /// The name of a tier, a rule, a set: a key that stands before the colon.
  func name(_ key: Node, _ kind: String) -> Written<String>? {
    guard let text = key.text else { return nil }
    if let colon = text.unicodeScalars.firstIndex(of: "：") {
      report(
        "R031", key.place, "the colon in `\(text)` is a full-width one",
        help: "write `\(text[..<colon]):`, a plain colon")
      return nil
    }
    guard isVisible(text, key) else { return nil }
    let isLong = text.unicodeScalars.count > Self.nameLength
    let strange = text.unicodeScalars.first { ",;:{}[]\"`\n".unicodeScalars.contains($0) }
    guard !text.isEmpty, !isLong, strange == nil, text.first != " ", text.last != " " else {
      report(
        "R033", key.place,
        isLong
          ? "the name of \(kind) is longer than \(Self.nameLength) characters"
          : "`\(text)` is no name for \(kind)",
        help:
          "names are letters, digits and hyphens in any script, like `gold-double` or "
          + "`金卡`; what people read is `name`"
      )
      return nil
    }
    return Written(text, key.place)
  }

  /// Whether a plain text begins with `not `, as if that were no part of the name. `help` has a `%`
  /// for what stands behind it.
  func isNegated(_ node: Node, _ help: String) -> Bool {
    guard node.style == .plain, let text = node.text, text.lowercased().hasPrefix("not ") else {
      return false
    }
    let rest = text.dropFirst(4).drop { $0 == " " }
    report(
      "R007", node.place, "`\(text)` would be a name here",
      help: help.replacing("%", with: rest))
    return true
  }

  /// Says that nothing of this kind has the name, and which was probably meant.
  func unknownName(_ kind: String, _ name: String, _ place: Place, among names: [String]) {
    // Where the currencies are wrong, that was told.
    if kind == "currency", names.isEmpty { return }
    // What an event or a thing carries has no section of its own.
    let sections =
      UnknownName.sections[kind].map { [$0] } ?? ["attributes", "events", "currencies"]
    guard lost.isDisjoint(with: sections), !isLost(name) else { return }
    add([UnknownName.diagnostic(kind, name, place, among: names)])
  }
}

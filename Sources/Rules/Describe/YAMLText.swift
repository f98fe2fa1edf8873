import YAML

/// Values as rule files spell them.
enum YAMLText {
  /// Plain where that is the same text inside `{ }`, else in quotes.
  static func scalar(_ text: String) -> String {
    isPlain(text)
      ? text
      : "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else {
      return false
    }
    return !"-?:,[]{}#&*!|>'\"%@` ".unicodeScalars.contains(first) && last != " " && last != ":"
      && !text.unicodeScalars.contains { ",[]{}\"\\\n".unicodeScalars.contains($0) }
      && !text.contains(": ") && !text.contains(" #")
  }

  /// `{name: value, …}` in one line.
  static func fields(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\(scalar($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
  }

  static func list(_ texts: [String]) -> String {
    texts.count == 1
      ? scalar(texts[0]) : "[" + texts.map { scalar($0) }.joined(separator: ", ") + "]"
  }

  /// A part of a file in one line.
  static func flow(_ node: Node) -> String {
    switch node.content {
    case .scalar(let text, _): scalar(text)
    case .mapping(let entries): fields(entries.map { ($0.name, flow($0.value)) })
    case .sequence(let items): "[" + items.map { flow($0) }.joined(separator: ", ") + "]"
    case .broken: "…"
    }
  }
}

extension JSONValue {
  /// For people: one member or element a line, two spaces for each step; short lists stay in one.
  public func indented(_ depth: Int = 0) -> String {
    switch self {
    case .object(let members) where !members.isEmpty:
      let lines = members.map {
        Self.inset(depth + 1) + JSONValue.text($0.name).compact + ": "
          + $0.value.indented(depth + 1)
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n" + Self.inset(depth) + "}"
    case .array(let elements) where elements.contains { !$0.isScalar }:
      let lines = elements.map { Self.inset(depth + 1) + $0.indented(depth + 1) }
      return "[\n" + lines.joined(separator: ",\n") + "\n" + Self.inset(depth) + "]"
    case .array(let elements):
      return "[" + elements.map(\.compact).joined(separator: ", ") + "]"
    default: return compact
    }
  }

  private var compact: String {
    var json = JSONWriter()
    json.value(self)
    return json.text
  }

  private var isScalar: Bool {
    switch self {
    case .object, .array: false
    default: true
    }
  }

  private static func inset(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}

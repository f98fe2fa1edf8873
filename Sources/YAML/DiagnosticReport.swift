/// Diagnostics in the order of their places, with the lines that they speak of.
public struct DiagnosticReport: Sendable {
  /// How many are shown; of the others only the number.
  public static let shown = 50
  /// How many columns of a line are shown around the place, before it is cut.
  private static let excerptWidth = 100

  public let diagnostics: [Diagnostic]
  private let sources: [String: SourceText]

  public init(_ diagnostics: [Diagnostic], sources: [SourceFile]) {
    self.diagnostics = diagnostics.sorted {
      ($0.place, $0.code, $0.message) < ($1.place, $1.code, $1.message)
    }
    let named = Set(diagnostics.map(\.place.file))
    self.sources = Dictionary(
      sources.filter { named.contains($0.name) }.map { ($0.name, SourceText($0)) },
      uniquingKeysWith: { first, _ in first })
  }

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// For people. Ends with a line end, unless there is nothing to say.
  public var text: String {
    var text = diagnostics.prefix(Self.shown).map(text(of:)).joined()
    if diagnostics.count > Self.shown {
      text += "and \(diagnostics.count - Self.shown) more\n"
    }
    return text
  }

  private func text(of diagnostic: Diagnostic) -> String {
    var text = "\(diagnostic.place): \(diagnostic.severity.rawValue)[\(diagnostic.code)]: "
    text += diagnostic.message + "\n" + excerpt(diagnostic.place)
    if let help = diagnostic.help { text += "   help: \(help)\n" }
    return text
  }

  /// The line, and carets below the place, aligned by what each character takes on a terminal.
  private func excerpt(_ place: Place) -> String {
    guard let source = sources[place.file], place.line <= source.lineCount else { return "" }
    var scalars = source.scalars(ofLine: place.line).map { $0.value < 0x20 ? " " : $0 }
    var column = min(place.column - 1, scalars.count)
    if column > Self.excerptWidth {
      let dropped = column - Self.excerptWidth / 2
      scalars = ["…"] + scalars.dropFirst(dropped)
      column -= dropped - 1
    }
    if scalars.count > column + Self.excerptWidth {
      scalars = scalars.prefix(column + Self.excerptWidth) + ["…"]
    }
    let end = min(scalars.count, column + place.length)
    let before = scalars[..<column].reduce(0) { $0 + DisplayWidth.of($1) }
    let marked = scalars[column..<max(column, end)].reduce(0) { $0 + DisplayWidth.of($1) }
    let number = String(place.line)
    let margin = String(repeating: " ", count: max(0, 5 - number.utf8.count)) + number
    var line = String.UnicodeScalarView()
    line.append(contentsOf: scalars)
    return "\(margin) | \(String(line))\n"
      + String(repeating: " ", count: margin.utf8.count) + " | "
      + String(repeating: " ", count: before) + String(repeating: "^", count: max(1, marked)) + "\n"
  }

  /// The same for machines: an array with one object a diagnostic, all of them.
  public var json: String {
    let objects = diagnostics.map { diagnostic in
      let place = diagnostic.place
      var fields = [
        "\"code\": " + JSONText.quoted(diagnostic.code),
        "\"severity\": " + JSONText.quoted(diagnostic.severity.rawValue),
        "\"file\": " + JSONText.quoted(place.file), "\"line\": \(place.line)",
        "\"column\": \(place.column)", "\"length\": \(place.length)",
        "\"message\": " + JSONText.quoted(diagnostic.message),
      ]
      if let help = diagnostic.help { fields.append("\"help\": " + JSONText.quoted(help)) }
      return "{" + fields.joined(separator: ", ") + "}"
    }
    return objects.isEmpty ? "[]\n" : "[\n  " + objects.joined(separator: ",\n  ") + "\n]\n"
  }
}

/// A text as JSON writes it (RFC 8259, section 7).
enum JSONText {
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

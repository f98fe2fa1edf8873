/// What a text says, and what is wrong with it. Without a root there is at least one diagnostic
/// or no content.
public struct ParsedText: Sendable {
  public var root: Node?
  public var diagnostics: [Diagnostic]

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Text to nodes, every node with its place.
public enum TextParser {
  public static func parse(_ file: SourceFile) -> ParsedText {
    let source = SourceText(file)
    let found = TextChecks.all(source)
    guard found.isEmpty else { return ParsedText(root: nil, diagnostics: found) }
    var builder = TreeBuilder(source, lines: 1...max(1, source.lineCount))
    do throws(Refusal) {
      let root = try builder.document()
      return ParsedText(root: root, diagnostics: builder.diagnostics)
    } catch {
      let first = builder.diagnostics + [error.diagnostic]
      return ParsedText(
        root: nil, diagnostics: error.isSyntax ? Sections.failures(in: source, else: first) : first)
    }
  }
}

/// Ends the reading of a text.
struct Refusal: Error {
  var diagnostic: Diagnostic
  /// Not one of our own limits but libyaml's word.
  var isSyntax: Bool
}

/// A syntax error hides the rest of its file; so each top-level section is read alone, to find
/// them all.
enum Sections {
  static func failures(in source: SourceText, else whole: [Diagnostic]) -> [Diagnostic] {
    var starts: [Int] = []
    for line in 1...max(1, source.lineCount) {
      guard let first = source.lineBytes(line).first else { continue }
      let isName = first != UInt8(ascii: " ") && first != UInt8(ascii: "#")
      if isName, !"-}]\"'".utf8.contains(first) { starts.append(line) }
    }
    var found: [Diagnostic] = []
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] - 1 : source.lineCount
      var builder = TreeBuilder(source, lines: start...end)
      do throws(Refusal) { _ = try builder.document() } catch {
        if error.isSyntax { found.append(error.diagnostic) }
      }
      found += builder.diagnostics
    }
    return found.isEmpty ? whole : found
  }
}

/// What a text says, and what is wrong with it. Without a root there is at least one diagnostic
/// or no content.
public struct ParsedText: Sendable {
  public var root: Node?
  public var diagnostics: [Diagnostic]
  /// Where there is no root for a syntax error: what can be read of the text all the same.
  public var rest: RecoveredText?

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Text to nodes, every node with its place.
public enum TextParser {
  public static func parse(_ file: SourceFile) -> ParsedText {
    let source = SourceText(file)
    let found = TextChecks.all(source)
    guard found.isEmpty else {
      return found.allSatisfy { $0.code == TextChecks.tabs }
        ? Sections.read(source, else: found, told: found)
        : ParsedText(root: nil, diagnostics: found)
    }
    var builder = TreeBuilder(source, lines: 1...max(1, source.lineCount))
    do throws(Refusal) {
      let root = try builder.document()
      return ParsedText(root: root, diagnostics: builder.diagnostics)
    } catch {
      let first = builder.diagnostics + [error.diagnostic]
      return error.isSyntax
        ? Sections.read(source, else: first) : ParsedText(root: nil, diagnostics: first)
    }
  }
}

/// Ends the reading of a text.
struct Refusal: Error {
  var diagnostic: Diagnostic
  /// Not one of our own limits but libyaml's word.
  var isSyntax: Bool
}

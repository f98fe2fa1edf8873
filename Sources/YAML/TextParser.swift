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
    guard found.allSatisfy({ $0.code == TextChecks.tabs }) else {
      return ParsedText(root: nil, diagnostics: found)
    }
    let parsed = found.isEmpty ? read(source) : nil
    if let parsed, !parsed.hasErrors { return parsed }
    return mended(source, told: found) ?? parsed ?? Sections.read(source, else: found, told: found)
  }

  private static func read(_ source: SourceText) -> ParsedText {
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

  /// Reads on behind tabs, and names without their colons or the spaces behind them, as if they
  /// were right; nil where there are none.
  private static func mended(_ source: SourceText, told: [Diagnostic]) -> ParsedText? {
    let spaces = MissingSpaces.all(source)
    let tabs = told.isEmpty ? [] : TabIndents.edits(source)
    guard !spaces.isEmpty || !tabs.isEmpty else { return nil }
    let mended = MendedText(source, spaces.map(\.edit) + tabs)
    let all = told + spaces.map(\.found)
    let hasTabs = !TextChecks.all(mended.source).isEmpty
    var parsed = mended.written(
      hasTabs ? Sections.read(mended.source, else: []) : read(mended.source))
    parsed.diagnostics = all + parsed.diagnostics
    return parsed
  }
}

/// Ends the reading of a text.
struct Refusal: Error {
  var diagnostic: Diagnostic
  /// Not one of our own limits but libyaml's word.
  var isSyntax: Bool
}

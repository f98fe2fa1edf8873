import Loyalty
import YAML

/// What the files of a program's folder say.
public struct ReadResult: Sendable {
  /// Nil where there is an error.
  public var program: ProgramSyntax?
  public var diagnostics: [Diagnostic]
  /// What could be read in spite of errors: enough to look for names.
  var partial: ProgramSyntax?
}

/// Reads a program's folder: one file that begins with `program:`, any that begin with `campaign:`.
public enum ProgramReader {
  public static func read(_ files: [SourceFile]) -> ReadResult {
    let reading = Reading()
    var roots: [Node] = []
    for file in files {
      let parsed = TextParser.parse(file)
      reading.add(parsed.diagnostics)
      guard let root = parsed.root else {
        if parsed.diagnostics.isEmpty { reading.nothing(in: file.name) }
        continue
      }
      roots.append(root)
    }
    // Behind a file that is no YAML the names of the others would look unknown.
    guard reading.diagnostics.isEmpty || roots.count == files.count else {
      return ReadResult(program: nil, diagnostics: reading.diagnostics, partial: nil)
    }
    let partial = reading.program(roots, files: files)
    let failed = reading.diagnostics.contains { $0.severity == .error }
    return ReadResult(
      program: failed ? nil : partial, diagnostics: reading.diagnostics, partial: partial)
  }
}

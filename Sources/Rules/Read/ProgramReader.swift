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
  /// `zones` are names of time zones that can be offered for one that is none.
  public static func read(_ files: [SourceFile], zones: [String] = []) -> ReadResult {
    let reading = Reading(zones: zones)
    var roots: [Node] = []
    for file in files {
      let parsed = TextParser.parse(file)
      reading.add(parsed.diagnostics)
      if let root = parsed.root {
        roots.append(root)
      } else if let rest = parsed.rest, hasHead(rest.root) {
        roots.append(rest.root)
        // Without its name, a campaign's rules are nobody's.
        let isAll = !rest.lost.isDisjoint(with: ["", "campaign"])
        reading.lost.formUnion(isAll ? Set(Room.program.words) : rest.lost)
      } else if parsed.diagnostics.isEmpty {
        reading.nothing(in: file.name)
      } else {
        reading.lost.formUnion(Room.program.words)
      }
    }
    let partial = reading.program(roots, files: files)
    let failed = reading.diagnostics.contains { $0.severity == .error }
    return ReadResult(
      program: failed ? nil : partial, diagnostics: reading.diagnostics, partial: partial)
  }

  /// Whether a file that is not whole says at least which program or campaign it is.
  private static func hasHead(_ root: Node) -> Bool {
    (root["program"] != nil) != (root["campaign"] != nil)
  }
}

import Foundation
import Loyalty
import Rules
import Testing
import YAML

/// One slip in a file that is right gets one diagnostic, wherever it stands: what could not be read
/// is missed by nobody.
@Suite struct RecoveryTests {
  static let programs = ["gold-crown", "sky-miles", "fresh-market"]

  private func files(_ program: String) throws -> [SourceFile] {
    let folder = TestFiles.package.appending(path: "config/\(program)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try names.filter { $0.hasSuffix(".yaml") }.map { name in
      SourceFile(name: name, bytes: try Data(contentsOf: folder.appending(path: name)))
    }
  }

  /// Each as people slip; nil where there is nothing to slip on.
  static let slips: [@Sendable (String) -> String?] = [
    { $0.hasSuffix("}") && $0.contains("{") ? String($0.dropLast()) : nil },
    {
      $0.firstIndex(of: "]").map { $0 } == nil
        ? nil : $0.replacing("]", with: "", maxReplacements: 1)
    },
    { line in
      line.firstRange(of: ": ").map { line[..<$0.upperBound] + "\"" + line[$0.upperBound...] }
    },
    { line in
      line.firstRange(of: ": ").map { line[..<$0.upperBound] + "A: " + line[$0.upperBound...] }
    },
    { $0.hasSuffix(":") && !$0.hasPrefix("#") ? String($0.dropLast()) : nil },
    { $0.contains(": {") ? $0.replacing(": {", with: ":{", maxReplacements: 1) : nil },
    { $0.hasPrefix(" ") ? "\t" + $0.drop { $0 == " " } : nil },
    { $0.hasPrefix("  ") ? "\t" + $0.dropFirst(2) : nil },
    { $0.hasPrefix("    ") ? "  \t" + $0.dropFirst(4) : nil },
  ]

  @Test(arguments: programs, slips.indices)
  func `one slip is told once`(_ program: String, _ slip: Int) throws {
    let whole = try files(program)
    for place in whole.indices {
      let lines = whole[place].text.components(separatedBy: "\n")
      for (index, line) in lines.enumerated() {
        guard line.first != "#", !line.contains(" #"), let changed = Self.slips[slip](line) else {
          continue
        }
        var files = whole
        files[place].text =
          (lines[..<index] + [changed] + lines[(index + 1)...]).joined(separator: "\n")
        let found = ProgramChecker.check(files).diagnostics.filter { $0.severity == .error }
        #expect(found.count < 2, "\(changed)\n\(found.map { "\($0.place) \($0.message)" })")
      }
    }
  }
}

import Foundation
import Loyalty
import Rules
import Testing
import YAML

/// Wrong files as people write them, each beside the text that they get for it.
///
/// `PATRON_RECORD=1 swift test --filter CaseTests` writes the texts anew.
@Suite struct CaseTests {
  static let folder = TestFiles.tests.appending(path: "Cases")
  static let cases: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }()
  static let isRecording = ProcessInfo.processInfo.environment["PATRON_RECORD"] != nil
  /// Too large to keep as files, or found where the system or a database is asked.
  static let madeElsewhere: Set = ["Y001", "Y017", "R090", "R095", "R096", "R097", "R098"]

  /// A line `#### name` begins a further file.
  static func files(_ name: String) throws -> [SourceFile] {
    let data = try Data(contentsOf: folder.appending(path: name + ".yaml"))
    let text = SourceFile(name: "program.yaml", bytes: data).text
    let parts = text.components(separatedBy: "#### ")
    return parts.enumerated().map { index, part in
      guard index > 0, let end = part.firstIndex(of: "\n") else {
        return SourceFile(name: "program.yaml", text: part)
      }
      return SourceFile(name: String(part[..<end]), text: String(part[part.index(after: end)...]))
    }
  }

  @Test(arguments: cases)
  func `a wrong file gets exactly its diagnostics`(_ name: String) throws {
    let files = try Self.files(name)
    let today = CivilDate(year: 2026, month: 1, day: 1)
    let result = ProgramChecker.check(files, today: today)
    let text = DiagnosticReport(result.diagnostics, sources: files).text
    let golden = Self.folder.appending(path: name + ".txt")
    if Self.isRecording { try text.write(to: golden, atomically: true, encoding: .utf8) }
    let expected = (try? String(contentsOf: golden, encoding: .utf8)) ?? ""
    #expect(text == expected)
    #expect(!text.isEmpty)
    let code = String(name.prefix(4))
    #expect(result.diagnostics.contains { $0.code == code }, "\(code) is not among them")
    #expect((result.program == nil) == result.diagnostics.contains { $0.severity == .error })
  }

  /// What `patron explain R012` shows: of each code's first case what it was told.
  static func shown(_ codes: [String]) -> String {
    codes.compactMap { code -> String? in
      guard let name = cases.first(where: { $0.hasPrefix(code) }),
        let text = try? String(
          contentsOf: folder.appending(path: name + ".txt"), encoding: .utf8)
      else { return nil }
      // A diagnostic begins at the left; what belongs to it is indented.
      var blocks: [String] = []
      for line in text.components(separatedBy: "\n") {
        if line.hasPrefix(" ") || line.isEmpty {
          if !blocks.isEmpty { blocks[blocks.count - 1] += "\n" + line }
        } else {
          blocks.append(line)
        }
      }
      let own = blocks.filter { $0.contains("[\(code)]") }.prefix(2)
      return "==== \(code)\n" + own.joined(separator: "\n") + "\n"
    }.joined()
  }

  @Test func `what explain shows of a code is what its case is told`() throws {
    let path = TestFiles.package.appending(path: "Sources/CLI/Cases/diagnostics.txt")
    let text = Self.shown(Codes.all.map(\.id).sorted())
    if Self.isRecording { try text.write(to: path, atomically: true, encoding: .utf8) }
    #expect(text == (try? String(contentsOf: path, encoding: .utf8)))
  }

  @Test func `every code has a case, and every case a code`() {
    let codes = Set(Codes.all.map(\.id))
    let covered = Set(Self.cases.map { String($0.prefix(4)) }).union(Self.madeElsewhere)
    #expect(codes.subtracting(covered).sorted() == [])
    #expect(covered.subtracting(codes).sorted() == [])
    #expect(codes.count == Codes.all.count, "a code stands twice")
  }

  @Test func `every code that the sources give is in the registry`() throws {
    let codes = Set(Codes.all.map(\.id))
    for room in ["Sources/YAML", "Sources/Rules/Read", "Sources/Rules/Check"] {
      let folder = TestFiles.package.appending(path: room)
      for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        for match in text.matches(of: /"([RY]\d{3})"/) {
          #expect(codes.contains(String(match.1)), "\(file) gives \(match.1)")
        }
      }
    }
  }
}

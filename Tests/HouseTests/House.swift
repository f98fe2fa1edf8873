import Foundation
import TestSupport

/// The project's own texts, as the rules of the house see them.
struct House {
  /// What a build or a run leaves behind, and what git keeps.
  private static let skipped: Set<String> = [".git", ".build", ".patron", ".swiftpm"]
  /// Larger files are data.
  private static let largest = 1_000_000

  let files: [SourceFile]
  let manifest: Manifest

  /// Every Swift file below Sources/.
  var sources: [SourceFile] { files.filter { $0.path.hasPrefix("Sources/") && $0.isSwift } }
  /// Every text that people write and read line by line.
  var code: [SourceFile] { files.filter { $0.isSwift || $0.path.hasSuffix(".sql") } }

  init() throws {
    let root = packageFolder()
    var files: [SourceFile] = []
    func visit(_ folder: String) throws {
      for name in try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").sorted()
      where !Self.skipped.contains(name) {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
        else { continue }
        if isFolder.boolValue {
          try visit(path)
        } else if let data = FileManager.default.contents(atPath: "\(root)/\(path)"),
          data.count <= Self.largest, let text = String(data: data, encoding: .utf8)
        {
          files.append(SourceFile(path: path, text: text))
        }
      }
    }
    try visit("")
    self.files = files
    manifest = Manifest(files.first { $0.path == "Package.swift" }?.text ?? "")
  }
}

/// What breaks a rule, and where.
struct Finding: CustomStringConvertible, Equatable {
  let path: String
  let line: Int
  let message: String

  var description: String { "\(path):\(line): \(message)" }
}

/// A file in the project, cut into lines.
struct SourceFile {
  let path: String
  let text: String
  let lines: [Substring]

  init(path: String, text: String) {
    self.path = path
    self.text = text
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  var isSwift: Bool { path.hasSuffix(".swift") }

  /// The target that the file belongs to: the folder below Sources/.
  var room: String {
    let parts = path.split(separator: "/")
    return parts.count > 2 ? String(parts[1]) : ""
  }

  func finding(_ index: Int, _ message: String) -> Finding {
    Finding(path: path, line: index + 1, message: message)
  }

  /// A finding for each line of code, comments aside, of which `rule` has something to say.
  func findings(_ rule: (Substring) -> String?) -> [Finding] {
    lines.enumerated().compactMap { index, line in
      rule(Self.withoutComment(line)).map { finding(index, $0) }
    }
  }

  /// A finding for each line of code that has one of these words, whole.
  func findings(words: Set<String>, _ message: (Substring) -> String) -> [Finding] {
    findings { line in
      Self.words(line).first { words.contains(String($0)) }.map(message)
    }
  }

  static func words(_ line: Substring) -> [Substring] {
    line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
  }

  /// What follows `//` is a comment, unless it is part of a URL.
  private static func withoutComment(_ line: Substring) -> Substring {
    guard line.contains("//") else { return line }
    var previous: Character = " "
    for index in line.indices {
      if line[index...].hasPrefix("//"), previous != ":" { return line[..<index] }
      previous = line[index]
    }
    return line
  }
}

/// Package.swift as it is written: which target depends on which.
struct Manifest {
  let rooms: [String: Set<String>]

  init(_ text: String) {
    let target =
      #/
      (?: room\( \s* | \.(?:target|executableTarget)\( \s* name:\s )
      "(\w+)"
      (?: ,\s* (?:dependencies:\s*)? \[ ([^\]]*) \] )?
      /#
    var rooms: [String: Set<String>] = [:]
    for match in text.matches(of: target) {
      let names = (match.2 ?? "").matches(of: /"(\w+)"/).map { String($0.1) }
      rooms[String(match.1)] = Set(names)
    }
    self.rooms = rooms
  }
}

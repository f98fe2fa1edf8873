import Foundation
import Loyalty
import Rules
import YAML

/// A program's files on disk: a folder with its file and its campaigns' files, or one file.
public struct ProgramFolder: Sendable {
  public var files: [SourceFile]

  public init(files: [SourceFile]) { self.files = files }

  /// Reads `path`; the files' names stay as the user gave them, in alphabetical order.
  public init(path: String) throws(ProgramFailure) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ProgramFailure(message: "\(path): there is no such file or folder")
    }
    var paths = [path]
    if isFolder.boolValue {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      paths = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        .map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
      guard !paths.isEmpty else {
        throw ProgramFailure(
          message: "\(path): no rule file in this folder; its name ends in .yaml")
      }
    }
    files = []
    for path in paths {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw ProgramFailure(message: "\(path): cannot be read")
      }
      files.append(SourceFile(name: path, bytes: [UInt8](data)))
    }
  }

  /// Reads and checks; errors and warnings both.
  public func check(today: CivilDate? = nil) -> (program: ProgramSyntax?, diagnostics: [Diagnostic])
  {
    let result = ProgramChecker.check(
      files, today: today, zones: TimeZone.knownTimeZoneIdentifiers)
    guard let program = result.program else { return (nil, result.diagnostics) }
    let all = result.diagnostics + zoneProblems(program)
    return (all.contains { $0.severity == .error } ? nil : program, all)
  }

  /// Zone names are the system's: the one question that the pure checker cannot answer.
  private func zoneProblems(_ program: ProgramSyntax) -> [Diagnostic] {
    guard ZoneTable.zone(program.timezone.value) == nil else { return [] }
    let near = NearName.of(program.timezone.value, among: TimeZone.knownTimeZoneIdentifiers)
    return [
      Diagnostic(
        "R090", at: program.timezone.place, "no time zone is called `\(program.timezone.value)`",
        help: near.map { "did you mean `\($0)`?" }
          ?? "write it as a region and a city: `Europe/London`, `America/Chicago`, `Asia/Shanghai`")
    ]
  }
}

public struct ProgramFailure: Error, CustomStringConvertible {
  public var message: String
  public var diagnostics: [Diagnostic] = []
  public init(message: String, diagnostics: [Diagnostic] = []) {
    self.message = message
    self.diagnostics = diagnostics
  }
  public var description: String { message }
}

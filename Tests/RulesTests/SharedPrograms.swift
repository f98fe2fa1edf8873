import Foundation
import YAML

/// The programs beside the package, and this target's own files.
enum TestFiles {
  static let tests = URL(filePath: #filePath).deletingLastPathComponent()
  static let package = tests.deletingLastPathComponent().deletingLastPathComponent()

  /// `../shared/programs`, of this package or of one that it is checked out beside; nil where
  /// absent.
  static let programs: URL? = {
    var folder = package
    for _ in 0..<3 {
      folder.deleteLastPathComponent()
      let found = folder.appending(path: "shared/programs")
      if FileManager.default.fileExists(atPath: found.path) { return found }
    }
    return nil
  }()

  static func source(_ url: URL) throws -> SourceFile {
    SourceFile(name: url.lastPathComponent, bytes: try Data(contentsOf: url))
  }

  static func program(_ name: String) throws -> SourceFile {
    try source(programs!.appending(path: name + ".yaml"))
  }
}

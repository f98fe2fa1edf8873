import Foundation
import Postgres

/// What a run of a program ended with.
public struct ProgramResult: Sendable {
  public var status: Int32
  public var stdout: String
  public var stderr: String
}

/// Runs the `patron` that was built with these tests.
///
/// `env` goes on top of the tests' own variables, without those that name a database.
public func runPatron(
  _ arguments: [String], env: [String: String] = [:], stdin: String = "", folder: String? = nil
) throws -> ProgramResult {
  let files = FileManager.default
  let scratch = files.temporaryDirectory.appendingPathComponent("patron-run-\(UUID().uuidString)")
  try files.createDirectory(at: scratch, withIntermediateDirectories: true)
  defer { try? files.removeItem(at: scratch) }
  // Files, for a pipe that nobody reads would stop the program.
  func file(_ name: String, _ text: String = "") throws -> URL {
    let url = scratch.appendingPathComponent(name)
    try Data(text.utf8).write(to: url)
    return url
  }
  let (input, output, errors) = (
    try file("stdin", stdin), try file("stdout"), try file("stderr")
  )
  let process = Process()
  process.executableURL = builtProducts().appendingPathComponent("patron")
  process.arguments = arguments
  process.environment = plainEnvironment().merging(env) { $1 }
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  process.standardInput = try FileHandle(forReadingFrom: input)
  process.standardOutput = try FileHandle(forWritingTo: output)
  process.standardError = try FileHandle(forWritingTo: errors)
  try process.run()
  process.waitUntilExit()
  let signal = process.terminationReason == .uncaughtSignal
  return ProgramResult(
    status: process.terminationStatus + (signal ? 128 : 0),
    stdout: String(decoding: try Data(contentsOf: output), as: UTF8.self),
    stderr: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
}

/// Starts the same program and does not wait for it; nobody reads what it prints.
public func startPatron(_ arguments: [String], _ settings: ConnectionSettings) throws -> Process {
  let process = Process()
  process.executableURL = builtProducts().appendingPathComponent("patron")
  process.arguments = arguments
  process.environment = plainEnvironment().merging(["DATABASE_URL": settings.url]) { $1 }
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  try process.run()
  return process
}

extension ConnectionSettings {
  /// The server and its database, as `DATABASE_URL` takes them.
  public var url: String { location + (database.map { " dbname=\($0)" } ?? "") }
}

/// The folder that holds the test bundle and the executables beside it.
public func builtProducts() -> URL {
  #if os(Linux)
    let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return bundle.deletingLastPathComponent()
  #else
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
    return (bundle ?? .main).bundleURL.deletingLastPathComponent()
  #endif
}

/// The folder of the package, found from this file's own place in it.
public func packageFolder() -> String {
  #filePath.components(separatedBy: "/Tests/TestSupport/")[0]
}

private func plainEnvironment() -> [String: String] {
  ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") && $0.key != "DATABASE_URL" }
}

import Foundation

/// This program in a process of its own, as a shop runs it.
struct BenchChild {
  private let process = Process()

  init(_ words: [String], database: String) throws {
    process.executableURL = URL(
      fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
    process.arguments = words
    process.environment = ProcessInfo.processInfo.environment
      .merging(["DATABASE_URL": database]) { _, new in new }
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  func stop() { process.terminate() }

  func finish(_ what: String) throws {
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchFailure("`patron \(what)` ended with status \(process.terminationStatus)")
    }
  }

  /// The most memory that any of these processes ever had, in bytes.
  static var peakBytes: Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(RUSAGE_CHILDREN.rawValue, &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_CHILDREN, &usage)
      return usage.ru_maxrss
    #endif
  }
}

struct BenchFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

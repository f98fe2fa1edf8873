import Foundation

/// The most memory that any process of a bench ever had.
final class PeakMemory {
  private(set) var bytes = 0

  /// Asks the kernel for the process's own high-water mark: what the system tells of children
  /// counts the parent's memory, too, from between the fork and the program.
  func note(_ process: Process) {
    let path = "/proc/\(process.processIdentifier)/status"
    guard let status = try? String(contentsOfFile: path, encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = Int(line.filter(\.isNumber))
    else { return }
    bytes = max(bytes, kilobytes * 1024)
  }
}

/// This program in a process of its own, as a shop runs it.
struct BenchChild {
  private let process = Process()
  private let peak: PeakMemory

  init(_ words: [String], database: String, _ peak: PeakMemory) throws {
    self.peak = peak
    process.executableURL = URL(
      fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
    process.arguments = words
    process.environment = ProcessInfo.processInfo.environment
      .merging(["DATABASE_URL": database]) { _, new in new }
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  func stop() {
    peak.note(process)
    process.terminate()
  }

  func finish(_ what: String) throws {
    while process.isRunning {
      peak.note(process)
      usleep(20_000)
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchFailure("`patron \(what)` ended with status \(process.terminationStatus)")
    }
  }
}

struct BenchFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

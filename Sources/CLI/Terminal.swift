import Engine
import Feed
import Foundation
import Ledger
import Postgres
import YAML

/// What goes to a person's screen: results to standard output, everything else to standard error.
enum Terminal {
  static let isOutput = isatty(STDOUT_FILENO) == 1
  static let isError = isatty(STDERR_FILENO) == 1
  static let hasColor =
    isOutput && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
    && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  static func error(_ message: String) { note("patron: \(message)") }

  /// Behind what was printed before, also where both go into one file.
  static func note(_ message: String) {
    fflush(nil)
    FileHandle.standardError.write(Data((message + "\n").utf8))
  }

  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  static func styled(_ text: String, _ style: Style) -> String {
    hasColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// `text` and spaces, `width` columns wide, Chinese characters counted as two.
  static func padded(_ text: String, _ width: Int, right: Bool = false) -> String {
    let fill = String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
    return right ? fill + text : text + fill
  }

  /// 1234567 as 1,234,567.
  static func grouped(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
  }
}

/// A line that is written over and over: how far, how fast, how long still. Only on a terminal.
struct ProgressBar {
  private let title: String
  private let unit: String
  private let start = Date()
  private var last = Date.distantPast

  init(_ title: String, unit: String) {
    self.title = title
    self.unit = unit
  }

  mutating func show(_ done: Int, of total: Int) {
    guard Terminal.isError, Date().timeIntervalSince(last) > 0.1 || done >= total else { return }
    last = Date()
    let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
    let seconds = max(0.001, last.timeIntervalSince(start))
    let rate = Double(done) / seconds
    let left = rate > 0 ? Int((Double(max(0, total - done)) / rate).rounded(.up)) : 0
    let filled = Int(share * 24)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
    let line =
      "\r\(title) \(bar) \(Int(share * 100))%  \(Terminal.grouped(done)) \(unit)  "
      + "\(Terminal.grouped(Int(rate)))/s  \(left) s left   "
    FileHandle.standardError.write(Data(line.utf8))
  }

  func end() {
    guard Terminal.isError else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }
}

extension FeedError {
  /// The same, naming the file as the command line did.
  func of(_ path: String) -> FeedError {
    var error = self
    if path != "-" { error.file = path }
    return error
  }
}

/// Any error as a sentence for a person.
enum Failure {
  /// The files that a feed's diagnostics point into, for their excerpts.
  private static func sources(of error: FeedError) -> [SourceFile] {
    Set(error.diagnostics.map(\.place.file)).compactMap { path in
      FileManager.default.contents(atPath: path).map { SourceFile(name: path, bytes: [UInt8]($0)) }
    }
  }

  static func text(_ error: any Error) -> String {
    if let error = error as? PostgresError, error.code == .undefinedTable {
      return "this database has no Patron tables yet; `patron init` makes them"
    }
    if let error = error as? PostgresError, error.sqlstate == "3F000" {
      return "this database has no Patron tables yet; `patron init` makes them"
    }
    if let error = error as? FeedError, !error.diagnostics.isEmpty {
      return error.description + "\n"
        + DiagnosticReport(error.diagnostics, sources: sources(of: error)).text
    }
    return "\(error)"
  }
}

/// Which database a command works on.
enum Database {
  /// The configured one, or the private one, started if need be; says so on standard error.
  static func settings(quiet: Bool = false) throws -> ConnectionSettings {
    if let configured = ConnectionSettings.configured() { return configured }
    let cluster = PrivateCluster()
    let settings = try cluster.start { Terminal.note($0) }
    if !quiet { Terminal.note("(no database is configured: using the private one in .patron/)") }
    return settings
  }

  /// The private one where it runs already: nothing is made or started for a question.
  static func running() -> ConnectionSettings? {
    let cluster = PrivateCluster()
    guard case .running? = try? cluster.status() else { return nil }
    return try? cluster.start()
  }
}

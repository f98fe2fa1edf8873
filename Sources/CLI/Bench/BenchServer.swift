import Dispatch
import Foundation
import Postgres

/// A PostgreSQL server of the bench's own, set up as the private one is, and removed with all its
/// databases at the end. No other database is ever touched.
final class BenchServer: Sendable {
  /// Also for the files of a run.
  let folder: String
  private let cluster: PrivateCluster
  private let server: ConnectionSettings

  init() throws {
    // Not in /tmp, which may be memory: commits must reach a disk.
    folder = "/var/tmp/patron-bench-\(getpid())"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    cluster = PrivateCluster(folder: folder)
    server = try cluster.start { Terminal.note($0) }
  }

  func remove() {
    try? cluster.remove()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Runs `body` with a server that is removed afterwards, also when the user breaks off.
  static func with<Result>(_ body: (BenchServer) throws -> Result) throws -> Result {
    let server = try BenchServer()
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        server.remove()
        exit(128 + number)
      }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      server.remove()
    }
    return try body(server)
  }

  func settings(_ database: String) -> ConnectionSettings {
    var settings = server
    settings.database = database
    return settings
  }

  /// For `DATABASE_URL` of another process.
  func location(_ database: String) -> String {
    server.location.split(separator: " ").filter { !$0.hasPrefix("dbname=") }
      .joined(separator: " ") + " dbname=\(database)"
  }

  /// Makes a database anew, as a copy that nothing is left to be written of.
  func make(_ name: String, from template: String = "template0") throws {
    let db = try Connection(settings("postgres"))
    try db.execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    try db.execute("CREATE DATABASE \(name) TEMPLATE \(template)")
    try db.execute("CHECKPOINT")
  }

  func drop(_ name: String) throws {
    try Connection(settings("postgres")).execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
  }
}

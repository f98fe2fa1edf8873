import Foundation
import Postgres

/// A PostgreSQL server of the test process's own: started at the first use, removed at its end.
///
/// Its folder's lock is held while the process lives, so that the next test process finds and
/// removes what a killed one left.
public final class TestCluster: Sendable {
  public static let shared = TestCluster()

  private let folder: String
  private let lock: Int32
  public let settings: ConnectionSettings

  private init() {
    do {
      let root = Self.root()
      let turn = Self.hold(root + "/lock", waiting: true)
      defer { close(turn) }
      Self.removeStale(in: root)
      folder = "\(root)/\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      lock = Self.hold(folder + "/owner", waiting: true)
      settings = try PrivateCluster(folder: folder, isDurable: false).start()
      // What C calls back must not capture anything.
      atexit { TestCluster.shared.remove() }
    } catch {
      fatalError("the tests' database: \(error)")
    }
  }

  private func remove() {
    Self.remove(folder)
    close(lock)
  }

  /// Makes a new database, empty or a copy of another of this cluster that nobody uses.
  public func database(from template: String = "template0") throws -> ConnectionSettings {
    let name = "test_\(UInt64.random(in: 0...UInt64.max))"
    let db = try Connection(settings)
    try db.execute("CREATE DATABASE \(name) TEMPLATE \(template)")
    var own = settings
    own.database = name
    return own
  }

  /// Makes a database, and drops it when `body` is done.
  public func withDatabase<Result>(
    from template: String = "template0", _ body: (ConnectionSettings) throws -> Result
  ) throws -> Result {
    let own = try database(from: template)
    defer {
      if let db = try? Connection(settings), let name = own.database {
        try? db.execute("DROP DATABASE \(name) WITH (FORCE)")
      }
    }
    return try body(own)
  }
}

extension TestCluster {
  private static func root() -> String {
    let path = "/tmp/patron-tests-\(geteuid())"
    mkdir(path, 0o700)
    return path
  }

  /// The lock on a file, or -1 when another process has it and we do not wait.
  private static func hold(_ path: String, waiting: Bool) -> Int32 {
    let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    precondition(descriptor >= 0, "\(path) cannot be made")
    if flock(descriptor, waiting ? LOCK_EX : LOCK_EX | LOCK_NB) == 0 { return descriptor }
    close(descriptor)
    return -1
  }

  private static func removeStale(in root: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    for name in names where name != "lock" {
      let lock = hold("\(root)/\(name)/owner", waiting: false)
      guard lock >= 0 else { continue }
      remove("\(root)/\(name)")
      close(lock)
    }
  }

  private static func remove(_ folder: String) {
    try? PrivateCluster(folder: folder).remove()
    try? FileManager.default.removeItem(atPath: folder)
  }
}

import Foundation
import Postgres
import TestSupport
import Testing

/// Each test has a project folder and a server of its own.
@Suite struct PrivateClusterTests {
  private func withProject(
    named name: String = "project", _ body: (PrivateCluster, String) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/\(name)-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let cluster = PrivateCluster(folder: folder, isDurable: false)
    defer {
      try? cluster.remove()
      try? FileManager.default.removeItem(atPath: folder)
    }
    try body(cluster, folder)
  }

  @Test func itStartsOnceAndStops() throws {
    try withProject { cluster, _ in
      #expect(try cluster.status() == .absent)
      #expect(try cluster.stop() == false)
      var said: [String] = []
      let settings = try cluster.start { said.append($0) }
      #expect(said.count == 2)
      let running = try cluster.status()
      #expect(try cluster.start { said.append($0) } == settings)
      #expect(said.count == 2)
      #expect(try cluster.status() == running)
      let kept = try Connection(settings)
      try kept.execute("CREATE TABLE kept (n int)")
      let facts = try kept.query(
        """
        SELECT current_setting('listen_addresses'), pg_encoding_to_char(encoding)
        FROM pg_database WHERE datname = current_database()
        """)
      #expect((0..<2).map { facts.text(0, $0) } == ["", "UTF8"])
      #expect(try cluster.stop())
      #expect(try cluster.status() == .stopped)
      #expect(try cluster.stop() == false)
      let again = try Connection(try cluster.start())
      #expect(try again.query("SELECT count(*) FROM kept").int(0, 0) == 0)
    }
  }

  @Test func manyMayStartItAtOnce() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/crowd-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let cluster = PrivateCluster(folder: folder, isDurable: false)
    let processes = try await withThrowingTaskGroup(of: PrivateCluster.Status.self) { group in
      for _ in 0..<4 {
        group.addTask {
          _ = try Connection(try cluster.start())
          return try cluster.status()
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(processes.allSatisfy { $0 == processes[0] })
    try cluster.remove()
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func aCrashLeavesNothingInTheWay() throws {
    try withProject(named: "odd name, 'quoted'") { cluster, _ in
      _ = try cluster.start()
      guard case .running(let process) = try cluster.status() else {
        Issue.record("it does not run")
        return
      }
      let file = try cluster.folder() + "/data/postmaster.pid"
      let left = try String(contentsOfFile: file, encoding: .utf8)
      kill(process, SIGKILL)
      while kill(process, 0) == 0 { usleep(10_000) }
      // The old process's number is another program's by now: ours.
      let stale = left.replacingOccurrences(of: "\(process)\n", with: "\(getpid())\n")
      try stale.write(toFile: file, atomically: false, encoding: .utf8)
      #expect(try cluster.status() == .stopped)
      let db = try Connection(try cluster.start())
      #expect(try db.query("SELECT 1").int(0, 0) == 1)
    }
  }

  @Test func aStartThatBrokeOffIsMadeGood() throws {
    try withProject { cluster, _ in
      var first = try cluster.start()
      first.database = "postgres"
      try Connection(first).execute("DROP DATABASE patron")
      _ = try Connection(try cluster.start())
    }
  }

  /// A server that kept a file of ours would hold the lock on it after our end.
  @Test func theServerInheritsNoFiles() throws {
    try withProject { cluster, folder in
      let file = open("\(folder)/inherited", O_CREAT | O_RDWR, 0o600)
      #expect(file >= 0 && flock(file, LOCK_EX) == 0)
      _ = try cluster.start()
      close(file)
      let again = open("\(folder)/inherited", O_RDWR | O_CLOEXEC)
      #expect(flock(again, LOCK_EX | LOCK_NB) == 0)
      close(again)
    }
  }

  @Test func aFolderTooDeepForASocketWorks() throws {
    try withProject(named: String(repeating: "deep", count: 30)) { cluster, _ in
      let db = try Connection(try cluster.start())
      #expect(try db.query("SELECT 1").int(0, 0) == 1)
      #expect(try cluster.folder().hasPrefix("/var/tmp/patron-"))
    }
  }
}

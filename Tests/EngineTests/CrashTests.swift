import Foundation
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// Exactly once, whatever is killed and whenever: the real program, a real server, random moments.
@Suite(.serialized)
struct CrashTests {
  static let members = 40
  static let seed = UInt64(ProcessInfo.processInfo.environment["PATRON_SEED"] ?? "") ?? 11

  @Test("an engine killed by kill -9 again and again leaves the ledger of an undisturbed run")
  func killedWorkers() throws {
    print("seed \(Self.seed)")
    let transactions = Trade.transactions(3_000, members: Self.members, seed: Self.seed)
    let plain = try made(transactions)
    try plain.run()
    let other = try made(transactions)
    var random = SeededGenerator(seed: Self.seed)
    var kills = 0
    while kills < 25, try other.number("SELECT count(*) FROM patron.outcomes") < 2_900 {
      let engine = try engine(other.settings, workers: 1 + kills % 3)
      usleep(20_000 + UInt32(random.next() % 150_000))
      kill(engine.processIdentifier, SIGKILL)
      engine.waitUntilExit()
      kills += 1
    }
    #expect(kills >= 5)
    try other.run(workers: 2)
    #expect(try other.ledger() == plain.ledger())
  }

  @Test("a file posted by a program that is killed, and then posted again, is there once")
  func killedPost() throws {
    let transactions = Trade.transactions(3_000, members: Self.members, seed: Self.seed &+ 1)
    let plain = try made(transactions)
    let other = try made([])
    let file = FileManager.default.temporaryDirectory.path + "/post-\(UUID().uuidString).ndjson"
    try Data(Trade.ndjson(transactions).utf8).write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    var random = SeededGenerator(seed: Self.seed)
    for _ in 0..<8 {
      let post = try startPatron(["post", file], other.settings)
      usleep(50_000 + UInt32(random.next() % 900_000))
      kill(post.processIdentifier, SIGKILL)
      post.waitUntilExit()
    }
    let last = try startPatron(["post", file], other.settings)
    last.waitUntilExit()
    #expect(last.terminationStatus == 0)
    #expect(try other.number("SELECT count(*) FROM patron.events") == 3_000)
    #expect(
      try other.number(
        "SELECT count(*) FROM patron.events e LEFT JOIN patron.claims c ON "
          + "(c.shard, c.account_id, c.seq) = (e.shard, e.account_id, e.seq) WHERE c.seq IS NULL")
        == 0)
    // In the file's order of time the ledger is that of a post without a kill.
    let sorted = try made([])
    let whole = try startPatron(["post", file], sorted.settings)
    whole.waitUntilExit()
    try sorted.run()
    try other.run()
    #expect(try other.ledger() == sorted.ledger())
    #expect(try plain.number("SELECT count(*) FROM patron.events") == 3_000)
  }

  @Test("a server stopped in the middle of everything loses nothing that was committed")
  func stoppedServer() throws {
    let transactions = Trade.transactions(2_000, members: Self.members, seed: Self.seed &+ 2)
    let plain = try made(transactions)
    try plain.run()
    let folder = FileManager.default.temporaryDirectory.path + "/crash-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let cluster = PrivateCluster(folder: folder)
    defer {
      try? cluster.remove()
      try? FileManager.default.removeItem(atPath: folder)
    }
    let settings = try cluster.start()
    let other = try made(transactions, in: settings)
    var random = SeededGenerator(seed: Self.seed)
    for turn in 0..<6 {
      let engine = try engine(settings, workers: 1 + turn % 2)
      usleep(60_000 + UInt32(random.next() % 250_000))
      _ = try cluster.stop(mode: .immediate)
      _ = try cluster.start()
      // It may have found the server again, or given up with an error: both are right.
      engine.waitUntilExit()
    }
    try other.run(workers: 2, batch: 100)
    #expect(try other.ledger() == plain.ledger())
  }

  private func made(
    _ transactions: [Transaction], in database: ConnectionSettings? = nil
  ) throws -> TestStore {
    let store = try TestStore(Trade.program, in: database)
    try store.load(Trade.members(Self.members))
    try store.post(transactions)
    return store
  }

  private func engine(_ settings: ConnectionSettings, workers: Int) throws -> Process {
    try startPatron(["run", "--once", "--batch", "40", "--workers", "\(workers)"], settings)
  }
}

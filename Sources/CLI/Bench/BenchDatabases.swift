import Engine
import Feed
import Foundation
import Ledger
import Loyalty
import Postgres
import Samples
import YAML

/// The databases that measurements begin with, each a copy of one of these: `loaded` has the
/// program, members and products, `ready` the workload as events that wait, `yardstick` the
/// hand-written rating as well.
struct BenchDatabases {
  let server: BenchServer
  let workload: BenchWorkload
  let feed: String
  let peak = PeakMemory()

  static let loaded = "loaded"
  static let ready = "ready"
  static let yardstick = "yardstick"

  init(_ server: BenchServer, _ workload: BenchWorkload) throws {
    self.server = server
    self.workload = workload
    feed = server.folder + "/feed.ndjson"
    try server.make(Self.loaded)
    let store = try Store(server.settings(Self.loaded))
    try InitCommand.initialize(store.db)
    try publish(store)
    try load(store)
    try store.db.execute("VACUUM ANALYZE")
    try FeedFile.write(workload.feed, to: feed, count: workload.transactions)
  }

  private func publish(_ store: borrowing Store) throws {
    let folder = ProgramFolder(files: [SourceFile(name: "bench.yaml", text: workload.program)])
    let (program, diagnostics) = folder.check()
    guard let program, let zone = ZoneTable.zone(program.timezone.value) else {
      throw ProgramFailure(
        message: "the bench's own program cannot be read", diagnostics: diagnostics)
    }
    let begins = zone.start(of: CivilDate(year: 2025, month: 1, day: 1) ?? CivilDate(day: 0))
    _ = try Publisher.publish(folder, program, begins: begins, store)
  }

  private func load(_ store: borrowing Store) throws {
    let products = workload.products
    let texts = Set(products.flatMap { [$0.sku, $0.category ?? ""] })
    let symbols = try store.symbols(texts)
    try store.db.transaction { _ = try store.load(products, symbols: symbols) }
    let members = workload.members
    for start in stride(from: 0, to: members.count, by: 1_000) {
      let some = Array(members[start..<min(start + 1_000, members.count)])
      try store.db.transaction { _ = try store.load(some) }
    }
  }

  /// Posts the feed into a new database; gives the seconds that it took.
  func post(into name: String) throws -> Double {
    try server.make(name, from: Self.loaded)
    let start = ContinuousClock.now
    try BenchChild(["post", feed], database: server.location(name), peak).finish("post")
    return Seconds.of(ContinuousClock.now - start)
  }

  /// Makes `ready`, unless a measurement left it, and `yardstick`.
  func makeReady(yardstick: Bool) throws {
    let db = try Connection(server.settings("postgres"))
    let found = try db.query("SELECT 1 FROM pg_database WHERE datname = 'ready'")
    if found.isEmpty { _ = try post(into: Self.ready) }
    try Connection(server.settings(Self.ready)).execute("VACUUM ANALYZE")
    guard yardstick else { return }
    try server.make(Self.yardstick, from: Self.ready)
    try Yardstick.prepare(Connection(server.settings(Self.yardstick)), workload)
  }
}

/// A feed as NDJSON.
enum FeedFile {
  static func write(_ feed: some Sequence<Transaction>, to path: String, count: Int) throws {
    guard let money = MoneyUnit(code: "USD"),
      FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw BenchFailure("\(path) cannot be written") }
    var bar = ProgressBar("making up transactions", unit: "transactions")
    var bytes: [UInt8] = []
    var done = 0
    for transaction in feed {
      bytes += TransactionWriter.bytes(of: transaction, money)
      bytes.append(UInt8(ascii: "\n"))
      done += 1
      guard bytes.count > 1 << 20 else { continue }
      try handle.write(contentsOf: Data(bytes))
      bytes.removeAll(keepingCapacity: true)
      bar.show(done, of: count)
    }
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
    bar.end()
  }
}

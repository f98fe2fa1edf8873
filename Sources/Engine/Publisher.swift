import Digests
import Foundation
import Ledger
import Loyalty
import Postgres
import Rules
import YAML

/// Publishes versions of the program, and fills the counters that a new one brings.
public enum Publisher {
  public enum Result: Sendable, Equatable {
    case published(version: Int32)
    /// The same text holds from the same instant already.
    case already(version: Int32)
  }

  /// Stores checked files as a version that holds from `begins`, not before anything already rated.
  public static func publish(
    _ folder: ProgramFolder, _ syntax: ProgramSyntax, begins: Instant, _ store: borrowing Store
  ) throws -> Result {
    let digest = SHA256.hex(folder.files.flatMap { Array("\($0.name)\0\($0.text)\0".utf8) })
    try store.db.begin()
    do {
      try store.lockVersions()
      let versions = try store.versions(withFiles: false)
      if let same = versions.last(where: { $0.digest == digest && $0.begins == begins }) {
        store.db.rollback()
        return .already(version: same.id)
      }
      if let other = versions.first(where: { $0.program != syntax.key.value }) {
        throw EngineError(
          "this database holds the program `\(other.program)`; one database holds one program")
      }
      if !versions.isEmpty, let rated = try store.latestClock(), begins <= rated {
        throw EngineError(
          "a version cannot begin at \(begins.text(offset: 0)): transactions up to "
            + "\(rated.text(offset: 0)) are rated already; choose a later --from")
      }
      let changed = try SuccessionCheck.check(syntax, store).filter { $0.severity == .error }
      if let first = changed.first {
        throw ProgramFailure(message: "\(first.place): \(first.message)", diagnostics: changed)
      }
      let version = try store.insert(
        program: syntax.key.value, digest: digest, begins: begins,
        files: folder.files.map { VersionFile(path: $0.name, body: $0.text) })
      let program = try ProgramSet.compile(syntax, store)
      if program.livesByCalendar { try store.lowerDue(to: begins) }
      try store.add(program.funders, ofVersion: version)
      try store.db.commit()
      return .published(version: version)
    } catch {
      store.db.rollback()
      throw error
    }
  }

  /// Fills the counters that no other version kept from what was rated already, account by account
  /// under its lock: an engine that rates meanwhile keeps them from the moment at which the version
  /// is published. What an interrupted fill left is done anew; a filled version is left alone.
  /// False where it was filled before.
  @discardableResult
  public static func fillCounters(
    ofVersion id: Int32, _ store: borrowing Store, progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> Bool {
    var programs = try ProgramSet(store)
    guard let place = programs.place(ofVersion: id), !programs.entries[place].version.isFilled
    else { return false }
    let known = programs.entries.filter { $0.version.isFilled }.map(\.own)
    let new = known.reduce(programs.entries[place].own) { $0.subtracting($1) }
    if !new.isEmpty, try store.latestClock() != nil {
      for shard in Int16(0)..<Int16(Account.shards) {
        try fill(new, shard, &programs, store)
        progress(Int(shard) + 1, Int(Account.shards))
      }
    }
    try store.markFilled(version: id)
    return true
  }

  /// Accounts of one commit.
  private static let accountsAtATime = 200

  private static func fill(
    _ counters: Set<CounterID>, _ shard: Int16, _ programs: inout ProgramSet,
    _ store: borrowing Store
  ) throws {
    var after: Int64 = 0
    while true {
      try store.db.begin()
      do {
        let waiting = try store.lockRated(shard: shard, after: after, most: accountsAtATime)
        guard let last = waiting.last else { return store.db.rollback() }
        try fill(counters, waiting, &programs, store)
        try store.db.commit()
        after = last.id
      } catch {
        store.db.rollback()
        throw error
      }
    }
  }

  private static func fill(
    _ counters: Set<CounterID>, _ waiting: [WaitingAccount], _ programs: inout ProgramSet,
    _ store: borrowing Store
  ) throws {
    let needs = Array(repeating: AccountNeeds(), count: waiting.count)
    var accounts = try store.load(waiting[...], needs: needs, withMembers: false)
    for index in accounts.indices {
      accounts[index].counters = accounts[index].counters.map { value in
        var value = value
        guard counters.contains(value.counter) else { return value }
        value.delta = -value.value
        value.value = 0
        return value
      }
    }
    try programs.recount(&accounts, only: counters, store)
    try store.book(Booking(), accounts, ratedAt: .now)
  }
}

import Digests
import Ledger
import Loyalty
import Postgres
import Rules

/// What a corrected program would have given on past days, and the difference as corrections.
///
/// It stands on the simulation: the published side must reproduce the ledger. What was corrected
/// for the same days before counts as given, so the same rerate again finds nothing to do.
public struct Rerating: Sendable {
  public let simulation: Simulation
  private let folder: ProgramFolder
  private let syntax: ProgramSyntax

  /// Throws where corrections were posted for days that overlap with these and are not the same.
  public init(
    _ folder: ProgramFolder, _ syntax: ProgramSyntax, days: ClosedRange<CivilDate>,
    _ store: borrowing Store
  ) throws {
    self.folder = folder
    self.syntax = syntax
    guard try store.inboxIsEmpty(), try store.waiting().events == 0 else {
      throw EngineError(
        "transactions or corrections wait to be rated: `patron run --once` first")
    }
    let before = try store.rerates(touching: days)
    if let other = before.first(where: { $0.days != days }) {
      throw EngineError(
        "corrections were posted for \(other.days.lowerBound) to \(other.days.upperBound) before, "
          + "which overlaps with these days and is not the same: rerate those days again, or days "
          + "that do not overlap")
    }
    simulation = try Simulation(
      syntax, days: days, correcting: Set(before.map(\.id)), store)
  }

  /// Accounts of one commit.
  private static let accountsAtATime = 1_000

  /// Posts the differences, each account's as its next event, which the engine rates. What broke
  /// off is finished by the same rerate again. Gives the number of the rerate.
  public func post(
    _ differences: [AccountDifference], at now: Instant, _ settings: ConnectionSettings,
    progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> Int32 {
    let store = try Store(settings)
    // The numbers of what is new in the corrected program, as the simulation gave them.
    try store.db.begin()
    let id: Int32
    do {
      try store.lockRerates()
      let known = try store.rerates(touching: simulation.days).map(\.id)
      guard Set(known) == simulation.rerates else {
        throw EngineError("somebody else has just posted corrections for these days; look again")
      }
      try keepNumbers(store)
      let digest = SHA256.hex(folder.files.flatMap { Array("\($0.name)\0\($0.text)\0".utf8) })
      id = try store.insertRerate(
        days: simulation.days, program: syntax.key.value, digest: digest)
      try store.db.commit()
    } catch {
      store.db.rollback()
      throw error
    }
    let offset = simulation.program.zone.offset(at: now)
    let sorted = try Self.atTheirPlace(differences, store)
    for start in stride(from: 0, to: sorted.count, by: Self.accountsAtATime) {
      let end = min(start + Self.accountsAtATime, sorted.count)
      let rows = sorted[start..<end].map {
        CorrectionRow(shard: $0.shard, account: $0.account, corrections: $0.corrections)
      }
      try store.db.transaction { try store.post(rows, rerate: id, at: now, offset: offset) }
      progress(end, sorted.count)
    }
    try store.wake()
    return id
  }

  /// What concerns accounts that were merged, at those that took them in. What comes to nothing
  /// there is left out, and so are closed accounts.
  public static func atTheirPlace(
    _ differences: [AccountDifference], _ store: borrowing Store
  ) throws -> [AccountDifference] {
    let owners = differences.map { CardOwner(shard: $0.shard, account: $0.account) }
    let survivors = try store.survivors(of: owners)
    var sums: [CardOwner: [Correction]] = [:]
    for (owner, difference) in zip(owners, differences) {
      var list = sums[survivors[owner] ?? owner] ?? []
      for new in difference.corrections {
        if let same = list.firstIndex(where: {
          $0.rule == new.rule && $0.currency == new.currency
        }) {
          list[same].amount += new.amount
        } else {
          list.append(new)
        }
      }
      sums[survivors[owner] ?? owner] = list
    }
    let ended = try store.ended(Array(sums.keys))
    return sums.filter { !ended.contains($0.key) }.compactMap { owner, corrections in
      let some = corrections.filter { $0.amount != 0 }
      return some.isEmpty
        ? nil
        : AccountDifference(
          shard: owner.shard, account: owner.account,
          corrections: some.sorted { ($0.rule, $0.currency) < ($1.rule, $1.currency) })
    }.sorted { ($0.shard, $0.account) < ($1.shard, $1.account) }
  }

  /// Rules that only the corrected program has get their numbers: those that the simulation gave.
  private func keepNumbers(_ store: borrowing Store) throws {
    let compiled = try ProgramSet.compile(syntax, store)
    let same =
      compiled.rules.map(\.id) == simulation.program.rules.map(\.id)
      && compiled.currencies.map(\.id) == simulation.program.currencies.map(\.id)
    guard same else {
      throw EngineError("somebody else has just published something; look again")
    }
  }
}

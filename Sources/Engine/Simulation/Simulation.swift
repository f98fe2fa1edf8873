import Foundation
import Ledger
import Loyalty
import Postgres
import Rules
import Synchronization

/// Stored transactions, rated with a draft of the program beside the published one: each account
/// from its beginning, in its own order, up to the first day with what was published, from there on
/// with both. It reads one view of the database and writes nothing.
public struct Simulation: Sendable {
  /// What an account's gain is reckoned in.
  public enum Yard: Sendable, Equatable {
    /// Millionths of the money's smallest unit: some currency says what it is worth.
    case money
    /// The smallest unit of the first currency that is points.
    case points(CurrencyID)
  }

  public let published: ProgramSet
  public let draft: ProgramSet
  /// Local days of the program's time zone, both included.
  public let days: ClosedRange<CivilDate>
  public let span: Range<Instant>
  public let yard: Yard
  /// Keeps what each account's rules give more or less, for corrections.
  let keepsDifferences: Bool
  /// Corrections that were posted for the same days before: what they gave is given.
  let rerates: Set<Int32>
  let reranks: Reranks
  let budgets: SimulationBudgets
  let facts: SimulationFacts

  /// Throws where nothing is published.
  public init(
    _ syntax: ProgramSyntax, days: ClosedRange<CivilDate>, correcting rerates: Set<Int32>? = nil,
    _ store: borrowing Store
  ) throws {
    published = try ProgramSet(store)
    guard let zone = published.entries.first?.rater.program.zone else {
      throw EngineError(
        "no program is published yet: there is nothing to compare with; `patron publish` first")
    }
    self.days = days
    span = zone.start(of: days.lowerBound)..<zone.end(of: days.upperBound)
    draft = try published.trying(syntax, from: span.lowerBound, store)
    yard = Self.yard(draft.entries[draft.entries.count - 1].rater.program)
    keepsDifferences = rerates != nil
    self.rerates = rerates ?? []
    budgets = SimulationBudgets(draft.entries[draft.entries.count - 1].rater.program)
    facts = SimulationFacts(published: published, draft: draft)
    reranks = try Reranks(
      draft.entries[draft.entries.count - 1].rater.program, published, span, store)
  }

  private static func yard(_ program: Program) -> Yard {
    if program.currencies.contains(where: { $0.worth != nil }) { return .money }
    return .points(program.currencies.first?.id ?? 1)
  }

  /// The draft, compiled.
  public var program: Program { draft.entries[draft.entries.count - 1].rater.program }

  /// The published program in force at the end of the days.
  public var lastPublished: Program {
    published.entries[published.place(at: span.upperBound + (-1)) ?? 0].rater.program
  }

  public struct Result: Sendable {
    public var tally = SimulationTally()
    /// Where corrections are asked for, in no order; of accounts that the published program
    /// reproduces.
    public var differences: [AccountDifference] = []
    /// What the accounts reach in each review that is to be made again.
    var values: [[Int64]] = []
  }

  /// Runs with `lanes` threads, each with a connection; calls `progress` about ten times a second
  /// with the events that were read, of all.
  public func run(
    _ settings: ConnectionSettings, lanes: Int = 2,
    progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws -> Result {
    let first = try Store(settings)
    try first.db.begin(.snapshot)
    defer { first.db.rollback() }
    let snapshot = try first.db.exportSnapshot()
    let total = try first.ratedCount()
    let passes: Int64 = reranks.list.isEmpty ? 1 : 2
    func pass(_ number: Int64, _ cutoffs: [Int64?]?) throws -> Result {
      let run = SimulationRun(self, settings, snapshot: snapshot, cutoffs: cutoffs)
      run.start(lanes)
      while run.isRunning {
        run.wait(milliseconds: 100)
        progress(run.done + number * total, passes * total)
      }
      return try run.result()
    }
    guard passes > 1 else { return try pass(0, []) }
    // Once to see what each account reaches, once with what the comparison gives.
    let values = try pass(0, nil).values
    return try pass(1, zip(reranks.list, values).map { $0.cutoff($1) })
  }
}

/// The threads of one simulation.
private final class SimulationRun: Sendable {
  private struct State {
    var result = Simulation.Result()
    var nextShard: Int16 = 0
    var failure: (any Error)?
    var done: Int64 = 0
    var running = 0
  }
  private let simulation: Simulation
  private let settings: ConnectionSettings
  private let snapshot: String
  private let cutoffs: [Int64?]?
  private let state = Mutex(State())
  private let ended = DispatchSemaphore(value: 0)

  init(
    _ simulation: Simulation, _ settings: ConnectionSettings, snapshot: String, cutoffs: [Int64?]?
  ) {
    self.simulation = simulation
    self.cutoffs = cutoffs
    var settings = settings
    settings.looksUpByIndex = true
    self.settings = settings
    self.snapshot = snapshot
  }

  var isRunning: Bool { state.withLock { $0.running > 0 } }
  var done: Int64 { state.withLock { $0.done } }

  func wait(milliseconds: Int) {
    _ = ended.wait(timeout: .now() + .milliseconds(milliseconds))
  }

  func result() throws -> Simulation.Result {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.result
    }
  }

  func start(_ lanes: Int) {
    state.withLock { $0.running = lanes }
    for _ in 0..<lanes {
      let thread = Thread { [self] in
        do {
          try work()
        } catch {
          state.withLock { $0.failure = $0.failure ?? error }
        }
        state.withLock { $0.running -= 1 }
        ended.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Shard after shard, until none is left or another lane failed.
  private func work() throws {
    var lane = SimulationLane(simulation, cutoffs: cutoffs, try Store(settings))
    try lane.store.db.begin(sharing: snapshot)
    while let shard = nextShard() {
      let done = try lane.replay(shard: shard)
      state.withLock { $0.done += done }
    }
    lane.store.db.rollback()
    let result = lane.result
    state.withLock {
      $0.result.tally.add(result.tally)
      $0.result.differences += result.differences
      if $0.result.values.isEmpty { $0.result.values = result.values.map { _ in [] } }
      for place in result.values.indices { $0.result.values[place] += result.values[place] }
    }
  }

  private func nextShard() -> Int16? {
    state.withLock { state in
      guard state.failure == nil, state.nextShard < Account.shards else { return nil }
      defer { state.nextShard += 1 }
      return state.nextShard
    }
  }
}

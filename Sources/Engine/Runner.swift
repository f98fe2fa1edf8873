import Foundation
import Ledger
import Loyalty
import Postgres
import Synchronization

/// Keeps the engine going: takes the inbox in and rates what waits, with one thread and connection
/// for each worker.
public final class Runner: Sendable {
  private struct State {
    var rated = 0
    var taken = 0
  }
  private let settings: ConnectionSettings
  private let workers: Int
  private let limits: BatchLimits
  private let once: Bool
  private let state = Mutex(State())
  private let crew = Crew()

  public init(
    _ settings: ConnectionSettings, workers: Int = 1, limits: BatchLimits = BatchLimits(),
    once: Bool
  ) {
    self.settings = settings
    self.workers = workers
    self.limits = limits
    self.once = once
  }

  /// How often an idle worker looks, without a wake-up.
  static let pollMilliseconds = 500

  /// How long others are left to rate what lies before a review.
  private static let heldUpMilliseconds = 20

  public var rated: Int { state.withLock { $0.rated } }
  public var taken: Int { state.withLock { $0.taken } }

  /// Ends after the running batches.
  public func stop() { crew.stop() }

  /// Runs until nothing waits (`once`) or until `stop`; calls `tick` about ten times a second.
  /// Throws what ended it.
  public func run(tick: () -> Void = {}) throws {
    try Release.sweepReturns(settings)
    repeat {
      try drainInbox(tick)
      try rate(tick)
    } while try once && !isDone()
    if !once { try keepGoing(tick) }
  }

  private func isDone() throws -> Bool {
    if crew.isStopping { return true }
    let store = try Store(settings)
    return try store.inboxIsEmpty() && !store.hasWaiting()
  }

  private func drainInbox(_ tick: () -> Void) throws {
    var inbox = try InboxReader(settings)
    while !crew.isStopping {
      let count = try inbox.runBatch()
      if count == 0 { return }
      state.withLock { $0.taken += count }
      tick()
    }
  }

  /// All workers until none finds anything.
  private func rate(_ tick: () -> Void) throws {
    crew.start(workers) { try self.work(at: $0, staying: false) }
    try crew.wait(tick)
  }

  private func keepGoing(_ tick: () -> Void) throws {
    crew.start(workers) { try self.work(at: $0, staying: true) }
    crew.start(1) { _ in try self.takeInbox() }
    try crew.wait(tick)
  }

  private func work(at place: Int, staying: Bool) throws {
    let first = Int16(place * Int(Account.shards) / workers)
    var worker = try Worker(settings, limits: limits, from: first)
    if staying { try worker.store.db.listen("patron_arrivals") }
    while !crew.isStopping {
      let count = try worker.runBatch()
      state.withLock { $0.rated += count }
      if count > 0 { continue }
      if worker.isHeldUp {
        crew.pause(milliseconds: Runner.heldUpMilliseconds)
        continue
      }
      guard staying else { return }
      _ = try? worker.store.db.poll(timeoutMilliseconds: Runner.pollMilliseconds)
    }
    try worker.end()
  }

  private func takeInbox() throws {
    var inbox = try InboxReader(settings)
    while !crew.isStopping {
      let count = try inbox.runBatch()
      state.withLock { $0.taken += count }
      if count > 0 { try inbox.store.wake() } else { usleep(UInt32(Runner.pollMilliseconds) * 400) }
    }
  }
}

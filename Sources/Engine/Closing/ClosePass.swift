import Foundation
import Ledger
import Loyalty
import Postgres
import Synchronization

/// One pass of a close over all accounts, by some threads, each with a connection: what waits up to
/// the instant is rated first, then each thread closes its part of the shards.
final class ClosePass: Sendable {
  private struct State {
    var tally = CloseTally()
    var failure: (any Error)?
    var working = 0
  }
  private let settings: ConnectionSettings
  private let end: Instant
  private let source: Symbol
  private let lanes: Int
  private let state = Mutex(State())
  private let ended = DispatchSemaphore(value: 0)

  /// Events of one commit: a till must not wait long for an account.
  private static let eventsAtATime = 1_000
  /// How long to leave accounts alone that somebody else has.
  private static let pauseMicroseconds: UInt32 = 10_000

  init(_ settings: ConnectionSettings, upTo end: Instant, source: Symbol, lanes: Int) {
    self.settings = settings
    self.end = end
    self.source = source
    self.lanes = lanes
  }

  /// Calls `progress` about ten times a second with the accounts that were looked at.
  func run(_ progress: (Int) -> Void) throws -> CloseTally {
    state.withLock { $0.working = lanes }
    for lane in 0..<lanes { start(lane) }
    while state.withLock({ $0.working }) > 0 {
      _ = ended.wait(timeout: .now() + .milliseconds(100))
      progress(state.withLock { $0.tally.looked })
    }
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.tally
    }
  }

  private func start(_ lane: Int) {
    let thread = Thread { [self] in
      do {
        try work(lane)
      } catch {
        state.withLock { $0.failure = $0.failure ?? error }
      }
      state.withLock { $0.working -= 1 }
      ended.signal()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  private var hasFailed: Bool { state.withLock { $0.failure != nil } }

  private func work(_ lane: Int) throws {
    let shards = Int(Account.shards)
    let (first, last) = (Int16(lane * shards / lanes), Int16((lane + 1) * shards / lanes))
    var worker = try Worker(
      settings, limits: BatchLimits(events: Self.eventsAtATime), from: first)
    while try !hasFailed && worker.store.hasWaiting(upTo: end) {
      if try worker.runBatch() == 0 { usleep(Self.pauseMicroseconds) }
    }
    var place = AccountPlace(shard: first)
    let behind = AccountPlace(shard: last)
    while !hasFailed,
      let batch = try worker.closeBatch(upTo: end, in: place..<behind, source: source)
    {
      state.withLock { $0.tally.add(batch.tally) }
      place = batch.last.next
    }
    try worker.end()
  }
}

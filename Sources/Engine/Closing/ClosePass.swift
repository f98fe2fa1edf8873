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
  /// Shards that are asked about at a time: about a commit's worth of accounts lies in them, for
  /// the server may read all accounts of a range to find some.
  private let width: Int16
  private let state = Mutex(State())
  private let ended = DispatchSemaphore(value: 0)

  /// Events of one commit: a till must not wait long for an account.
  private static let eventsAtATime = 1_000
  /// How long to leave accounts alone that somebody else has.
  private static let pauseMicroseconds: UInt32 = 10_000

  /// `due` is how many accounts are to be looked at, about.
  init(
    _ settings: ConnectionSettings, upTo end: Instant, due: Int64, source: Symbol, lanes: Int
  ) {
    let most = Int64(Worker.accountsAtATime) * Account.shards / max(1, due)
    width = Int16(max(1, min(most, Account.shards)))
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
    for start in stride(from: first, to: last, by: Int16.Stride(width)) {
      let window = AccountPlace(shard: start)..<AccountPlace(shard: min(start + width, last))
      try close(window, &worker)
    }
    try worker.end()
  }

  private func close(_ window: Range<AccountPlace>, _ worker: inout Worker) throws {
    var place = window.lowerBound
    while !hasFailed, place < window.upperBound,
      let batch = try worker.closeBatch(
        upTo: end, in: place..<window.upperBound, source: source)
    {
      state.withLock { $0.tally.add(batch.tally) }
      if batch.isLast { return }
      place = batch.last.next
    }
  }
}

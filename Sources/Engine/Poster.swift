import Feed
import Foundation
import Ledger
import Loyalty
import Postgres
import Synchronization

/// How many transactions ended how.
public struct PostSummary: Sendable, Equatable {
  public var counts: [String: Int] = [:]
  public var parked: [String: Int] = [:]
  public init() {}

  public mutating func add(_ verdicts: [Verdict]) {
    for verdict in verdicts {
      counts[verdict.word, default: 0] += 1
      if case .parked(let reason, _) = verdict { parked[reason, default: 0] += 1 }
    }
  }

  public var total: Int { counts.values.reduce(0, +) }
  public subscript(word: String) -> Int { counts[word] ?? 0 }
}

/// Publishes a spooled file in the order of (time, row), in bounded commits, by one or two
/// connections.
///
/// A card's transactions always go through the same connection, so that each account's order of
/// arrival is the file's.
public enum Poster {
  /// Transactions of one commit.
  public static let batch = 2_000

  public static func post(
    _ spool: borrowing FileSpool, file: String, settings: ConnectionSettings, connections: Int = 2,
    each: (_ arrivals: [Arrival], _ verdicts: [Verdict]) throws -> Void
  ) throws {
    let count = max(1, connections)
    var lanes: [Lane] = []
    for _ in 0..<count { lanes.append(try Lane(settings)) }
    // While the lanes work on one round, the next one is read from the spool.
    var running: Round?
    try spool.batches(of: batch * count) { rows in
      let round = Round(rows.map { Arrival($0, file: file) }, lanes: count)
      if let done = running {
        running = nil
        try each(done.arrivals, done.finish(lanes))
      }
      round.start(lanes)
      running = round
    }
    if let last = running { try each(last.arrivals, last.finish(lanes)) }
  }

  /// Arrivals that the lanes take at the same time, each its own share.
  private struct Round {
    let arrivals: [Arrival]
    private var shares: [[Int]]

    init(_ arrivals: [Arrival], lanes: Int) {
      self.arrivals = arrivals
      shares = Array(repeating: [], count: lanes)
      for (place, arrival) in arrivals.enumerated() {
        shares[Poster.lane(of: arrival, lanes)].append(place)
      }
    }

    func start(_ lanes: [Lane]) {
      for (lane, places) in zip(lanes, shares) { lane.start(places.map { arrivals[$0] }) }
    }

    /// Waits for all lanes, also where one failed.
    func finish(_ lanes: [Lane]) throws -> [Verdict] {
      var verdicts = Array(repeating: Verdict.already, count: arrivals.count)
      var failure: (any Error)?
      for (lane, places) in zip(lanes, shares) {
        do {
          for (place, verdict) in zip(places, try lane.finish()) { verdicts[place] = verdict }
        } catch { failure = error }
      }
      if let failure { throw failure }
      return verdicts
    }
  }

  /// By the first card; without one by the id, so that the same id always meets itself.
  private static func lane(of arrival: Arrival, _ lanes: Int) -> Int {
    guard lanes > 1, case .transaction(let transaction, _) = arrival.content else { return 0 }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
    for byte in (transaction.cards.first ?? transaction.id).utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return Int((hash >> 33) % UInt64(lanes))
  }
}

/// One thread with a connection of its own, that takes a batch when it is given one.
private final class Lane: Sendable {
  private struct State: Sendable {
    var batch: [Arrival]?
    var result: Swift.Result<[Verdict], any Error>?
    var isClosed = false
  }
  private let state = Mutex(State())
  private let given = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)

  init(_ settings: ConnectionSettings) throws {
    let store = try Store(settings)
    let intake = try Intake(ProgramSet(store))
    // Only to fail early, in the caller's thread; the lane opens its own.
    _ = consume store
    let thread = Thread { [weak self, given, done] in
      guard let store = try? Store(settings) else {
        given.wait()
        self?.state.withLock { $0.result = .failure(EngineError("the connection was lost")) }
        done.signal()
        return
      }
      var intake = intake
      while true {
        given.wait()
        guard let lane = self, let batch = lane.state.withLock({ $0.batch }) else { return }
        let result = Swift.Result { try intake.take(batch, store) }
        lane.state.withLock { $0.result = result }
        done.signal()
      }
    }
    thread.stackSize = 4 << 20
    thread.start()
  }

  deinit {
    state.withLock { $0.batch = nil }
    given.signal()
  }

  func start(_ batch: [Arrival]) {
    state.withLock { $0.batch = batch }
    given.signal()
  }

  func finish() throws -> [Verdict] {
    done.wait()
    return try state.withLock { $0.result }?.get() ?? []
  }
}

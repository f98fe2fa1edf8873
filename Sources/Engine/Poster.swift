import Feed
import Ledger
import Loyalty
import Postgres

/// How many transactions ended how.
public struct PostSummary: Sendable, Equatable {
  public var counts: [String: Int] = [:]
  public var parked: [String: Int] = [:]
  /// Of those that are there already: they are parked, for they could not be read.
  public var unread = 0
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
/// The transactions of a card, and of all cards of its account, go through the same connection, so
/// that each account's order of arrival is the file's.
public enum Poster {
  /// Transactions of one commit.
  public static let batch = 5_000
  /// Rounds that the lanes may be given ahead: no lane waits for another.
  private static let ahead = 2

  public static func post(
    _ spool: borrowing FileSpool, file: String, settings: ConnectionSettings, connections: Int = 2,
    batch: Int = Poster.batch,
    each: (_ batch: PostedBatch) throws -> Void
  ) throws {
    // What fits one commit needs no second lane.
    let count = spool.count <= batch ? 1 : max(1, connections)
    // Each lane opens a connection of its own later.
    let store = try Store(settings)
    let programs = try ProgramSet(store)
    let intake = try Intake(programs)
    let cards = count == 1 ? CardLanes() : try cardLanes(store)
    // A review must not compare what a part of the file says.
    if programs.hasRanks {
      try store.db.begin()
      try store.keepReviewsOff()
    }
    defer { if programs.hasRanks { store.db.rollback() } }
    let lanes = (0..<count).map { number in
      Conveyor<SpooledBatch, PosterLane.Outcome> {
        let lane = PosterLane(number, of: count, cards, file: file, settings, intake)
        return { lane.post($0) }
      }
    }
    var running = 0
    func finish() throws {
      running -= 1
      let outcomes = lanes.map { $0.take() }
      try each(PostedBatch(shares: outcomes.map { try $0.get() }))
    }
    try spool.spooledBatches(of: batch * count) { rows in
      if running == ahead { try finish() }
      for lane in lanes { lane.give(rows) }
      running += 1
    }
    while running > 0 { try finish() }
  }

  private static func cardLanes(_ store: borrowing Store) throws -> CardLanes {
    var lanes = CardLanes()
    try store.cardsOfOneAccount { lanes.join($0, $1) }
    return lanes
  }
}

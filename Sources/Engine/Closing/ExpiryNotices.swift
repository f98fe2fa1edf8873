import Foundation
import Ledger
import Loyalty
import Postgres
import Rules
import Synchronization

/// Tells members which of their points end soon: a message in the outbox for each account,
/// currency and last day of use, once. It says what is there when it is told, so what ended in days
/// that are caught up is not told any more.
struct ExpiryNotices {
  struct Told: Sendable {
    var accounts: Int64 = 0
    /// In the currency's smallest unit.
    var amount: Int64 = 0
  }

  /// Shards of one commit.
  private static let shardsAtATime: Int16 = 32
  private static let attempts = 8

  private let settings: ConnectionSettings
  private let rater: Rater
  private let end: Instant
  private let days: ClosedRange<CivilDate>
  private let lanes: Int

  /// Of points whose last day of use is one of `days`, as things stand at `end`; by so many
  /// threads, each with a connection.
  init(
    _ settings: ConnectionSettings, _ rater: Rater, at end: Instant,
    days: ClosedRange<CivilDate>, lanes: Int
  ) {
    self.settings = settings
    self.rater = rater
    self.end = end
    self.days = days
    self.lanes = lanes
  }

  /// Calls `progress` about twenty times a second with the accounts that were told, and about how
  /// many there are.
  func tell(
    _ store: borrowing Store, _ progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> [CurrencyID: Told] {
    let lots = try expiring(store)
    guard !lots.isEmpty else { return [:] }
    let counters = lots.map { $0.active == nil ? 0 : rater.activityCounter(of: $0.currency) ?? 0 }
    let board = NoticeBoard()
    let crew = Crew()
    let (settings, end) = (settings, end)
    crew.start(lanes) { _ in
      let own = try Store(settings)
      while !crew.isStopping, let shards = board.next(Self.shardsAtATime) {
        board.add(
          try Self.trying(own) { try own.tell(lots, counters, shards: shards, at: end) }, of: shards
        )
      }
    }
    try crew.wait {
      let (told, shards) = board.progress
      progress(told, told * Int(Account.shards) / max(1, shards))
    }
    return board.told
  }

  /// Which open lots end on one of the days.
  private func expiring(_ store: borrowing Store) throws -> [ExpiringLots] {
    var byActivity: [CurrencyID: CounterID] = [:]
    for currency in rater.program.currencies {
      byActivity[currency.id] = rater.activityCounter(of: currency.id)
    }
    var open = try store.openExpiries(except: Array(byActivity.keys))
    for (currency, counter) in byActivity.sorted(by: { $0.key < $1.key }) {
      open += try store.openExpiries(of: currency, byActivity: counter)
    }
    return open.compactMap { lots in
      guard rater.program.currencies.contains(where: { $0.id == lots.currency }),
        let last = rater.lastDay(
          of: lots.currency, expires: lots.expires, active: lots.active, asOf: end),
        days.contains(last)
      else { return nil }
      var lots = lots
      lots.lastDay = last
      return lots
    }
  }

  private static func trying<Result>(_ store: borrowing Store, _ body: () throws -> Result) throws
    -> Result
  {
    var attempt = 1
    while true {
      do {
        return try store.db.transaction { try body() }
      } catch let error as PostgresError
        where error.isRetryable && attempt < Self.attempts
      {
        if store.db.isLost { try store.db.reset() }
        usleep(UInt32(attempt) * 5_000)
        attempt += 1
      }
    }
  }
}

/// What lanes share: which shards come next, and what was told.
private final class NoticeBoard: Sendable {
  private struct State {
    var next = 0
    var done = 0
    var told: [CurrencyID: ExpiryNotices.Told] = [:]
  }
  private let state = Mutex(State())

  var told: [CurrencyID: ExpiryNotices.Told] { state.withLock { $0.told } }

  /// Accounts that were told, of each currency, and of how many shards.
  var progress: (told: Int, shards: Int) {
    state.withLock { state in
      (state.told.values.reduce(0) { $0 + Int($1.accounts) }, state.done)
    }
  }

  /// The next shards that nobody has; nil at the end.
  func next(_ count: Int16) -> Range<Int16>? {
    state.withLock { state in
      guard state.next < Int(Account.shards) else { return nil }
      let first = Int16(state.next)
      state.next = min(state.next + Int(count), Int(Account.shards))
      return first..<Int16(state.next)
    }
  }

  func add(_ rows: [Store.ToldExpiry], of shards: Range<Int16>) {
    state.withLock { state in
      state.done += shards.count
      for row in rows {
        state.told[row.currency, default: ExpiryNotices.Told()].accounts += row.accounts
        state.told[row.currency, default: ExpiryNotices.Told()].amount += row.amount
      }
    }
  }
}

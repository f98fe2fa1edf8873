import Foundation
import Ledger
import Loyalty
import Postgres
import Rules

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

  private let rater: Rater
  private let end: Instant
  private let days: ClosedRange<CivilDate>

  /// Of points whose last day of use is one of `days`, as things stand at `end`.
  init(_ rater: Rater, at end: Instant, days: ClosedRange<CivilDate>) {
    self.rater = rater
    self.end = end
    self.days = days
  }

  func tell(_ store: borrowing Store) throws -> [CurrencyID: Told] {
    let lots = try expiring(store)
    var told: [CurrencyID: Told] = [:]
    guard !lots.isEmpty else { return told }
    let counters = lots.map { $0.active == nil ? 0 : rater.activityCounter(of: $0.currency) ?? 0 }
    let step = Int(Self.shardsAtATime)
    for first in stride(from: 0, to: Int(Account.shards), by: step) {
      let shards = Int16(first)..<Int16(min(first + step, Int(Account.shards)))
      for row in try trying(store, { try store.tell(lots, counters, shards: shards, at: end) }) {
        told[row.currency, default: Told()].accounts += row.accounts
        told[row.currency, default: Told()].amount += row.amount
      }
    }
    return told
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

  private func trying<Result>(_ store: borrowing Store, _ body: () throws -> Result) throws
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

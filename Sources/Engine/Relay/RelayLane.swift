import Foundation
import Ledger
import Loyalty
import Postgres

/// Takes messages of some accounts at a time, sends them, and deletes what was taken: all in one
/// transaction, so that what a relay had in hand when it died is sent again. Owned by one thread.
struct RelayLane: ~Copyable {
  struct Round {
    /// Messages that were taken.
    var delivered = 0
    /// Messages that are dead letters from now on.
    var dead = 0
    /// Accounts with whose messages the receiver was reached.
    var reached = 0
    /// Why it was not.
    var lost: String?
    /// Behind the accounts that were looked at there are no others.
    var isLast = false
  }

  private let store: Store
  private let receiver: any MessageReceiver
  private let terms: RelayTerms
  private var cursor: CardOwner

  /// Accounts that are looked at in a round …
  private static let looked = 1_000
  /// … those of them whose messages are sent …
  private static let accounts = 64
  /// … and messages of one of them.
  private static let each = 20
  /// Milliseconds that a round may last at the most: its transaction is idle while it sends.
  private static let longestRound = 600_000

  init(
    _ settings: ConnectionSettings, to receiver: any MessageReceiver, _ terms: RelayTerms,
    from shard: Int16
  ) throws {
    var settings = settings
    settings.statementTimeoutMilliseconds = 120_000
    settings.lockTimeoutMilliseconds = 10_000
    settings.looksUpByIndex = true
    store = try Store(settings)
    self.receiver = receiver
    self.terms = terms
    cursor = CardOwner(shard: shard, account: 0)
  }

  /// Begins again with the first account.
  mutating func restart() { cursor = CardOwner(shard: 0, account: 0) }

  /// Sends what is due of the next accounts; of one only where `isProbing`. An error of the
  /// database that may pass is waited out: what was sent and not deleted is sent again.
  mutating func round(isProbing: Bool, isStopping: () -> Bool) throws -> Round {
    var delay: UInt32 = 1_000
    var attempt = 1
    while true {
      do {
        return try roundOnce(isProbing ? 1 : Self.accounts, isStopping)
      } catch let error as PostgresError where error.isRetryable && attempt < Worker.attempts {
        store.db.rollback()
        usleep(delay)
        delay = min(delay * 2, 1_000_000)
        attempt += 1
        if store.db.isLost { try? store.db.reset() }
      } catch {
        store.db.rollback()
        throw error
      }
    }
  }

  private mutating func roundOnce(_ most: Int, _ isStopping: () -> Bool) throws -> Round {
    var round = Round()
    try store.db.begin()
    try store.db.setLocal("idle_in_transaction_session_timeout", "\(Self.longestRound)")
    let senders = try store.senders(after: cursor, most: Self.looked)
    let due = senders.filter { !$0.isDelayed }.prefix(most).map(\.owner)
    let queues = try store.takeQueues(of: due, each: Self.each)
    if !queues.isEmpty {
      let dispatch = receiver.deliver(queues, isStopping: isStopping)
      try settle(queues, dispatch, &round)
    }
    try store.db.commit()
    if due.count == most, let last = due.last {
      cursor = last
    } else if senders.count == Self.looked, let last = senders.last {
      cursor = last.owner
    } else {
      round.isLast = true
    }
    return round
  }

  private func settle(
    _ queues: [MessageQueue], _ dispatch: Dispatch, _ round: inout Round
  ) throws {
    round.lost = dispatch.lost
    let outcomes = zip(queues, dispatch.deliveries).map { (queue: $0, delivery: $1) }
    for (_, delivery) in outcomes {
      round.delivered += delivery.taken
      if delivery.taken > 0 || delivery.failure != nil { round.reached += 1 }
    }
    round.dead = try store.settle(outcomes, mostRefusals: terms.tries) {
      terms.delay(after: $0, spread: .random(in: 0..<100))
    }
  }
}

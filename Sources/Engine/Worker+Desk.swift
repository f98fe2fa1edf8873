import Foundation
import Ledger
import Loyalty
import Postgres
import Rules

/// What is done at the desk: at once, under the locks of all accounts that it touches, after what
/// waits on them.
extension Worker {
  /// Runs `body` in a transaction with these accounts locked and read, in the order of their
  /// numbers; what it books is written behind it. It may run several times, also where somebody
  /// else has just used its id, and must do all its work in this transaction.
  ///
  /// Reviews of ranks that are due before the instant `at`, where it is said, are held first, if
  /// all before them is rated: the act must not come between an account and its tier.
  mutating func atDesk<Result>(
    _ owners: [CardOwner], at: Instant? = nil,
    _ body: (_ worker: inout Worker, _ accounts: inout [Account], [DeskAccount]) throws -> Result
  ) throws -> Result {
    let owners = Set(owners).sorted()
    var delay: UInt32 = 1_000
    for attempt in 1... {
      do {
        try rateWaiting(of: owners)
        if let at { try holdReviews(before: at) }
        return try actOnce(owners, body)
      } catch let error as PostgresError
        where attempt < Worker.attempts
        && (error.isRetryable || error.isUnique || error.code == .lockNotAvailable)
      {
        settlePurse()
        store.db.rollback()
        usleep(delay)
        delay = min(delay * 2, 1_000_000)
        if store.db.isLost { try reconnect() }
      } catch {
        settlePurse()
        store.db.rollback()
        throw error
      }
    }
    throw EngineError("the accounts are in use; try again")
  }

  /// Rates what waits on these accounts now, however long it takes. What lies behind a review that
  /// cannot be held yet is rated before it, for somebody waits: its answer comes late to them.
  private mutating func rateWaiting(of owners: [CardOwner]) throws {
    var isAhead = false
    while true {
      try store.db.begin()
      let waiting = try store.lock(owners).map(\.waiting).filter { $0.position < $0.last }
      guard !waiting.isEmpty else { return store.db.rollback() }
      try programs.refresh(store)
      let some = isAhead ? waiting : try beforeReview(waiting)
      if !some.isEmpty {
        try commit(some)
      } else if let review = try pendingReview() {
        store.db.rollback()
        if case .notYet = try hold(review) { isAhead = true }
      }
    }
  }

  private mutating func actOnce<Result>(
    _ owners: [CardOwner],
    _ body: (_ worker: inout Worker, _ accounts: inout [Account], [DeskAccount]) throws -> Result
  ) throws -> Result {
    try store.db.begin()
    let locked = try store.lock(owners)
    guard locked.count == owners.count else {
      throw EngineError("an account is not there; run `patron audit`")
    }
    guard locked.allSatisfy({ $0.waiting.position == $0.waiting.last }) else {
      throw PostgresError(.serializationFailure, "something has just arrived for the account")
    }
    try programs.refresh(store)
    booking.removeAll()
    codes.begin()
    codes.look(atEach: true)
    defer { codes.look(atEach: false) }
    purse.begin()
    var needs = AccountNeeds()
    (needs.lots, needs.tierChanges, needs.coupons) = (true, true, true)
    needs.holds = true
    var accounts = try store.load(
      locked.map(\.waiting)[...], needs: Array(repeating: needs, count: locked.count),
      withMembers: true, withSegments: true)
    let result = try body(&self, &accounts, locked)
    try codes.check(store)
    try store.book(booking, accounts, ratedAt: Instant.now)
    try finish()
    return result
  }

  /// Books a movement as the next event of an account, and gives what it brought. Not before
  /// anything that the account has seen.
  @discardableResult
  mutating func book(
    _ movement: Movement, _ account: inout Account, id: String, at: Instant,
    note: [(name: String, value: String)] = []
  ) throws -> Outcome {
    guard let place = programs.place(at: at) else {
      throw EngineError("no version of the program is in force at \(at.text(offset: 0))")
    }
    let offset = programs.entries[place].rater.program.zone.offset(at: at)
    let owner = CardOwner(shard: account.shard, account: account.id)
    var event = Event(
      seq: try store.insertDeskEvent(
        movement, of: owner, id: id, at: at, offset: offset, note: note),
      kind: movement.kind, at: at, offset: offset)
    event.movement = movement
    let version = try rate(event, &account)
    try keep(event, ratedBy: version, &account)
    if let refused = outcome.refused { throw EngineError(refused) }
    return outcome
  }

  /// An account as it is at an instant, of which nothing is booked.
  mutating func brought(_ account: Account, upTo at: Instant) -> Account {
    var account = account
    var scratch = Outcome()
    let event = Event(seq: 0, kind: .other, at: at, offset: 0)
    guard let place = programs.begin(event, &account, &scratch, tell: { _, _, _ in }) else {
      return account
    }
    programs.entries[place].rater.advance(&account, to: at, &scratch)
    return account
  }
}

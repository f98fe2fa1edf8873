import Ledger
import Loyalty
import Postgres
import Rules

/// What one commit of a close did.
struct ClosedBatch: Sendable {
  var tally = CloseTally()
  /// The last account that it took: the next batch begins behind it.
  var last: AccountPlace
  /// Nothing of the range is left behind it, but for what others had.
  var isLast: Bool
}

/// Bringing accounts to the end of a day: the same rating and the same booking as of any event,
/// under the same locks.
extension Worker {
  /// Accounts of one commit.
  static let accountsAtATime = 1_000

  /// Brings some accounts of the range to `end`, in one commit: those to which time brings
  /// something, but for those with waiting events and those that somebody else has just now.
  /// Nil where there is none.
  mutating func closeBatch(
    upTo end: Instant, in range: Range<AccountPlace>, source: Symbol
  ) throws -> ClosedBatch? {
    try trying { try $0.tryClose(upTo: end, in: range, source: source) }
  }

  private mutating func tryClose(
    upTo end: Instant, in range: Range<AccountPlace>, source: Symbol
  ) throws -> ClosedBatch? {
    try store.db.begin()
    let due = try store.lockDue(upTo: end, in: range, most: Self.accountsAtATime)
    guard !due.isEmpty else {
      store.db.rollback()
      try purse.giveBack()
      return nil
    }
    try programs.refresh(store)
    booking.removeAll()
    purse.begin()
    codes.begin()
    var need = AccountNeeds()
    need.lots = true
    var accounts = try store.load(
      due[...], needs: Array(repeating: need, count: due.count),
      withMembers: programs.needsMembers, withSegments: programs.needsSegments)
    var batch = ClosedBatch(last: AccountPlace(due[due.count - 1]), isLast: true)
    var rows: [ClosedDay] = []
    for index in accounts.indices where rows.count < limits.events {
      try close(&accounts[index], upTo: end, &rows, &batch)
    }
    accounts.removeLast(accounts.count - batch.tally.looked)
    batch.isLast = due.count < Self.accountsAtATime && accounts.count == due.count
    batch.last = AccountPlace(due[accounts.count - 1])
    try codes.check(store)
    let now = Instant.now
    try store.insert(rows, source: source, receivedAt: now)
    try store.book(booking, accounts, ratedAt: now)
    try store.spend(purse.spends)
    isCommitting = true
    try store.db.commit()
    isCommitting = false
    return batch
  }

  /// Day by day, up to the limit of a commit: what is left is found by the next pass.
  private mutating func close(
    _ account: inout Account, upTo end: Instant, _ rows: inout [ClosedDay],
    _ batch: inout ClosedBatch
  ) throws {
    batch.tally.looked += 1
    while rows.count < limits.events, let day = programs.nextClose(of: &account, upTo: end) {
      let event = programs.close(account, at: day)
      let told = booking.messages.count
      let place = try rate(event, &account)
      guard account.clock >= day, account.due > day else {
        throw EngineError(
          "account \(account.id) does not get past \(day.text(offset: event.offset))")
      }
      guard outcome.isSomething || booking.messages.count > told else {
        // Nothing came of it: the account is up to then, without an event.
        account.position -= 1
        continue
      }
      batch.tally.note(outcome)
      try keep(event, ratedBy: place, &account)
      rows.append(
        ClosedDay(shard: account.shard, account: account.id, seq: event.seq, at: day, event.offset))
    }
  }
}

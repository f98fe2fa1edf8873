import Ledger
import Loyalty
import Postgres

/// Accounts that pause, go on and end.
extension Desk {
  /// Takes nothing in and gives nothing until the account is resumed: sales on its cards wait,
  /// parked; points cannot be transferred. Time goes on, and a person may put something right.
  public mutating func pause(_ member: MemberKey) throws {
    try worker.atDesk([member.owner]) { worker, _, locked in
      guard locked[0].status == .open else { return try Worker.mustBeOpen(locked, "paused") }
      try worker.store.setStatus(.paused, of: member.owner)
    }
  }

  /// Opens a paused account again, and takes in what waited for its cards.
  @discardableResult
  public mutating func resume(_ member: MemberKey) throws -> PostSummary {
    try worker.atDesk([member.owner]) { worker, _, locked in
      guard locked[0].status == .paused else { throw EngineError("the account is not paused") }
      try worker.store.setStatus(.open, of: member.owner)
    }
    return try release("account paused", try worker.store.cards(of: member.owner))
  }

  /// Ends an account: what is left of its points is forfeited, what is owed is let go. Later sales
  /// on its cards are parked.
  public mutating func close(_ member: MemberKey, at: Instant? = nil) throws {
    let id = "closing \(try worker.store.deskNumber())"
    try worker.atDesk([member.owner]) { worker, accounts, locked in
      if try worker.store.isDone(atDesk: id) { return }
      if locked[0].status != .paused { try Worker.mustBeOpen(locked, "closed") }
      guard try worker.store.codes(of: member.owner).count <= 1 else {
        throw EngineError(
          "\(member.code) shares the account with others; `patron member household leave` first")
      }
      try worker.close(&accounts[0], id: id, at: at)
    }
  }

  /// Lets parked rows in again that waited for one of these cards.
  mutating func release(_ reason: String, _ cards: [String]) throws -> PostSummary {
    var summary = PostSummary()
    try worker.programs.refresh(worker.store)
    guard !worker.programs.isEmpty else { return summary }
    var ids: [Int64] = []
    for card in cards { ids += try worker.store.parkedIDs(reason: reason, card: card) }
    guard !ids.isEmpty else { return summary }
    var intake = try Intake(worker.programs)
    summary.add(
      try Release.release(
        ids: Set(ids).sorted(), intake: &intake,
        context: try worker.programs.feedContext(worker.store), store: worker.store))
    return summary
  }
}

extension Worker {
  mutating func close(_ account: inout Account, id: String, at: Instant?) throws {
    let at = Worker.instant(at, [account])
    try releaseHolds(of: &account, id, at)
    try book(Movement(.close), &account, id: id, at: at)
    account.due = .distantFuture
    try store.setStatus(
      .closed, of: CardOwner(shard: account.shard, account: account.id))
    Messages.tellEnd(of: account, "closed", at, &booking)
  }
}

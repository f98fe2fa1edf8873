import Ledger
import Loyalty
import Postgres
import Rules

/// Points that go from one account to another.
extension Desk {
  public enum Transferred: Sendable, Equatable {
    /// The number of the transfer.
    case booked(String)
    /// The same request was done before.
    case already
  }

  /// Gives points of `source` to `target`, the earliest expiry first, with the expiry that they
  /// have. Refused where there are not so many. The same `request` again is done once.
  public mutating func transfer(
    _ amount: Int64, _ currency: CurrencyID, from source: MemberKey, to target: MemberKey,
    request: String? = nil, at: Instant? = nil
  ) throws -> Transferred {
    guard amount > 0 else { throw EngineError("a transfer is above zero") }
    guard source.owner != target.owner else {
      throw EngineError("\(source.code) and \(target.code) share one account already")
    }
    let id =
      try request.map { "transfer \($0)" } ?? "transfer \(worker.store.deskNumber())"
    return try worker.atDesk([source.owner, target.owner], at: at) { worker, accounts, locked in
      if let known = try worker.store.deskEvent(id) {
        let span = EventSpan(
          shard: known.owner.shard, account: known.owner.account, first: known.seq, last: known.seq)
        let movement = try worker.store.events([span]).first?.event.movement
        guard known.owner == source.owner, movement?.account == target.owner.account,
          movement?.amounts == [Movement.Amount(currency: currency, amount: amount)]
        else { throw EngineError("the id `\(request ?? id)` was used for another transfer") }
        return .already
      }
      try Worker.mustBeOpen(locked, "transferred")
      try worker.mustBeThere(source, target)
      let at = Worker.instant(at, accounts)
      let (from, to) = Self.places(accounts, source.owner, target.owner)
      let given = Movement(
        .give, account: target.owner.account,
        amounts: [Movement.Amount(currency: currency, amount: amount)])
      let outcome = try worker.book(given, &accounts[from], id: id, at: at)
      let received = Movement.receive(outcome, of: source.owner.account)
      try worker.book(received, &accounts[to], id: id + " to", at: at)
      return .booked(id)
    }
  }

  static func places(
    _ accounts: [Account], _ source: CardOwner, _ target: CardOwner
  ) -> (source: Int, target: Int) {
    (
      accounts.firstIndex { $0.id == source.account } ?? 0,
      accounts.firstIndex { $0.id == target.account } ?? 0
    )
  }
}

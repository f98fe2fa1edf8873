import Ledger
import Loyalty

/// Steps in a feed of redemptions whose account has gone into another one since.
extension Worker {
  /// The same event as one of the account that it stands in, which has the hold from now on under
  /// the event's own number: where it was captured before and is given back, or was captured in
  /// time and fell away since. Unchanged where it is not so: then it is refused.
  mutating func lendHold(for event: Event, to account: inout Account) throws -> Event {
    guard event.kind.isOfAHold, event.originalAccount != 0 else { return event }
    let source = CardOwner(account: event.originalAccount)
    let all = try store.holds(of: source, all: true)
    guard var hold = all.first(where: { $0.seq == event.original }) else { return event }
    var own = event
    own.originalAccount = 0
    if hold.state == .moved {
      own.original = hold.movedTo
      return own
    }
    let isLate = event.kind == .capture && hold.state == .lapsed
    let isBack = event.kind == .refund && hold.state == .captured
    guard isLate || isBack else { return event }
    // What a redemption had brought is at the other account: people look at it.
    if isBack, try store.hasBrought(hold.capturedBy, of: source) { return event }
    if let key = hold.coupon {
      hold.coupon = try store.coupon(key, of: source, nowAt: CardOwner(account: account.id))
    }
    (hold.seq, hold.capturedBy, hold.isStored) = (event.seq, 0, false)
    account.holds.append(hold)
    own.original = event.seq
    return own
  }

  /// Notes where a hold is that was lent for an event; one of which nothing came goes back.
  mutating func settleLent(_ event: Event, _ own: Event, _ account: inout Account) throws {
    guard own.original == event.seq, event.originalAccount != 0 else { return }
    guard outcome.refused == nil else {
      account.holds.removeAll { $0.seq == event.seq }
      return
    }
    try store.noteMoved(
      HoldKey(owner: CardOwner(account: event.originalAccount), seq: event.original),
      to: event.seq)
  }
}

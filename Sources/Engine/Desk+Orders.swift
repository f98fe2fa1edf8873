import JSON
import Ledger
import Loyalty
import Postgres
import Rules

/// Things that were redeemed: ordered, sent, handed over, or cancelled.
extension Desk {
  /// Notes that a thing was sent or handed over. False where that was noted before.
  @discardableResult
  public mutating func move(
    _ key: Order.Key, to state: Order.State, at: Instant? = nil
  ) throws -> Bool {
    let id = "order \(try worker.store.deskNumber())"
    return try worker.atDesk([CardOwner(account: key.account)]) { worker, accounts, _ in
      let order = try worker.known(key)
      if order.state == state { return false }
      guard order.state.rawValue < state.rawValue, order.state != .cancelled else {
        throw EngineError("the order \(key.text) is \(order.state.word)")
      }
      let at = Worker.instant(at, accounts)
      try worker.note(order, state, &accounts[0], id, at)
      return true
    }
  }

  /// Cancels an order: what it cost comes back, and so do the stock and the use of a limit. False
  /// where it was cancelled before.
  @discardableResult
  public mutating func cancel(_ key: Order.Key, at: Instant? = nil) throws -> Bool {
    let id = "order \(try worker.store.deskNumber())"
    let own = CardOwner(account: key.account)
    let survivor = try worker.store.survivors(of: [own])[own]
    let isDone = try worker.atDesk([own] + (survivor.map { [$0] } ?? [])) {
      worker, accounts, locked in
      let order = try worker.known(key)
      if order.state == .cancelled { return false }
      let at = Worker.instant(at, accounts)
      let from = accounts.firstIndex { $0.id == key.account } ?? 0
      let last = accounts.firstIndex { $0.id == survivor?.account } ?? from
      let hold = accounts[from].holds.firstIndex {
        $0.capturedBy == key.seq && $0.state == .captured
      }
      guard let hold else {
        // It came unasked, or for a choice: nothing was paid.
        try worker.note(order, .cancelled, &accounts[last], id, at)
        return true
      }
      if locked[last].status != .paused { try Worker.mustBeOpen([locked[last]], "given back") }
      if from == last {
        try worker.bookStep(
          .refund, [], of: &accounts[from], id: id, at: at,
          original: accounts[from].holds[hold].seq)
      } else if let why = try worker.refundMerged(
        hold, of: from, to: last, &accounts, [], id: id, at: at)
      {
        throw EngineError(why)
      }
      if let refused = worker.outcome.refused { throw EngineError(refused) }
      return true
    }
    try worker.end()
    return isDone
  }
}

extension Worker {
  fileprivate func known(_ key: Order.Key) throws -> Order {
    guard let order = try store.order(key) else {
      throw EngineError("there is no order \(key.text); `patron orders` lists them")
    }
    return order
  }

  /// A change of an order is an event of its account.
  fileprivate mutating func note(
    _ order: Order, _ state: Order.State, _ account: inout Account, _ id: String, _ at: Instant
  ) throws {
    try bookStep(
      .order,
      [
        Attribute(name: "order", value: .text(order.key.text)),
        Attribute(name: "state", value: .text(state.word)),
      ], of: &account, id: id, at: at)
    try store.setState(state, of: order.key, at: at)
    tell(order.key, order.reward, order.times, state, account, at, account.position)
  }

  /// Takes up what an event redeems that is sent or handed over, and what came back of it.
  mutating func keepOrders(_ event: Event, _ program: Program, _ account: Account) {
    var n: Int16 = 0
    for use in outcome.benefits
    where use.source == .reward && use.refusal == nil && program.isThing(use.id) {
      let captured = account.holds.first { $0.capturedBy == event.seq }
      let times = use.times == 0 ? captured?.times ?? 1 : use.times
      guard times > 0, event.kind != .hold else { continue }
      let at = use.at ?? event.at
      booking.orders.append(
        Booking.OrderRow(
          account, seq: event.seq, n: n, reward: use.id, times: times, at: at))
      tell(
        Order.Key(account: account.id, seq: event.seq, n: n), program.name(of: use), times,
        .ordered,
        account, at, event.seq)
      n += 1
    }
    // Of an account that was merged, whoever gives it back sees to its order.
    for change in outcome.holds where change.hold.state == .refunded && change.hold.seq > 0 {
      cancelOrder(
        of: change.hold, CardOwner(shard: account.shard, account: account.id), program, account,
        change.at, event.seq)
    }
  }

  /// The order that a hold had brought is no more, where it is of a thing.
  mutating func cancelOrder(
    of hold: Hold, _ owner: CardOwner, _ program: Program, _ account: Account, _ at: Instant,
    _ seq: Int64
  ) {
    guard hold.source == .reward, program.isThing(hold.id) else { return }
    booking.cancelled.append((owner, hold.capturedBy, hold.id, at))
    tell(
      Order.Key(account: owner.account, seq: hold.capturedBy, n: 0),
      program.name(of: BenefitUse(source: .reward, id: hold.id)), hold.times, .cancelled, account,
      at, seq)
  }

  private mutating func tell(
    _ key: Order.Key, _ reward: String, _ times: Int64, _ state: Order.State,
    _ account: Account, _ at: Instant, _ seq: Int64
  ) {
    booking.tell(.order, account, seq: seq, at: at) { writer in
      writer.member("order", key.text)
      writer.member("state", state.word)
      writer.member("reward", reward)
      writer.member("times", times)
    }
  }
}

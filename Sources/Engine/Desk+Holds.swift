import Ledger
import Loyalty
import Postgres
import Rules

/// What a till is told of a hold.
public struct HoldAnswer: Sendable, Equatable {
  /// Points of one currency, in its smallest unit.
  public struct Points: Sendable, Equatable {
    public var currency: CurrencyID
    public var held: Int64
    public var captured: Int64
    public var returned: Int64
    /// What this refund gave back of it; nil where it was none.
    public var returnedNow: Int64?
  }

  /// In the currency's smallest unit.
  public struct Amount: Sendable, Equatable {
    public var currency: CurrencyID
    public var amount: Int64
  }

  /// What `capture`, `release` and `refund` take.
  public var id: String
  /// Why it was refused; nil where it was not.
  public var refusal: String?
  /// As it stands now; nil where there is none.
  public var state: Hold.State?
  public var until: Instant?
  public var points: [Points] = []
  /// What it pays, in minor units of money; of a part that was captured, what that pays.
  public var money: Int64 = 0
  public var times: Int64 = 1
  /// How often this refund gave it back; nil where it was none, or where it is not known any more.
  public var timesNow: Int64?
  /// Where it was refused because that was not enough: what is available.
  public var available: [Amount] = []
  /// Codes of the coupons that the capture brought.
  public var coupons: [String] = []
  /// The same was asked before: this is the answer of then.
  public var isAgain = false

  init(_ id: String, _ hold: Hold?, refusal: String? = nil) {
    self.id = id
    self.refusal = refusal
    guard let hold else { return }
    state = hold.state
    until = hold.until
    money = hold.pays
    times = hold.times
    points = hold.currencies.map { currency in
      let own = hold.lots.filter { $0.currency == currency }
      return Points(
        currency: currency, held: own.reduce(0) { $0 + $1.amount },
        captured: own.reduce(0) { $0 + $1.captured },
        returned: own.reduce(0) { $0 + $1.returned })
    }
  }
}

/// Redemptions in steps, for tills that wait for the answer.
extension Desk {
  /// Sets aside what is asked for, or says why not. The same `id` again has the first answer;
  /// with anything else asked it is an error.
  public mutating func hold(
    _ request: HoldRequest, for member: MemberKey, id: String? = nil, store: String? = nil,
    at: Instant? = nil
  ) throws -> HoldAnswer {
    let id = try id ?? freeHoldNumber()
    let answer = try worker.atDesk([member.owner], at: at) { worker, accounts, locked in
      if let known = try worker.store.deskEvent("hold \(id)") {
        let made = HoldKey(owner: known.owner, seq: known.seq)
        let now = try worker.store.movedHolds([made])[made] ?? made
        guard now.owner == member.owner, (try? HoldRequest(known.attributes)) == request else {
          throw EngineError("the id `\(id)` was used for another hold")
        }
        return try worker.answer(id, known, accounts[0], hold: now.seq, isAgain: true)
      }
      try Worker.mustBeOpen(locked, "held")
      try worker.mustBeThere(member)
      let at = Worker.instant(at, accounts)
      try worker.bookStep(
        .hold, request.attributes, of: &accounts[0], id: "hold \(id)", at: at, storeName: store)
      var answer = HoldAnswer(
        id, accounts[0].holds.first { $0.seq == accounts[0].position },
        refusal: worker.outcome.refusalOfHold)
      if answer.refusal != nil { answer.state = nil }
      if answer.refusal == Refusal.notEnough.text {
        answer.available = accounts[0].balances.filter { $0.available > 0 }
          .map { HoldAnswer.Amount(currency: $0.currency, amount: $0.available) }
      }
      return answer
    }
    try worker.end()
    return answer
  }

  /// A number that nobody has used as an id of his own.
  private func freeHoldNumber() throws -> String {
    while true {
      let number = "\(try worker.store.deskNumber())"
      if try !worker.store.isDone(atDesk: "hold \(number)") { return number }
    }
  }

  /// Redeems what is held: all of it, so many of its points, or a reward so many times.
  public mutating func capture(
    _ name: String, points: ExactDecimal? = nil, times: Int64? = nil, at: Instant? = nil
  ) throws -> HoldAnswer { try step(.capture, name, Self.part(points, times), nil, at) }

  /// Lets what is held go.
  public mutating func release(_ name: String, at: Instant? = nil) throws -> HoldAnswer {
    try step(.release, name, [], nil, at)
  }

  /// Gives back what was captured, so many of its points, or a reward so many times, with the
  /// expiry that they had; where the account was merged since, to the one that it went into. With
  /// an `id`, the same again is done once.
  public mutating func refund(
    _ name: String, points: ExactDecimal? = nil, times: Int64? = nil, id: String? = nil,
    at: Instant? = nil
  ) throws -> HoldAnswer { try step(.refund, name, Self.part(points, times), id, at) }

  private static func part(_ points: ExactDecimal?, _ times: Int64?) -> [Attribute] {
    var part = points.map { [Attribute(name: "points", value: .number($0))] } ?? []
    if let times {
      part.append(Attribute(name: "times", value: .number(ExactDecimal(units: times))))
    }
    return part
  }

  private mutating func step(
    _ kind: EventKind, _ name: String, _ part: [Attribute], _ id: String?, _ at: Instant?
  ) throws -> HoldAnswer {
    let made = try find(name)
    let id = try "\(kind) \(id ?? "\(worker.store.deskNumber())")"
    while true {
      let key = try worker.store.movedHolds([made])[made] ?? made
      let step = HoldStep(kind: kind, name: name, key: key, part: part, id: id, at: at)
      let survivor = try worker.store.survivors(of: [key.owner])[key.owner]
      let answer = try worker.atDesk([key.owner] + (survivor.map { [$0] } ?? []), at: at) {
        worker, accounts, locked in
        try worker.take(step, &accounts, locked, survivor)
      }
      try worker.end()
      if let answer { return answer }
    }
  }

  private func find(_ name: String) throws -> HoldKey {
    let found = try worker.store.holds(named: name)
    guard let first = found.first else { throw EngineError("there is no hold `\(name)`") }
    guard found.count == 1 else {
      throw EngineError("`\(name)` may mean several holds; name it as SOURCE/ID")
    }
    return first
  }
}

/// What is asked of a hold.
private struct HoldStep {
  var kind: EventKind
  var name: String
  var key: HoldKey
  /// Empty is all of it.
  var part: [Attribute]
  /// Of the event.
  var id: String
  var at: Instant?
}

extension Worker {
  /// Does a step under the locks of the hold's account and of the one that it went into; nil where
  /// that is another one by now.
  fileprivate mutating func take(
    _ step: HoldStep, _ accounts: inout [Account], _ locked: [DeskAccount],
    _ survivor: CardOwner?
  ) throws -> HoldAnswer? {
    guard let own = accounts.firstIndex(where: { $0.id == step.key.owner.account }),
      let place = accounts[own].holdPlace(step.key.seq)
    else {
      return HoldAnswer(
        step.name, nil, refusal: "the hold was refused: there is nothing to \(step.kind)")
    }
    let last = survivor.flatMap { owner in accounts.firstIndex { $0.id == owner.account } } ?? own
    if let known = try store.deskEvent(step.id) {
      guard known.owner == step.key.owner || known.owner == survivor else {
        throw EngineError("the id `\(step.id)` was used for another hold")
      }
      var again = try answer(step.name, known, accounts[own], hold: step.key.seq, isAgain: true)
      guard step.kind == .refund else { return again }
      let given = try store.givenBack(known.owner, known.seq)
      for place in again.points.indices {
        again.points[place].returnedNow = given[again.points[place].currency] ?? 0
      }
      return again
    }
    let hold = accounts[own].holds[place]
    if hold.state == .moved { return nil }
    if hold.state.isDone(by: step.kind) {
      var answer = HoldAnswer(step.name, hold)
      answer.isAgain = true
      answer.coupons = accounts[own].codes(of: hold)
      return answer
    }
    if locked[last].status == .merged { return nil }
    guard locked[last].status != .closed else {
      return HoldAnswer(
        step.name, hold,
        refusal: "its account has ended; `patron member adjust` gives points by hand")
    }
    let at = Worker.instant(step.at, accounts)
    var refusal: String?
    if own == last {
      try bookStep(
        step.kind, step.part, of: &accounts[own], id: step.id, at: at, original: step.key.seq)
    } else if step.kind != .refund {
      refusal = "its account went into another one"
    } else if let why = hold.refusal(isRefund: true) {
      refusal = why
    } else {
      refusal = try refundMerged(
        place, of: own, to: last, &accounts, step.part, id: step.id, at: at)
    }
    let after = accounts[own].holds[place]
    var answer = HoldAnswer(step.name, after, refusal: refusal ?? outcome.refusalOfHold)
    answer.coupons = accounts[own].codes(of: after)
    if step.kind == .refund, answer.refusal == nil {
      let before = HoldAnswer(step.name, hold).points
      for place in answer.points.indices {
        let points = answer.points[place]
        let returned = before.first { $0.currency == points.currency }?.returned ?? 0
        answer.points[place].returnedNow = points.returned - returned
      }
      answer.timesNow = after.state == .refunded ? hold.times : hold.times - after.times
    }
    return answer
  }

  /// Books a step of a redemption as the next event of an account.
  mutating func bookStep(
    _ kind: EventKind, _ attributes: [Attribute], of account: inout Account, id: String,
    at: Instant, original: Int64 = 0, storeName: String? = nil
  ) throws {
    guard let place = programs.place(at: at) else {
      throw EngineError("no version of the program is in force at \(at.text(offset: 0))")
    }
    let offset = programs.entries[place].rater.program.zone.offset(at: at)
    var event = Event(
      seq: try store.insertDeskEvent(
        kind, EventDetails.json(attributes),
        of: CardOwner(shard: account.shard, account: account.id), id: id, at: at, offset: offset,
        original: original == 0 ? nil : original, store: storeName),
      kind: kind, at: at, offset: offset)
    event.attributes = attributes
    event.original = original
    if let storeName { event.store = try store.symbols([storeName])[storeName] ?? .none }
    let version = try rate(event, &account)
    try keep(event, ratedBy: version, &account)
  }

  /// Lets everything go that an account holds: it ends.
  mutating func releaseHolds(of account: inout Account, _ id: String, _ at: Instant) throws {
    for hold in account.holds where hold.isOpen && hold.until > at {
      try bookStep(
        .release, [], of: &account, id: "\(id) release \(hold.seq)", at: at, original: hold.seq)
    }
  }

  /// The answer that an event of the desk had.
  fileprivate func answer(
    _ id: String, _ known: DeskEvent, _ account: Account, hold: Int64? = nil, isAgain: Bool
  ) throws -> HoldAnswer {
    let made = account.holds.first { $0.seq == hold ?? known.seq }
    var refusal = known.refused
    if made == nil, refusal == nil {
      let span = EventSpan(
        shard: known.owner.shard, account: known.owner.account, first: known.seq, last: known.seq)
      refusal = try store.benefits(span).refusalOfHold
    }
    var answer = HoldAnswer(id, made, refusal: refusal)
    answer.isAgain = isAgain
    if let made { answer.coupons = account.codes(of: made) }
    return answer
  }
}

extension Outcome {
  /// Why nothing came of a hold, or of a step of it.
  var refusalOfHold: String? {
    refused ?? benefits.first { $0.refusal != nil && $0.at == nil }?.refusal?.text
  }
}

extension Account {
  /// Of the coupons that a capture brought.
  func codes(of hold: Hold) -> [String] {
    guard hold.capturedBy != 0 else { return [] }
    return coupons.filter { $0.seq == hold.capturedBy && !$0.isWithdrawn }.map(\.code)
  }
}

extension Hold.State {
  /// Whether there is nothing left to do, for it was done.
  fileprivate func isDone(by kind: EventKind) -> Bool {
    switch (kind, self) {
    case (.capture, .captured), (.release, .released), (.refund, .refunded): true
    default: false
    }
  }
}

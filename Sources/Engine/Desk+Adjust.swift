import Ledger
import Loyalty
import Postgres
import Rules

/// Points that a person gives or takes by hand.
extension Desk {
  public enum Adjusted: Sendable, Equatable {
    case booked(Int64)
    /// More than the operator may give alone: a second person confirms it.
    case waits(Int64)
    /// The same request was made before.
    case already(Int64)
  }

  /// Gives points (or takes them, below zero) with a reason and a name. Within the operator's
  /// allowance it is booked at once; above it waits for a second person. As long as no operator is
  /// named, everybody may adjust.
  public mutating func adjust(_ wanted: Adjustment, at: Instant? = nil) throws -> Adjusted {
    guard wanted.amount != 0 else { throw EngineError("an adjustment is not zero") }
    guard !wanted.reason.isEmpty else { throw EngineError("an adjustment needs its reason") }
    if let expires = wanted.expires, expires <= at ?? .now || wanted.amount < 0 {
      throw EngineError("only points that are given end, and not before they are given")
    }
    if let known = try Self.known(wanted, worker.store) { return .already(known) }
    let number = try worker.store.numbers("adjustment_ids", 1)[0]
    return try worker.atDesk([wanted.owner], at: at) { worker, accounts, locked in
      if let known = try worker.store.adjustment(number) {
        // A commit whose answer was lost.
        return known.state == .booked ? .booked(number) : .waits(number)
      }
      if let known = try Self.known(wanted, worker.store) { return .already(known) }
      try Self.check(wanted, accounts[0], locked)
      var wanted = wanted
      wanted.id = number
      wanted.madeAt = Worker.instant(at, accounts)
      if try worker.mayAdjust(wanted) { wanted.state = .booked }
      try worker.store.insert(wanted)
      guard wanted.state == .booked else { return .waits(number) }
      try worker.book(wanted, &accounts[0], at: wanted.madeAt)
      return .booked(number)
    }
  }

  /// The number of the adjustment that was made under the same request before.
  private static func known(_ wanted: Adjustment, _ store: borrowing Store) throws -> Int64? {
    guard let request = wanted.request, let known = try store.adjustment(request: request) else {
      return nil
    }
    guard known.owner == wanted.owner, known.amount == wanted.amount,
      known.currency == wanted.currency
    else { throw EngineError("the id `\(request)` was used for another adjustment, \(known.id)") }
    return known.id
  }

  /// Books an adjustment that waits. Who made it cannot confirm it.
  public mutating func confirm(
    adjustment id: Int64, by name: String, at: Instant? = nil
  ) throws {
    let waiting = try waiting(id)
    guard name != waiting.operatorName else {
      throw EngineError("\(name) made this adjustment; a second person confirms it")
    }
    guard try worker.store.operators().contains(where: { $0.name == name && $0.confirms }) else {
      throw EngineError("\(name) may not confirm; `patron member operator NAME --confirms yes`")
    }
    try worker.atDesk([waiting.owner], at: at) { worker, accounts, locked in
      let now = try worker.store.adjustment(id)
      // A commit whose answer was lost.
      if let now, now.state == .booked, now.decidedBy == name { return }
      guard let now, now.state == .waiting, now.owner == waiting.owner else {
        throw EngineError("adjustment \(id) does not wait any more")
      }
      try Self.check(now, accounts[0], locked)
      let at = Worker.instant(at, accounts)
      try worker.store.decide(id, .booked, by: name, at: at)
      try worker.book(now, &accounts[0], at: at)
    }
  }

  /// Refuses an adjustment that waits.
  public func refuse(adjustment id: Int64, by name: String, at: Instant? = nil) throws {
    _ = try waiting(id)
    try worker.store.decide(id, .refused, by: name, at: at ?? .now)
  }

  private func waiting(_ id: Int64) throws -> Adjustment {
    guard let adjustment = try worker.store.adjustment(id) else {
      throw EngineError("there is no adjustment \(id)")
    }
    guard adjustment.state == .waiting else {
      throw EngineError("adjustment \(id) does not wait: it is \(adjustment.state)")
    }
    return adjustment
  }

  private static func check(
    _ adjustment: Adjustment, _ account: Account, _ locked: [DeskAccount]
  ) throws {
    // A paused account takes what a person puts right.
    guard locked[0].status != .closed, locked[0].status != .merged else {
      return try Worker.mustBeOpen(locked, "adjusted")
    }
  }
}

extension Worker {
  /// Whether an operator may do it without a second person.
  fileprivate func mayAdjust(_ adjustment: Adjustment) throws -> Bool {
    let operators = try store.operators()
    guard !operators.isEmpty else { return true }
    guard let own = operators.first(where: { $0.name == adjustment.operatorName }),
      let allowance = own.allowances[adjustment.currency]
    else { return false }
    try store.lockOperator(own.name)
    let amount = Int64(clamping: adjustment.amount.magnitude)
    guard amount <= allowance.each,
      let zone = programs.current(at: adjustment.madeAt)?.zone
    else { return false }
    let first = zone.start(of: zone.date(of: adjustment.madeAt).startOfMonth)
    let given = try store.adjusted(by: own.name, adjustment.currency, since: first)
    let (sum, overflow) = given.addingReportingOverflow(amount)
    return !overflow && sum <= allowance.month
  }

  fileprivate mutating func book(
    _ adjustment: Adjustment, _ account: inout Account, at: Instant
  ) throws {
    let movement: Movement
    if adjustment.amount > 0 {
      guard let place = programs.place(at: at) else {
        throw EngineError("no version of the program is in force at \(at.text(offset: 0))")
      }
      let expires =
        adjustment.expires
        ?? programs.entries[place].rater.expiry(of: adjustment.currency, givenAt: at)
      movement = Movement(
        .credit,
        lots: [
          Movement.Lot(
            currency: adjustment.currency, amount: adjustment.amount, due: .distantPast,
            expires: expires)
        ])
    } else {
      movement = Movement(
        .debit,
        amounts: [Movement.Amount(currency: adjustment.currency, amount: -adjustment.amount)])
    }
    try book(
      movement, &account, id: "adjustment \(adjustment.id)", at: at,
      note: [("operator", adjustment.operatorName)])
  }
}

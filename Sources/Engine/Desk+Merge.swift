import Ledger
import Loyalty
import Postgres
import Rules

/// Accounts that become one.
extension Desk {
  /// Makes two members one: the account of `source` goes into that of `target` with its balances
  /// and their dates, what was counted, the better tier of each ladder, coupons, what is held
  /// and waiting adjustments; cards, codes and phone numbers lead to `target` from now on. What is
  /// not known of `target` is taken from `source`. Where both share an account, it stays as it is.
  /// Gives the number of the merge.
  public mutating func merge(
    _ source: MemberKey, into target: MemberKey, at: Instant? = nil
  ) throws -> String {
    if source.owner == target.owner { return try fold(source, into: target, at: at) }
    return try absorb(source, into: target, "merged", at: at) { store in
      try store.redirect(source.owner, to: target.owner, member: target.member)
      try store.fold(source, into: target)
    }
  }

  /// Lets a member share the account of another one: her own goes into it, and she keeps her cards
  /// and her name. Gives the number of the merge.
  public mutating func join(
    _ source: MemberKey, with target: MemberKey, at: Instant? = nil
  ) throws -> String {
    try absorb(source, into: target, "shared", at: at) { store in
      try store.redirect(source.owner, to: target.owner, member: nil)
      try store.move(source, to: target.owner)
    }
  }

  /// Two of a household are one person. The account's points stay those of the household; its
  /// history tells of the merge.
  private mutating func fold(
    _ source: MemberKey, into target: MemberKey, at: Instant?
  ) throws -> String {
    guard source.member != target.member else {
      throw EngineError("\(source.code) and \(target.code) are one person already")
    }
    let id = "merge \(try worker.store.deskNumber())"
    let lives = worker.programs.livesByCalendar
    return try worker.atDesk([target.owner], at: at) { worker, accounts, locked in
      if try worker.store.isDone(atDesk: id) { return id }
      try Worker.mustBeOpen(locked, "merged")
      try worker.mustBeThere(source, target)
      let at = Worker.instant(at, accounts)
      let nothing = Movement(.absorb, account: target.owner.account)
      try worker.book(nothing, &accounts[0], id: id, at: at)
      try worker.store.redirect(
        source.owner, to: target.owner, member: target.member, only: source.member)
      try worker.store.foldWithin(source, into: target)
      if lives { try worker.store.lowerDue(ofMembers: [target.code]) }
      return id
    }
  }

  private mutating func absorb(
    _ source: MemberKey, into target: MemberKey, _ what: String, at: Instant? = nil,
    _ persons: (borrowing Store) throws -> Void
  ) throws -> String {
    guard source.owner != target.owner else {
      throw EngineError("\(source.code) and \(target.code) share one account already")
    }
    let id = "merge \(try worker.store.deskNumber())"
    return try worker.atDesk([source.owner, target.owner], at: at) { worker, accounts, locked in
      if try worker.store.isDone(atDesk: id) { return id }
      try Worker.mustBeOpen(locked, what)
      try worker.mustBeThere(source, target)
      guard try worker.store.codes(of: source.owner).count == 1 else {
        throw EngineError(
          "\(source.code) shares an account with others; `patron member household leave "
            + "\(source.code)` first")
      }
      let at = Worker.instant(at, accounts)
      let (from, to) = Self.places(accounts, source.owner, target.owner)
      let moving = worker.movingHolds(of: accounts[from], at: at)
      try worker.releaseHolds(of: &accounts[from], id, at)
      let before = worker.brought(accounts[from], upTo: at)
      let after = worker.brought(accounts[to], upTo: at)
      let leaving = Movement(.leave, account: target.owner.account)
      let lost = try worker.book(leaving, &accounts[from], id: id, at: at)
      Messages.tellEnd(
        of: accounts[from], "merged", into: target.owner.account, at, &worker.booking)
      let movement = Movement.absorb(
        lost, of: before, into: after, days: worker.programs.dayCounters)
      let won = try worker.book(movement, &accounts[to], id: id + " to", at: at)
      accounts[from].due = .distantFuture
      try worker.store.writeUses([accounts[from]])
      try worker.store.moveCoupons(
        of: source.owner, to: target.owner, seq: accounts[to].position, from: won.coupons.count,
        at: at)
      var (old, new) = (accounts[from], accounts[to])
      worker.moveCoupons(from: old, to: &new, from: won.coupons.count, at: at)
      try worker.holdAgain(moving, of: &old, in: &new, id, at)
      (accounts[from], accounts[to]) = (old, new)
      try worker.store.moveAdjustments(of: source.owner, to: target.owner)
      try persons(worker.store)
      try worker.store.setStatus(.merged, of: source.owner, into: target.owner)
      return id
    }
  }

  /// Gives a member an account of her own again; what was shared stays where it is. Her cards and
  /// her phone number go with her. What time had brought to the shared account by then does not
  /// come again.
  public mutating func leave(_ member: MemberKey) throws -> MemberKey {
    let lives = worker.programs.livesByCalendar
    return try worker.atDesk([member.owner]) { worker, accounts, locked in
      try Worker.mustBeOpen(locked, "divided")
      try worker.mustBeThere(member)
      guard try worker.store.codes(of: member.owner).count > 1 else {
        throw EngineError("\(member.code) shares an account with nobody")
      }
      let new = try worker.store.insertAccount(from: accounts[0].clock)
      try worker.store.redirect(member.owner, to: new, member: nil, only: member.member)
      try worker.store.part(member, to: new)
      try worker.store.refillHolder(of: member.owner)
      if lives { try worker.store.lowerDue(ofMembers: [member.code]) }
      return MemberKey(owner: new, member: member.member, code: member.code)
    }
  }
}

extension ProgramSet {
  /// Counters of any version that hold the number of a day.
  var dayCounters: Set<CounterID> {
    entries.reduce(into: []) { $0.formUnion($1.rater.program.dayCounters) }
  }
}

import Ledger
import Loyalty
import Postgres

/// Members and their cards.
extension Desk {
  /// Enrols a member with an account of her own, and takes in what waited for her cards.
  public mutating func enrol(_ record: MemberRecord) throws -> PostSummary {
    try MemberDays.refuse(birthday: record.birthday, joined: record.joined)
    try worker.programs.refresh(worker.store)
    let lives = worker.programs.livesByCalendar
    try worker.store.db.transaction {
      guard try worker.store.membersByCode([record.member]).isEmpty else {
        throw EngineError(
          "the member \(record.member) is there already; `patron member update` changes her")
      }
      if case .refused(let reason)? = try worker.store.load([record]).first {
        throw EngineError(reason)
      }
      if lives { try worker.store.lowerDue(ofMembers: [record.member]) }
    }
    return try release("unknown card", record.cards)
  }

  /// Changes what is known of a member.
  public mutating func update(_ member: MemberKey, _ change: MemberChange) throws {
    try MemberDays.refuse(birthday: change.birthday ?? nil, joined: change.joined ?? nil)
    try worker.programs.refresh(worker.store)
    let lives = worker.programs.livesByCalendar
    try worker.store.db.transaction {
      try worker.mustBeThere(member)
      try worker.store.update(member, change)
      if lives { try worker.store.lowerDue(ofMembers: [member.code]) }
    }
  }

  /// Adds a card, and takes in what waited for it.
  @discardableResult
  public mutating func addCard(_ card: String, to member: MemberKey) throws -> PostSummary {
    try worker.store.db.transaction { try worker.addCard(card, to: member) }
    return try release("unknown card", [card])
  }

  /// Sales on the card are parked from now on.
  public mutating func block(card: String) throws {
    let (_, status) = try known(card)
    guard status != .blocked else { throw EngineError("the card is blocked already") }
    try worker.store.setStatus(.blocked, ofCard: card)
  }

  /// Sales on the card are taken in again, with those that waited for it.
  @discardableResult
  public mutating func unblock(card: String) throws -> PostSummary {
    let (key, status) = try known(card)
    guard status == .blocked else { throw EngineError("the card is not blocked") }
    let account = try worker.store.status(of: key.owner) ?? .open
    try worker.store.setStatus(account.card, ofCard: card)
    return try release("card blocked", [card])
  }

  /// Gives the member of a card a new one. The old one is blocked, unless it is kept beside the new
  /// one.
  @discardableResult
  public mutating func replace(
    card old: String, by new: String, keepingOld: Bool = false
  ) throws -> PostSummary {
    let (key, _) = try known(old)
    try worker.store.db.transaction {
      try worker.addCard(new, to: key)
      if !keepingOld { try worker.store.setStatus(.blocked, ofCard: old) }
    }
    return try release("unknown card", [new])
  }

  private func known(_ card: String) throws -> (MemberKey, CardStatus) {
    guard let found = try worker.store.card(card) else {
      throw EngineError("nobody has the card …\(card.suffix(4))")
    }
    return (found.key, found.status)
  }
}

extension Worker {
  fileprivate func addCard(_ card: String, to member: MemberKey) throws {
    try mustBeThere(member)
    let account = try store.status(of: member.owner) ?? .open
    guard !card.isEmpty, try store.addCard(card, to: member, account.card) else {
      throw EngineError("the card …\(card.suffix(4)) belongs to somebody already")
    }
  }
}

extension AccountStatus {
  /// How a card of such an account stands that is not blocked.
  var card: CardStatus {
    switch self {
    case .open: .active
    case .paused: .paused
    case .closed, .merged: .closed
    }
  }
}

import Ledger
import Loyalty
import Postgres

/// A person who asks to be forgotten.
extension Desk {
  /// Takes a member out of everything: names, cards and numbers, texts of events, what is parked,
  /// in conflict or in the inbox, contacts. An account that was hers alone is closed, what is left
  /// of its points is forfeited; one that is shared stays with the others. The ledger stays whole
  /// and names nobody.
  public mutating func forget(_ member: MemberKey, at: Instant? = nil) throws {
    let id = "closing \(try worker.store.deskNumber())"
    try worker.atDesk([member.owner], at: at) { worker, accounts, locked in
      if try worker.store.isDone(atDesk: id) { return }
      try worker.mustBeThere(member)
      let person = try worker.store.forgetting(member)
      try worker.store.forget(person)
      guard person.isAlone else { return }
      let isOpen = locked[0].status == .open || locked[0].status == .paused
      if isOpen { try worker.close(&accounts[0], id: id, at: at) }
      // Others must hear of it, too; and of nothing else that has to do with the account.
      Messages.tellEnd(
        of: accounts[0], "forgotten", Worker.instant(at, accounts), &worker.booking)
    }
  }
}

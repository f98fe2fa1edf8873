import Ledger
import Loyalty
import Postgres

/// A card that is shown after the sale: a receipt that was nobody's becomes a member's, once.
///
/// The sale is then an event of the account like any other, rated as of its own instant, with the
/// tier that the account had then.
public enum ReceiptClaim {
  public enum Result: Sendable, Equatable {
    /// It is the account's now, and waits to be rated.
    case given(account: Int64)
    /// It is this account's already.
    case already(account: Int64)
    /// It is another account's.
    case another
    /// No such transaction was ever taken in.
    case unknown
    /// It waits under a number among the parked rows.
    case parked(Int64)
    /// Something of it came back already, to nobody.
    case cameBack
    /// It is a return, a void or another thing that no receipt of a sale tells of.
    case noSale
    /// It is older than claims may be.
    case tooOld(at: Instant, offset: Int32)
    case unknownCard
  }

  /// How long after a sale its receipt may be claimed, where nothing else is said.
  public static let usualDays = 30

  /// Gives the transaction `id` of `source` to the account behind a card. Two at the same moment:
  /// one gets it.
  public static func claim(
    source: String, id: String, card: String, days: Int = usualDays, _ store: borrowing Store,
    now: Instant = .now
  ) throws -> Result {
    guard let symbol = try store.symbols([source])[source] else { return .unknown }
    guard let owner = try store.owners([card]).active[card] else { return .unknownCard }
    let key = ClaimKey(source: symbol.id, id: id)
    try store.db.begin()
    do {
      let result = try claim(key, owner, card, days, store, now)
      if case .given = result { try store.db.commit() } else { store.db.rollback() }
      return result
    } catch {
      store.db.rollback()
      throw error
    }
  }

  private static func claim(
    _ key: ClaimKey, _ owner: CardOwner, _ card: String, _ days: Int, _ store: borrowing Store,
    _ now: Instant
  ) throws -> Result {
    guard let claim = try store.lockClaim(key) else { return .unknown }
    if claim.shard < 0 { return .parked(claim.account) }
    if claim.account == owner.account { return .already(account: owner.account) }
    guard claim.account == 0 else { return .another }
    let span = EventSpan(shard: claim.shard, account: 0, first: claim.seq, last: claim.seq)
    guard let event = try store.events([span]).first?.event else {
      throw EngineError("the event of the receipt is not there; run `patron audit`")
    }
    guard event.kind == .sale || event.kind == .exchange, event.original == 0 else {
      return .noSale
    }
    guard event.at + Int64(days) * 86_400 >= now else {
      return .tooOld(at: event.at, offset: event.offset)
    }
    if try store.cameBack(key, soldAt: event.at) { return .cameBack }
    try store.give(key, claim, to: owner, card: card)
    return .given(account: owner.account)
  }
}

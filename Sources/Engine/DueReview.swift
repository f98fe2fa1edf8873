import Ledger
import Loyalty

/// A review of tiers by rank that is due, was not held, and holds up what lies behind its day.
public struct DueReview: Sendable, Equatable {
  public var day: CivilDate
  /// The keys of its tiers.
  public var tiers: [String]
  /// Accounts whose next event waits for it.
  public var accounts: Int64
  /// When the first of these events arrived.
  public var since: Instant
  /// Something before its day is to be rated first.
  public var isBehindOthers: Bool

  /// Nil where nothing waits for any.
  public static func find(_ store: borrowing Store, now: Instant) throws -> DueReview? {
    let programs = try ProgramSet(store)
    var calendar = ReviewCalendar()
    guard let review = try calendar.pending(programs, store, now: now),
      let waiting = try store.waiting(from: review.at)
    else { return nil }
    return DueReview(
      day: review.day, tiers: review.ranks.map(\.key), accounts: waiting.accounts,
      since: waiting.since, isBehindOthers: try store.next(before: review.at).isBefore)
  }
}

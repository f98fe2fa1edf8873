import Ledger
import Loyalty
import Postgres
import Rules

/// What stands between an account's events and their rating where tiers are given by rank: the
/// review of a day that is over. Whoever finds nothing more to rate before it holds it.
extension Worker {
  enum ReviewTurn {
    /// It is held, by this worker or by somebody else.
    case held
    /// Something before its day is to be rated first, or somebody is at it just now.
    case notYet
    /// Nothing waits behind it.
    case needless
  }

  /// The review that holds up what lies behind its day.
  mutating func pendingReview() throws -> ReviewDay? {
    try calendar.pending(programs, store, now: .now)
  }

  /// Of events of locked accounts, those before the next review.
  mutating func beforeReview(_ waiting: [WaitingAccount]) throws -> [WaitingAccount] {
    guard let review = try pendingReview() else { return waiting }
    return try store.cut(waiting, before: review.at, most: limits.events)
  }

  /// Holds the reviews that are due before something is done at an instant, as far as all before
  /// them is rated. Between transactions.
  mutating func holdReviews(before instant: Instant) throws {
    try programs.refresh(store)
    try calendar.lookAgain(store)
    while let review = try pendingReview(), review.at <= instant {
      guard try takeArrived(before: review),
        try Review.hold(review, isAsked: true, &programs, store)
      else { return }
      try calendar.lookAgain(store)
    }
  }

  /// Holds a review for which events wait. Between transactions.
  mutating func hold(_ review: ReviewDay) throws -> ReviewTurn {
    try calendar.lookAgain(store)
    guard try pendingReview()?.day == review.day else { return .held }
    let next = try store.next(before: review.at)
    guard next.isAny else { return .needless }
    if next.isBefore { return .notYet }
    guard try takeArrived(before: review) else { return .notYet }
    guard try Review.hold(review, isAsked: false, &programs, store) else { return .notYet }
    try calendar.lookAgain(store)
    // Other workers wait for it.
    try store.wake()
    return .held
  }

  /// What had arrived in the inbox when this worker first came to the review may belong before it:
  /// takes it in. False as long as others have some of it in hand.
  private mutating func takeArrived(before review: ReviewDay) throws -> Bool {
    if arrived?.day != review.day { arrived = (review.day, try store.lastOfInbox()) }
    guard let last = arrived?.last, try store.inboxHas(upTo: last) else { return true }
    var inbox = try InboxReader(settings)
    while try inbox.runBatch() > 0, try store.inboxHas(upTo: last) {}
    return try !store.inboxHas(upTo: last)
  }
}

import Ledger
import Loyalty
import Postgres
import Rules

/// A day on which tiers by rank are reviewed.
struct ReviewDay: Sendable {
  var day: CivilDate
  /// Its beginning: what lies before it is compared, what lies behind it is rated with the tiers
  /// that the review gives.
  var at: Instant
  /// The place of the version in force then.
  var place: Int
  var ranks: [RankReview]
}

/// Compares accounts with each other: which of them have a tier by rank as of a day.
///
/// The cutoff is fixed and stored, and each account that reaches it gets an event, which the engine
/// rates in the account's own order; where events from behind the day wait already, a mark before
/// the first of them. All of a day is one transaction.
public enum Review {
  /// Reviews every tier by rank of the program in force on `day`. Waiting events must be rated
  /// first. A review that was made before is left as it is, and told as repeated.
  public static func run(
    asOf day: CivilDate, _ store: borrowing Store
  ) throws -> [(review: StoredReview, isRepeated: Bool)] {
    var programs = try ProgramSet(store)
    guard let zone = programs.entries.first?.rater.program.zone,
      let place = programs.place(at: zone.start(of: day))
    else {
      throw EngineError("no version of the program is in force on \(day)")
    }
    guard try store.inboxIsEmpty(), try store.waiting().events == 0 else {
      throw EngineError(
        "transactions wait to be rated; a rank compares all of them: `patron run --once` first")
    }
    let ranks = programs.entries[place].rater.program.ranks(asOf: day)
    let review = ReviewDay(day: day, at: zone.start(of: day), place: place, ranks: ranks)
    let before = try store.reviews(of: day...day).map(\.tier)
    let isDone = try store.db.transaction { () throws -> Bool in
      guard try store.lockReviews() else { return false }
      try make(review, &programs, store)
      return true
    }
    guard isDone else {
      throw EngineError("a file is being posted, or a review is made just now; try again")
    }
    return try store.reviews(of: day...day).map { ($0, before.contains($0.tier)) }
  }

  /// Makes a day's reviews in a transaction of its own, once everything before the day is rated
  /// that is there; false where it is not, or where somebody else is at it. Unless it `isAsked`
  /// for, something must wait behind it: else what belongs before may still come.
  static func hold(
    _ review: ReviewDay, isAsked: Bool, _ programs: inout ProgramSet, _ store: borrowing Store
  ) throws -> Bool {
    try store.db.begin()
    do {
      let isFree = try store.lockReviews()
      let next = try store.next(before: review.at)
      guard isFree, !next.isBefore, next.isAny || isAsked else {
        store.db.rollback()
        return false
      }
      try make(review, &programs, store)
      try store.db.commit()
      return true
    } catch {
      store.db.rollback()
      throw error
    }
  }

  /// Those of a day's tiers that have no review yet.
  private static func make(
    _ review: ReviewDay, _ programs: inout ProgramSet, _ store: borrowing Store
  ) throws {
    let known = Set(try store.reviews(of: review.day...review.day).map(\.tier))
    for rank in review.ranks where !known.contains(rank.tier) {
      try make(rank, review, &programs, store)
    }
  }

  private static func make(
    _ rank: RankReview, _ review: ReviewDay, _ programs: inout ProgramSet,
    _ store: borrowing Store
  ) throws {
    let program = programs.entries[review.place].rater.program
    var values = RankedValues(rank.counter, rank.window)
    if program.isBroughtByTime(rank) {
      values.brought = try programs.brought(before: review.at, of: rank, store)
    }
    let buyers = try store.buyers(values)
    let places = rank.places(of: buyers)
    let cutoff = places > 0 ? try store.value(atPlace: places, values) : nil
    let reached = try cutoff.map { try store.lockReached(values, cutoff: $0) } ?? []
    let made = StoredReview(
      day: review.day, tier: rank.tier, key: rank.key, window: rank.window, buyers: buyers,
      places: places, cutoff: cutoff, reached: Int64(reached.count))
    let number = try store.insert(made)
    try store.give(
      made, number: number, to: reached, at: review.at,
      offset: program.zone.offset(at: review.at))
  }
}

extension ProgramSet {
  /// Accounts that are looked at together.
  private static let accountsAtATime = 1_000

  /// What time has brought before an instant to a counter, of accounts that nobody has brought up
  /// to then: that of each account, where it is anything.
  mutating func brought(
    before instant: Instant, of rank: RankReview, _ store: borrowing Store
  ) throws -> [(owner: CardOwner, value: Int64)] {
    let end = instant + (-1)
    var found: [(owner: CardOwner, value: Int64)] = []
    var place = AccountPlace(shard: 0)
    while true {
      let due = try store.lockAllDue(upTo: end, from: place, most: Self.accountsAtATime)
      guard let last = due.last else { return found }
      place = AccountPlace(last).next
      var need = AccountNeeds()
      need.lots = true
      let accounts = try store.load(
        due[...], needs: Array(repeating: need, count: due.count), withMembers: needsMembers,
        withSegments: needsSegments)
      for var account in accounts where account.clock < end {
        let window = rank.window
        let before = account.sum(rank.counter, from: window.lowerBound, to: window.upperBound)
        var outcome = Outcome()
        advance(&account, to: end, &outcome)
        let value = account.sum(rank.counter, from: window.lowerBound, to: window.upperBound)
        guard value != before else { continue }
        found.append(
          (CardOwner(shard: account.shard, account: account.id), value - before))
      }
    }
  }
}

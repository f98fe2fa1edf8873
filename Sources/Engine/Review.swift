import Ledger
import Loyalty
import Postgres
import Rules

/// Compares accounts with each other: which of them have a tier by rank as of a day.
///
/// The cutoff is fixed and stored first; then each account that reaches it gets an event, which the
/// engine rates in the
/// account's own order.
public enum Review {
  public struct Result: Sendable, Equatable {
    public var tier: String
    public var window: ClosedRange<CivilDate>
    /// Accounts with a purchase in the window.
    public var buyers: Int64
    /// How many may have it, before ties.
    public var places: Int64
    /// The least value that has it, in the measure's smallest unit; nil where nobody has.
    public var cutoff: Int64?
    /// Accounts that reach it, ties included.
    public var reached: Int64
    /// It had been made before: the same cutoff, nothing new.
    public var isRepeated = false
  }

  /// Reviews every tier by rank of the program in force on `day`. Waiting events must be rated
  /// first.
  public static func run(asOf day: CivilDate, _ store: borrowing Store) throws -> [Result] {
    let programs = try ProgramSet(store)
    guard let zone = programs.entries.first?.rater.program.zone,
      let place = programs.place(at: zone.start(of: day))
    else {
      throw EngineError("no version of the program is in force on \(day)")
    }
    guard try store.inboxIsEmpty(), try store.waiting().events == 0 else {
      throw EngineError(
        "transactions wait to be rated; a rank compares all of them: `patron run --once` first")
    }
    let program = programs.entries[place].rater.program
    return try program.ranks(asOf: day).map { try review($0, program, asOf: day, store) }
  }

  /// Reviews one tier, in a transaction of its own.
  static func review(
    _ rank: RankReview, _ program: Program, asOf day: CivilDate, _ store: borrowing Store
  ) throws -> Result {
    try store.db.begin()
    do {
      let result = try review(rank, program, day, store)
      try store.db.commit()
      return result
    } catch {
      store.db.rollback()
      throw error
    }
  }

  private static func review(
    _ rank: RankReview, _ program: Program, _ day: CivilDate, _ store: borrowing Store
  ) throws -> Result {
    try store.lockReviews()
    let buyers = try store.buyers(rank.counter, rank.window)
    let places = rank.places(of: buyers)
    var result = Result(
      tier: rank.key, window: rank.window, buyers: buyers, places: places, cutoff: nil, reached: 0)
    if let known = try store.review(tier: rank.tier, asOf: day) {
      result.buyers = known.buyers
      result.places = known.places
      result.cutoff = known.cutoff
      result.isRepeated = true
    } else {
      if places > 0 { result.cutoff = try store.value(atPlace: places, rank.counter, rank.window) }
      try store.insertReview(
        tier: rank.tier, asOf: day, window: rank.window, buyers: buyers, places: places,
        cutoff: result.cutoff)
    }
    guard let cutoff = result.cutoff else { return result }
    let at = program.zone.start(of: day)
    result.reached = try store.postReview(
      tier: rank.tier, key: rank.key, counter: rank.counter, window: rank.window, cutoff: cutoff,
      day: day, at: at, offset: program.zone.offset(at: at))
    return result
  }
}

import Ledger
import Loyalty
import Rules

/// Which review by the calendar comes next that is due and not held: it holds up what lies behind
/// its day's beginning, from the end of that day by the wall clock on. Until then a shop goes on
/// with the tiers that it has, for what belongs before the day may still come.
struct ReviewCalendar: Sendable {
  /// Of the programs that it was made for.
  private var stamp: Int64 = -1
  /// All days before it need no review any more.
  private var day = CivilDate(day: .min)
  /// Of days from `day` on, which tiers are reviewed.
  private var held: [CivilDate: Set<TierID>] = [:]
  private var next: ReviewDay?

  /// The first review whose day is over and that was not held when it last looked; it asks the
  /// store where it knows of none. Programs without tiers by rank cost nothing.
  mutating func pending(
    _ programs: ProgramSet, _ store: borrowing Store, now: Instant
  ) throws -> ReviewDay? {
    guard programs.hasRanks, let zone = programs.current(at: now)?.zone else { return nil }
    if stamp != programs.stamp { try begin(programs, zone, store) }
    if let next { return next }
    let today = zone.date(of: now)
    while day < today {
      if let due = programs.ranks(dueOn: day, zone) {
        let known = held[day] ?? []
        let ranks = due.ranks.filter { !known.contains($0.tier) }
        if !ranks.isEmpty {
          next = ReviewDay(
            day: day, at: zone.start(of: day), place: due.place, ranks: ranks)
          return next
        }
      }
      day = day + 1
    }
    return nil
  }

  /// Others may have held it since.
  mutating func lookAgain(_ store: borrowing Store) throws {
    next = nil
    held = try Self.held(from: day, store)
  }

  /// What was closed is reviewed.
  private mutating func begin(
    _ programs: ProgramSet, _ zone: Zone, _ store: borrowing Store
  ) throws {
    next = nil
    day = try programs.firstReviewable(after: store.lastClose().finished, zone)
    held = try Self.held(from: day, store)
    stamp = programs.stamp
  }

  private static func held(
    from day: CivilDate, _ store: borrowing Store
  ) throws -> [CivilDate: Set<TierID>] {
    try store.reviews(of: day...CivilDate(day: 2_932_896)).reduce(into: [:]) {
      $0[$1.day, default: []].insert($1.tier)
    }
  }
}

extension ProgramSet {
  /// The first day that may need a review: the one after the last close, or that on which the
  /// program begins.
  func firstReviewable(after last: CivilDate?, _ zone: Zone) -> CivilDate {
    let first = zone.date(of: entries.first?.version.begins ?? .distantPast)
    return last.map { max(first, $0 + 1) } ?? first
  }
}

import Loyalty

/// Places of rules, found by the days of another rule that lie within theirs.
struct DatedPlaces {
  /// Those without days of their own.
  private var always: [Int] = []
  private var dated: [(place: Int, from: CivilDate, to: CivilDate)] = []
  /// Of those that begin no later: the latest end, and the latest but one.
  private var ends: [(latest: CivilDate, next: CivilDate)] = []

  mutating func add(_ place: Int, _ rule: RuleSyntax) {
    guard rule.from != nil || rule.to != nil else { return always.append(place) }
    dated.append((place, Self.from(rule), Self.to(rule)))
  }

  mutating func sort() {
    dated.sort { ($0.from, $0.place) < ($1.from, $1.place) }
    var (latest, next) = (CivilDate(day: .min), CivilDate(day: .min))
    ends = dated.map { entry in
      if entry.to > latest {
        (latest, next) = (entry.to, latest)
      } else if entry.to > next {
        next = entry.to
      }
      return (latest, next)
    }
  }

  /// The first rule but one itself whose days hold all days of `rule`, and that fits.
  func first(around rule: RuleSyntax, but place: Int, where fits: (Int) -> Bool) -> Int? {
    if let found = always.first(where: { $0 != place && fits($0) }) { return found }
    let (from, to) = (Self.from(rule), Self.to(rule))
    // How many begin no later.
    var (low, high) = (0, dated.count)
    while low < high {
      let middle = (low + high) / 2
      if dated[middle].from <= from { low = middle + 1 } else { high = middle }
    }
    for index in (0..<low).reversed() {
      // Where at most the rule itself ends so late, no other does further down.
      if ends[index].latest < to { return nil }
      let entry = dated[index]
      if entry.place != place, entry.to >= to, fits(entry.place) { return entry.place }
      if ends[index].next < to, entry.to >= to { return nil }
    }
    return nil
  }

  private static func from(_ rule: RuleSyntax) -> CivilDate {
    rule.from?.value ?? CivilDate(day: .min)
  }

  private static func to(_ rule: RuleSyntax) -> CivilDate { rule.to?.value ?? CivilDate(day: .max) }
}

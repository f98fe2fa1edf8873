import Loyalty

/// The first day of the month of an instant; remembers the last one.
struct MonthOf {
  var zone = Zone.utc
  private var span = Instant.distantPast..<Instant.distantPast
  private var day = CivilDate(day: 0)

  mutating func first(of instant: Instant) -> CivilDate {
    if span.contains(instant) { return day }
    day = zone.date(of: instant).startOfMonth
    span = zone.start(of: day)..<zone.start(of: day.adding(months: 1))
    return day
  }
}

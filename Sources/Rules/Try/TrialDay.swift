import Loyalty

/// What a phrase says of the day.
struct TrialDay {
  private var dates: [CivilDate] = []
  private var from: CivilDate?
  private var to: CivilDate?
  /// From Monday, 0.
  var weekday: Int?

  mutating func date(_ date: CivilDate) { dates.append(date) }

  mutating func within(_ first: CivilDate?, _ last: CivilDate?) {
    if let first { from = max(from ?? first, first) }
    if let last { to = min(to ?? last, last) }
  }

  /// The first day from today on that is all of it; of days that are over the first. Nil where
  /// there is none.
  func find(today: CivilDate) -> CivilDate? {
    if let date = dates.first {
      let isAll = dates.allSatisfy { $0 == date } && fits(date) && isWithin(date)
      return isAll ? date : nil
    }
    var start = from ?? today
    if start < today, to.map({ today <= $0 }) ?? true { start = today }
    if from == nil, let to, to < start { start = to - 6 }
    return (0..<7).map { start + $0 }.first { fits($0) && isWithin($0) }
  }

  private func fits(_ date: CivilDate) -> Bool { weekday.map { $0 == date.weekday } ?? true }

  private func isWithin(_ date: CivilDate) -> Bool {
    (from.map { $0 <= date } ?? true) && (to.map { date <= $0 } ?? true)
  }
}

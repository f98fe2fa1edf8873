import Loyalty

/// Segments: who is in is asked when something happened, and when time alone may have changed it.
extension Rater {
  mutating func reviewSegments(
    at instant: Instant, _ account: inout Account, _ outcome: inout Outcome
  ) {
    guard program.segments.contains(where: { !$0.isList }) else { return }
    // An explanation looks at the basket that was rated.
    let kept = trace == nil ? nil : (basket, moment)
    var asked = Outcome()
    let event = Event(seq: 0, kind: .other, at: instant, offset: program.zone.offset(at: instant))
    enter(event, &account, nil)
    basket.fill(event, sign: 1, shared)
    for place in program.segments.indices where program.segments[place].condition >= 0 {
      let segment = program.segments[place]
      let isIn = holds(segment.condition, event, &account, &asked)
      guard isIn != account.isIn(segment.id) else { continue }
      let change = SegmentChange(segment: segment.id, at: instant, isIn: isIn)
      account.move(change)
      outcome.segmentChanges.append(change)
    }
    if let kept { (basket, moment) = kept }
  }

  /// The first day after `today` on which time alone may change the answer; nil: never.
  func nextChange(of node: Int32, _ account: Account, _ today: CivilDate) -> CivilDate? {
    switch program.conditionNodes[Int(node)] {
    case .all(let range), .any(let range):
      return range.compactMap {
        nextChange(of: program.conditionChildren[$0], account, today)
      }.min()
    case .not(let child): return nextChange(of: child, account, today)
    case .history(let goal): return nextChange(of: program.goals[goal], account, today)
    case .joined(let window):
      guard let joined = account.joined else { return nil }
      return later(today, [joined] + ends(of: window, joined, account, today))
    case .tenure(let span):
      guard let joined = account.joined else { return nil }
      let marks = [span.least, span.most].compactMap { $0.map { joined.adding($0) } }
      return later(today, [joined] + marks.flatMap { [$0, $0 + 1] })
    case .age:
      guard let birthday = account.birthday else { return nil }
      return later(today, yearly(birthday, today))
    case .birthday(let window):
      guard let birthday = account.birthday else { return nil }
      return later(
        today,
        yearly(birthday, today).flatMap { day -> [CivilDate] in
          switch window {
          case .day: [day, day + 1]
          case .week: [day.startOfWeek, day.startOfWeek + 7]
          case .month: [day.startOfMonth, day.endOfMonth + 1]
          }
        })
    default: return nil
    }
  }

  /// The same of what a tier asks for.
  func nextChange(
    of qualify: Qualification?, _ account: Account, _ today: CivilDate
  ) -> CivilDate? {
    switch qualify {
    case .all(let parts)?, .any(let parts)?, .not(let parts)?:
      return parts.compactMap { nextChange(of: $0, account, today) }.min()
    case .goal(let place)? where program.goals[place].measure != .balance:
      return nextChange(of: program.goals[place], account, today)
    default: return nil
    }
  }

  private func later(_ today: CivilDate, _ days: [CivilDate]) -> CivilDate? {
    days.filter { $0 > today }.min()
  }

  private func yearly(_ date: CivilDate, _ today: CivilDate) -> [CivilDate] {
    let year = today.parts.year
    return (year - 1...year + 2).map { date.inYear($0) }
  }

  private func nextChange(
    of goal: Goal, _ account: Account, _ today: CivilDate
  ) -> CivilDate? {
    if case .rolling(let count, let unit) = goal.window {
      // What was counted first drops out first.
      let held = account.counters.filter {
        $0.counter == goal.counter && $0.value != 0
          && $0.bucket > today.adding(DurationSyntax(-count, unit))
      }
      guard let first = held.map(\.bucket).min() else { return nil }
      var day = max(first.adding(DurationSyntax(count, unit)) - 3, today + 1)
      while day.adding(DurationSyntax(-count, unit)) < first { day = day + 1 }
      return day
    }
    return later(today, ends(of: goal.window, account.joined, account, today, goal.campaign))
  }

  /// The days on which a window moves on.
  private func ends(
    of window: WindowSyntax, _ joined: CivilDate?, _ account: Account, _ today: CivilDate,
    _ campaign: ClosedRange<CivilDate>? = nil
  ) -> [CivilDate] {
    switch window {
    case .calendar(let unit, _), .eachOf(_, let unit): return [today.end(of: unit) + 1]
    case .rolling(let count, let unit):
      return joined.map { [$0.adding(DurationSyntax(count, unit))] } ?? []
    case .membershipYear: return joined.map { yearly($0, today) } ?? []
    case .campaign: return campaign.map { [$0.lowerBound, $0.upperBound + 1] } ?? []
    case .ever, .transaction, .afterJoin: return []
    }
  }
}

import Loyalty

/// Different articles over several purchases: of each article a counter holds the day of its last
/// purchase, under the number of its symbol.
extension Rater {
  /// Notes the day at every article of a basket; what comes back was bought all the same.
  mutating func countArticles(
    _ counter: PurchaseCounter, _ event: Event, _ account: inout Account
  ) {
    guard event.kind != .return else { return }
    for index in event.lines.indices where basket.contains(index, counter.selector, event, shared) {
      let bucket = CivilDate(day: event.lines[index].product.id)
      let before = account.sum(counter.id, from: bucket, to: bucket)
      account.count(counter.id, bucket, max(0, Int64(moment.day.day) - before))
    }
  }

  /// How many articles of a basket were not bought yet in a goal's window.
  mutating func newArticles(_ goal: Goal, _ event: Event, _ account: Account) -> Int64 {
    guard let days = window(of: goal, account) else { return 0 }
    var seen: [Symbol] = []
    for index in event.lines.indices where basket.contains(index, goal.selector, event, shared) {
      let product = event.lines[index].product
      guard !seen.contains(product) else { continue }
      let bucket = CivilDate(day: product.id)
      let last = account.sum(goal.counter, from: bucket, to: bucket)
      if !days.contains(CivilDate(day: Int32(truncatingIfNeeded: last))) { seen.append(product) }
    }
    return Int64(seen.count)
  }

  private mutating func window(of goal: Goal, _ account: Account) -> ClosedRange<CivilDate>? {
    guard goal.joining >= 0 else {
      return days(of: goal.window, goal.campaign, joined: account.joined)
    }
    let joining = program.joinings[Int(goal.joining)].counter
    return account.lastBucket(of: joining, upTo: moment.day).map { $0...moment.day }
  }

  /// A window begins: what its counters held on this day already does not count in it.
  func start(_ joining: Joining, _ account: inout Account, _ only: Set<CounterID>?) {
    for start in joining.starts where only?.contains(start.baseline) ?? true {
      let now = account.sum(start.counter, from: moment.day, to: moment.day)
      let before = account.sum(start.baseline, from: moment.day, to: moment.day)
      account.count(start.baseline, moment.day, now - before)
    }
  }
}

extension Account {
  /// How many articles were bought last within some days.
  func articles(_ counter: CounterID, last days: ClosedRange<CivilDate>) -> Int64 {
    Int64(
      counters.count { value in
        value.counter == counter
          && days.contains(CivilDate(day: Int32(truncatingIfNeeded: value.value)))
      })
  }

  /// The last bucket of a counter that holds anything.
  func lastBucket(of counter: CounterID, upTo day: CivilDate) -> CivilDate? {
    counters.filter { $0.counter == counter && $0.value > 0 && $0.bucket <= day }
      .map(\.bucket).max()
  }
}

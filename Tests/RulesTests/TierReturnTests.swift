import Foundation
import Loyalty
import Rules
import Testing
import YAML

/// Sales that reached tiers and renewed them come back in any order: what is left is what a plain
/// account of days and causes says, and in the end nothing.
@Suite struct TierReturnTests {
  static let seed =
    ProcessInfo.processInfo.environment["PATRON_SEED"].flatMap { UInt64($0) }
    ?? 1

  @Test(arguments: 0..<4)
  func `returns in any order leave what is still held up, and at last nothing`(
    _ part: Int
  ) throws {
    print("seed \(Self.seed)")
    for round in 0..<60 { try live(Self.seed &+ UInt64(part * 60 + round)) }
  }

  /// Where the void of a return lets an older sale meet a goal again while the tier is held anyway,
  /// the plain account renews the tier; the rules do only where the sale of that return had caused
  /// it before. One history in some hundreds comes to it.
  @Test func `a void that lets an older sale renew a tier is not always seen`() {
    withKnownIssue("a void of a return renews by an older sale") {
      try live(118_280_427_180_103_046)
    }
  }

  private func live(_ seed: UInt64) throws {
    var history = try TierHistory(seed: seed)
    for _ in 0..<40 {
      history.act()
      let (kept, expected) = history.compared
      try #require(kept == expected, "PATRON_SEED=\(seed)\n\(history.told)")
    }
    while history.bringBackAll() {
      let (kept, expected) = history.compared
      try #require(kept == expected, "PATRON_SEED=\(seed)\n\(history.told)")
    }
    try #require(history.compared.kept == [], "PATRON_SEED=\(seed)\n\(history.told)")
  }
}

/// A tier as the plain account knows it; all in days.
private struct PlainTier {
  var key: String
  var ladder: Int
  var goal: Int64
  /// Nil: the calendar quarter.
  var window: Int?
  /// Nil: until the end of the next quarter.
  var keeps: Int?
  var falls: Int

  static let falls = ["none", "one step", "to what was earned"]

  var text: String {
    let within = window.map { "\($0) days" } ?? "calendar quarter"
    let keeps = keeps.map { "\($0) days" } ?? "end of next calendar quarter"
    return """
        \(key):
          qualify: {spend: at least \(goal).00, within: \(within)}
          keeps: \(keeps)
          falls: \(Self.falls[falls])
          \(ladder == 0 ? "gives: {notice: Hello}" : "ladder: stars")
      """
  }

  func end(reachedOn day: CivilDate) -> CivilDate {
    keeps.map { day + ($0 + 1) } ?? day.startOfQuarter.adding(months: 6)
  }

  func first(on day: CivilDate) -> CivilDate { window.map { day + (1 - $0) } ?? day.startOfQuarter }
}

/// One member's sales, returns, and voids of returns, told to the rules and kept plainly.
private struct TierHistory {
  struct Sale {
    var seq: Int64
    var day: CivilDate
    var amount: Int64
    /// Amounts that came back, by the return; nil where it was voided.
    var back: [(seq: Int64, amount: Int64)] = []
    var left: Int64 { amount - back.reduce(0) { $0 + $1.amount } }
    /// The tiers that it reached or renewed.
    var caused: Set<Int> = []
  }
  struct Time {
    var from: CivilDate
    var end: CivilDate
  }

  var random: Numbers
  var rater: Rater
  var account = Account(shard: 1, id: 1)
  var outcome = Outcome()
  var originals: [OriginalKey: Original] = [:]
  let tiers: [PlainTier]
  var sales: [Sale] = []
  var day = CivilDate(year: 2025, month: 1, day: 3)!
  var told = ""

  init(seed: UInt64) throws {
    random = Numbers(state: seed | 1)
    var tiers: [PlainTier] = []
    for ladder in 0..<2 {
      let window: Int? = random.below(2) == 0 ? nil : 30 + random.below(60)
      let keeps: Int? = random.below(2) == 0 ? nil : 20 + random.below(120)
      for step in 0..<3 {
        tiers.append(
          PlainTier(
            key: "t\(ladder)\(step)", ladder: ladder, goal: [100, 250, 500][step],
            window: random.below(4) == 0 ? nil : window, keeps: keeps, falls: random.below(3)))
      }
    }
    self.tiers = tiers
    let text = """
      program: tiers
      timezone: UTC
      money: EUR
      currencies:
        points: {expires: never}
      tiers:
        member:
      \(tiers.map(\.text).joined(separator: "\n"))
      rules:
        base: {earn: {points: 1 per 1.00}}
      """
    told = text
    let result = ProgramReader.read([SourceFile(name: "tiers.yaml", text: text)])
    for diagnostic in result.diagnostics { Issue.record("\(diagnostic)") }
    var registry = Registry()
    let zone = Zone(name: "UTC", changes: [], offsets: [0])
    rater = Rater(
      Compiler.compile(try #require(result.program), zone: zone, registry: &registry))
  }

  // MARK: - Acts

  mutating func act() {
    day = day + random.below(12)
    let act = random.below(10)
    let isDone =
      switch act {
      case 6..<9: bringBack(isWhole: random.below(2) == 0)
      case 9: undo()
      default: false
      }
    if !isDone { sell(Int64(1 + random.below(300))) }
  }

  /// Brings something back of a sale; false where nothing is left.
  mutating func bringBackAll() -> Bool {
    day = day + random.below(30)
    return bringBack(isWhole: true)
  }

  private mutating func rate(_ kind: EventKind, original: Int64 = 0, amount: Int64 = 0) -> Event {
    let seq = account.position + 1
    var event = Event(
      seq: seq, kind: kind, at: Instant(seconds: Int64(day.day) * 86_400 + 36_000 + seq), offset: 0)
    event.original = original
    if amount > 0 {
      event.lines = [
        Line(
          product: .none, category: .none, quantity: Quantity(amount),
          total: Money(minor: amount * 100))
      ]
      event.lines[0].number = 1
    }
    let key = OriginalKey(shard: 1, account: 1, seq: seq)
    var reversals = Reversal.all(by: event, key) {
      originals[$0]
    } program: { _ in
      rater.program
    }
    for place in reversals.indices { rater.settle(&reversals[place]) }
    rater.reversals = reversals
    rater.rate(event, &account, &outcome)
    rater.reversals = []
    for record in outcome.returned { originals[record.original]?.returns.append(record) }
    originals[key] = Original(event, outcome, version: 1, in: 1, 1)
    account.position = seq
    return event
  }

  private mutating func sell(_ amount: Int64) {
    let before = times(on: day)
    var sale = Sale(seq: account.position + 1, day: day, amount: amount)
    sales.append(sale)
    for (place, tier) in tiers.enumerated() where isMet(tier, on: day) {
      let end = before[place].filter { $0.from <= day && $0.end > day }.map(\.end).max()
      if (end ?? day) < tier.end(reachedOn: day) { sale.caused.insert(place) }
    }
    sales[sales.count - 1] = sale
    let event = rate(.sale, amount: amount)
    told += "\n\(day) \(event.seq): sale of \(amount), causes \(sale.caused.sorted())"
  }

  @discardableResult
  private mutating func bringBack(isWhole: Bool) -> Bool {
    let open = sales.indices.filter { sales[$0].left > 0 }
    guard !open.isEmpty else { return false }
    let place = open[random.below(open.count)]
    let left = sales[place].left
    let amount = isWhole ? left : Int64(1 + random.below(Int(left)))
    let event = rate(.return, original: sales[place].seq, amount: amount)
    sales[place].back.append((event.seq, amount))
    told += "\n\(day) \(event.seq): \(amount) of \(sales[place].seq) come back"
    return true
  }

  private mutating func undo() -> Bool {
    let open = sales.indices.filter { !sales[$0].back.isEmpty }
    guard !open.isEmpty else { return false }
    let place = open[random.below(open.count)]
    let back = random.below(sales[place].back.count)
    let before = times(on: day)
    let undone = sales[place].back.remove(at: back)
    let event = rate(.void, original: undone.seq)
    // What is reached now came of the sale.
    let after = times(on: day)
    for (tier, plain) in tiers.enumerated() where isMet(plain, on: day) {
      if !before[tier].hold(day), !after[tier].hold(day) {
        reached.append((tier, sales[place].seq, day))
      }
    }
    told += "\n\(day) \(event.seq): the return \(undone.seq) of \(sales[place].seq) is undone"
    return true
  }

  /// By the void of a return: the tier, the sale, the day.
  var reached: [(tier: Int, sale: Int64, day: CivilDate)] = []

  /// From when on it is asked for each tier what is left, once anything came back.
  private var asked: [Int: CivilDate] = [:]
  /// The first day on which each tier was left behind by an end.
  private var fell: [Int: CivilDate] = [:]

  // MARK: - The plain account

  private func isMet(_ tier: PlainTier, on day: CivilDate) -> Bool {
    let first = tier.first(on: day)
    let last = tier.window == nil ? day.startOfQuarter.adding(months: 3) - 1 : day
    return sales.reduce(0) { first <= $1.day && $1.day <= last ? $0 + $1.left : $0 } >= tier.goal
  }

  /// When each tier is held up: by sales of which nothing came back, and on days on which what is
  /// left meets its goal; what ends leaves behind what it does.
  private mutating func times(on today: CivilDate) -> [[Time]] {
    var times = tiers.map { _ in [Time]() }
    for place in tiers.indices {
      guard let day = firstBack(place) else { continue }
      asked[place] = min(asked[place] ?? day, day)
    }
    var day = CivilDate(year: 2025, month: 1, day: 1)!
    let byDay = Dictionary(grouping: sales, by: \.day)
    while day <= today {
      for ladder in 0..<2 { fall(ladder, on: day, &times) }
      let sold = byDay[day] ?? []
      let isReached = reached.contains { $0.day == day }
      for (place, tier) in tiers.enumerated() where !sold.isEmpty || isReached {
        let stands =
          sold.contains { $0.back.isEmpty && $0.caused.contains(place) }
          || day >= min(asked[place] ?? today + 1, fell[place] ?? today + 1)
            && (sold.contains { $0.left > 0 } || isBack(place, on: day)) && isMet(tier, on: day)
          || reached.contains { one in
            one.tier == place && one.day == day
              && (isMet(tier, on: day)
                || sales.contains { $0.seq == one.sale && $0.back.isEmpty })
          }
        if stands { times[place].append(Time(from: day, end: tier.end(reachedOn: day))) }
      }
      day = day + 1
    }
    return times
  }

  /// Whether a tier by quarters alone was reached or renewed on a day by a sale of which something
  /// came back: it is asked whether the quarter's goal is met without it.
  private func isBack(_ tier: Int, on day: CivilDate) -> Bool {
    tiers[tier].window == nil && tiers[tier].keeps == nil
      && sales.contains { $0.day == day && !$0.back.isEmpty && $0.caused.contains(tier) }
  }

  /// From when on it is asked what is left: the first day on which a tier was reached or renewed by
  /// a sale of which something came back.
  private func firstBack(_ tier: Int) -> CivilDate? {
    let back = sales.filter { !$0.back.isEmpty }
    return
      (back.filter { $0.caused.contains(tier) }.map(\.day)
      + reached.filter { one in one.tier == tier && back.contains { $0.seq == one.sale } }
      .map(\.day)).min()
  }

  private mutating func fall(_ ladder: Int, on day: CivilDate, _ times: inout [[Time]]) {
    let own = tiers.indices.filter { tiers[$0].ladder == ladder }
    guard own.contains(where: { times[$0].contains { $0.end == day } }) else { return }
    let ended = own.filter { place in
      times[place].contains { $0.end == day } && !times[place].hold(day)
    }
    let highest = own.last { times[$0].hold(day - 1) }
    for place in ended {
      switch tiers[place].falls {
      case 0:
        fell[place] = min(fell[place] ?? day, day)
        times[place].append(Time(from: day, end: tiers[place].end(reachedOn: day)))
      case 1 where highest == place && own.contains(place - 1):
        fell[place - 1] = min(fell[place - 1] ?? day, day)
        times[place - 1].append(Time(from: day, end: tiers[place - 1].end(reachedOn: day)))
      default: break
      }
    }
  }

  /// Until when each tier is kept, by the rules and plainly.
  var compared: (kept: [String], expected: [String]) {
    mutating get { compare() }
  }

  private mutating func compare() -> (kept: [String], expected: [String]) {
    let now = account.clock
    let kept = rater.program.tiers.compactMap { tier -> String? in
      let standing = account.standings.first {
        $0.tier == tier.id && $0.since <= now && $0.until > now
      }
      return standing.map {
        "\(tier.key) until \(CivilDate(day: Int32($0.until.microseconds / 86_400_000_000)))"
      }
    }
    let expected = zip(tiers, times(on: day)).compactMap { tier, times -> String? in
      let end = times.filter { $0.from <= day && $0.end > day }.map(\.end).max()
      return end.map { "\(tier.key) until \($0)" }
    }
    return (kept.sorted(), expected.sorted())
  }
}

extension [TierHistory.Time] {
  fileprivate func hold(_ day: CivilDate) -> Bool { contains { $0.from <= day && $0.end > day } }
}

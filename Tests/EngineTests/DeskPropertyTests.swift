import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Whatever is done at the desk in whatever order, no point is lost.
@Suite struct DeskPropertyTests {
  static let seed =
    ProcessInfo.processInfo.environment["PATRON_SEED"].flatMap { UInt64($0) }
    ?? UInt64.random(in: 0...UInt64.max)

  /// With days of the calendar, and points that live as long as the member is active.
  static let calendar =
    Trade.program.replacing(
      "points: {expires: 90 days after earning, pending: 3 days}",
      with: "points: {expires: 40 days after activity}"
    ).replacing(
      "coupons:\n",
      with: """
          birthday: {event: birthday, earn: {stamps: 2}}
          anniversary: {event: anniversary, earn: {points: 30}}
          quiet: {event: {inactive: 10 days}, give: {coupon: welcome}}
        segments: {regulars: {history: {visits: at least 3, within: 20 days}}}
        coupons:

        """)

  @Test(arguments: [Trade.program, calendar])
  func `sales, transfers, merges and households in any order leave a clean ledger`(
    _ program: String
  ) throws {
    var random = SeededGenerator(seed: Self.seed)
    print("PATRON_SEED=\(Self.seed)")
    let counter = try Counter(program, members: 12)
    if program != Trade.program { try giveBirthdays(counter) }
    let sales = Trade.transactions(360, members: 12, seed: random.next())
    var desk = try Desk(counter.shop.settings)
    for round in 0..<24 {
      let some = Array(sales[round * 15..<(round + 1) * 15])
      try counter.shop.post(some)
      if random.next() % 2 == 0 { try counter.shop.run() }
      let at = some.map(\.at).max() ?? .now
      // Days of members' own are lived by what stands at the holder now: who merges or leaves
      // changes it, and a simulation cannot know what it was.
      let changesHolders = program == Trade.program
      for _ in 0..<3 { act(&desk, at, changesHolders: changesHolders, &random) }
    }
    try counter.shop.run()
    #expect(try counter.findings() == [], "PATRON_SEED=\(Self.seed)")
    #expect(try counter.disagreements(program) == 0, "PATRON_SEED=\(Self.seed)")
  }

  private func giveBirthdays(_ counter: Counter) throws {
    var members = Trade.members(12)
    for place in members.indices {
      members[place].birthday = CivilDate("1990-0\(1 + place % 5)-1\(place % 10)")
      members[place].joined = CivilDate("2024-0\(1 + place % 5)-2\(place % 8)")
    }
    try counter.shop.load(members)
  }

  /// Does something; what is refused is refused whole.
  private func act(
    _ desk: inout Desk, _ at: Instant, changesHolders: Bool, _ random: inout SeededGenerator
  ) {
    let (one, two) = (random.next() % 12, random.next() % 12)
    let (amount, currency) = (Int64(1 + random.next() % 90), CurrencyID(1 + random.next() % 2))
    let kind = random.next() % 12
    do {
      let (a, b) = (try desk.member("M\(one)"), try desk.member("C\(two)"))
      switch kind {
      case 0..<5: _ = try desk.transfer(amount, currency, from: a, to: b, at: at)
      case 5, 6:
        let adjustment = Adjustment(
          owner: a.owner, currency: currency, amount: kind == 5 ? amount : -amount,
          reason: "random", operatorName: "test")
        _ = try desk.adjust(adjustment, at: at)
      case 7 where changesHolders: _ = try desk.merge(a, into: b, at: at)
      case 7, 8: _ = try desk.join(a, with: b, at: at)
      case 9 where changesHolders: _ = try desk.leave(a)
      case 9, 10:
        try desk.pause(a)
        _ = try desk.resume(a)
      default: if amount > 70 { try desk.close(a, at: at) }
      }
    } catch is EngineError {
    } catch {
      Issue.record("PATRON_SEED=\(Self.seed): \(error)")
    }
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import Rules
import TestSupport
import Testing

/// What time brings on its way through the database: days of the calendar, segments, points that
/// live by activity. The same whoever rates, and whatever the batches.
@Suite struct LifeTests {
  static let program = """
    program: life
    timezone: America/Chicago
    money: USD
    currencies:
      points: {pending: 3 days, expires: {at: 60 days after earning, unless: {segment: staff}}}
      miles: {expires: 40 days after activity}
    segments:
      active: {history: {visits: at least 2, within: 14 days}}
      quiet: {history: {visits: 0, within: 21 days}}
      staff: by list
    tiers:
      member:
      silver: {qualify: {points: at least 400, within: 60 days}, keeps: 45 days}
    rules:
      base: {earn: {points: 1 per 1.00, miles: 1 per 1.00}}
      birthday: {event: birthday, earn: {miles: 100}, give: {coupon: cake}}
      month: {event: birthday month, when: {tier: silver}, earn: {points: 50}}
      anniversary: {event: anniversary, earn: {miles: 30}, limit: {miles: 40 per calendar year}}
      miss-you: {event: {inactive: 10 days}, earn: {miles: 5}, limit: {times: 2 per calendar month}}
      first:
        event: {dates: [02-01, 03-01, 04-01]}
        earn: {points: 20}
        limit: {times: 2 per calendar year}
      back: {when: {segment: quiet}, earn: {miles: 1000}, limit: {times: 1 per day}}
    coupons:
      cake: {off: 5.00, valid: 30 days, code: "CAKE-########"}
    """

  private static func members() -> [MemberRecord] {
    Trade.members(20).enumerated().map { number, member in
      var member = member
      member.birthday = CivilDate(year: 1990, month: 1 + number % 5, day: 1 + number)
      if number % 3 != 0 {
        member.joined = CivilDate(year: 2024, month: 1 + number % 4, day: 10 + number)
      }
      return member
    }
  }

  private func shop(_ intakeBatch: Int = 500) throws -> TestStore {
    let shop = try TestStore(Self.program)
    try shop.load(Self.members())
    try shop.post(Trade.transactions(400, members: 20, seed: 11), batch: intakeBatch)
    return shop
  }

  @Test func `one worker or four, any batch size: the same ledger, and a clean audit`() throws {
    let plain = try shop()
    try plain.run(workers: 1, batch: 10_000)
    let expected = try plain.ledger()
    for (workers, batch, intake) in [(1, 1, 500), (4, 3, 7), (2, 50, 31)] {
      let other = try shop(intake)
      try other.run(workers: workers, batch: batch)
      #expect(try other.ledger() == expected, "\(workers) workers, batches of \(batch)")
    }
    #expect(try plain.number("SELECT count(*) FROM patron.segment_changes") > 40)
    #expect(try plain.number("SELECT count(*) FROM patron.coupons") > 5)
    let audit = try Audit(Store(plain.settings))
    #expect(audit.checks.flatMap(\.findings).map(\.what) == [])
  }

  @Test func `a new version counts from history what days and releases brought`() throws {
    let shop = try shop()
    try shop.run()
    let more = Self.program.replacing(
      "rules:\n",
      with: "rules:\n  many: {when: {history: {miles: at least 1, within: 90 days}}, "
        + "earn: {miles: 1}, limit: {times: 9 per calendar year}}\n")
    try shop.publish(more, from: "2026-01-01")
    let audit = try Audit(Store(shop.settings))
    #expect(audit.checks.flatMap(\.findings).map(\.what) == [])
    #expect(try shop.number("SELECT count(*) FROM patron.accounts WHERE due > '2026-01-01'") == 0)
  }

  @Test func `the next event tells what the days before it gave, and why`() throws {
    let shop = try TestStore(Self.program)
    var member = MemberRecord(member: "M1")
    member.cards = ["C1"]
    member.birthday = CivilDate(year: 1990, month: 5, day: 20)
    try shop.load([member])
    try shop.post([sale("before", "2026-05-19T15:00"), sale("after", "2026-05-20T15:00")])
    try shop.run()
    let store = try Store(shop.settings)
    let report = try ExplainReport("till/after", store, language: "en")
    #expect(report.disagreements == [])
    let line = try #require(report.lines.first { $0.key == "birthday" })
    #expect(line.amount == 100)
    #expect(line.sentence == "the member's birthday, 2026-05-20")
    #expect(report.gifts.map(\.name) == ["cake"])
    let at = "SELECT count(*) FROM patron.postings WHERE seq = 2 AND at = '2026-05-20T05:00:00Z'"
    #expect(try shop.number(at) == 1)
  }

  @Test func `a day is rated by the version that was in force on it`() throws {
    let shop = try TestStore(Self.program)
    var member = MemberRecord(member: "M1")
    member.cards = ["C1"]
    member.birthday = CivilDate(year: 1990, month: 4, day: 20)
    try shop.load([member])
    try shop.post([sale("before", "2025-03-10T15:00")])
    try shop.run()
    let later = Self.program.replacing("miles: 100}", with: "miles: 7}")
      .replacing("{times: 2 per calendar year}", with: "{points: 500 per calendar year}")
    try shop.publish(later, from: "2025-05-01")
    try shop.post([sale("after", "2025-05-03T15:00"), sale("next", "2026-04-21T15:00")])
    try shop.run()
    let given = """
      SELECT string_agg(amount::text, ' ' ORDER BY seq) FROM patron.posting_parts
      WHERE rule = 'birthday'
      """
    #expect(try Connection(shop.settings).query(Statement(given)).text(0, 0) == "100 7")
    let audit = try Audit(Store(shop.settings))
    #expect(audit.checks.flatMap(\.findings).map(\.what) == [])
  }

  @Test func `a list is loaded whole, and asked when a sale is rated`() throws {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(3))
    let store = try Store(shop.settings)
    let first = try SegmentList.load("staff", "member\nM0\nC1\nnobody\n", store)
    #expect([first.entered, first.left] == [2, 0])
    #expect(first.unknown == ["nobody"])
    let second = try SegmentList.load("staff", "M1\nM2", store)
    #expect([second.entered, second.left] == [1, 1])
    let ids = try store.names().segments
    let members = try store.members(of: try #require(ids["staff"]), after: (-1, -1), most: 10)
    #expect(members.map(\.member.members) == [["M1"], ["M2"]])
    #expect(try shop.number("SELECT count(*) FROM patron.outbox WHERE topic = 'segment'") == 4)
    #expect(throws: EngineError.self) { try SegmentList.load("quiet", "M1", store) }
    #expect(throws: EngineError.self) { try SegmentList.load("stuff", "M1", store) }
  }

  private func sale(_ id: String, _ time: String) throws -> Transaction {
    let written = try #require(WrittenTime(time + "-05:00"))
    var sale = Transaction(
      source: "till", id: id, kind: .sale,
      at: Zone(name: "", changes: [], offsets: [-18_000])
        .instant(of: written.civil), offset: -18_000)
    sale.cards = ["C1"]
    sale.lines = [TransactionLine(sku: "A", total: Money(minor: 500))]
    return sale
  }
}

import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing
import YAML

/// What time alone brings, day by day or after a month.
@Suite(.serialized)
struct CloseTests {
  static let seed = UInt64(ProcessInfo.processInfo.environment["PATRON_SEED"] ?? "") ?? 17

  static let program = """
    program: silent
    timezone: America/Chicago
    money: USD
    currencies:
      points: {pending: 3 days, expires: {at: 20 days after earning, unless: {segment: staff}}}
      miles: {expires: 15 days after activity}
      stamps: {kind: stamps, expires: end of month}
    segments:
      active: {history: {visits: at least 2, within: 14 days}}
      quiet: {history: {visits: 0, within: 10 days}}
      staff: by list
    tiers:
      member:
      silver:
        qualify: {points: at least 60, within: 20 days}
        keeps: 12 days
        gives: {coupon: cake}
      gold:
        qualify: {spend: at least 300.00, within: calendar month}
        keeps: end of calendar month
    rules:
      base: {earn: {points: 1 per 1.00, miles: 1 per 1.00, stamps: 1 per 50.00}}
      birthday: {event: birthday, earn: {miles: 100}, give: {coupon: cake}}
      welcome: {event: enrolment, earn: {points: 10}, give: {notice: Welcome}}
      anniversary: {event: anniversary, earn: {miles: 30}, limit: {miles: 40 per calendar year}}
      miss-you: {event: {inactive: 7 days}, earn: {miles: 5}, limit: {times: 2 per calendar month}}
      statement: {event: {dates: [01-20, 02-10]}, when: {tier: silver}, earn: {points: 20}}
    coupons:
      cake: {off: 5.00, valid: 30 days, code: "CAKE-########"}
    rewards:
      cash:
        event: {dates: [01-25, 02-12]}
        pays: 1.00 per 100 miles
        least: 200 miles
        valid: 90 days
    """

  static func members(_ count: Int) -> [MemberRecord] {
    Trade.members(count).enumerated().map { number, member in
      var member = member
      if number % 4 != 3 { member.birthday = CivilDate(year: 1990, month: 1, day: 1 + number) }
      if number % 3 == 1 { member.joined = CivilDate(year: 2024, month: 1, day: 3 + number) }
      if number % 3 == 2 { member.joined = CivilDate(year: 2025, month: 1, day: 3 + number) }
      return member
    }
  }

  /// Sales and returns in the order of time, up to the middle of February 2025.
  static func sales(_ count: Int, members: Int) -> [Transaction] {
    Trade.transactions(count, members: members, seed: seed)
      .filter { $0.at.seconds < 1_739_577_600 }.sorted { $0.at < $1.at }
  }

  private func made(_ text: String = program, members: Int = 24) throws -> TestStore {
    let store = try TestStore(text, from: "2025-01-01")
    try store.load(Self.members(members))
    return store
  }

  private func expectClean(_ store: TestStore) throws {
    let audit = try Audit(Store(store.settings))
    #expect(audit.checks.flatMap(\.findings).map(\.what) == [])
  }

  /// Row by row; tells the first rows that only one of them has.
  private func expectSame(_ rows: [String], _ expected: [String]) {
    let more = Set(rows).subtracting(expected).sorted().prefix(5)
    let less = Set(expected).subtracting(rows).sorted().prefix(5)
    #expect(rows == expected, "too many: \(Array(more)); missing: \(Array(less))")
  }

  private func days(_ first: String, _ last: String) throws -> [CivilDate] {
    let (first, last) = (try #require(CivilDate(first)), try #require(CivilDate(last)))
    return (first.day...last.day).map { CivilDate(day: $0) }
  }

  /// Posts what happened up to the end of each of the days in which a close comes, rates it, and
  /// closes.
  private func live(
    _ store: TestStore, _ sales: [Transaction], closing: [CivilDate]
  ) throws {
    let zone = try #require(ZoneTable.zone("America/Chicago"))
    var rest = sales[...]
    for day in closing {
      let end = zone.end(of: day)
      let some = rest.prefix { $0.at < end }
      rest = rest.dropFirst(some.count)
      try store.post(Array(some))
      try store.run(batch: 50)
      try store.close("\(day)")
    }
    try store.post(Array(rest))
    try store.run()
  }

  @Test func `closed daily or after a month, by many or by one: the same ledger`() throws {
    print("seed \(Self.seed)")
    let sales = Self.sales(260, members: 16)
    let all = try days("2025-01-01", "2025-02-15")
    let daily = try made()
    try live(daily, sales, closing: all)
    try expectClean(daily)
    let expected = try daily.ledgerByInstant()
    #expect(try daily.number("SELECT count(*) FROM patron.events WHERE kind = 7") > 80)
    #expect(try daily.number("SELECT count(*) FROM patron.benefits WHERE source = 3") > 5)
    let monthly = try made()
    try live(monthly, sales, closing: all.filter { $0 == $0.endOfMonth } + all.suffix(1))
    try expectClean(monthly)
    expectSame(try monthly.ledgerByInstant(), expected)
    let uneven = try made()
    try live(uneven, sales, closing: all.dropLast().filter { $0.day % 9 == 0 } + all.suffix(1))
    expectSame(try uneven.ledgerByInstant(), expected)
    // Who had no sale has the same events, too.
    let silent = "SELECT count(*) FROM patron.events WHERE kind = 7 AND account_id > 17"
    #expect(try daily.number(silent) > 10)
    #expect(try daily.number(silent) == monthly.number(silent))
  }

  @Test func `the points of a silent account expire on their day, and the day explains it`() throws
  {
    let store = try made(Trade.program, members: 3)
    try store.post([Trade.sale("a", "C0", "2025-03-01", 12_000)])
    try store.run()
    // 90 days after the first of March: the last day of use is 30 May.
    try store.close("2025-05-29")
    #expect(try store.number("SELECT available FROM patron.balances") == 120)
    guard case .closed(let result) = try store.close("2025-05-30") else {
      return #expect(Bool(false))
    }
    #expect(result.tally.events == 0)
    try store.close("2025-05-31")
    #expect(try store.number("SELECT expired FROM patron.balances") == 120)
    let own = try Store(store.settings)
    let account = try store.number("SELECT account_id FROM patron.events WHERE kind = 7 LIMIT 1")
    let report = try ExplainReport("patron close/2025-05-31 \(account)", own, language: "en")
    #expect(report.isClose)
    #expect(report.kind == "close")
    #expect(report.disagreements == [])
    #expect(report.postings.map(\.reason) == [.expiry])
    try expectClean(store)
  }

  @Test func `a birthday comes to who has never bought since joining`() throws {
    let store = try made()
    try store.close("2025-01-31")
    // Of 24 members 16 joined at a known day, of whom 12 have a birthday, all in January; those
    // who joined this year join before it or after it.
    let birthdays = """
      SELECT count(*) FROM patron.posting_parts p WHERE p.rule = 'birthday'
      """
    let expected = Self.members(24).filter { member in
      guard let joined = member.joined, let birthday = member.birthday else { return false }
      return birthday.adding(months: 12 * 35) >= joined
    }.count
    #expect(expected > 5)
    #expect(try store.number(birthdays) == Int64(expected))
    #expect(try store.number("SELECT count(*) FROM patron.coupons") == Int64(expected))
    let notices = "SELECT count(*) FROM patron.outbox WHERE topic = 'notice'"
    #expect(try store.number(notices) == 8)
    let told = notices + " AND body ->> 'at' LIKE '%T06:00:00Z'"
    #expect(try store.number(told) == 8)
    try expectClean(store)
  }

  @Test func `the same day again, and any day before it, changes nothing`() throws {
    let store = try made()
    try store.post(Self.sales(60, members: 16))
    try store.run()
    try store.close("2025-02-10", warning: 30)
    let ledger = try store.ledger()
    for day in ["2025-02-10", "2025-01-05"] {
      guard case .already(let last) = try store.close(day, warning: 30) else {
        return #expect(Bool(false))
      }
      #expect("\(last)" == "2025-02-10")
    }
    #expect(try store.ledger() == ledger)
    #expect(try store.number("SELECT count(*) FROM patron.closes") == 1)
    let counted = "SELECT count(*) FROM patron.events WHERE kind = 7"
    #expect(try store.number("SELECT events FROM patron.closes") == store.number(counted))
  }

  @Test func `what waits is rated before the day is closed`() throws {
    let sales = Self.sales(120, members: 16)
    let rated = try made()
    try live(rated, sales, closing: [#require(CivilDate("2025-02-28"))])
    let waiting = try made()
    try waiting.post(sales)
    try waiting.close("2025-02-28")
    #expect(try waiting.ledger() == rated.ledger())
  }

  @Test func `a day that is not over is refused, and one before the program, too`() throws {
    let store = try made()
    let now = try #require(ZoneTable.zone("America/Chicago")).instant(
      of: CivilTime(date: #require(CivilDate("2025-03-10")), microseconds: 3_600_000_000))
    for (day, words) in [
      ("2025-03-10", "not over"), ("2025-03-11", "future"), ("2024-12-31", "in force"),
    ] {
      let date = try #require(CivilDate(day))
      let error = #expect(throws: EngineError.self) {
        try Close(store.settings, day: date, now: now)
      }
      #expect(error?.description.contains(words) == true)
    }
    #expect(try "\(Close(store.settings, now: now).day)" == "2025-03-09")
  }
}

extension CloseTests {
  @Test func `points that end soon are told once for each last day, with what is left`() throws {
    let store = try made(
      """
      program: soon
      timezone: America/Chicago
      money: USD
      currencies:
        points: {expires: 20 days after earning}
        miles: {expires: 15 days after activity}
      rules: {base: {earn: {points: 1 per 1.00, miles: 1 per 1.00}}}
      """, members: 3)
    try store.post([
      Trade.sale("a", "C0", "2025-01-06", 4_000), Trade.sale("b", "C0", "2025-01-07", 5_000),
    ])
    try store.run()
    func told() throws -> String {
      let rows = try Connection(store.settings).query(
        """
        SELECT coalesce(string_agg(concat_ws(' ', body ->> 'currency', body ->> 'amount',
          body ->> 'last day'), '; ' ORDER BY message_id), '') FROM patron.outbox
        WHERE topic = 'expiring'
        """)
      return rows.text(0, 0)
    }
    try store.close("2025-01-18", warning: 3)
    #expect(try told() == "")
    // Miles end 15 days after the last activity, points 20 days after they were earned.
    try store.close("2025-01-19", warning: 3)
    #expect(try told() == "miles 90 2025-01-22")
    try store.close("2025-01-20", warning: 3)
    #expect(try told() == "miles 90 2025-01-22")
    try store.close("2025-01-24", warning: 3)
    #expect(
      try told() == "miles 90 2025-01-22; points 40 2025-01-26; points 50 2025-01-27")
    try store.close("2025-01-31", warning: 3)
    try expectClean(store)
  }

  @Test func `ranks are reviewed on their day, once, and in their order`() throws {
    let store = try TestStore(
      """
      program: ranks
      timezone: America/Chicago
      money: USD
      currencies: {points: {expires: never}}
      tiers:
        member:
        top:
          qualify: {rank: top 20% by spend, within: last calendar year}
          keeps: end of calendar year
          review: 01-15
      rules:
        base: {earn: {points: 1 per 1.00}}
        double: {when: {tier: top}, multiply: {points: 2}}
      """, from: "2023-01-01")
    try store.load(Trade.members(10))
    for card in 0..<10 {
      try store.post([Trade.sale("a\(card)", "C\(card)", "2023-06-01", Int64(card + 1) * 1_000)])
    }
    try store.close("2024-01-14")
    #expect(try store.number("SELECT count(*) FROM patron.tier_changes") == 0)
    guard case .closed(let result) = try store.close("2024-01-16") else {
      return #expect(Bool(false))
    }
    #expect(result.reviews.map(\.reached) == [2])
    #expect(
      try store.number("SELECT count(*) FROM patron.tier_changes WHERE at = '2024-01-15T06:00Z'")
        == 2)
    // Two years at once: each year ends, and each has its review.
    for card in 0..<10 {
      try store.post([Trade.sale("b\(card)", "C\(card)", "2024-06-01", Int64(20 - card) * 1_000)])
    }
    try store.close("2026-01-20")
    let changes = """
      SELECT string_agg(concat_ws(' ', account_id, at::date, reason), '; '
        ORDER BY at, account_id) FROM patron.tier_changes
      """
    #expect(
      try Connection(store.settings).query(Statement(changes)).text(0, 0)
        == "9 2024-01-15 4; 10 2024-01-15 4; 9 2025-01-01 3; 10 2025-01-01 3; "
        + "1 2025-01-15 4; 2 2025-01-15 4; 1 2026-01-01 3; 2 2026-01-01 3")
    #expect(try store.number("SELECT count(*) FROM patron.reviews") == 4)
    try expectClean(store)
  }

  @Test func `a rank without a day of its own is reviewed when its time is over`() throws {
    let store = try TestStore(
      """
      program: ranks
      timezone: America/Chicago
      money: USD
      currencies: {points: {expires: never}}
      tiers:
        member:
        top:
          qualify: {rank: top 20% by spend, within: last calendar year}
          keeps: end of calendar year
        month:
          qualify: {rank: top 1 by spend, within: last calendar month}
          keeps: end of calendar month
      rules:
        base: {earn: {points: 1 per 1.00}}
      """, from: "2023-12-02")
    try store.load(Trade.members(10))
    for card in 0..<10 {
      try store.post([Trade.sale("a\(card)", "C\(card)", "2023-12-03", Int64(card + 1) * 1_000)])
    }
    guard case .closed(let before) = try store.close("2023-12-31"),
      case .closed(let after) = try store.close("2024-01-01")
    else { return #expect(Bool(false)) }
    #expect(before.reviews.isEmpty)
    #expect(after.reviews.map(\.key) == ["top", "month"])
    #expect(after.reviews.map(\.reached) == [2, 1])
    try expectClean(store)
  }

  @Test func `a simulation replays closes as they were`() throws {
    let store = try made()
    try store.post(Self.sales(200, members: 16))
    try store.run()
    try store.close("2025-01-31")
    try store.close("2025-02-28")
    let folder = ProgramFolder(files: [SourceFile(name: "p.yaml", text: Self.program)])
    let own = try Store(store.settings)
    let simulation = try Simulation(
      #require(folder.check().program),
      days: #require(CivilDate("2025-01-20"))...(#require(CivilDate("2025-02-28"))), own)
    let tally = try simulation.run(store.settings).tally
    #expect(tally.checked > 150)
    #expect(tally.disagreeing == 0, "\(tally.disagreements)")
    #expect(tally.gaining + tally.losing == 0)
    #expect(tally.expired.values.allSatisfy { $0.difference == 0 && $0.draft > 0 })
  }

  @Test func `a new version looks at every account, whoever was rated since it was published`()
    throws
  {
    let plain = """
      program: turn
      timezone: America/Chicago
      money: USD
      currencies: {points: {expires: 60 days after earning}}
      segments: {buyers: {history: {visits: at least 1, within: ever}}}
      rules:
        base: {earn: {points: 1 per 1.00}}
        late: {event: {dates: 12-31}, earn: {points: 1}}
      """
    let more = plain + "\n  birthday: {event: birthday, earn: {points: 100}}\n"
    func given(_ closing: [String]) throws -> [String] {
      let store = try TestStore(plain, from: "2025-01-01")
      try store.load(Self.members(6))
      try store.post((0..<6).map { try Trade.sale("a\($0)", "C\($0)", "2025-01-02", 1_000) })
      try store.run()
      try store.publish(more, from: "2025-01-04")
      // Rated by the old version, which knows of no birthday.
      try store.post([Trade.sale("b", "C4", "2025-01-03", 1_000)])
      for day in closing { try store.close(day) }
      try store.post((0..<6).map { try Trade.sale("c\($0)", "C\($0)", "2025-01-20", 1_000) })
      try store.run()
      try store.close("2025-01-31")
      try expectClean(store)
      // Birthdays are on 1, 2, 3, 5 and 6 January; the old version gave nothing.
      let count = "SELECT count(*) FROM patron.posting_parts WHERE rule = 'birthday'"
      #expect(try store.number(count) == 2)
      return try store.ledgerByInstant()
    }
    let never = try given([])
    expectSame(try given(["2025-01-03", "2025-01-04", "2025-01-05", "2025-01-10"]), never)
    expectSame(try given(["2025-01-10"]), never)
  }

  @Test func `without a calendar, too, and across versions that know more or less of it`() throws {
    let plain = """
      program: silent
      timezone: America/Chicago
      money: USD
      currencies:
        points: {expires: 9 days after earning}
        miles: {expires: never}
      tiers:
        member:
        silver: {qualify: {spend: at least 60.00, within: 20 days}, keeps: 6 days}
      rules: {base: {earn: {points: 1 per 1.00, miles: 1 per 1.00}}}
      """
    let later = Self.program.replacing(
      "birthday, earn: {miles: 100}", with: "birthday, earn: {miles: 7}"
    )
    .replacing(
      "segments:\n", with: "segments:\n  new: {history: {visits: at most 3, within: ever}}\n"
    )
    .replacing("keeps: end of calendar month", with: "keeps: while it holds")
    #expect(later.contains("miles: 7") && later.contains("new:") && later.contains("holds"))
    let versions = [("2025-01-13", Self.program), ("2025-01-29", later)]
    let sales = Self.sales(220, members: 16)
    let all = try days("2025-01-01", "2025-02-20")
    func lived(_ closing: [CivilDate]) throws -> [String] {
      let store = try made(plain)
      for (from, text) in versions { try store.publish(text, from: from) }
      try live(store, sales, closing: closing)
      try expectClean(store)
      return try store.ledgerByInstant()
    }
    let often = try lived(all.filter { $0.day % 2 == 0 } + all.suffix(1))
    expectSame(try lived(all.filter { $0.day % 15 == 0 } + all.suffix(1)), often)
    expectSame(try lived(all.suffix(1)), often)
  }
}

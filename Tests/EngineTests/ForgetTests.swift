import Engine
import JSON
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// A person who is shown everything, and who is forgotten.
@Suite struct ForgetTests {
  static let program =
    Counter.program + """

      events: {survey: {comment: text, stars: number}, referral: {referrer: text}}
      """ + "\n"
  static let more = """
      thanks: {event: survey, when: {stars: at least 4}, earn: {points: 10}}
      friend: {event: referral, earn: {points: 50}}
      bring: {event: referral, for: referrer, earn: {points: 70}}
    """
  static var whole: String {
    program.replacing("coupons:\n", with: more + "\ncoupons:\n")
  }

  /// All that names her.
  static let traces = [
    "Zhang Qiuhua", "138 0013 8000", "13800138000", "qiuhua@example.cn", "6035717700001234",
    "6035717700005678", "MEMBER-77", "MEMBER-OLD",
  ]

  private func shop() throws -> Counter {
    let counter = try Counter(Self.whole)
    var desk = try Desk(counter.shop.settings)
    var record = MemberRecord(member: "MEMBER-77")
    record.name = "Zhang Qiuhua"
    record.phone = "+86 138 0013 8000"
    record.email = "qiuhua@example.cn"
    record.cards = ["6035717700001234"]
    _ = try desk.enrol(record)
    record = MemberRecord(member: "MEMBER-OLD")
    record.name = "Zhang Qiuhua"
    record.cards = ["6035717700005678"]
    _ = try desk.enrol(record)
    try counter.sell("1", "6035717700005678", "2026-01-05", 30)
    _ = try desk.merge(
      try desk.member("MEMBER-OLD"), into: try desk.member("MEMBER-77"),
      at: try Counter.at("2026-01-06"))
    return counter
  }

  private func event(
    _ kind: String, _ id: String, _ card: String, _ attributes: [Attribute]
  ) throws -> Transaction {
    var event = Transaction(
      source: "app", id: id, kind: .event(kind), at: try Counter.at("2026-01-12"), offset: -21_600)
    event.cards = [card]
    event.attributes = attributes
    return event
  }

  /// Leaves traces wherever something may lie.
  private func trade(_ counter: Counter, _ desk: borrowing Desk) throws {
    let card = "6035717700001234"
    try counter.shop.post([
      Trade.sale("\(card)-17", card, "2026-01-10", 60_000),
      Trade.sale("2", card, "2026-01-11", 500),
      event(
        "survey", "s1", card,
        [
          Attribute(name: "comment", value: .text("Zhang Qiuhua was here")),
          Attribute(name: "stars", value: .number(ExactDecimal(units: 5))),
        ]),
      event("referral", "r1", "C1", [Attribute(name: "referrer", value: .text("MEMBER-77"))]),
      event("wedding", "w1", card, []), Trade.sale("3", "C2", "2026-01-11", 700),
    ])
    // The same id with other content, and one more row that nobody has looked at yet.
    try counter.shop.post([Trade.sale("2", card, "2026-01-11", 800)])
    try counter.shop.run()
    let member = try desk.member(card)
    _ = try desk.store.insert(
      Contact(
        member: member.member, kind: "complaint", text: "Zhang Qiuhua calls 138 0013 8000",
        operatorName: "anna", at: try Counter.at("2026-01-12")))
    let db = try Connection(counter.shop.settings)
    try db.query(
      """
      INSERT INTO patron.inbox (source, id, kind, at, card, lines, attributes)
      VALUES ('till', 'late', 'sale', '2026-01-13T10:00:00-06:00', $1,
        '[{"sku": "A", "total": "4.00"}]', '{"comment": "for MEMBER-77"}')
      """, [.text(card)])
  }

  private func traces(_ counter: Counter) throws -> [String] {
    let db = try Connection(counter.shop.settings)
    let tables = try db.query(
      """
      SELECT table_name::text FROM information_schema.tables
      WHERE table_schema = 'patron' AND table_type = 'BASE TABLE' ORDER BY 1
      """)
    var found: [String] = []
    for row in 0..<tables.count {
      let table = tables.text(row, 0)
      for trace in Self.traces {
        let count = try db.query(
          Statement(
            "traces in \(table)",
            "SELECT count(*) FROM patron.\(table) t WHERE strpos(t::text, $1) > 0"),
          [.text(trace)]
        ).int8(0, 0)
        if count > 0 { found.append("\(table): \(trace)") }
      }
    }
    return found
  }

  @Test func `who is forgotten is named nowhere, and the ledger stays whole`() throws {
    let counter = try shop()
    var desk = try Desk(counter.shop.settings)
    try trade(counter, desk)
    let member = try desk.member("6035717700001234")
    var wanted = Adjustment(
      owner: member.owner, currency: 1, amount: 5, reason: "Zhang Qiuhua was angry",
      operatorName: "anna")
    wanted.request = "MEMBER-77 of today"
    _ = try desk.adjust(wanted, at: try Counter.at("2026-01-13"))
    #expect(
      try Set(traces(counter).map { $0.prefix { $0 != ":" } })
        == [
          "adjustments", "cards", "claims", "conflicts", "contacts", "events", "inbox",
          "member_codes", "members", "parked", "phones",
        ])
    let postings = try counter.shop.number("SELECT count(*) FROM patron.postings")
    try desk.forget(member, at: try Counter.at("2026-01-14"))
    #expect(try traces(counter) == [])
    #expect(try counter.findings() == [])
    #expect(try counter.shop.number("SELECT count(*) FROM patron.postings") > postings)
    #expect(
      try counter.shop.number(
        "SELECT sum(available + pending)::bigint FROM patron.balances b JOIN patron.accounts a "
          + "USING (shard, account_id) WHERE a.status = 2") == 0)
    // She bought; that she was served well is counted; who she was is not known.
    #expect(
      try counter.shop.number(
        "SELECT count(*) FROM patron.events WHERE attributes ->> 'stars' = '5'") == 1)
    #expect(
      try counter.shop.number("SELECT count(*) FROM patron.outbox WHERE topic = 'account'") == 2)
    #expect(throws: EngineError.self) { try desk.member("6035717700001234") }
    #expect(
      try counter.sell("9", "6035717700001234", "2026-01-15", 4)
        == .parked(reason: "unknown card", detail: "…1234"))
    // What waited in the inbox is a sale of nobody now.
    #expect(
      try counter.shop.number("SELECT count(*) FROM patron.events WHERE account_id = 0") == 1)
    #expect(try counter.disagreements(Self.whole) == 0)
  }

  @Test func `who is forgotten leaves a shared account to the others`() throws {
    let counter = try shop()
    var desk = try Desk(counter.shop.settings)
    try trade(counter, desk)
    _ = try desk.join(
      try desk.member("M0"), with: try desk.member("MEMBER-77"), at: try Counter.at("2026-01-13"))
    try counter.sell("8", "C0", "2026-01-14", 6)
    let before = try counter.available("M0")
    try desk.forget(try desk.member("MEMBER-77"), at: try Counter.at("2026-01-15"))
    #expect(try traces(counter) == [])
    #expect(try counter.available("M0") == before)
    #expect(try desk.store.details(of: try desk.member("M0").owner).map(\.place) == [0])
    #expect(
      try counter.shop.number("SELECT count(*) FROM patron.events WHERE card = 'C0'") == 1)
    try counter.sell("10", "C0", "2026-01-16", 1)
    #expect(try counter.available("M0") == before + 1)
    #expect(try counter.findings() == [])
  }

  @Test func `who left a shared account is forgotten there, too`() throws {
    let counter = try shop()
    var desk = try Desk(counter.shop.settings)
    try trade(counter, desk)
    _ = try desk.join(
      try desk.member("MEMBER-77"), with: try desk.member("M0"), at: try Counter.at("2026-01-13"))
    try counter.sell("8", "6035717700001234", "2026-01-14", 6)
    _ = try desk.leave(try desk.member("MEMBER-77"))
    try counter.sell("9", "6035717700005678", "2026-01-15", 2)
    let json = try ExportReport.json(try desk.member("MEMBER-77"), desk.store).indented()
    #expect(json.contains("\"id\": \"8\""))
    let before = try counter.available("M0")
    try desk.forget(try desk.member("MEMBER-77"), at: try Counter.at("2026-01-16"))
    #expect(try traces(counter) == [])
    #expect(try counter.available("M0") == before)
    #expect(try counter.findings() == [])
    #expect(try counter.disagreements(Self.whole) == 0)
  }

  /// What another one of the household says of her.
  private func mention(_ counter: Counter) throws {
    try counter.shop.post([
      event(
        "survey", "s0", "C0",
        [
          Attribute(name: "comment", value: .text("with Zhang Qiuhua, qiuhua@example.cn")),
          Attribute(name: "stars", value: .number(ExactDecimal(units: 5))),
        ])
    ])
    try counter.shop.run()
  }

  @Test func `what somebody was called before goes with her`() throws {
    let counter = try shop()
    var desk = try Desk(counter.shop.settings)
    try trade(counter, desk)
    _ = try desk.join(
      try desk.member("M0"), with: try desk.member("MEMBER-77"), at: try Counter.at("2026-01-13"))
    try mention(counter)
    var change = MemberChange()
    (change.name, change.phone, change.email) = ("Q. Zhang", "+86 139 0000 1111", "")
    try desk.update(try desk.member("MEMBER-77"), change)
    let json = try ExportReport.json(try desk.member("MEMBER-77"), desk.store).indented()
    #expect(json.contains("\"word\": \"qiuhua@example.cn\""))
    try desk.forget(try desk.member("MEMBER-77"), at: try Counter.at("2026-01-15"))
    #expect(try traces(counter) == [])
    #expect(try counter.shop.number("SELECT count(*) FROM patron.former_words") == 0)
  }

  @Test func `one of two names of a person is not left behind`() throws {
    let counter = try shop()
    var desk = try Desk(counter.shop.settings)
    try trade(counter, desk)
    for other in ["M0", "M1"] {
      _ = try desk.join(
        try desk.member(other), with: try desk.member("MEMBER-77"),
        at: try Counter.at("2026-01-13"))
    }
    try mention(counter)
    _ = try desk.merge(
      try desk.member("MEMBER-77"), into: try desk.member("M1"), at: try Counter.at("2026-01-14"))
    try desk.forget(try desk.member("M1"), at: try Counter.at("2026-01-15"))
    #expect(try traces(counter) == [])
    #expect(try counter.shop.number("SELECT count(*) FROM patron.former_words") == 0)
  }

  @Test func `an export holds everything that names a person`() throws {
    let counter = try shop()
    let desk = try Desk(counter.shop.settings)
    try trade(counter, desk)
    let json = try ExportReport.json(try desk.member("MEMBER-77"), desk.store).indented()
    for trace in Self.traces where trace != "13800138000" {
      #expect(json.contains(trace), "\(trace)")
    }
    for word in [
      "till", "\"stars\": 5", "silver", "CLUB-", "complaint", "\"sku\": \"A\"", "wedding",
    ] {
      #expect(json.contains(word), "\(word)")
    }
    #expect(!json.contains("C2"))
  }
}

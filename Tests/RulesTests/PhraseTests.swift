import Loyalty
import Rules
import Testing
import YAML

/// A program around one phrase.
enum Around {
  static func program(_ money: String = "USD", rule: String = "", rest: String = "") -> String {
    """
    program: p
    timezone: America/Chicago
    money: \(money)
    currencies:
      points: {expires: never}
      stars: {decimals: 2, expires: never}
      credit: {kind: money}
    attributes: {item: [type], member: [skin], transaction: [salesroom]}
    events:
      flight: {miles: number, cabin: [economy, first], fare: money, on: date, extra: boolean}
    tiers: {member: , silver: , gold: }
    rules:
      base:
        earn: {points: 1 per 1}
      tested:
        limit: {times: 9 per day}
        \(rule)
    \(rest)
    """
  }

  static func read(_ rule: String, money: String = "USD", rest: String = "") -> (
    RuleSyntax?, [String]
  ) {
    let file = SourceFile(name: "p.yaml", text: program(money, rule: rule, rest: rest))
    let result = ProgramReader.read([file])
    if result.program == nil, result.diagnostics.isEmpty { Issue.record("nothing was read") }
    return (
      result.program?.rules.first { $0.key.value == "tested" }, result.diagnostics.map(\.code)
    )
  }
}

@Suite struct PhraseTests {
  private func codes(_ rule: String, money: String = "USD") -> [String] {
    Around.read(rule, money: money).1
  }

  @Test(arguments: [
    ("at least 3", RangeSyntax(least: ExactDecimal(units: 3))),
    ("at most 3", RangeSyntax(most: ExactDecimal(units: 3))),
    ("more than 3", RangeSyntax(least: ExactDecimal(units: 3), leastIsOutside: true)),
    ("less than 3", RangeSyntax(most: ExactDecimal(units: 3), mostIsOutside: true)),
    ("3 to 5", RangeSyntax(least: ExactDecimal(units: 3), most: ExactDecimal(units: 5))),
    ("3", RangeSyntax(least: ExactDecimal(units: 3), most: ExactDecimal(units: 3))),
    ("\"at least 1_000\"", RangeSyntax(least: ExactDecimal(units: 1000))),
  ])
  func `ranges`(_ text: String, _ range: RangeSyntax) throws {
    let (rule, codes) = Around.read("when: {basket: {quantity: \(text)}}\n    earn: {points: 1}")
    #expect(codes == [])
    guard case .basket(let goals) = rule?.condition else { return #expect(Bool(false)) }
    #expect(goals.first?.range == range)
  }

  @Test func `every is for reach`() {
    let (rule, codes) = Around.read(
      "when: {reach: {spend: every 100.00, within: ever}}\n    earn: {points: 1}")
    #expect(codes == [])
    guard case .reach(let goal) = rule?.condition else { return #expect(Bool(false)) }
    #expect(goal.range.every == ExactDecimal(units: 10000, places: 2))
  }

  @Test(arguments: [
    "at least", "at least 3 4", "3 - 5", "5 to 3", "three", "-3", "at least -1", "1e3", "", "3 to",
    "_3", "3_", "1__0", "every 3",
  ])
  func `no ranges`(_ text: String) {
    #expect(codes("when: {basket: {quantity: \(text)}}\n    earn: {points: 1}").count == 1)
  }

  @Test(arguments: [
    ("100", RateSyntax(amount: ExactDecimal(units: 100), basis: .once)),
    ("1 per 20.00", RateSyntax(amount: ExactDecimal(units: 1), basis: .money(Money(minor: 2000)))),
    ("1 per 20", RateSyntax(amount: ExactDecimal(units: 1), basis: .money(Money(minor: 2000)))),
    (
      "1.25 per 1.00 pro rata",
      RateSyntax(
        amount: ExactDecimal(units: 125, places: 2), basis: .money(Money(minor: 100)), proRata: true
      )
    ),
    (
      "5 per unit",
      RateSyntax(
        amount: ExactDecimal(units: 5), basis: .quantity(ExactDecimal(units: 1), unit: nil))
    ),
    (
      "100 per 3 units",
      RateSyntax(
        amount: ExactDecimal(units: 100), basis: .quantity(ExactDecimal(units: 3), unit: nil))
    ),
    (
      "1 per 2 litres",
      RateSyntax(
        amount: ExactDecimal(units: 1), basis: .quantity(ExactDecimal(units: 2), unit: "litre"))
    ),
    (
      "1 per kg",
      RateSyntax(
        amount: ExactDecimal(units: 1), basis: .quantity(ExactDecimal(units: 1), unit: "kg"))
    ),
  ])
  func `rates`(_ text: String, _ rate: RateSyntax) {
    let (rule, codes) = Around.read("earn: {points: \(text)}")
    #expect(codes == [])
    guard case .one(let found)? = rule?.earn.first?.rate.value else { return #expect(Bool(false)) }
    #expect(found == rate)
  }

  @Test func `a rate per mile is the number of the event`() {
    for (phrase, count) in [("1 per mile", 1), ("1 per 10 miles", 10)] {
      let (rule, codes) = Around.read("event: flight\n    earn: {points: \(phrase)}")
      #expect(codes == [])
      guard case .one(let found)? = rule?.earn.first?.rate.value else {
        return #expect(Bool(false))
      }
      #expect(found.basis == .attribute(ExactDecimal(units: Int64(count)), name: "miles"))
    }
    #expect(codes("event: flight\n    earn: {points: 1 per kilometre}") == ["R012"])
  }

  @Test(arguments: [
    "1 for 20", "per 20.00", "1 per", "1 per 0", "1 per 0.00", "1 per 20.0", "1 per 20.005", "x",
    "1 pro rata", "5%", "1 per $20", "1 per USD", "1 per 2 3 litres",
  ])
  func `no rates`(_ text: String) {
    #expect(codes("earn: {points: \(text)}").count == 1)
  }

  @Test func `money has exactly the decimals of its currency or none`() {
    let spend = { (text: String, money: String) in
      self.codes("when: {basket: {spend: at least \(text)}}\n    earn: {points: 1}", money: money)
    }
    #expect(spend("5", "USD") == [] && spend("5.00", "USD") == [])
    #expect(spend("5.0", "USD") == ["R011"] && spend("5.000", "USD") == ["R011"])
    #expect(spend("500", "JPY") == [] && spend("500.00", "JPY") == ["R011"])
    #expect(spend("5.000", "KWD") == [] && spend("5.00", "KWD") == ["R011"])
  }

  @Test(arguments: [
    ("calendar year", WindowSyntax.calendar(.year, last: false)),
    ("last calendar quarter", .calendar(.quarter, last: true)),
    ("membership year", .membershipYear(last: false)), ("12 months", .rolling(12, .month)),
    ("each of 4 weeks", .eachOf(4, .week)), ("ever", .ever), ("1 day", .rolling(1, .day)),
  ])
  func `windows`(_ text: String, _ window: WindowSyntax) {
    let (rule, codes) = Around.read(
      "when: {history: {visits: 1, within: \(text)}}\n    earn: {points: 1}")
    #expect(codes == [])
    guard case .history(let goals) = rule?.condition else { return #expect(Bool(false)) }
    #expect(goals.first?.window?.value == window)
  }

  @Test(arguments: [
    "year", "calendar", "calendar decade", "last 12 months", "0 days", "each of weeks", "the year",
    "last ever",
  ])
  func `no windows`(_ text: String) {
    #expect(
      codes("when: {history: {visits: 1, within: \(text)}}\n    earn: {points: 1}").count == 1)
  }

  @Test(arguments: [
    ("times: 1 per day", 1, WindowSyntax.calendar(.day, last: false)),
    ("points: 500 per month", 500, .calendar(.month, last: false)),
    ("times: 3 per membership year", 3, .membershipYear(last: false)),
    ("times: once every 7 days", 1, .rolling(7, .day)),
    ("times: 1 ever", 1, .ever), ("times: 2 per campaign", 2, .campaign),
    ("stars: 1.50 per transaction", 150, .transaction),
    ("times: 1 per calendar year or none", 1, .calendar(.year, last: false)),
  ])
  func `limits`(_ text: String, _ most: Int64, _ window: WindowSyntax) throws {
    let file = SourceFile(
      name: "p.yaml", text: Around.program(rule: "earn: {points: 1}").replacingTimes(with: text))
    let result = ProgramReader.read([file])
    #expect(result.diagnostics.isEmpty)
    let limit = try #require(result.program?.rules.last?.limits.first)
    #expect(limit.most == most)
    #expect(limit.window == window)
    #expect(limit.orNone == text.hasSuffix("or none"))
  }

  @Test(arguments: [
    "times: once", "times: 1 a day", "times: 0 per day", "times: 1.5 per day", "times: per day",
    "points: 1.5 per day", "times: 1 per each of 4 weeks",
  ])
  func `no limits`(_ text: String) {
    let file = SourceFile(
      name: "p.yaml", text: Around.program(rule: "earn: {points: 1}").replacingTimes(with: text))
    #expect(ProgramReader.read([file]).diagnostics.count == 1)
  }

  @Test(arguments: [
    ("never", ExpirySyntax.never),
    ("12 months after earning", .after(DurationSyntax(12, .month), .earning)),
    ("36 months after activity", .after(DurationSyntax(36, .month), .activity)),
    ("30 days", .after(DurationSyntax(30, .day), .earning)),
    ("end of next month", .endOf(.month, next: 1)),
    ("end of year", .endOf(.year, next: 0)), ("end of next calendar year", .endOf(.year, next: 1)),
    (
      "end of month 6 months after earning",
      .endOfUnitAfter(.month, DurationSyntax(6, .month), .earning)
    ),
    ("12-31", .yearly(month: 12, day: 31)),
  ])
  func `expiries`(_ text: String, _ expiry: ExpirySyntax) {
    let (rule, codes) = Around.read("earn: {points: 1}\n    expires: \(text)")
    #expect(codes == [])
    #expect(rule?.expires?.value == expiry)
  }

  @Test(arguments: [
    "after 12 months", "12 months after buying", "end of", "end of next", "31-12", "02-30",
    "2026-12-31", "end of next month 6 months after earning", "some day", "months 12",
  ])
  func `no expiries`(_ text: String) {
    #expect(codes("earn: {points: 1}\n    expires: \(text)").count == 1)
  }

  @Test func `dates hours and weekdays`() {
    let right = [
      "date: 12-24 to 12-26", "date: [2026-02-14, 2026-03-01 to 2026-03-05]", "weekday: mon to fri",
      "weekday: [sat, sun]", "weekday: fri to mon", "day: 8", "day: [1, last]",
      "hours: 14:00 to 17:00",
      "hours: [22:00 to 02:00, 06:00 to 24:00]", "birthday: week", "joined: 60 days",
      "tier: silver or above",
      "tier: [silver, gold]", "tier: gold only", "skin: [dry, oily]", "salesroom: north",
      "balance: {points: at least 50}", "not: {weekday: sat}", "any: [{day: 1}, {weekday: sat}]",
      "tender: {not: cash}", "coupon: []",
    ]
    for condition in right.dropLast() {
      #expect(codes("when: {\(condition)}\n    earn: {points: 1}") == [], "\(condition)")
    }
    let wrong = [
      "date: 24-12", "date: 2026-02-30", "date: 2026-03-05 to 2026-03-01", "weekday: sunday",
      "weekday: sat sun",
      "day: 32", "day: 0", "hours: 14 to 17", "hours: 25:00 to 26:00", "hours: 14:00",
      "birthday: yes",
      "joined: ever", "tier: silver or gold", "tier: silver+", "skin: ", "balance: 50",
      "not: [{day: 1}]",
      "any: {day: 1}", "coupon: []", "type: boxed", "colour: red",
    ]
    for condition in wrong {
      #expect(codes("when: {\(condition)}\n    earn: {points: 1}").count == 1, "\(condition)")
    }
  }

  @Test func `attributes of an event are read by their kind`() {
    let right = ["miles: at least 100", "cabin: first", "fare: at least 5.00", "extra: yes"]
    for condition in right {
      #expect(
        codes("event: flight\n    when: {\(condition)}\n    earn: {points: 1}") == [],
        "\(condition)")
    }
    let wrong = ["miles: many", "cabin: business", "fare: at least 5.0", "extra: true"]
    for condition in wrong {
      #expect(
        codes("event: flight\n    when: {\(condition)}\n    earn: {points: 1}").count == 1,
        "\(condition)")
    }
  }

  @Test func `quotes change nothing in a phrase`() {
    #expect(codes("earn: {points: \"1 per 20.00\"}") == [])
    #expect(codes("earn: {points: '100'}") == [])
  }

  @Test func `a diagnostic points at the word that is wrong`() {
    let file = SourceFile(name: "p.yaml", text: Around.program(rule: "earn: {points: 1 per 20.0}"))
    let place = ProgramReader.read([file]).diagnostics.first?.place
    #expect(place?.column == 26)
    #expect(place?.length == 4)
  }

  @Test func `the days of a campaign narrow those of its rules`() throws {
    let program = SourceFile(name: "p.yaml", text: Around.program(rule: "earn: {points: 1}"))
    let campaign = SourceFile(
      name: "c.yaml",
      text: """
        campaign: spring
        from: 2026-03-01
        to: 2026-03-31
        rules:
          a: {multiply: {points: 2}}
          b: {multiply: {points: 3}, from: 2026-03-10, to: 2026-04-30}
        """)
    let rules = try #require(ProgramReader.read([campaign, program]).program?.rules.suffix(2))
    #expect(rules.map { $0.from?.value.description } == ["2026-03-01", "2026-03-10"])
    #expect(rules.map { $0.to?.value.description } == ["2026-03-31", "2026-03-31"])
    #expect(rules.allSatisfy { $0.campaign == "spring" })
  }
}

extension String {
  fileprivate func replacingTimes(with limit: String) -> String {
    split(separator: "times: 9 per day", omittingEmptySubsequences: false).joined(separator: limit)
  }
}

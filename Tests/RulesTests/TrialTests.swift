import Foundation
import Loyalty
import Rules
import Testing
import YAML

/// "gold, Saturday, 3 cards" as an example of the language.
@Suite struct TrialTests {
  static let files = [
    SourceFile(
      name: "README.md", text: ReadmeTests.blocks.first { $0.hasPrefix("program: card-shop") }!)
  ]
  /// A Monday.
  static let today = CivilDate(year: 2026, month: 2, day: 2)!

  static func reading(_ phrase: String, _ files: [SourceFile] = files) throws -> TrialReading {
    let program = try #require(ProgramChecker.check(files).program)
    return TrialPhrase.read(phrase, program, today: today)
  }

  static func steps(_ phrase: String, _ files: [SourceFile] = files) throws -> [TrialStep] {
    let reading = try reading(phrase, files)
    #expect(reading.problems == [], "\(phrase)")
    let program = try #require(ProgramChecker.check(files).program)
    let example = try #require(reading.example)
    let zone = try ExampleTests.zone(program.timezone.value)
    return try #require(ExampleRunner.trial(files, example, zone: zone))
  }

  /// The example that a phrase becomes, without its expectation.
  static func text(_ phrase: String, _ files: [SourceFile] = files) throws -> String {
    let program = try #require(ProgramChecker.check(files).program)
    let reading = try reading(phrase, files)
    #expect(reading.problems == [], "\(phrase)")
    let example = try #require(reading.example)
    return ExampleText.text(example, expect: [], program)
  }

  @Test func `a gold member buys three cards on a Saturday`() throws {
    let steps = try Self.steps("gold, Saturday, 3 cards 14.97")
    let step = try #require(steps.first)
    #expect(step.at == "2026-02-07T10:00:00-06:00" && step.weekday == "sat")
    #expect(step.tierBefore == "gold")
    #expect(
      step.lines.map { "\($0.explanation.key) \($0.amount)" }
        == ["base +14", "valentine +100", "gold-double +14"]
        || step.lines.map { "\($0.explanation.key) \($0.amount)" }.sorted()
          == ["base +14", "gold-double +14", "valentine +100"]
    )
    #expect(step.expect.hasPrefix("{points: 128, rules: {"))
    #expect(step.changes.first?.balance == 128)
    #expect(step.changes.first?.lastDay == CivilDate(year: 2027, month: 2, day: 28))
    #expect(step.silent.isEmpty)
  }

  @Test(arguments: [
    ("2 items", "- {sku: ITEM, quantity: 2, total: "),
    ("买三件 100元", "- {sku: ITEM, quantity: 3, total: 100.00}"),
    ("3 pieces 30.00", "- {sku: ITEM, quantity: 3, total: 30.00}"),
    ("2 x 20.00", "- {sku: ITEM, quantity: 2, total: 40.00}"),
    ("2 × $20", "- {sku: ITEM, quantity: 2, total: 40.00}"),
    ("3 for 20.00", "- {sku: ITEM, quantity: 3, total: 20.00}"),
    ("5 dollars of greeting-cards", "total: 5.00}"),
    ("balance 500, 30.00", "balance: {points: 500}"),
    ("balance of 500 points, 30.00", "balance: {points: 500}"), (" ", "example: a purchase"),
    ("8日, 100元", "at: 2026-02-08T10:00"), ("3月8日 100元", "at: 2026-03-08T10:00"),
  ])
  func `pieces, money and balances are told apart`(_ phrase: String, _ part: String) throws {
    let text = try Self.text(phrase)
    #expect(text.contains(part), "\(text)")
    #expect(text.contains("points: 500") == phrase.contains("500") && !text.contains("quantity: 5"))
  }

  @Test func `a rule's name without days does not hide what its words say`() throws {
    let rule =
      "  beer-and-nappies: {when: {basket: {items: beer, quantity: 1}}, earn: {points: 5}}\n"
    let text = Self.files[0].text.replacing("rules:\n", with: "rules:\n" + rule)
      .replacing(
        "sets:", with: "sets:\n  beer: {category: beer}\n  nappies: {category: nappies}\n#")
    let files = [SourceFile(name: "p.yaml", text: text)]
    let told = try Self.text("beer and nappies", files)
    #expect(told.contains("category: beer") && told.contains("category: nappies"), "\(told)")
  }

  @Test(arguments: ["€30", "30€", "30 euros", "30 GBP", "¥20", "20 euros of greeting-cards"])
  func `money of another country is refused`(_ phrase: String) throws {
    let problems = try Self.reading(phrase).problems
    #expect(
      problems.count == 1 && problems[0].hasSuffix("is not the program's money, which is USD"),
      "\(problems)")
  }

  @Test func `what did not apply is told by the condition that failed`() throws {
    let step = try #require(try Self.steps("Monday, 2 cards 10.00").first)
    #expect(step.expect == "{points: 10, rules: {base: 10}}")
    let reasons = Dictionary(uniqueKeysWithValues: step.silent.map { ($0.rule, $0.reason) })
    #expect(reasons["gold-double"] == "`tier: gold` does not hold")
    #expect(
      reasons["valentine"]
        == "`weekday: [sat, sun]` and `basket: {items: cards, quantity: at least 3}` (2 of 3 units) "
        + "do not hold")
    let late = try #require(try Self.steps("2026-02-15, 3 cards 10.00").first)
    #expect(late.silent.first { $0.rule == "valentine" }?.reason == "ended on 2026-02-14")
    let early = try #require(try Self.steps("2026-01-31, 3 cards 10.00").first)
    #expect(early.silent.first { $0.rule == "valentine" }?.reason == "begins on 2026-02-01")
  }

  @Test(arguments: [
    ("gold, Saturday, 3 cards", ["member: {tier: gold}", "at: 2026-02-07T10:00", "quantity: 3"]),
    (
      "a gold member buys 2 greeting cards for 9.98 on 2026-03-01 at 15:30",
      ["tier: gold", "at: 2026-03-01T15:30", "category: greeting-cards, quantity: 2, total: 9.98"]
    ),
    ("3 cards at 4.99 each, 3pm", ["total: 14.97", "T15:00"]),
    ("40.00 paid with gift-card", ["total: 40.00", "tenders: {gift-card: 40.00}"]),
    ("$40 today", ["total: 40.00", "at: 2026-02-02T10:00"]),
    ("birthday, 20.00", ["birthday: 1992-02-02"]),
    ("birthday week, 2026-02-04, 20.00", ["birthday: 1992-02-02"]),
    ("birthday month, 2026-02-04, 20.00", ["birthday: 1992-02-28"]),
    ("app, 20.00", ["channel: app"]),
    ("store 14, channel web, 5.00", ["store: 14", "channel: web"]),
    (
      "100 points, coupon welcome-gold, 30.00",
      ["balance: {points: 100}", "coupons: [welcome-gold]"]
    ),
    ("valentine, Sunday, 3 cards", ["at: 2026-02-08T10:00"]),
    ("May 8, 12.00", ["at: 2026-05-08T10:00", "total: 12.00"]),
    ("8 May, 1,234.50", ["at: 2026-05-08T10:00", "total: 1234.50"]),
    (
      "new member, noon, sku X-9 at 3.00 each",
      ["joined: 2026-02-02", "T12:00", "sku: X-9, total: 3.00"]
    ),
    (
      "two cards 9.98, 31.5 litres of postage 45.00",
      ["quantity: 2", "quantity: 31.5, unit: litre, total: 45.00"]
    ),
    ("金卡", []),
  ])
  func `a phrase is understood`(_ phrase: String, _ parts: [String]) throws {
    guard !parts.isEmpty else { return }
    let text = try Self.text(phrase)
    for part in parts { #expect(text.contains(part), "\(phrase): \(text)") }
  }

  @Test func `Chinese phrases need no spaces`() throws {
    let files = [
      SourceFile(
        name: "p.yaml",
        text: """
          program: p
          timezone: Asia/Shanghai
          money: CNY
          currencies: {points: {name: {zh: 积分}, expires: never}}
          sets: {贺卡: {category: 卡片}}
          tiers: {普通: , 金卡: {qualify: {spend: at least 5000.00, within: ever}, keeps: ever}}
          rules:
            base: {earn: {points: 1 per 1.00}}
            double: {when: {tier: 金卡}, multiply: {points: 2}}

          """)
    ]
    let text = try Self.text("金卡会员周六买3张贺卡30.00元", files)
    #expect(text.contains("member: {tier: 金卡}"), "\(text)")
    #expect(text.contains("at: 2026-02-07T10:00"))
    #expect(text.contains("category: 卡片, quantity: 3, total: 30.00"))
    #expect(
      try Self.steps("金卡，周六，3张贺卡，30.00", files).first?.expect.hasPrefix("{points: 60") == true)
  }

  @Test(arguments: [
    ("glod, Saturday", "`glod` is not understood; did you mean `gold`?"),
    ("gold, xylophones", "`xylophones` is not understood"),
    ("Monday, 2026-02-07", "no day is all that was said of the day"),
  ])
  func `what is not understood is named`(_ phrase: String, _ problem: String) throws {
    let reading = try Self.reading(phrase)
    #expect(reading.example == nil)
    #expect(reading.problems == [problem])
  }

  static let more = [
    SourceFile(
      name: "p.yaml",
      text: """
        program: p
        timezone: UTC
        money: USD
        currencies: {points: {expires: never}, stamps: {kind: stamps, expires: never}}
        rules:
          base: {earn: {points: 1 per 1.00, stamps: 1}}
          birthday: {event: birthday, earn: {points: 50}}
          swift: {join: yes, earn: {points: 20}, limit: {times: 1 ever}}
          late:
            join: yes
            when: {reach: {visits: 2, within: 7 days after join}}
            earn: {points: 20}
        rewards:
          swap: {name: {en: A swap}, price: {points: 100}, earn: {stamps: 5}}

        """)
  ]

  @Test func `a word of the phrase counts before a rule of its name`() throws {
    let text = try Self.text("birthday, 20.00", Self.more)
    #expect(text.contains("birthday: 1992-02-02"), "\(text)")
  }

  @Test(arguments: [("swap, 500 points", "swap"), ("redeem 2 swaps, 500 points", "{swap: 2}")])
  func `a reward is redeemed by its name`(_ phrase: String, _ redeem: String) throws {
    let text = try Self.text(phrase, Self.more)
    #expect(text.contains("redeem: \(redeem)") && !text.contains("basket"), "\(text)")
    let step = try #require(try Self.steps(phrase, Self.more).first)
    #expect(
      step.changes.first { $0.currency == "points" }?.balance == (redeem == "swap" ? 400 : 300))
  }

  @Test func `a reward can stand beside a purchase`() throws {
    let text = try Self.text("a swap and 20.00, 500 points", Self.more)
    #expect(text.contains("redeem: swap") && text.contains("total: 20.00"), "\(text)")
  }

  @Test(arguments: [
    ("40,00", "40.00"), ("gold, $1234,5", "1234.5"), ("3 cards 14,97", "14.97"),
    ("gold 1.000,00", "1000.00"),
  ])
  func `a comma for a point is told`(_ phrase: String, _ right: String) throws {
    let reading = try Self.reading(phrase)
    let wrong = phrase.hasSuffix("1.000,00") ? "1.000,00" : right.replacing(".", with: ",")
    #expect(reading.problems == ["`\(wrong)` has a comma for its point: write `\(right)`"])
  }

  @Test func `who has not joined is told so`() throws {
    let step = try #require(try Self.steps("20.00", Self.more).first)
    #expect(step.silent.first { $0.rule == "late" }?.reason == "not joined: `join: late`")
    let told = step.lines.first { $0.explanation.key == "swift" }?.explanation.sentence ?? ""
    let silent = step.silent.first { $0.rule == "swift" }?.reason ?? ""
    #expect((told + silent).contains("join: swift"), "\(told) \(silent)")
    #expect(step.expect.contains("rules: {base: {points: 20, stamps: 1}}"), "\(step.expect)")
  }

  @Test func `nothing that anybody types ends in a crash`() throws {
    var random = FuzzTests.Random(state: 7)
    let pieces = [
      "gold", "3", "cards", ",", "Saturday", "each", "5.00", "$", "store", "coupon", "2026-02-30",
      "99999999999999999999", "12-31", "25:00", "at", "points", "birthday", "joined", "litres",
      "of", "May", "-", "%", "金卡", "：", "x", "0", "1,000", "tier", "valentine", ".", "category",
    ]
    for _ in 0..<400 {
      let words = (0..<Int.random(in: 0...8, using: &random)).map { _ in
        pieces.randomElement(using: &random)!
      }
      let reading = try Self.reading(words.joined(separator: " "))
      #expect((reading.example == nil) == !reading.problems.isEmpty)
    }
  }

  /// What is to be pasted passes as an example.
  @Test(arguments: [
    "gold, Saturday, 3 cards", "40.00 paid with gift-card", "birthday: 20.00, 100 points",
    "1 cards, 25.00 postage",
  ])
  func `the example comes out as it says`(_ phrase: String) throws {
    let program = try #require(ProgramChecker.check(Self.files).program)
    let steps = try Self.steps(phrase)
    let example = try #require(try Self.reading(phrase).example)
    let text = ExampleText.text(example, expect: steps.map(\.expect), program)
    let campaign = SourceFile(name: "try.yaml", text: "campaign: try\nexamples:\n" + text)
    let result = ProgramChecker.check(Self.files + [campaign])
    #expect(DiagnosticReport(result.diagnostics, sources: [campaign]).text == "")
    let whole = try #require(result.program)
    let results = ExampleRunner.run(whole, zone: try ExampleTests.zone("America/Chicago"))
    #expect(results.flatMap(\.differences) == [])
  }
}

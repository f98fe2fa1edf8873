import Loyalty
import Rules
import Testing
import YAML

/// What `patron try` tells of a bill: discounts, coupons, what is left to pay.
@Suite struct TrialBillTests {
  static let files = [
    SourceFile(
      name: "tea.yaml",
      text: """
        program: tea
        timezone: UTC
        money: EUR
        currencies: {points: {expires: never}}
        sets: {tea: {category: tea}, cups: {category: cups}}
        tiers: {member: , gold: {qualify: {spend: at least 500.00, within: ever}, keeps: ever}}
        rules:
          base: {earn: {points: 1 per 1.00}}
          milk: {items: {sku: [MILK]}, off: 0.50 per unit}
          three: {items: cups, buy: 3, pay: 2}
          golden: {when: {tier: gold}, off: 10%}
          thanks: {when: {basket: {spend: at least 90.00}}, give: {coupon: spring}}
        coupons:
          spring: {off: 20%, items: tea, valid: 60 days}
          summer: {off: 5.00, public: SUMMER26, limit: {times: 1 ever}, combines: {not: [spring]}}

        """)
  ]

  private static func step(_ phrase: String) throws -> TrialStep {
    try #require(try TrialTests.steps(phrase, files).first)
  }

  @Test func `what is taken off stands beside what is left to pay`() throws {
    let step = try Self.step("2 MILK 5.00, gold")
    #expect(step.off == Money(minor: 100) && step.pay == Money(minor: 400))
    let amounts = step.lines.map { "\($0.explanation.key) \($0.amount)" }.sorted()
    #expect(
      amounts == ["base +4", "golden ", "milk -1.00 EUR"], "the best counts")
    #expect(step.expect.hasSuffix("off: 1.00, pay: 4.00}"), "\(step.expect)")
    #expect(step.silent.map(\.rule) == ["three", "thanks"])
  }

  @Test func `three for two`() throws {
    let step = try Self.step("3 cups 12.00")
    #expect(step.off == Money(minor: 400) && step.pay == Money(minor: 800))
  }

  @Test func `a bill from which nothing is taken is told by what is to pay alone`() throws {
    let step = try Self.step("7.50")
    #expect(step.off == .zero && step.pay == Money(minor: 750))
    #expect(step.expect == "{points: 7, rules: {base: 7}}")
  }

  @Test func `a coupon that is shown is taken or refused`() throws {
    let taken = try Self.step("2 tea 10.00, coupon spring")
    #expect(taken.off == Money(minor: 200) && taken.pay == Money(minor: 800))
    #expect(taken.refusals.isEmpty)
    let refused = try Self.step("cups 10.00, coupon spring")
    #expect(refused.off == .zero && refused.pay == Money(minor: 1_000))
    #expect(refused.refusals.map(\.reason) == [.noItems])
    #expect(refused.expect.hasSuffix("refused: {spring: no items}}"), "\(refused.expect)")
    let both = try Self.step("tea 10.00, coupon spring, coupon summer")
    #expect(both.refusals.map(\.name) == ["summer"])
    #expect(both.refusals.map(\.reason) == [.doesNotCombine])
  }

  @Test func `a coupon that it brings is told and expected`() throws {
    let step = try Self.step("95.00")
    #expect(step.coupons == ["spring"])
    #expect(step.expect.contains("coupons: [spring]"))
  }

  /// What is to be pasted passes as an example.
  @Test(arguments: [
    "2 MILK 5.00, gold", "3 cups 12.00", "2 tea 10.00, coupon spring",
    "cups 10.00, coupon spring", "tea 10.00, coupon spring, coupon summer", "gold, 95.00",
  ])
  func `the example comes out as it says`(_ phrase: String) throws {
    let program = try #require(ProgramChecker.check(Self.files).program)
    let steps = try TrialTests.steps(phrase, Self.files)
    let example = try #require(try TrialTests.reading(phrase, Self.files).example)
    let text = ExampleText.text(example, expect: steps.map(\.expect), program)
    let campaign = SourceFile(name: "try.yaml", text: "campaign: try\nexamples:\n" + text)
    let result = ProgramChecker.check(Self.files + [campaign])
    #expect(DiagnosticReport(result.diagnostics, sources: [campaign]).text == "", "\(text)")
    let whole = try #require(result.program)
    let results = ExampleRunner.run(whole, zone: try ExampleTests.zone("UTC"))
    #expect(results.flatMap(\.differences) == [], "\(text)")
  }

  @Test func `rewards are handed out or refused`() throws {
    let files = [
      SourceFile(
        name: "mugs.yaml",
        text: """
          program: mugs
          timezone: UTC
          money: EUR
          currencies: {points: {expires: never}}
          rules: {base: {earn: {points: 1 per 1.00}}}
          rewards: {mug: {price: {points: 300}}, ten-off: {price: {points: 500}, off: 10.00}}
          examples:
            - example: two mugs, and too little is left
              balance: {points: 1_000}
              steps:
                - {at: 2026-03-03T10:00, redeem: {mug: 2}}
                - at: 2026-03-04T10:00
                  redeem: ten-off
                  basket: [{sku: A, total: 20.00}]
                  expect: {points: 20, refused: {ten-off: not enough}}

          """)
    ]
    let program = try #require(ProgramChecker.check(files).program)
    let zone = try ExampleTests.zone("UTC")
    #expect(ExampleRunner.run(program, zone: zone).flatMap(\.differences) == [])
    let steps = try #require(ExampleRunner.trial(files, program.examples[0], zone: zone))
    #expect(steps.map(\.expect).first == "{points: -600}")
    #expect(
      steps.map(\.expect).last
        == "{points: 20, rules: {base: 20}, refused: {ten-off: not enough}}")
    let text = ExampleText.text(program.examples[0], expect: steps.map(\.expect), program)
    #expect(text.contains("redeem: {mug: 2}") && text.contains("redeem: ten-off"))
  }
}

import Loyalty
import Rules
import Testing
import YAML

@Suite struct ManyRulesTests {
  static func program(rules: Int) -> String {
    var text = """
      program: many
      timezone: UTC
      money: USD
      currencies:
        points: {expires: never}
      tiers: {member: , silver: , gold: }
      rules:
        base: {earn: {points: 1 per 1.00}}

      """
    for index in 0..<rules {
      text += """
          rule-\(index):
            when:
              {tier: [silver, gold], weekday: sat, basket: {spend: at least \(index % 90 + 10).00}}
            items: {category: category-\(index % 2000)}
            multiply: {points: 2}

        """
    }
    return text
  }

  @Test func `ten thousand rules are read and checked`() {
    let file = SourceFile(name: "many.yaml", text: Self.program(rules: 10_000))
    let result = ProgramChecker.check([file], today: CivilDate(year: 2026, month: 1, day: 1))
    #expect(result.diagnostics.isEmpty)
    #expect(result.program?.rules.count == 10_001)
  }

  /// Without a sum over all pairs of them: ten thousand are done as soon as ten.
  @Test func `ten thousand days are read and checked`() {
    var text =
      "program: p\ntimezone: UTC\nmoney: USD\ncurrencies: {points: {expires: never}}\nrules:\n"
    text += "  base: {earn: {points: 1 per 1.00}}\n"
    let first = CivilDate(year: 2027, month: 1, day: 1)!
    for index in 0..<10_000 {
      let day = first + index
      text += "  r\(index): {from: \(day), to: \(day), multiply: {points: 2}}\n"
      text += "  d\(index): {when: {date: 02-29, weekday: sun}, items: {sku: S\(index)}, "
      text += "multiply: {points: 3}}\n"
    }
    text += "  within: {from: 2027-02-02, to: 2027-02-02, multiply: {points: 1.5}}\n"
    let result = ProgramChecker.check([SourceFile(name: "days.yaml", text: text)])
    #expect(result.diagnostics.map(\.code) == ["R065"])
    #expect(result.diagnostics.first?.message.contains("`r32` matches, too") == true)
  }

  @Test func `of very many slips the first ones are helped`() {
    var text = "program: p\ntimezone: UTC\nmoney: USD\ncurrencies: {points: {expires: never}}\n"
    text += "sets:\n" + (0..<300).map { "  set-\($0): {category: c\($0)}\n" }.joined()
    text += "rules:\n"
    text += (0..<300).map { "  r\($0): {items: sett-\($0), earn: {points: 1}}\n" }.joined()
    let result = ProgramChecker.check([SourceFile(name: "slips.yaml", text: text)])
    let unknown = result.diagnostics.filter { $0.code == "R012" }
    #expect(unknown.count == 300)
    #expect(unknown.first?.help == "did you mean `set-0`?")
    #expect(unknown.filter { $0.help == nil }.count == 100)
  }
}

import Loyalty
import Rules
import Testing
import YAML

/// A rule is ended in its text, and nothing else changes.
@Suite struct RuleEndTests {
  static let day = CivilDate(year: 2026, month: 3, day: 1)!

  static func ended(_ text: String) -> String? {
    let answer = RuleEnd.end("r", in: [SourceFile(name: "p.yaml", text: text)], lastDay: day)
    guard case .ended(let files, _) = answer else { return nil }
    return files[0].text
  }

  @Test func `a last day is written before the rule's first line`() {
    let text =
      "# head\r\nrules:\r\n  r:   # mine\r\n    # why\r\n    earn: {points: 1}  # one\r\n  s: {}\r\n"
    #expect(
      Self.ended(text)
        == "# head\r\nrules:\r\n  r:   # mine\r\n    # why\r\n    to: 2026-03-01\n    earn: {points: 1}  # one\r\n  s: {}\r\n"
    )
  }

  @Test func `a rule in braces keeps its braces`() {
    #expect(
      Self.ended("rules: {甲: {earn: {points: 1}}, r: {earn: {points: 1}}}\n")
        == "rules: {甲: {earn: {points: 1}}, r: {to: 2026-03-01, earn: {points: 1}}}\n")
  }

  @Test func `days of its own are replaced`() {
    #expect(
      Self.ended(
        "rules:\n  r:\n    from: 2026-02-01\n    earn: {points: 1}\n    to: 2026-04-30 # late\n")
        == "rules:\n  r:\n    from: 2026-02-01\n    earn: {points: 1}\n    to: 2026-03-01 # late\n")
    #expect(
      Self.ended(
        "rules:\n  r:\n    from: \"2026-03-02\"\n    to: 2026-04-30\n    earn: {points: 1}\n")
        == "rules:\n  r:\n    from: 2026-03-01\n    to: 2026-03-01\n    earn: {points: 1}\n")
  }

  @Test func `what is over or unknown is told`() {
    let file = SourceFile(
      name: "p.yaml", text: "rules:\n  r:\n    to: 2026-02-28\n    earn: {points: 1}\n")
    guard case .over(let day) = RuleEnd.end("r", in: [file], lastDay: Self.day) else {
      Issue.record("it is over")
      return
    }
    #expect(day == CivilDate(year: 2026, month: 2, day: 28))
    guard case .unknown(let near) = RuleEnd.end("rr", in: [file], lastDay: Self.day) else {
      Issue.record("there is none")
      return
    }
    #expect(near == "r")
  }
}

import Foundation
import Rules
import Testing
import YAML

/// What config/README.md shows is what Patron reads.
@Suite struct ReadmeTests {
  static let blocks: [String] = {
    let url = TestFiles.package.appending(path: "config/README.md")
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    return text.components(separatedBy: "```yaml\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
  }()

  /// What stands in fences or between back quotes.
  static let code: String = {
    let url = TestFiles.package.appending(path: "config/README.md")
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    let fences = text.components(separatedBy: "```")
    let inside = fences.indices.filter { $0 % 2 == 1 }.map { fences[$0] }
    let quoted = fences.indices.filter { $0 % 2 == 0 }.flatMap { place in
      let parts = fences[place].components(separatedBy: "`")
      return parts.indices.filter { $0 % 2 == 1 }.map { parts[$0] }
    }
    return (inside + quoted).joined(separator: "\n")
  }()

  @Test func `every word of the language stands in the README`() {
    let words = Set(Self.code.split { !$0.isLetter && $0 != "-" }.map(String.init))
    let missing = RuleSchema.words.filter { !words.contains($0.word) }
    #expect(missing.map { "`\($0.word)` of \($0.place)" } == [])
  }

  @Test func `each program in the README passes its check`() {
    let programs = Self.blocks.filter { $0.hasPrefix("program:") }
    #expect(programs.count == 2)
    for text in programs {
      let file = SourceFile(name: "README.md", text: text)
      #expect(
        DiagnosticReport(ProgramChecker.check([file]).diagnostics, sources: [file]).text == "")
    }
  }

  @Test func `each fragment in the README is read in a program around it`() {
    let head = """
      program: p
      timezone: UTC
      money: USD

      """
    let rest = [
      "currencies": "currencies: {points: {expires: never}, miles: , status: {kind: status}}\n",
      "attributes": "attributes: {item: [type]}\n",
      "events": "events: {flight: {miles: number, cabin: [economy, business]}}\n",
      "tiers": "tiers: {blue: , silver: , gold: }\n",
      "rules": "rules: {base: {earn: {points: 1 per 1.00}}}\n",
    ]
    for block in Self.blocks where !block.hasPrefix("program:") {
      var text = block
      if ["when:", "items:", "earn:"].contains(where: block.hasPrefix) {
        let isEvent = block.contains("by: [cabin")
        let lines = block.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        text = "rules:\n  r:\n" + (isEvent ? "    event: flight\n" : "") + lines + "\n"
        if !block.contains("multiply") && !block.contains("earn") {
          text += "    earn: {points: 1}\n"
        }
      }
      for (word, standard) in rest.sorted(by: { $0.key < $1.key }) {
        let isThere = text.hasPrefix(word + ":") || text.contains("\n" + word + ":")
        if !isThere { text += standard }
      }
      let file = SourceFile(name: "README.md", text: head + text)
      let report = DiagnosticReport(ProgramReader.read([file]).diagnostics, sources: [file])
      #expect(report.text == "")
    }
  }
}

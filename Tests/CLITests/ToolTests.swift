import Foundation
import TestSupport
import Testing

/// What helps people who write programs: no database is asked.
@Suite struct ToolTests {
  static func patron(_ words: String..., input: String = "") throws -> ProgramResult {
    try runPatron(words, stdin: input, folder: packageFolder())
  }

  @Test func `the schema of a program offers its own names`() throws {
    let plain = try Self.patron("schema")
    #expect(plain.status == 0)
    #expect(plain.stdout.contains(#""$schema": "http://json-schema.org/draft-07/schema#""#))
    #expect(!plain.stdout.contains("gold or above"))
    let own = try Self.patron("schema", "config/gold-crown")
    #expect(own.status == 0)
    #expect(own.stdout.contains("gold or above") && own.stdout.contains("welcome-gold"))
    #expect(try JSONSerialization.jsonObject(with: Data(own.stdout.utf8)) is [String: Any])
    #expect(try Self.patron("schema", "no-such-folder").status == 1)
  }

  @Test func `a made-up purchase is rated with its reasons and an example`() throws {
    let result = try Self.patron(
      "try", "config/gold-crown", "gold, 2026-05-09, 3 greeting-cards 14.97")
    #expect(result.status == 0, "\(result.stderr)")
    #expect(result.stdout.contains("1 point for each full 1.00 of 14.97"), "\(result.stdout)")
    #expect(result.stdout.contains("Did not apply"))
    #expect(result.stdout.contains("  - example: \"gold, 2026-05-09, 3 greeting-cards 14.97\""))
    let slip = try Self.patron("try", "config/gold-crown", "glod")
    #expect(slip.status == 2)
    #expect(slip.stderr.contains("`glod` is not understood; did you mean `gold`?"))
  }

  @Test func `what is taken off and left to pay is told to people and to programs`()
    throws
  {
    let words = ["try", "config/fresh-market", "2026-03-03, 2 MILK-2L 5.00"]
    let text = try runPatron(words, folder: packageFolder())
    #expect(text.status == 0, "\(text.stderr)")
    #expect(text.stdout.contains("milk-price  -1.00 USD  0.50 off each unit"), "\(text.stdout)")
    #expect(text.stdout.contains("1.00 USD off, 4.00 USD left to pay"))
    #expect(text.stdout.contains("off: 1.00, pay: 4.00}"))
    let json = try runPatron(words + ["--json"], folder: packageFolder())
    #expect(json.status == 0, "\(json.stderr)")
    #expect(json.stdout.contains(#""off":1.00,"pay":4.00"#), "\(json.stdout)")
    let tree = try JSONSerialization.jsonObject(with: Data(json.stdout.utf8)) as? [String: Any]
    let trials = try #require(tree?["trials"] as? [[String: Any]])
    #expect((trials.first?["text"] as? String)?.contains("pay: 4.00") == true)
  }

  @Test func `a basket comes from a file, as YAML or as the feed has it`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "try-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func file(_ name: String, _ text: String) throws -> String {
      let url = folder.appending(path: name)
      try Data(text.utf8).write(to: url)
      return url.path
    }
    let lines = "- {sku: A, category: greeting-cards, total: 6.00}\n- {sku: B, total: 4.00}\n"
    let example = "example: ten\nat: 2026-03-03T10:00\nbasket:\n  - {sku: A, total: 10.00}\n"
    let feed = """
      {"id": "1", "at": "2026-03-03T10:00:00-06:00", "lines": [{"sku": "A", "total": "10.00"}]}
      {"id": "2", "at": "2026-03-04T10:00:00-06:00", "lines": [{"sku": "A", "total": "20.00"}]}

      """
    for (name, text, parts) in [
      ("lines.yaml", lines, ["expect: {points: "]), ("example.yaml", example, ["points: 10"]),
      (
        "list.yaml", "- example: a\n  at: 2026-03-03T10:00\n  basket: [{sku: A, total: 7.00}]\n",
        ["points: 7"]
      ),
      ("feed.ndjson", feed, ["points: 10", "points: 20", "steps:"]),
    ] {
      let result = try Self.patron("try", "config/gold-crown", try file(name, text))
      #expect(result.status == 0, "\(name): \(result.stderr)")
      for part in parts { #expect(result.stdout.contains(part), "\(name): \(result.stdout)") }
    }
    let wrong = try Self.patron(
      "try", "config/gold-crown", try file("w.yaml", "- {sku: A, totel: 6.00}\n"))
    #expect(wrong.status == 2)
    #expect(wrong.stderr.contains("w.yaml:1:12: error[R004]"), "\(wrong.stderr)")
  }

  @Test func `two folders are compared in words`() throws {
    let same = try Self.patron("diff", "config/gold-crown", "config/gold-crown")
    #expect(same.status == 0 && same.stdout == "They say the same.\n")
    let less = try Self.patron("diff", "config/gold-crown", "config/gold-crown/program.yaml")
    #expect(less.stdout.contains("removed"), "\(less.stdout)")
    #expect(try Self.patron("diff", "config/gold-crown", "nowhere").status == 1)
  }

  @Test func `a program is told as terms in the language asked for`() throws {
    let english = try Self.patron("terms", "config/gold-crown", "--at", "2026-02-01")
    #expect(english.status == 0 && english.stdout.hasPrefix("# Gold Crown\n"), "\(english.stderr)")
    let chinese = try Self.patron("terms", "config/gold-crown", "--lang", "zh")
    #expect(chinese.stdout.hasPrefix("# 金冠卡\n") && chinese.stdout.contains("会员等级"))
  }
}

import Foundation
import Postgres
import TestSupport
import Testing

/// What the commands for programs say beside their answers.
@Suite struct ProgramCommandTests {
  private static let program = """
    program: corner-shop
    timezone: America/Chicago
    money: USD
    currencies: {points: {expires: never}}
    tiers: {member: , gold: {qualify: {spend: at least 500.00, within: calendar year}}}
    rules:
      base: {earn: {points: 1 per 1.00}}
      gold: {when: {tier: gold}, multiply: {points: 2}}
      cards: {items: {category: cards}, earn: {points: 1 per unit}}
    examples:
      - example: ten dollars
        at: 2026-02-07T10:00
        basket: [{sku: A, total: 10.00}]
        expect: {points: 10}
      - example: gold earns three times
        member: {tier: gold}
        at: 2026-02-07T10:00
        basket: [{sku: A, total: 10.00}]
        expect: {points: 30, rules: {gold: 20}}

    """

  private static func with(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "p-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(program.utf8).write(to: folder.appending(path: "program.yaml"))
    try body(folder)
  }

  @Test func `a failing example shows what was expected, what came, and why`() throws {
    try Self.with { folder in
      let result = try runPatron(["test", "program.yaml"], folder: folder.path)
      #expect(result.status == 2)
      for part in [
        "program.yaml:15:14: example failed: gold earns three times",
        "points: expected 30, got 20 (program.yaml:19)",
        "gold: expected 20, got 10 (program.yaml:19)",
        "2026-02-07T10:00:00-06:00 (sat), as gold",
        "base   +10  1 point for each full 1.00 of 10.00 (program.yaml:7)",
        "gold   +10  2 times the 10 points of the whole basket (program.yaml:8)",
        "cards  nothing in the basket is of its `items` (program.yaml:9)",
        "2 examples: 1 passed, 1 failed",
      ] { #expect(result.stdout.contains(part), "\(part) in\n\(result.stdout)") }
      #expect(!result.stdout.contains("ten dollars"))
      let refused = try runPatron(
        ["publish", "program.yaml", "--from", "2026-01-01"], folder: folder.path)
      #expect(
        refused.status == 2 && refused.stderr.contains("nothing is published: 1 example failed"))
    }
  }

  @Test func `a check asks the private database where it runs, and starts none`() throws {
    try Self.with { folder in
      func patron(_ words: String...) throws -> ProgramResult {
        try runPatron(words, folder: folder.path)
      }
      let before = try patron("check", "program.yaml")
      #expect(before.status == 0 && before.stderr.isEmpty, "\(before.stderr)")
      #expect(try patron("db", "status").stdout == "there is none yet\n")
      defer { try? PrivateCluster(folder: folder.path).remove() }
      #expect(try patron("init").status == 0)
      // Without products nothing is known of them.
      #expect(try patron("check", "program.yaml").stderr.isEmpty)
      try Data("{\"sku\": \"A\", \"category\": \"card\"}\n".utf8)
        .write(to: folder.appending(path: "products.ndjson"))
      #expect(try patron("load", "products", "products.ndjson").status == 0)
      let asked = try patron("check", "program.yaml")
      #expect(asked.status == 0)
      #expect(
        asked.stderr.contains("warning[R095]: no product has the category `cards`"),
        "\(asked.stderr)")
      #expect(try patron("db", "stop").status == 0)
      #expect(try patron("check", "program.yaml").stderr.isEmpty)
      #expect(try patron("db", "status").stdout == "stopped\n")
    }
  }

  @Test func `terms in a language that Patron does not speak say so`() throws {
    try Self.with { folder in
      let english = try runPatron(["terms", "program.yaml"], folder: folder.path)
      #expect(english.status == 0 && english.stderr.isEmpty, "\(english.stderr)")
      let french = try runPatron(["terms", "program.yaml", "--lang", "fr"], folder: folder.path)
      #expect(french.stdout == english.stdout)
      #expect(
        french.stderr.contains(
          "(Patron's own sentences are in English and Chinese; only the program's names are in `fr`"
        ),
        "\(french.stderr)")
      let chinese = try runPatron(
        ["terms", "program.yaml", "--lang", "zh-Hans"], folder: folder.path)
      #expect(chinese.stderr.isEmpty && chinese.stdout.contains("会员等级"))
    }
  }
}

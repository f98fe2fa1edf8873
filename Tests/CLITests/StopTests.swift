import Foundation
import Postgres
import TestSupport
import Testing

/// What asks or changes the published program.
@Suite struct StopTests {
  static func with(_ body: (([String]) throws -> ProgramResult, URL) throws -> Void) throws {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("stop-\(UUID().uuidString)")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    try TestCluster.shared.withDatabase { settings in
      let location = settings.url
      func patron(_ words: [String]) throws -> ProgramResult {
        try runPatron(words, env: ["DATABASE_URL": location], folder: packageFolder())
      }
      #expect(try patron(["init"]).status == 0)
      #expect(try patron(["publish", "config/gold-crown", "--from", "2025-01-01"]).status == 0)
      try body(patron, folder)
    }
  }

  @Test func `a rule is shown before it is stopped, and then ended in a new version`() throws {
    try Self.with { patron, _ in
      let slip = try patron(["stop", "gold-duble"])
      #expect(slip.status == 1 && slip.stderr.contains("did you mean `gold-double`?"))
      let shown = try patron(["stop", "gold-double"])
      #expect(shown.status == 0, "\(shown.stderr)")
      #expect(shown.stdout.contains("rule gold-double: now ends on"), "\(shown.stdout)")
      #expect(shown.stderr.contains("Nothing is done yet"))
      #expect(try patron(["diff", "1", "2"]).status == 1)
      let done = try patron(["stop", "gold-double", "--yes"])
      #expect(done.status == 0 && done.stdout.contains("Published version 2."), "\(done.stderr)")
      let diff = try patron(["diff", "1", "2"])
      #expect(
        diff.stdout.hasPrefix("rule  gold-double  now ends on ")
          && diff.stdout.split(separator: "\n").count == 1, "\(diff.stdout)")
      let again = try patron(["stop", "gold-double", "--yes"])
      #expect(again.status == 1 && again.stderr.contains("already"), "\(again.stderr)")
      let published = try patron(["diff", "config/gold-crown"])
      #expect(published.stdout.contains("no longer ends"), "\(published.stdout)")
    }
  }

  @Test func `a version that has not begun is stopped from its own beginning`() throws {
    try Self.with { patron, _ in
      #expect(
        try patron(["publish", "config/gold-crown/program.yaml", "--from", "2090-01-01"]).status
          == 0)
      let done = try patron(["stop", "base", "--yes"])
      #expect(done.status == 0, "\(done.stderr)")
      #expect(
        done.stdout.contains("Version 2 anew, from 2090-01-01T00:00:00-06:00 on"), "\(done.stdout)")
      #expect(done.stdout.contains("Published version 4."), "\(done.stdout)")
    }
  }

  @Test func `a check names what no product and no store has`() throws {
    try Self.with { patron, folder in
      let products = folder.appendingPathComponent("products.ndjson")
      try Data(
        """
        {"sku": "C-1", "category": "greeting-card"}
        {"sku": "O-1", "category": "ornaments"}
        {"sku": "K-1", "category": "candles"}

        """.utf8
      ).write(to: products)
      let before = try patron(["check", "config/gold-crown"])
      #expect(before.status == 0 && !before.stderr.contains("R095"), "\(before.stderr)")
      #expect(try patron(["load", "products", products.path]).status == 0)
      let after = try patron(["check", "config/gold-crown"])
      #expect(after.status == 0)
      #expect(
        after.stderr.contains("warning[R095]: no product has the category `greeting-cards`")
          && after.stderr.contains("did you mean `greeting-card`?"), "\(after.stderr)")
      #expect(!after.stderr.contains("`ornaments`"))
    }
  }
}

import Foundation
import Postgres
import TestSupport
import Testing

/// `patron rerate` where the ledger of some accounts is not what the published program gives.
@Suite struct RerateTests {
  private static let program = """
    program: quiet
    timezone: UTC
    money: USD
    currencies:
      points: {expires: never}
    rules:
      base:
        earn: {points: 1 per 1.00}
      missed:
        event: {inactive: 30 days}
        earn: {points: 50}

    """

  @Test func `accounts that disagree are left out where that is asked for`() throws {
    try TestCluster.shared.withDatabase { settings in
      let location = settings.url
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("rerate-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      func patron(_ words: [String]) throws -> ProgramResult {
        try runPatron(words, env: ["DATABASE_URL": location], folder: folder.path)
      }
      func done(_ words: [String]) throws -> String {
        let result = try patron(words)
        #expect(result.status == 0, "\(words): \(result.stderr)")
        return result.stdout
      }
      try write("old.yaml", Self.program)
      try write("new.yaml", Self.program.replacing("1 per 1.00", with: "2 per 1.00"))
      try write("members.csv", "member,cards,joined\nA,1,2025-01-01\nB,2,2025-01-01\n")
      try write(
        "sales.ndjson",
        ["1", "2"].map {
          """
          {"source":"p","id":"\($0)","kind":"sale","at":"2025-03-10T10:00:00Z","card":"\($0)",\
          "lines":[{"sku":"x","quantity":1,"total":"10.00"}]}

          """
        }.joined())
      for words in [
        ["init"], ["publish", "old.yaml", "--from", "2025-01-01"],
        ["load", "members", "members.csv"], ["post", "sales.ndjson"], ["run", "--once"],
        // The 50 points that A had for 30 days without a purchase have no reason any longer.
        ["member", "update", "A", "--joined", "2025-03-01"],
      ] {
        _ = try done(words)
      }
      let rerate = [
        "rerate", "new.yaml", "--from", "2025-03-01", "--to", "2025-03-31", "--post",
      ]
      let refused = try patron(rerate)
      #expect(refused.status == 1)
      #expect(refused.stderr.contains("--leave-out"), "\(refused.stderr)")
      let posted = try done(rerate + ["--leave-out"])
      #expect(posted.contains("1 account, told of above, stays as before."), "\(posted)")
      #expect(posted.contains("Corrections for 1 account are to be posted."), "\(posted)")
      _ = try done(["run", "--once"])
      let corrected = try done(["history", "B"])
      #expect(corrected.contains("corrected, given: base"), "\(corrected)")
      #expect(try !done(["history", "A"]).contains("corrected"))
      let again = try done(rerate + ["--leave-out"])
      #expect(again.contains("There is nothing to correct."), "\(again)")
    }
  }
}

import Foundation
import TestSupport
import Testing

/// `patron close`, as it is typed.
@Suite struct CloseTests {
  static let program = """
    program: silent
    timezone: America/Chicago
    money: USD
    currencies: {points: {expires: 20 days after earning}}
    tiers:
      member:
      silver: {qualify: {spend: at least 20.00, within: 20 days}, keeps: 12 days}
    rules:
      base: {earn: {points: 1 per 1.00}}
      birthday: {event: birthday, earn: {points: 100}}
    """
  static let member = """
    {"member": "M1", "birthday": "1990-02-10", "joined": "2024-03-01", "cards": ["C1"]}
    """
  static let sale = """
    {"source": "till", "id": "a/1", "at": "2026-02-04T10:00:00-06:00", "card": "C1", \
    "lines": [{"sku": "K", "total": "24.97"}]}
    """

  private func with(_ body: ((String...) throws -> ProgramResult) throws -> Void) throws {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("close-\(UUID().uuidString)")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    for (name, text) in [("p.yaml", Self.program), ("m.ndjson", Self.member)] {
      try Data((text + "\n").utf8).write(to: folder.appendingPathComponent(name))
    }
    try TestCluster.shared.withDatabase { settings in
      let location = settings.url
      func patron(_ words: String...) throws -> ProgramResult {
        try runPatron(
          words, env: ["DATABASE_URL": location], stdin: Self.sale + "\n", folder: folder.path)
      }
      #expect(try patron("init").status == 0)
      #expect(try patron("publish", "p.yaml", "--from", "2026-01-01").status == 0)
      #expect(try patron("load", "members", "m.ndjson").status == 0)
      #expect(try patron("post", "-").status == 0)
      try body(patron)
    }
  }

  @Test func `a day is closed once, tells what it brought, and is explained`() throws {
    try with { patron in
      let first = try patron("close", "--as-of", "2026-02-12")
      #expect(
        first.stdout == """
          Closed 2026-02-12.
            100  points given by rules
              1  change of tier
              1  day of an account booked
            124  points end soon: 1 account is told

          """, "\(first.stderr)")
      let again = try patron("close", "--as-of", "2026-02-12")
      #expect(again.stdout == "2026-02-12 is closed already.\n" && again.status == 0)
      let before = try patron("close", "--as-of", "2026-02-10")
      #expect(
        before.stdout == "2026-02-10 is closed already, as are the days up to 2026-02-12.\n")
      let json = try patron("close", "--as-of", "2026-02-28", "--json")
      #expect(json.stdout.contains(#""closed before":"2026-02-12""#))
      #expect(json.stdout.contains(#""expired":{"points":24}"#), "\(json.stdout)")
      let history = try patron("history", "C1")
      #expect(history.stdout.contains("-24 points  = 100  expired"), "\(history.stdout)")
      let why = try patron("explain", "patron close/2026-02-25 1")
      #expect(why.stdout.contains("what time alone brought up to the end of 2026-02-25"))
      #expect(
        why.stdout.contains(
          "2026-02-25  -24 points  available → expired, for the last day of use was 2026-02-24"),
        "\(why.stdout)")
      let birthday = try patron("explain", "patron close/2026-02-10 1")
      #expect(birthday.stdout.contains("birthday  +100  the member's birthday, 2026-02-10"))
      #expect(try patron("status").stdout.contains("closed     2026-02-28"))
      #expect(try patron("audit").status == 0)
    }
  }

  @Test func `a day that is not there is refused, and what is wrong with the words is told`() throws
  {
    try with { patron in
      let future = try patron("close", "--as-of", "2999-01-01")
      #expect(future.status == 1 && future.stderr.contains("lies in the future"))
      let early = try patron("close", "--as-of", "2025-12-31")
      #expect(early.status == 1 && early.stderr.contains("no version of the program"))
      #expect(try patron("close", "--as-of", "tomorrow").status == 64)
      #expect(try patron("close", "--warn", "-1").status == 64)
    }
  }
}

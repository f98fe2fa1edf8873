import Foundation
import Postgres
import TestSupport
import Testing

/// A small shop of the Gold Crown Club: two members, and one transaction of each kind.
private struct Shop {
  let settings: ConnectionSettings

  static let members = """
    {"member": "M1", "name": "张伟", "phone": "138 0013 8000", "joined": "2024-03-01", \
    "cards": ["6035001"]}
    {"member": "M2", "name": "Anna Bell", "phone": "138 0013 8000", "cards": ["6035002"]}
    """
  static let feed = """
    {"source": "till", "id": "a/1", "at": "2025-03-04T10:00:00-06:00", "store": "14", \
    "card": "6035001", "lines": [{"sku": "K-1", "category": "candles", "total": "14.97"}, \
    {"sku": "G-1", "category": "gift-cards", "total": "25.00"}]}
    {"source": "till", "id": "a/2", "at": "2025-05-08T10:00:00-05:00", "store": "14", \
    "card": "6035001", "lines": [{"sku": "C-1", "category": "greeting-cards", \
    "total": "6.00"}, {"sku": "Y-1", "category": "candy", "total": "4.00"}]}
    {"source": "till", "id": "a/3", "at": "2025-07-01T10:00:00-05:00", "store": "14", \
    "card": "6035001", "lines": [{"sku": "O-1", "category": "ornaments", "total": "480.00"}]}
    {"source": "till", "id": "a/4", "at": "2026-05-08T10:00:00-05:00", "store": "14", \
    "card": "6035001", "lines": [{"sku": "C-1", "category": "greeting-cards", \
    "total": "6.00"}]}
    {"source": "till", "id": "b/1", "at": "2025-06-01T10:00:00-05:00", "store": "14", \
    "card": "6035002", "lines": [{"sku": "C-1", "category": "candy", "total": "9.99"}]}
    {"source": "app", "id": "b/1", "at": "2025-06-02T10:00:00-05:00", "card": "6035002", \
    "lines": [{"sku": "C-1", "category": "candy", "total": "0.99"}]}
    {"source": "till", "id": "c/1", "at": "2025-06-03T10:00:00-05:00", "card": "6039999", \
    "lines": [{"sku": "C-1", "category": "candy", "total": "8.00"}]}
    {"source": "till", "id": "c/2", "at": "2025-06-03T10:00:00-05:00", \
    "lines": [{"sku": "C-1", "category": "candy", "total": "8.00"}]}
    {"source": "till", "id": "c/3", "at": "2025-06-03T10:00:00-05:00", "card": "6035002", \
    "training": true, "lines": [{"sku": "C-1", "category": "candy", "total": "8.00"}]}
    {"source": "till", "id": "c/4", "at": "2025-06-03T10:00:00-05:00", "card": "6035002", \
    "lines": [{"sku": "C-1", "total": "eight"}]}
    {"source": "till", "id": "a/1", "at": "2025-03-04T10:00:00-06:00", "store": "14", \
    "card": "6035001", "lines": [{"sku": "K-1", "category": "candles", "total": "99.97"}]}
    """

  func patron(_ words: String..., input: String = "") throws -> ProgramResult {
    let location = settings.url
    return try runPatron(
      words, env: ["DATABASE_URL": location], stdin: input, folder: packageFolder())
  }

  func done(_ words: String..., input: String = "") throws -> String {
    let location = settings.url
    let result = try runPatron(
      words, env: ["DATABASE_URL": location], stdin: input, folder: packageFolder())
    #expect(result.status == 0, "\(words): \(result.stdout)\(result.stderr)")
    return result.stdout
  }

  static func with(_ body: (Shop) throws -> Void) throws {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("asking-\(UUID().uuidString)")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    func file(_ name: String, _ text: String) throws -> String {
      let url = folder.appendingPathComponent(name)
      try Data((text + "\n").utf8).write(to: url)
      return url.path
    }
    try TestCluster.shared.withDatabase { settings in
      let shop = Shop(settings: settings)
      _ = try shop.done("init")
      _ = try shop.done("publish", "config/gold-crown", "--from", "2025-01-01")
      _ = try shop.done("load", "members", try file("members.ndjson", members))
      _ = try shop.patron("post", try file("feed.ndjson", feed))
      _ = try shop.done("run", "--once")
      try body(shop)
    }
  }
}

@Suite struct AskingTests {
  @Test func aMembersBalanceTellsTierPointsCouponsAndVisits() throws {
    try Shop.with { shop in
      let text = try shop.done("balance", "6035001", "--at", "2026-05-09", "--lang", "zh")
      #expect(text.contains("张伟"))
      #expect(text.contains("金卡, until 2026-12-31"))
      #expect(text.contains("perks: hotline"))
      // 6.00 of 1500.00 in 2026.
      #expect(text.contains("spend this calendar year: 6.00 of 1,500.00 USD, 1,494.00 to go"))
      // 14 of March 2025 are gone at the end of March 2026.
      #expect(text.contains("583  available"), "\(text)")
      #expect(text.contains("2026-05-31") && text.contains("2026-07-31"))
      #expect(!text.contains("\u{1B}["))
      let json = try shop.done("balance", "M1", "--at", "2026-05-09", "--json")
      #expect(json.contains(#""points":{"available":583,"pending":0,"held":0,"debt":0}"#))
    }
  }

  @Test func aProblemBehindItsLineDoesNotSayTheLineAgain() throws {
    try Shop.with { shop in
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("patron-lines-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let (feed, mapping) = (folder.path + "/f.csv", folder.path + "/m.yaml")
      try """
      feed: till
      transaction: [receipt]
      at: {column: time, format: yyyy-MM-dd HH:mm}
      line: {sku: item, total: sum}
      """.write(toFile: mapping, atomically: true, encoding: .utf8)
      try "receipt,time,item,sum\n1,2025-03-01 10:00,A,x\n1,2025-03-01 10:00,B,y\n"
        .write(toFile: feed, atomically: true, encoding: .utf8)
      let dry = try shop.patron("post", feed, "--mapping", mapping, "--dry-run")
      #expect(dry.stderr.contains("f.csv:2: sum: `x`"), "\(dry.stderr)")
      #expect(dry.stderr.contains("f.csv:2: line 3, sum: `y`"), "\(dry.stderr)")
      let posted = try shop.patron("post", feed, "--mapping", mapping)
      #expect(posted.stderr.contains("f.csv:2: unreadable: sum: `x`"), "\(posted.stderr)")
    }
  }

  @Test func aStrangerIsToldKindlyAndAPhoneOfTwoIsNotGuessedAt() throws {
    try Shop.with { shop in
      let stranger = try shop.patron("balance", "12345")
      #expect(stranger.status == 1)
      #expect(
        stranger.stderr.contains("nobody has a card, a phone number or a member's code `12345`"))
      let phone = try shop.patron("balance", "13800138000")
      #expect(phone.status == 1)
      #expect(phone.stderr.contains("M1  张伟") && phone.stderr.contains("M2  Anna Bell"))
    }
  }

  @Test func anExplanationNamesRulePlaceAndArithmetic() throws {
    try Shop.with { shop in
      let first = try shop.done("explain", "till/a/1")
      #expect(
        first.contains("+14  1 point for each full 1.00 of 14.97 (config/gold-crown/program.yaml:"))
      #expect(first.contains("the same id came again with another lines.sku"), "\(first)")
      let second = try shop.done("explain", "a/2")
      #expect(second.contains("mothers-day"))
      #expect(second.contains("2 times the 6 points of greeting-cards or candles"), "\(second)")
      let third = try shop.done("explain", "a/3")
      #expect(third.contains("75 points, once, by its table for 480.00"), "\(third)")
      #expect(third.contains("member → Gold until 2026-12-31"), "\(third)")
      #expect(third.contains("for reaching Gold"))
      let fourth = try shop.done("explain", "a/4")
      #expect(
        fourth.contains("lost to gold-double, because of several multipliers the best counts"))
      #expect(!fourth.contains("This is not what is booked"))
    }
  }

  @Test func whatEarnedNothingIsExplainedToo() throws {
    try Shop.with { shop in
      #expect(try shop.done("explain", "c/1").contains("unknown card (…9999)"))
      #expect(try shop.done("explain", "c/2").contains("without a card"))
      #expect(try shop.done("explain", "c/3").contains("training mode"))
      #expect(try shop.done("explain", "till/c/4").contains("unreadable"))
      #expect(try shop.done("explain", "app/b/1").contains("0.99 is less than a full 1.00"))
      let two = try shop.patron("explain", "b/1")
      #expect(two.status == 1)
      #expect(two.stderr.contains("  app/b/1\n  till/b/1"))
      #expect(try shop.patron("explain", "nowhere").status == 1)
    }
  }

  @Test func historyRunsInOrderWithItsBalance() throws {
    try Shop.with { shop in
      let text = try shop.done("history", "6035001")
      #expect(text.contains("+14 points"))
      #expect(text.contains("= 585"), "\(text)")
      #expect(text.contains("expired"))
      #expect(text.contains("member → Gold"))
      let part = try shop.done("history", "M1", "--from", "2025-05-01", "--to", "2025-05-31")
      #expect(part.split(separator: "\n").count == 1)
      #expect(part.contains("= 30"))
    }
  }

  @Test func balancesOfADayComeFromThePostings() throws {
    try Shop.with { shop in
      let march = try shop.done("balances", "--as-of", "2025-03-04")
      #expect(
        march.hasPrefix(
          "member,account,currency,available,pending,held,debt\nM1,1,points,14,0,0,0\n"))
      let later = try shop.done("balances", "--as-of", "2026-06-30", "--format", "ndjson")
      // What ended in the meantime without any event is gone: 16 of May 2025, and all that Anna
      // had.
      #expect(
        later.contains(#"{"members":["M1"],"account":1,"currency":"points","available":567,"#),
        "\(later)")
      #expect(later.contains(#"{"members":["M2"],"account":2,"currency":"points","available":0,"#))
    }
  }

  @Test func statusAndParkedTellWhatWaits() throws {
    try Shop.with { shop in
      let status = try shop.done("status", "--json")
      #expect(
        status.contains(#""parked":{"unknown card":1,"unreadable":1},"conflicts":1"#), "\(status)")
      #expect(status.contains(#""unknown stores":{"14":5}"#))
      #expect(try shop.done("status").contains("holds now"))
      let parked = try shop.done("parked", "--reason", "unknown card")
      #expect(parked.contains("till/c/1"))
      let number = String(parked.prefix { $0.isNumber })
      #expect(try shop.done("parked", "release", number).contains("1 parked"))
      #expect(try shop.done("parked").contains("\(number)  2025-06-03"), "it keeps its number")
      #expect(try shop.done("audit").contains("ok"))
    }
  }

  @Test func aFileOfAnotherKindIsRefusedWhole() throws {
    try Shop.with { shop in
      let before = try shop.done("parked")
      let csv = try shop.patron("post", "-", input: "id,card\n1,6035001\n2,6035002\n")
      #expect(csv.status == 2)
      #expect(csv.stderr.contains("line 1: this is no JSON object { }"), "\(csv.stderr)")
      #expect(csv.stderr.contains("--mapping FILE"), "\(csv.stderr)")
      #expect(try shop.done("parked") == before, "nothing of it was taken")
    }
  }

  @Test func aReleasedRowIsRatedOnceItsCardIsKnown() throws {
    try Shop.with { shop in
      let db = try Connection(shop.settings)
      try db.execute(
        "INSERT INTO patron.cards SELECT '6039999', account_id, member_id, "
          + "shard, 0 FROM patron.cards WHERE card = '6035002'"
      )
      #expect(try shop.done("parked", "release", "--reason", "unknown card").contains("1 accepted"))
      #expect(try shop.done("explain", "c/1").contains("waits to be rated"))
      _ = try shop.done("run", "--once")
      #expect(try shop.done("explain", "c/1").contains("1 point for each full 1.00 of 8.00"))
      #expect(try shop.done("audit").contains("ok"))
    }
  }

  @Test func theAuditFindsWhatWasChangedByHand() throws {
    try Shop.with { shop in
      let clean = try shop.done("audit")
      #expect(
        clean.contains(
          "received 11 = rated 7 + waiting 0 + nobody's 1 + parked 2 + conflicts 1"),
        "\(clean)")
      let db = try Connection(shop.settings)
      try db.execute(
        "UPDATE patron.balances SET available = available + 1, earned = "
          + "earned + 1 WHERE account_id = 2"
      )
      try db.execute(
        "UPDATE patron.counter_values SET value = value + 7 WHERE account_id "
          + "= 1 AND counter = (SELECT min(counter) FROM patron.counter_values)"
      )
      // What a limit looks at: how often the rule for three cards gave something.
      try db.execute(
        "INSERT INTO patron.counter_values (shard, account_id, counter, bucket, value) "
          + "SELECT 2, 2, counter, '2025-06-01', 1 FROM patron.counters "
          + "WHERE key = 'times of rule birthday, by year'")
      let audit = try shop.patron("audit")
      #expect(audit.status == 1)
      #expect(
        audit.stdout.contains("account 2: points: the postings give available 9"), "\(audit.stdout)"
      )
      #expect(
        audit.stdout.contains("WRONG counters are what events and postings say: 3 found"),
        "\(audit.stdout)")
      #expect(
        audit.stdout.contains(
          "account 2: times of rule birthday, by year, from 2025-06-01: events and postings give 0,"
            + " kept is 1"), "\(audit.stdout)")
    }
  }
}

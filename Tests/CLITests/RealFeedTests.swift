import Foundation
import Postgres
import TestSupport
import Testing

/// The real feeds through the real program: posted, rated, audited, to the point.
@Suite(.serialized)
struct RealFeedRunTests {
  static let data = URL(fileURLWithPath: packageFolder()).deletingLastPathComponent()
    .appendingPathComponent("shared/data").path
  static var isHere: Bool { FileManager.default.fileExists(atPath: data + "/README.md") }

  @Test(
    "Online Retail: 4,372 members, 8,293,239 points, 41 below zero",
    .enabled(if: isHere, "the feed is not here"))
  func onlineRetail() throws {
    let figures = try run(
      feed: "online_retail_2010_2011.csv.gz", mapping: "online-retail.yaml", cardColumn: 6,
      program: program(zone: "Europe/London", money: "GBP", price: "after discounts")
    ) { csv, db in
      let expected = Self.pointsByMember(csv)
      #expect(expected.count == 4_372)
      #expect(expected.values.reduce(0, +) == 8_293_239)
      let rows = try db.query(
        """
        SELECT m.code, sum(b.earned - b.reversed)::int8 FROM patron.member_codes m
        JOIN patron.balances b USING (shard, account_id) GROUP BY m.code
        """)
      var stored: [String: Int64] = [:]
      for row in 0..<rows.count { stored[rows.text(row, 0)] = rows.int8(row, 1) }
      let wrong = expected.filter { stored[$0.key, default: 0] != $0.value }.keys.sorted()
      #expect(wrong == [], "members whose points are others than their invoices come to")
      #expect(Set(stored.keys).subtracting(expected.keys) == [])
    }
    #expect(figures == [22_190, 8_293_239, 41])
  }

  /// A point for each full pound of an invoice, a cancellation takes back: added up from the rows,
  /// with nothing of Patron's.
  private static func pointsByMember(_ csv: String) -> [String: Int64] {
    var invoices: [Substring: (member: String, thousandths: Int64)] = [:]
    for row in csv.split(whereSeparator: \.isNewline).dropFirst() {
      // The description may hold commas; what stands behind it does not.
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      let end = fields.count
      let (quantity, price, member) = (fields[end - 5], fields[end - 3], fields[end - 2])
      guard !member.isEmpty, !fields[0].hasPrefix("A") else { continue }
      let parts = price.split(separator: ".")
      let decimals = parts.count > 1 ? parts[1] : ""
      let padded = decimals + String(repeating: "0", count: 3 - decimals.count)
      let amount = (Int64(parts[0]) ?? 0) * 1_000 + (Int64(padded) ?? 0)
      invoices[fields[0], default: (String(member), 0)].thousandths +=
        amount * (Int64(quantity) ?? 0)
    }
    return invoices.values.reduce(into: [:]) { $0[$1.member, default: 0] += $1.thousandths / 1_000 }
  }

  @Test(
    "Complete Journey before the manufacturer's coupons: 283,758 points",
    .enabled(if: isHere, "the feed is not here"))
  func completeJourney() throws {
    let figures = try run(
      feed: "complete-journey/transactions_sample_100k.csv.gz", mapping: "complete-journey.yaml",
      cardColumn: 0,
      program: program(zone: "America/New_York", money: "USD", price: "after discounts"))
    #expect(Array(figures.dropFirst()) == [283_758, 0])
  }

  @Test(
    "Complete Journey less the coupons: 282,108 points",
    .enabled(if: isHere, "the feed is not here"))
  func lessCoupons() throws {
    let figures = try run(
      feed: "complete-journey/transactions_sample_100k.csv.gz",
      mapping: "complete-journey-less-coupons.yaml", cardColumn: 0,
      program: program(zone: "America/New_York", money: "USD", price: "after discounts"))
    #expect(Array(figures.dropFirst()) == [282_108, 0])
  }

  private func program(zone: String, money: String, price: String) -> String {
    """
    program: real
    timezone: \(zone)
    money: \(money)
    currencies:
      points: {expires: never}
    counts: {price: \(price)}
    rules:
      base:
        earn: {points: 1 per 1.00}
    """
  }

  /// Rated events, points in all, accounts below zero.
  private func run(
    feed: String, mapping: String, cardColumn: Int, program: String,
    check: (_ csv: String, _ db: borrowing Connection) throws -> Void = { _, _ in }
  ) throws -> [Int64] {
    let folder = FileManager.default.temporaryDirectory.path + "/real-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let csv = try unpacked(feed, to: folder + "/feed.csv")
    try program.write(toFile: folder + "/program.yaml", atomically: true, encoding: .utf8)
    // Neither feed has a quote before its card's column.
    let cards = Set(
      csv.split(whereSeparator: \.isNewline).dropFirst().compactMap { line -> String? in
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        let card = cardColumn == 6 ? fields[fields.count - 2] : fields[cardColumn]
        return card.isEmpty ? nil : String(card)
      })
    let members = "member,cards\n" + cards.sorted().map { "\($0),\($0)\n" }.joined()
    try members.write(toFile: folder + "/members.csv", atomically: true, encoding: .utf8)
    return try TestCluster.shared.withDatabase { settings in
      let url = settings.url
      let mappings = packageFolder() + "/Tests/FeedTests/Mappings/"
      for words in [
        ["init"], ["publish", folder + "/program.yaml", "--from", "2010-01-01"],
        ["load", "members", folder + "/members.csv"],
        ["post", folder + "/feed.csv", "--mapping", mappings + mapping],
        ["run", "--once"], ["audit"],
      ] {
        let result = try runPatron(words, env: ["DATABASE_URL": url])
        #expect(result.status == 0, "\(words): \(result.stdout)\(result.stderr)")
      }
      let again = try runPatron(
        ["post", folder + "/feed.csv", "--mapping", mappings + mapping], env: ["DATABASE_URL": url])
      #expect(again.stdout.contains("are there already"))
      let db = try Connection(settings)
      try check(csv, db)
      let rows = try db.query(
        """
        SELECT (SELECT count(*) FROM patron.outcomes), sum(earned - reversed)::int8,
          count(*) FILTER (WHERE debt > available) FROM patron.balances
        """)
      return [rows.int8(0, 0), rows.int8(0, 1), rows.int8(0, 2)]
    }
  }

  private func unpacked(_ feed: String, to path: String) throws -> String {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-dc", Self.data + "/" + feed]
    gzip.standardOutput = FileHandle(forWritingAtPath: path)
    try gzip.run()
    gzip.waitUntilExit()
    return try String(contentsOfFile: path, encoding: .utf8)
  }
}

import Feed
import Foundation
import Loyalty
import Testing
import YAML

/// Feeds that others made, kept beside the project; these tests skip where they are absent.
enum RealFeed {
  /// `../shared/data` from the package, or from one of the folders above it.
  static let folder: URL = {
    var root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    for _ in 0..<5 {
      root.deleteLastPathComponent()
      let data = root.appendingPathComponent("shared/data")
      if FileManager.default.fileExists(atPath: data.path) { return data }
    }
    return root
  }()

  static func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
  }

  /// Unpacks a file, reads it as its mapping says, and gives all rows.
  static func read(_ name: String, _ mapping: String, money: String) throws -> Totals {
    let path = try unpacked(name)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let context = FeedContext(
      money: try #require(MoneyUnit(code: money)), zone: .utc, zoneNamed: zone(named:))
    let spool = try FileSpool.read(.file(path), .csv(try Mappings.read(mapping), context))
    var totals = Totals()
    totals.leftOut = spool.leftOutCount
    try spool.batches(of: 1000) { rows in for row in rows { totals.add(row) } }
    return totals
  }

  /// A copy without gzip; whoever asks removes it.
  static func unpacked(_ name: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/feed-\(UUID().uuidString)"
    try Data().write(to: URL(fileURLWithPath: path))
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-dc", folder.appendingPathComponent(name).path]
    gzip.standardOutput = FileHandle(forWritingAtPath: path)
    try gzip.run()
    gzip.waitUntilExit()
    return path
  }

  /// Not the real changes of the clock: enough to give the zone its name and an offset.
  static func zone(named name: String) -> Zone? {
    TimeZone(identifier: name).map {
      Zone(
        name: name, changes: [], offsets: [Int32($0.secondsFromGMT(for: .distantPast) / 60 * 60)])
    }
  }
}

enum Mappings {
  static func read(_ name: String) throws -> Mapping {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Mappings/\(name)")
    let file = SourceFile(name: name, bytes: try Data(contentsOf: url))
    let (mapping, diagnostics) = MappingReader.read(file)
    #expect(diagnostics.isEmpty)
    return try #require(mapping)
  }
}

/// What the transactions of a feed come to.
struct Totals {
  var leftOut = 0
  var sales = 0, returns = 0
  var sold: Int64 = 0, returned: Int64 = 0
  var points: Int64 = 0, pointsAboveZero: Int64 = 0
  var cards: Set<String> = []
  var withoutCard = 0
  var belowZero = 0
  var problems: [FeedProblem] = []

  mutating func add(_ row: SpooledRow) {
    guard case .transaction(let transaction, _, _, _) = row else {
      if case .unreadable(_, _, _, let problems, _, _) = row { self.problems += problems }
      return
    }
    guard let card = transaction.cards.first else {
      withoutCard += 1
      return
    }
    cards.insert(card)
    let sum = transaction.lines.reduce(Int64(0)) { $0 + $1.total.minor }
    if transaction.kind == .return {
      returns += 1
      returned += sum
      points -= sum / 100
    } else {
      sales += 1
      sold += sum
      points += sum / 100
      pointsAboveZero += max(0, sum) / 100
      if sum < 0 { belowZero += 1 }
    }
  }
}

@Suite("Real feeds")
struct RealFeedTests {
  @Test(
    "Online Retail: 18,536 sales and 3,654 cancellations of members, and their points",
    .enabled(if: RealFeed.exists("online_retail_2010_2011.csv.gz"), "the feed is not here"))
  func onlineRetail() throws {
    let totals = try RealFeed.read(
      "online_retail_2010_2011.csv.gz", "online-retail.yaml", money: "GBP")
    #expect(totals.problems == [])
    #expect(totals.sales == 18_536)
    #expect(totals.sold == 891_140_790)
    #expect(totals.returns == 3_654)
    #expect(totals.returned == 61_134_209)
    #expect(totals.cards.count == 4_372)
    #expect(totals.points == 8_293_239)
    #expect(totals.leftOut == 1_339)
  }

  @Test(
    "Complete Journey: 2,405 households, and their points before and after coupons",
    .enabled(
      if: RealFeed.exists("complete-journey/transactions_sample_100k.csv.gz"),
      "the feed is not here"))
  func completeJourney() throws {
    let file = "complete-journey/transactions_sample_100k.csv.gz"
    let totals = try RealFeed.read(file, "complete-journey.yaml", money: "USD")
    #expect(totals.problems == [])
    #expect(totals.cards.count == 2_405)
    #expect(totals.points == 283_758)
    let less = try RealFeed.read(file, "complete-journey-less-coupons.yaml", money: "USD")
    #expect(less.problems == [])
    #expect(less.pointsAboveZero == 282_108)
    #expect(less.belowZero == 110)
  }
}

import Engine
import Feed
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Balances that another system held.
@Suite struct OpeningTests {
  private func load(
    _ csv: String, _ totals: [String: String], _ counter: Counter, at day: String = "2026-01-10"
  ) throws -> OpeningLoader.Result {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).csv")
    try Data(csv.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try OpeningLoader.load(
      .file(file.path), .csv, file: "old.csv", at: try Counter.at(day),
      totals: totals.mapValues { ExactDecimal($0) ?? ExactDecimal(units: 0) },
      counter.shop.settings)
  }

  static let csv = """
    member,card,currency,amount,expires
    M0,,points,100,2026-06-30
    M0,,points,50,
    ,C1,points,25,2026-01-10
    ,C1,miles,7.50,
    M2,,points,0,

    """

  @Test func `opening balances are booked with their dates, and add up`() throws {
    let counter = try Counter()
    try counter.sell("1", "C0", "2026-01-09", 10)
    let result = try load(Self.csv, ["points": "175", "miles": "7.5"], counter)
    #expect(result == .loaded(opening: 1, accounts: 2))
    try counter.shop.run()
    #expect(try counter.available("M0") == 160)
    #expect(try counter.available("M1") == 25)
    #expect(try counter.available("M1", "miles") == 750)
    let store = try counter.store()
    let booked = try store.booked(opening: 1)
    #expect(booked.sums == [1: 175, 2: 750])
    #expect(booked.waiting == 0)
    #expect(try load(Self.csv, ["points": "175", "miles": "7.5"], counter) == .already(opening: 1))
    // On the last day they can be used, and on the next one no longer.
    try counter.sell("2", "C0", "2026-06-30", 1)
    #expect(try counter.available("M0") == 161)
    try counter.sell("3", "C0", "2026-07-01", 1)
    #expect(try counter.available("M0") == 62)
    // Nothing of it was earned.
    #expect(
      try counter.shop.number("SELECT count(*) FROM patron.postings WHERE reason = 5") == 4)
    #expect(try counter.findings() == [])
    #expect(try counter.disagreements() == 0)
  }

  @Test(
    arguments: [
      ("M0,,points,100,", "99", "it comes to 100 points, and not to 99"),
      ("M0,,points,1.5,", "1", "old.csv:2: the amount has more decimals than points"),
      ("M0,,points,-5,", "-5", "old.csv:2: a balance below zero"),
      ("M0,,points,5,2026-01-09", "5", "old.csv:2: it had ended"),
      ("M9,,points,5,", "5", "old.csv:2: nobody has the code or card …M9"),
      (",C9,points,5,", "5", "old.csv:2: nobody has the code or card …C9"),
      ("M0,,pionts,5,", "5", "old.csv:2: the program has no currency `pionts`"),
      ("M0,,,5,", "5", "old.csv:2: say which currency"),
      (",,points,5,", "5", "old.csv:2: member"),
      ("M3,,points,5,", "5", "old.csv:2: the account of …M3 is closed"),
      ("M0,,miles,5,", "0", "say what it must come to: --total miles=5.00"),
    ])
  func `a file that is not right is not taken at all`(
    _ line: String, _ total: String, _ problem: String
  ) throws {
    let counter = try Counter()
    var desk = try Desk(counter.shop.settings)
    try desk.close(try desk.member("M3"), at: try Counter.at("2026-01-08"))
    let csv = "member,card,currency,amount,expires\n\(line)\nM1,,points,1,\n"
    let more = (Int64(total) ?? 0) + 1
    let said = total == "99" ? total : "\(more)"
    guard case .refused(let problems) = try load(csv, ["points": said], counter) else {
      Issue.record("the file was taken")
      return
    }
    let wanted = problem.replacingOccurrences(of: "100 points", with: "101 points")
    #expect(problems.contains { $0.contains(wanted) }, "\(problems)")
    #expect(try counter.shop.number("SELECT count(*) FROM patron.events WHERE kind = 21") == 0)
    #expect(try counter.shop.number("SELECT count(*) FROM patron.openings") == 0)
  }
}

import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing
import YAML

/// Accounts that become one, and that part again.
@Suite(.serialized)
struct MergeTests {
  @Test func `a merge brings points with their dates, tier, coupons and what was counted`() throws {
    let counter = try Counter()
    try counter.sell("1", "C1", "2026-01-10", 600)
    try counter.sell("2", "C0", "2026-02-10", 300)
    var desk = try Desk(counter.shop.settings)
    let at = try Counter.at("2026-02-11")
    let id = try desk.merge(try desk.member("M1"), into: try desk.member("M0"), at: at)
    #expect(try counter.available("M0") == 900)
    // Both lead to one account now: by card, code and number.
    #expect(try desk.member("C1").code == "M0")
    #expect(try desk.member("M1").code == "M0")
    let store = try counter.store()
    let key = try AccountKey("C1", store)
    let balance = try BalanceReport(
      key, store, at: try Counter.at("2026-02-12"), language: "en")
    #expect(balance.tier == "gold")
    #expect(balance.coupons.count == 1)
    #expect(balance.amounts[1].balance.available == 30_000)
    #expect(balance.amounts[1].balance.pending == 15_000)
    let history = try HistoryReport(key, store, from: nil, to: nil, language: "en")
    #expect(history.entries.contains { $0.transaction == "till/1" })
    #expect(history.entries.contains { $0.transaction == "patron desk/\(id)" })
    let points = history.entries.compactMap { entry -> Int64? in
      guard case .posting(let posting, _) = entry.what, posting.currency == 1 else { return nil }
      return entry.balance
    }
    #expect(points.last == 900)
    #expect(points.first == 600)
    // Sales on the old card go to the one account.
    try counter.sell("3", "C1", "2026-03-01", 10)
    #expect(try counter.available("M0") == 910)
    #expect(try counter.findings() == [])
    #expect(try counter.disagreements() == 0)
  }

  @Test func `a coupon that came with an account is used as often as is left of it`() throws {
    let counter = try Counter()
    try counter.sell("1", "C1", "2026-01-10", 600)
    func shown(_ id: String, _ card: String, _ day: String) throws -> Int64 {
      let code = try Connection(counter.shop.settings).query(
        "SELECT code FROM patron.coupons WHERE NOT moved"
      ).text(0, 0)
      var sale = try Trade.sale(id, card, day, 2_000)
      sale.coupons = [code]
      try counter.shop.post([sale])
      try counter.shop.run()
      return try counter.shop.number(
        """
        SELECT coalesce(sum(b.money), 0)::bigint FROM patron.benefits b
        JOIN patron.events e USING (shard, account_id, seq) WHERE e.external_id = '\(id)'
        """)
    }
    #expect(try shown("2", "C1", "2026-01-11") == 500)
    var desk = try Desk(counter.shop.settings)
    _ = try desk.merge(
      try desk.member("M1"), into: try desk.member("M0"), at: try Counter.at("2026-01-12"))
    #expect(try shown("3", "C0", "2026-01-13") == 500)
    #expect(try shown("4", "C0", "2026-01-14") == 0)
    #expect(try counter.findings() == [])
  }

  @Test func `what is owed goes along, and is paid from what the other one has`() throws {
    let counter = try Counter(
      Counter.program.replacing(
        "expires: end of month 12 months after earning",
        with: "expires: end of month 12 months after earning, returns: debt"))
    try counter.sell("1", "C0", "2026-01-10", 80)
    var back = try Trade.sale("2", "C1", "2026-01-10", 10_000)
    back.kind = .return
    try counter.shop.post([back])
    try counter.shop.run()
    var desk = try Desk(counter.shop.settings)
    _ = try desk.merge(
      try desk.member("M1"), into: try desk.member("M0"), at: try Counter.at("2026-01-11"))
    #expect(try counter.available("M0") == -20)
    try counter.sell("3", "C1", "2026-01-12", 50)
    #expect(try counter.available("M0") == 30)
    #expect(try counter.findings() == [])
  }

  @Test func `a new version counts what merged accounts bought`() throws {
    let counter = try Counter()
    try counter.sell("1", "C1", "2026-01-10", 60)
    try counter.sell("2", "C0", "2026-02-10", 30)
    var desk = try Desk(counter.shop.settings)
    _ = try desk.merge(
      try desk.member("M1"), into: try desk.member("M0"), at: try Counter.at("2026-02-11"))
    let text =
      Counter.program + "\n"
      + "segments: {regular: {history: {visits: at least 2, within: ever}}}\n"
    try counter.shop.publish(text, from: "2026-03-01")
    try counter.sell("3", "C0", "2026-03-02", 1)
    #expect(try counter.shop.number("SELECT count(*) FROM patron.segment_members") == 1)
    #expect(try counter.findings() == [])
  }

  @Test func `a household shares one balance; who leaves begins anew`() throws {
    let counter = try Counter()
    try counter.sell("1", "C0", "2026-01-10", 80)
    try counter.sell("2", "C1", "2026-01-10", 20)
    var desk = try Desk(counter.shop.settings)
    let at = try Counter.at("2026-01-11")
    _ = try desk.join(try desk.member("M1"), with: try desk.member("M0"), at: at)
    #expect(try counter.available("M0") == 100)
    #expect(try counter.available("M1") == 100)
    #expect(throws: EngineError.self) {
      try desk.join(try desk.member("M1"), with: try desk.member("M0"), at: at)
    }
    // Somebody who shares an account cannot be merged away with it.
    #expect(throws: EngineError.self) {
      try desk.merge(try desk.member("M1"), into: try desk.member("M2"), at: at)
    }
    try counter.sell("3", "C1", "2026-01-12", 5)
    #expect(try counter.available("M0") == 105)
    let household = try desk.member("M1").owner
    #expect(try desk.store.codes(of: household) == ["M0", "M1"])
    // The holder may leave, too: the other one holds it then.
    _ = try desk.leave(try desk.member("M0"))
    #expect(try counter.available("M0") == 0)
    #expect(try counter.available("M1") == 105)
    #expect(try desk.store.details(of: household).map(\.place) == [0])
    try counter.sell("4", "C0", "2026-01-13", 7)
    #expect(try counter.available("M0") == 7)
    #expect(try counter.available("M1") == 105)
    #expect(throws: EngineError.self) { try desk.leave(try desk.member("M0")) }
    #expect(try counter.findings() == [])
    #expect(try counter.disagreements() == 0)
  }

  @Test func `who leaves a household has had what time brought to it`() throws {
    let counter = try Counter(
      Counter.program.replacing(
        "rules:", with: "rules:\n  birthday: {event: birthday, earn: {points: 25}}"))
    var members = Trade.members(2)
    for place in members.indices {
      members[place].birthday = CivilDate(year: 1990, month: 2 + place, day: 1)
      members[place].joined = CivilDate("2026-01-01")
    }
    try counter.shop.load(members)
    _ = try Close(counter.shop.settings, day: CivilDate("2026-10-31")).run()
    #expect(try counter.available("M0") == 25)
    #expect(try counter.available("M1") == 25)
    var desk = try Desk(counter.shop.settings)
    for _ in 0..<2 {
      _ = try desk.join(
        try desk.member("M0"), with: try desk.member("M1"), at: try Counter.at("2026-11-01"))
      _ = try desk.leave(try desk.member("M0"))
    }
    try counter.sell("1", "C0", "2026-11-02", 1)
    #expect(try counter.available("M0") == 1)
    #expect(try counter.available("M1") == 50)
    #expect(try counter.findings() == [])
  }

  @Test func `arrivals that found the old account go to the new one`() throws {
    let counter = try Counter()
    try counter.sell("1", "C1", "2026-01-10", 60)
    // A sale is on its way while the accounts become one: it holds no lock yet.
    var desk = try Desk(counter.shop.settings)
    _ = try desk.merge(
      try desk.member("M1"), into: try desk.member("M0"), at: try Counter.at("2026-01-11"))
    let old = try counter.shop.number(
      "SELECT account_id FROM patron.accounts WHERE status = 3")
    let store = try counter.store()
    let raised = try store.raise([CardOwner(account: old)], by: [1])
    #expect(raised.isEmpty)
    #expect(try counter.findings() == [])
  }

  @Test func `a correction of old sales goes to the account that took theirs in`() throws {
    let counter = try Counter()
    try counter.sell("1", "C1", "2026-01-10", 60)
    try counter.sell("2", "C0", "2026-01-11", 30)
    var desk = try Desk(counter.shop.settings)
    _ = try desk.merge(
      try desk.member("M1"), into: try desk.member("M0"), at: try Counter.at("2026-02-11"))
    func rerate() throws -> Int {
      let text = Counter.program.replacing("points: 1 per 1.00", with: "points: 2 per 1.00")
      let folder = ProgramFolder(files: [SourceFile(name: "fixed.yaml", text: text)])
      let syntax = try #require(folder.check().program)
      let days = try #require(CivilDate("2026-01-01"))...(try #require(CivilDate("2026-01-31")))
      let store = try counter.store()
      let rerating = try Rerating(folder, syntax, days: days, store)
      let result = try rerating.simulation.run(counter.shop.settings)
      #expect(result.tally.disagreeing == 0)
      let differences = try Rerating.atTheirPlace(result.differences, store)
      guard !differences.isEmpty else { return 0 }
      _ = try rerating.post(
        differences, at: try Counter.at("2026-03-01"), counter.shop.settings
      ) { _, _ in }
      try counter.shop.run()
      return differences.count
    }
    #expect(try rerate() == 1)
    #expect(try counter.available("M0") == 180)
    #expect(try rerate() == 0)
    #expect(try counter.available("M0") == 180)
    #expect(try counter.findings() == [])
  }

  @Test func `two desks at once never lose a point`() throws {
    let counter = try Counter(members: 6)
    for member in 0..<6 { try counter.sell("\(member)", "C\(member)", "2026-01-10", 100) }
    let at = try Counter.at("2026-01-11")
    let settings = counter.shop.settings
    let ended = DispatchSemaphore(value: 0)
    for lane in 0..<2 {
      let thread = Thread {
        defer { ended.signal() }
        guard var desk = try? Desk(settings) else { return }
        for round in 0..<12 {
          // Both lanes work on the same accounts, in opposite directions.
          let (from, to) = lane == 0 ? (round % 6, (round + 1) % 6) : ((round + 1) % 6, round % 6)
          guard let a = try? desk.member("M\(from)"), let b = try? desk.member("M\(to)") else {
            continue
          }
          _ = try? desk.transfer(7, 1, from: a, to: b, at: at)
          if round == 6, lane == 0 { _ = try? desk.merge(a, into: b, at: at) }
        }
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in 0..<2 { ended.wait() }
    #expect(
      try counter.shop.number(
        "SELECT sum(available)::bigint FROM patron.balances WHERE currency = 1") == 600)
    #expect(try counter.findings() == [])
  }
}

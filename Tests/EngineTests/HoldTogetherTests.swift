import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Synchronization
import TestSupport
import Testing

/// Many tills at the same moment, each over a connection of its own: nothing is had twice, and each
/// gets a clear answer.
@Suite(.serialized) struct HoldTogetherTests {
  /// Gives the answers of so many tills that begin together.
  private func together(
    _ count: Int, _ shop: TestStore,
    _ ask: @escaping @Sendable (Int, inout Desk) throws -> HoldAnswer
  ) throws -> [HoldAnswer] {
    let all = Answers()
    let (ready, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let go = DispatchSemaphore(value: 0)
    for till in 0..<count {
      let thread = Thread {
        do {
          var desk = try Desk(shop.settings)
          ready.signal()
          go.wait()
          all.add(try ask(till, &desk))
        } catch {
          ready.signal()
          Issue.record("till \(till): \(error)")
        }
        done.signal()
      }
      thread.stackSize = 4 << 20
      thread.start()
    }
    for _ in 0..<count { ready.wait() }
    for _ in 0..<count { go.signal() }
    for _ in 0..<count { done.wait() }
    return all.list.withLock { $0 }
  }

  private final class Answers: Sendable {
    let list = Mutex<[HoldAnswer]>([])
    func add(_ answer: HoldAnswer) { list.withLock { $0.append(answer) } }
  }

  private func count(_ answers: [HoldAnswer]) -> [String: Int] {
    answers.reduce(into: [:]) { $0[$1.refusal ?? "held", default: 0] += 1 }
  }

  private func shop(_ amounts: [Int64]) throws -> TestStore {
    try HoldTests.shop(
      amounts.enumerated().map {
        HoldTests.sale("S\($0.offset)", $0.element, day: 0, card: "C\($0.offset)")
      }, members: amounts.count)
  }

  @Test func `fifty tills with one card never overspend its balance`() throws {
    let shop = try shop([4_900])
    let answers = try together(50, shop) { till, desk in
      try desk.hold(
        HoldRequest(.points(ExactDecimal(units: 7), currency: nil)), for: desk.member("C0"),
        id: "T\(till)", at: HoldTests.at(1))
    }
    #expect(count(answers) == ["held": 7, "not enough": 43])
    #expect(try shop.number("SELECT held::bigint FROM patron.balances") == 49)
    #expect(try HoldTests.findings(shop) == [])
    // One of them is asked again by a till that lost its answer.
    var desk = try Desk(shop.settings)
    let held = try #require(answers.first { $0.refusal == nil })
    let again = try desk.hold(
      HoldRequest(.points(ExactDecimal(units: 7), currency: nil)), for: desk.member("C0"),
      id: held.id, at: HoldTests.at(1))
    #expect(again.isAgain)
    #expect(again.points == held.points)
    // All capture at once, each twice.
    let ids = answers.filter { $0.refusal == nil }.map(\.id)
    let captured = try together(14, shop) { till, desk in
      try desk.capture(ids[till % 7], at: HoldTests.at(1, minutes: 1))
    }
    #expect(count(captured) == ["held": 14])
    #expect(try shop.number("SELECT spent::bigint FROM patron.balances") == 49)
    #expect(try HoldTests.findings(shop) == [])
  }

  @Test func `fifty tills with one coupon use it once`() throws {
    let shop = try shop([6_000])
    let code = try Connection(shop.settings).query("SELECT code FROM patron.coupons").text(0, 0)
    let answers = try together(50, shop) { _, desk in
      try desk.hold(HoldRequest(.coupon(code)), for: desk.member("C0"), at: HoldTests.at(1))
    }
    #expect(count(answers) == ["held": 1, "used up": 49])
    #expect(try HoldTests.findings(shop) == [])
  }

  @Test func `fifty tills at one perk use it as often as it may be`() throws {
    let shop = try PerkTests.shop()
    let answers = try together(50, shop) { _, desk in
      try desk.hold(HoldRequest(.perk("lounge")), for: desk.member("C1"), at: HoldTests.at(1))
    }
    #expect(count(answers) == ["held": 2, "limit": 48])
    #expect(try HoldTests.findings(shop) == [])
  }

  @Test func `a limit of one a day holds for all tills`() throws {
    let shop = try shop([9_000])
    let answers = try together(50, shop) { _, desk in
      try desk.hold(
        HoldRequest(.reward("tour", times: 1)), for: desk.member("C0"), at: HoldTests.at(1))
    }
    #expect(count(answers) == ["held": 1, "limit": 49])
    #expect(try HoldTests.findings(shop) == [])
  }

  @Test func `a stock of five is had by five of many members`() throws {
    let shop = try shop(Array(repeating: 2_000, count: 50))
    let answers = try together(50, shop) { till, desk in
      try desk.hold(
        HoldRequest(.reward("mug", times: 1)), for: desk.member("C\(till)"), at: HoldTests.at(1))
    }
    #expect(count(answers) == ["held": 5, "out of stock": 45])
    #expect(try shop.number("SELECT drawn::bigint FROM patron.budgets") == 5)
    #expect(try HoldTests.findings(shop) == [])
    // What one lets go another one has.
    var desk = try Desk(shop.settings)
    let held = try #require(answers.first { $0.refusal == nil })
    #expect(try desk.release(held.id, at: HoldTests.at(1, minutes: 1)).refusal == nil)
    let refused = try #require(answers.first { $0.refusal != nil })
    let member = try shop.number(
      """
      SELECT m.member_id FROM patron.members m JOIN patron.events e USING (shard, account_id)
      WHERE e.external_id = 'hold \(refused.id)'
      """)
    let code = try Connection(shop.settings).query(
      "SELECT code FROM patron.member_codes WHERE member_id = $1", [.int8(member)]
    ).text(0, 0)
    let other = try desk.hold(
      HoldRequest(.reward("mug", times: 1)), for: desk.member(code),
      at: HoldTests.at(1, minutes: 2))
    #expect(other.refusal == nil)
    #expect(try HoldTests.findings(shop) == [])
  }

  @Test func `a coupon with three uses is had three times, a code for all as often as its limit`()
    throws
  {
    let program = HoldTests.program.replacing(
      "five: {off: 5.00,", with: "five: {off: 5.00, uses: 3,"
    ).replacing(
      "rewards:\n",
      with: "  all: {off: 1.00, public: SPRING, limit: {times: 2 per day}}\nrewards:\n")
    let shop = try TestStore(program)
    try shop.load(Trade.members(1))
    try shop.post([HoldTests.sale("S", 6_000, day: 0, card: "C0")])
    try shop.run()
    let code = try Connection(shop.settings).query("SELECT code FROM patron.coupons").text(0, 0)
    let answers = try together(50, shop) { till, desk in
      try desk.hold(
        HoldRequest(.coupon(till % 2 == 0 ? code : "SPRING")), for: desk.member("C0"),
        at: HoldTests.at(1))
    }
    #expect(count(answers) == ["held": 5, "used up": 22, "limit": 23])
    #expect(try shop.number("SELECT used::bigint FROM patron.coupons") == 3)
    #expect(try HoldTests.findings(shop) == [])
    var desk = try Desk(shop.settings)
    let held = answers.filter { $0.refusal == nil }
    for answer in held.prefix(2) {
      #expect(try desk.release(answer.id, at: HoldTests.at(1, minutes: 1)).refusal == nil)
    }
    let again = try together(10, shop) { till, desk in
      try desk.hold(
        HoldRequest(.coupon(till % 2 == 0 ? code : "SPRING")), for: desk.member("C0"),
        at: HoldTests.at(1, minutes: 2))
    }
    #expect(count(again)["held"] == 2)
    #expect(try HoldTests.findings(shop) == [])
  }

  @Test func `fifty tills never spend more than a rule's budget, and each sale is rated`() throws {
    let program = HoldTests.program.replacing(
      "  gift:", with: "  extra: {earn: {points: 7}, budget: {points: 50}}\n  gift:")
    let shop = try TestStore(program)
    try shop.load(Trade.members(50))
    _ = try together(50, shop) { till, desk in
      try shop.post([HoldTests.sale("S\(till)", 1_000, day: 0, card: "C\(till)")])
      let held = try desk.hold(
        HoldRequest(.points(ExactDecimal(units: 1), currency: nil)),
        for: desk.member("C\(till)"), at: HoldTests.at(1))
      #expect(held.refusal == nil, "what waits is rated before the till is answered")
      return held
    }
    let given = try shop.number(
      "SELECT coalesce(sum(amount), 0)::bigint FROM patron.posting_parts WHERE rule = 'extra'")
    #expect(given <= 50)
    #expect(given >= 35)
    #expect(
      try shop.number(
        """
        SELECT coalesce(sum(s.amount), 0)::bigint FROM patron.budget_spends s
        JOIN patron.budgets b USING (budget) WHERE b.total = 50
        """) == given)
    #expect(try shop.number("SELECT count(*) FROM patron.outcomes WHERE refused IS NULL") == 100)
    #expect(try HoldTests.findings(shop) == [])
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// What people do at the desk: adjust, block, pause, close.
@Suite struct DeskTests {
  private func adjustment(
    _ desk: borrowing Desk, _ member: String, _ amount: Int64, by name: String,
    request: String? = nil
  ) throws -> Adjustment {
    var adjustment = Adjustment(
      owner: try desk.member(member).owner, currency: 1, amount: amount, reason: "late delivery",
      operatorName: name)
    adjustment.request = request
    return adjustment
  }

  @Test func `points are given and taken by hand, with the currency's own expiry`() throws {
    let counter = try Counter()
    var desk = try Desk(counter.shop.settings)
    let at = try Counter.at("2026-01-11")
    var wanted = try adjustment(desk, "M0", 50, by: "anna", request: "ticket-1")
    #expect(try desk.adjust(wanted, at: at) == .booked(1))
    #expect(try desk.adjust(wanted, at: at) == .already(1))
    wanted.amount = 60
    #expect(throws: EngineError.self) { try desk.adjust(wanted, at: at) }
    wanted = try adjustment(desk, "M0", -20, by: "anna")
    #expect(try desk.adjust(wanted, at: at) == .booked(2))
    wanted.amount = -31
    #expect(throws: EngineError.self) { try desk.adjust(wanted, at: at) }
    #expect(try counter.available("M0") == 30)
    #expect(try counter.shop.number("SELECT count(*) FROM patron.adjustments") == 2)
    // Given by hand is not earned.
    #expect(try counter.shop.number("SELECT sum(earned)::bigint FROM patron.balances") == 0)
    let store = try counter.store()
    let balance = try BalanceReport(
      AccountKey("M0", store), store, at: try Counter.at("2026-01-12"), language: "en")
    #expect(balance.expiring.map(\.date.description) == ["2027-01-31"])
    #expect(try counter.findings() == [])
    #expect(try counter.disagreements() == 0)
  }

  @Test func `above an allowance a second person confirms, never the same one`() throws {
    let counter = try Counter()
    var desk = try Desk(counter.shop.settings)
    let store = try counter.store()
    try store.setOperator("anna", confirms: true, allowance: (1, .init(each: 50, month: 80)))
    try store.setOperator("ben", confirms: true, allowance: nil)
    try store.setOperator("cleo", confirms: false, allowance: nil)
    let at = try Counter.at("2026-01-11")
    func adjust(_ amount: Int64, _ name: String, _ day: String = "2026-01-11") throws
      -> Desk.Adjusted
    {
      try desk.adjust(
        try adjustment(desk, "M0", amount, by: name), at: try Counter.at(day))
    }
    #expect(try adjust(50, "anna") == .booked(1))
    #expect(try adjust(51, "anna") == .waits(2))
    #expect(try adjust(30, "anna") == .booked(3))
    // The month's allowance is used up to the last point.
    #expect(try adjust(1, "anna") == .waits(4))
    #expect(try adjust(1, "anna", "2026-02-01") == .booked(5))
    #expect(try adjust(1, "stranger") == .waits(6))
    #expect(try counter.available("M0") == 81)
    #expect(throws: EngineError.self) { try desk.confirm(adjustment: 2, by: "anna", at: at) }
    #expect(throws: EngineError.self) { try desk.confirm(adjustment: 2, by: "cleo", at: at) }
    try desk.confirm(adjustment: 2, by: "ben", at: at)
    #expect(try counter.available("M0") == 132)
    #expect(throws: EngineError.self) { try desk.confirm(adjustment: 2, by: "ben", at: at) }
    try desk.refuse(adjustment: 4, by: "ben")
    #expect(throws: EngineError.self) { try desk.confirm(adjustment: 4, by: "ben", at: at) }
    #expect(try counter.available("M0") == 132)
    #expect(try counter.findings() == [])
  }

  @Test func `sales on a blocked card wait, and come in when it is freed`() throws {
    let counter = try Counter()
    var desk = try Desk(counter.shop.settings)
    try desk.block(card: "C0")
    #expect(
      try counter.sell("1", "C0", "2026-01-10", 80)
        == .parked(reason: "card blocked", detail: "…C0"))
    #expect(throws: EngineError.self) { try desk.block(card: "C0") }
    try desk.replace(card: "C0", by: "N0")
    try counter.sell("2", "N0", "2026-01-11", 5)
    #expect(try counter.available("M0") == 5)
    #expect(throws: EngineError.self) { try desk.replace(card: "N0", by: "C1") }
    let taken = try desk.unblock(card: "C0")
    #expect(taken["accepted"] == 1)
    try counter.shop.run()
    #expect(try counter.available("M0") == 85)
    #expect(throws: EngineError.self) { try desk.unblock(card: "C0") }
    // Of two cards in one sale the one counts that is not blocked.
    try desk.block(card: "C0")
    var sale = try Trade.sale("3", "C0", "2026-01-12", 1_000)
    sale.cards = ["C0", "N0"]
    try counter.shop.post([sale])
    try counter.shop.run()
    #expect(try counter.available("M0") == 95)
    #expect(try counter.findings() == [])
  }

  @Test func `a paused account takes nothing in until it is resumed`() throws {
    let counter = try Counter()
    try counter.sell("1", "C0", "2026-01-10", 80)
    var desk = try Desk(counter.shop.settings)
    let member = try desk.member("M0")
    let at = try Counter.at("2026-01-11")
    try desk.pause(member)
    #expect(throws: EngineError.self) { try desk.pause(member) }
    #expect(throws: EngineError.self) {
      try desk.transfer(5, 1, from: member, to: try desk.member("M1"), at: at)
    }
    #expect(
      try counter.sell("2", "C0", "2026-01-12", 10)
        == .parked(reason: "account paused", detail: "…C0"))
    try desk.addCard("N0", to: member)
    #expect(
      try counter.sell("3", "N0", "2026-01-12", 10)
        == .parked(reason: "account paused", detail: "…N0"))
    // Time goes on all the same, and a person may still put something right.
    _ = try desk.adjust(try adjustment(desk, "M0", 1, by: "anna"), at: at)
    let taken = try desk.resume(member)
    #expect(taken["accepted"] == 2)
    try counter.shop.run()
    #expect(try counter.available("M0") == 101)
    #expect(throws: EngineError.self) { try desk.resume(member) }
    #expect(try counter.findings() == [])
  }

  @Test func `a closed account forfeits what it has, and earns nothing any more`() throws {
    let counter = try Counter()
    try counter.sell("1", "C0", "2026-01-10", 600)
    var desk = try Desk(counter.shop.settings)
    let member = try desk.member("M0")
    let at = try Counter.at("2026-01-11")
    try desk.close(member, at: at)
    #expect(try counter.available("M0") == 0)
    #expect(try counter.shop.number("SELECT sum(pending)::bigint FROM patron.balances") == 0)
    #expect(
      try counter.shop.number("SELECT sum(expired)::bigint FROM patron.balances WHERE currency = 1")
        == 600)
    #expect(
      try counter.sell("2", "C0", "2026-01-12", 10)
        == .parked(reason: "account closed", detail: "…C0"))
    // A card that is loaded later is of a closed account, too.
    var record = Trade.members(1)[0]
    record.cards.append("N0")
    try counter.shop.load([record])
    #expect(
      try counter.sell("3", "N0", "2026-01-12", 10)
        == .parked(reason: "account closed", detail: "…N0"))
    #expect(throws: EngineError.self) { try desk.close(member, at: at) }
    #expect(throws: EngineError.self) {
      try desk.adjust(try adjustment(desk, "M0", 1, by: "anna"), at: at)
    }
    #expect(throws: EngineError.self) {
      try desk.merge(member, into: try desk.member("M1"), at: at)
    }
    #expect(try counter.findings() == [])
    #expect(try counter.disagreements() == 0)
  }

  @Test func `members are enrolled once, changed and found`() throws {
    let counter = try Counter()
    try counter.sell("1", "X9", "2026-01-10", 20)
    var desk = try Desk(counter.shop.settings)
    var record = MemberRecord(member: "P-1")
    record.name = "Wang Wei"
    record.phone = "+86 139 1111 2222"
    record.cards = ["X9"]
    let taken = try desk.enrol(record)
    #expect(taken["accepted"] == 1)
    #expect(throws: EngineError.self) { try desk.enrol(record) }
    record.member = "P-2"
    #expect(throws: EngineError.self) { try desk.enrol(record) }
    var change = MemberChange()
    change.phone = "139 3333 4444"
    change.email = "wei@example.cn"
    change.birthday = .some(CivilDate("1990-05-20"))
    change.attributes = [Attribute(name: "skin", value: .text("dry"))]
    let key = try desk.member("8613911112222")
    try desk.update(key, change)
    #expect(throws: EngineError.self) { try desk.member("8613911112222") }
    let member = try #require(
      try desk.store.details(of: try desk.member("13933334444").owner).first)
    #expect(member.name == "Wang Wei")
    #expect(member.email == "wei@example.cn")
    #expect(member.birthday == CivilDate("1990-05-20"))
    #expect(member.attributes == [Attribute(name: "skin", value: .text("dry"))])
    #expect(member.cards.map(\.card) == ["X9"])
    change = MemberChange()
    change.email = ""
    change.birthday = .some(nil)
    change.withoutAttributes = ["skin"]
    try desk.update(key, change)
    let after = try #require(try desk.store.details(of: key.owner).first)
    #expect(after.email == nil)
    #expect(after.birthday == nil)
    #expect(after.attributes == [])
    for text in ["wang", "P-1", "X9", "3333"] {
      #expect(try desk.store.search(text, most: 10).map(\.code) == ["P-1"], "\(text)")
    }
    try counter.shop.run()
    #expect(try counter.available("P-1") == 20)
    #expect(try counter.findings() == [])
  }
}

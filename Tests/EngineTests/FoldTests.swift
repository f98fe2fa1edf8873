import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Two of one household who were one person all along.
@Suite struct FoldTests {
  private func household() throws -> Counter {
    let counter = try Counter(members: 0)
    var first = MemberRecord(member: "M0")
    first.name = "Anna Adler"
    first.cards = ["C0"]
    first.joined = CivilDate("2025-05-01")
    var second = MemberRecord(member: "M1")
    second.name = "A. Adler"
    second.phone = "+49 30 123456"
    second.cards = ["C1"]
    second.joined = CivilDate("2024-05-01")
    second.attributes = [Attribute(name: "skin", value: .text("dry"))]
    var third = MemberRecord(member: "M2")
    third.cards = ["C2"]
    try counter.shop.load([first, second, third])
    try counter.sell("1", "C0", "2026-01-10", 80)
    try counter.sell("2", "C1", "2026-01-10", 20)
    var desk = try Desk(counter.shop.settings)
    let at = try Counter.at("2026-01-11")
    for other in ["M1", "M2"] {
      _ = try desk.join(try desk.member(other), with: try desk.member("M0"), at: at)
    }
    return counter
  }

  @Test func `one person remains, with the cards, codes and numbers of both`() throws {
    let counter = try household()
    var desk = try Desk(counter.shop.settings)
    let at = try Counter.at("2026-01-12")
    let id = try desk.merge(try desk.member("M1"), into: try desk.member("M0"), at: at)
    let owner = try desk.member("M0").owner
    #expect(try desk.member("M1") == desk.member("M0"))
    #expect(try desk.member("C1") == desk.member("M0"))
    let details = try desk.store.details(of: owner)
    #expect(details.map(\.key.code) == ["M0", "M2"])
    #expect(details[0].cards.map(\.card) == ["C0", "C1"])
    #expect(details[0].name == "Anna Adler")
    #expect(details[0].phone == "+49 30 123456")
    #expect(details[0].joined == CivilDate("2024-05-01"))
    #expect(details[0].attributes == [Attribute(name: "skin", value: .text("dry"))])
    #expect(try counter.available("M1") == 100)
    try counter.sell("3", "C1", "2026-01-13", 5)
    #expect(try counter.available("M0") == 105)
    let report = try ExplainReport(
      "\(Store.deskSource)/\(id)", try counter.store(), language: "en")
    #expect(report.kind == "merge")
    #expect(try counter.findings() == [])
    #expect(try counter.disagreements() == 0)
    #expect(throws: EngineError.self) {
      try desk.merge(try desk.member("M1"), into: try desk.member("M0"), at: at)
    }
  }

  @Test func `the holder may be the one who goes, and who remains may leave`() throws {
    let counter = try household()
    var desk = try Desk(counter.shop.settings)
    let at = try Counter.at("2026-01-12")
    _ = try desk.merge(try desk.member("M0"), into: try desk.member("M1"), at: at)
    let owner = try desk.member("M1").owner
    #expect(try desk.store.details(of: owner).map(\.key.code).sorted() == ["M1", "M2"])
    #expect(try desk.store.details(of: owner)[0].place == 0)
    let left = try desk.leave(try desk.member("M0"))
    #expect(left.code == "M1")
    try counter.sell("3", "C0", "2026-01-13", 5)
    #expect(try counter.available("M1") == 5)
    #expect(try counter.available("M2") == 100)
    #expect(try counter.findings() == [])
  }
}

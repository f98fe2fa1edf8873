import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Points that go from one account to another.
@Suite struct TransferTests {
  @Test func `points go over with the expiry that they have, and no more than there are`() throws {
    let counter = try Counter()
    try counter.sell("1", "C0", "2025-01-10", 80)
    try counter.sell("2", "C0", "2025-03-05", 40)
    var desk = try Desk(counter.shop.settings)
    let (a, b) = (try desk.member("M0"), try desk.member("C1"))
    let at = try Counter.at("2025-03-06")
    #expect(throws: EngineError.self) { try desk.transfer(121, 1, from: a, to: b, at: at) }
    #expect(throws: EngineError.self) { try desk.transfer(0, 1, from: a, to: b, at: at) }
    #expect(throws: EngineError.self) { try desk.transfer(5, 1, from: a, to: a, at: at) }
    _ = try desk.transfer(100, 1, from: a, to: b, at: at)
    #expect(try counter.available("M0") == 20)
    #expect(try counter.available("M1") == 100)
    // A month after the first of them ended.
    try counter.sell("3", "C1", "2026-02-10", 1)
    #expect(try counter.available("M1") == 21)
    _ = try desk.transfer(20, 1, from: a, to: b, at: try Counter.at("2026-02-11"))
    #expect(try counter.available("M0") == 0)
    #expect(try counter.available("M1") == 41)
    #expect(try counter.findings() == [])
    #expect(try counter.disagreements() == 0)
  }

  @Test func `what waits is rated first, and the same request is done once`() throws {
    let counter = try Counter()
    try counter.shop.post([Trade.sale("1", "C0", "2026-01-10", 8_000)])
    var desk = try Desk(counter.shop.settings)
    let (a, b) = (try desk.member("M0"), try desk.member("M1"))
    let at = try Counter.at("2026-01-11")
    let first = try desk.transfer(30, 1, from: a, to: b, request: "app-7", at: at)
    #expect(first == .booked("transfer app-7"))
    #expect(try desk.transfer(30, 1, from: a, to: b, request: "app-7", at: at) == .already)
    // With anything else asked it is no repetition.
    let c = try desk.member("M2")
    #expect(throws: EngineError.self) {
      try desk.transfer(31, 1, from: a, to: b, request: "app-7", at: at)
    }
    #expect(throws: EngineError.self) {
      try desk.transfer(30, 1, from: a, to: c, request: "app-7", at: at)
    }
    #expect(throws: EngineError.self) {
      try desk.transfer(30, 1, from: c, to: b, request: "app-7", at: at)
    }
    #expect(try counter.available("M0") == 50)
    #expect(try counter.available("M1") == 30)
    #expect(try counter.findings() == [])
  }

  @Test func `the same request at two desks at once is done once`() throws {
    let counter = try Counter()
    try counter.sell("1", "C0", "2026-01-10", 80)
    let settings = counter.shop.settings
    let ended = DispatchSemaphore(value: 0)
    for _ in 0..<2 {
      let thread = Thread {
        defer { ended.signal() }
        for round in 0..<8 {
          guard var desk = try? Desk(settings), let a = try? desk.member("M0"),
            let b = try? desk.member("M1"), let at = try? Counter.at("2026-01-11")
          else { continue }
          do {
            _ = try desk.transfer(1, 1, from: a, to: b, request: "app-\(round)", at: at)
            var wanted = Adjustment(
              owner: b.owner, currency: 1, amount: 10, reason: "late", operatorName: "anna")
            wanted.request = "ticket-\(round)"
            _ = try desk.adjust(wanted, at: at)
          } catch {
            Issue.record(error)
          }
        }
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in 0..<2 { ended.wait() }
    #expect(try counter.available("M0") == 72)
    #expect(try counter.available("M1") == 88)
    #expect(try counter.findings() == [])
  }

  @Test func `a gift pays what the other one owes first`() throws {
    let counter = try Counter(
      Counter.program.replacing(
        "expires: end of month 12 months after earning",
        with: "expires: end of month 12 months after earning, returns: debt"))
    try counter.sell("1", "C0", "2026-01-10", 80)
    var back = try Trade.sale("2", "C1", "2026-01-10", 3_000)
    back.kind = .return
    try counter.shop.post([back])
    try counter.shop.run()
    #expect(try counter.available("M1") == -30)
    var desk = try Desk(counter.shop.settings)
    _ = try desk.transfer(
      50, 1, from: try desk.member("M0"), to: try desk.member("M1"),
      at: try Counter.at("2026-01-11"))
    #expect(try counter.available("M1") == 20)
    #expect(try counter.findings() == [])
  }
}

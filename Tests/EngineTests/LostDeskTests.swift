import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// Whichever statement's answer is lost on the way, an act at the desk is done once.
@Suite struct LostDeskTests {
  private func act(_ desk: inout Desk, _ round: Int) throws {
    let at = try Counter.at("2026-01-11")
    let (a, b) = (try desk.member("M0"), try desk.member("M1"))
    _ = try desk.transfer(1, 1, from: a, to: b, at: at)
    _ = try desk.adjust(
      Adjustment(
        owner: a.owner, currency: 1, amount: 10, reason: "round \(round)", operatorName: "anna"),
      at: at)
  }

  @Test func `a transfer and an adjustment are done once, whatever is lost`() throws {
    let counter = try Counter()
    try counter.sell("1", "C0", "2026-01-10", 500)
    let proxy = try FaultProxy(counter.shop.settings)
    defer { proxy.end() }
    var desk = try Desk(proxy.settings)
    try act(&desk, 0)
    var done: Int64 = 1
    // What finds members is asked outside of any act, and is not tried again.
    let texts = proxy.seen.filter { text in
      ["UPDATE", "INSERT", "COPY", "COMMIT", "FOR NO KEY", "end of"].contains { text.contains($0) }
    }
    #expect(texts.count > 8)
    for (place, text) in texts.enumerated() {
      for moment in FaultProxy.Moment.allCases {
        desk = try Desk(proxy.settings)
        proxy.arm(text, moment)
        try act(&desk, place)
        done += 1
        _ = proxy.disarm()
        #expect(try counter.available("M1") == done, "\(moment): \(text.prefix(60))")
        #expect(
          try counter.available("M0") == 500 + 9 * done, "\(moment): \(text.prefix(60))")
      }
    }
    #expect(try counter.findings() == [])
  }
}

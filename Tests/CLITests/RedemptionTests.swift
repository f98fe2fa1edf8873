import Foundation
import Postgres
import TestSupport
import Testing

/// `patron hold` and what follows it, `perks`, `orders` and `redemptions`, as tills type them.
@Suite struct RedemptionTests {
  static let program = """
    program: club
    timezone: UTC
    money: USD
    currencies:
      points: {worth: 1.00 per 100, expires: 12 months after earning}
    tiers:
      member: {gives: {perk: [hotline, parking]}}
    perks:
      parking: {limit: {times: 1 per month}}
    rules:
      base: {earn: {points: 1 per 1.00}}
    rewards:
      kettle: {price: {points: 40}, thing: yes}
      pay: {pays: 1.00 per 10 points}
      mug: {price: {points: 40}, free: 1, items: {sku: [MUG]}, valid: 90 days}
    """

  private func told(
    _ line: String, _ env: [String: String], _ text: String, status: Int32 = 0
  ) throws {
    let words = line.split(separator: " ").map(String.init)
    let result = try runPatron(words, env: env)
    #expect(result.status == status, "\(line): \(result.stdout) \(result.stderr)")
    #expect((result.stdout + result.stderr).contains(text), "\(line): \(result.stdout)")
  }

  /// With the member A-1, who has the card 6001 and so many points.
  private func shop(points: Int) throws -> (TestStore, env: [String: String]) {
    let store = try TestStore(Self.program)
    let env = ["DATABASE_URL": store.settings.url]
    try told("member enrol A-1 --card 6001", env, "A-1")
    try told("member adjust A-1 \(points) --reason gift --at 2026-01-05", env, "booked")
    return (store, env)
  }

  @Test func `a refund in parts tells what it gave back, and what is given back in all`() throws {
    let (_, env) = try shop(points: 200)
    let at = "--at 2026-01-06T10:00"
    try told("hold 6001 --pay 4.00 --id P \(at)", env, "held, 40 points")
    try told("capture P \(at)", env, "captured, 40 points, for 4.00 USD")
    try told(
      "refund P --points 10 --id r1 \(at)", env,
      "Hold P: refunded, 10 points; given back in all: 10 of 40 points\n")
    try told(
      "refund P --points 20 --id r2 \(at) --json", env,
      #""captured":40,"given back":30,"given back now":20}"#)
    try told(
      "refund P --points 10 --id r1 \(at)", env,
      "Already refunded: hold P, 10 points; given back in all: 30 of 40 points; now it is captured")
    try told(
      "refund P --id r3 \(at)", env,
      "Hold P: refunded, 10 points; given back in all: 40 of 40 points\n")
    try told("hold 6001 --pay 4.00 --id Q \(at)", env, "held, 40 points, for 4.00 USD")
    try told("capture Q --points 15 \(at)", env, "captured, 15 points, for 1.50 USD\n")
    try told(
      "capture Q --points 15 \(at)", env, "Already captured: hold Q, 15 points, for 1.50 USD")
    try told("refund Q \(at)", env, "Hold Q: refunded, 15 points\n")
    try told("hold 6001 --reward mug --times 3 --id K \(at)", env, "held, 120 points, 3 times")
    try told("capture K \(at)", env, "captured, 120 points, 3 times")
    try told(
      "refund K --times 1 \(at)", env,
      "Hold K: refunded, 40 points; given back in all: 40 of 120 points\n")
    try told(
      "refund K \(at)", env,
      "Hold K: refunded, 80 points, 2 times; given back in all: 120 of 120 points\n")
    try told("balance 6001 \(at)", env, "200")
  }

  @Test func `a till holds, captures, and gives back`() throws {
    let (_, env) = try shop(points: 100)
    let at = "--at 2026-01-06T10:00"
    try told("hold 6001 --reward kettle --id K1 \(at)", env, "Hold K1: held, 40 points, until")
    try told("hold 6001 --reward kettle --id K1 \(at)", env, "Already held")
    try told("hold 6001 --pay 7.00 \(at)", env, "not enough; 60 points are available", status: 1)
    try told("hold 6001 --points 7 --coupon X", env, "a hold is for one thing", status: 64)
    try told("hold 6001 --points 7 --for 2y", env, "`--for`", status: 64)
    try told("hold 6001 --perk lounge \(at) --json", env, #""reason":"unknown""#, status: 1)
    try told("hold 6001 --coupon X \(at)", env, "nothing of that name or code", status: 1)
    try told("balance 6001 --at 2026-01-06T10:05", env, "hold K1")
    try told("capture K1 \(at)", env, "captured, 40 points")
    try told("capture nothing", env, "there is no hold `nothing`", status: 1)
    try told("release K1 \(at)", env, "the hold is captured already", status: 1)
    try told("explain K1", env, "no transaction", status: 1)
    try told("explain hold/K1", env, "no transaction", status: 1)
    try told("orders", env, "kettle")
    try told("orders send 1-4", env, "there is no order 1-4", status: 1)
    try told("orders --json", env, #""state":"ordered""#)
    try told("refund K1 \(at)", env, "refunded, 40 points")
    try told("orders", env, "Nothing waits.")
    try told("orders --all", env, "cancelled")
    try told("perks 6001 hotline", env, "Yes: hotline")
    try told("perks 6001 lounge", env, "No:", status: 1)
    try told("perks 6001 parking \(at)", env, "Yes: parking")
    try told("perks 6001 \(at)", env, "parking (1 left of 1 per month)")
    try told("perks 6001 \(at) --json", env, #""perks left":[{"perk":"parking","#)
    try told("balance 6001 \(at)", env, "perks: hotline, parking (1 left of 1 per month)")
    try told("hold 6001 --perk parking --id P1 \(at)", env, "held")
    try told("hold 6001 --perk parking --id P2 \(at)", env, "limit", status: 1)
    try told("perks 6001 parking \(at)", env, "No: parking is used up, 1 per month", status: 1)
    try told("redemptions", env, "None broke its terms.")
    try told("history 6001", env, "held for a redemption")
    try told("audit", env, "ok   balances")
  }
}

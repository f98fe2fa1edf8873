import Engine
import Loyalty
import Postgres
import TestSupport
import Testing

/// Whatever is held, captured, released, given back, or falls away in whatever order: lots and
/// balances add up, and the rules applied again say the same.
@Suite struct HoldPropertyTests {
  private enum Act: Int, CaseIterable { case hold, holdLong, capture, part, release, refund, sell }

  @Test(arguments: [HoldTests.program, calendar])
  func `any order leaves a clean ledger`(_ program: String) throws {
    let seed = DeskPropertyTests.seed
    print("PATRON_SEED=\(seed)")
    var random = SeededGenerator(seed: seed)
    let shop = try TestStore(program)
    try shop.load(Trade.members(3))
    var desk = try Desk(shop.settings)
    var ids: [String] = []
    var minutes: Int64 = 0
    for round in 0..<120 {
      minutes += Int64(random.next() % 6_000)
      let at = HoldTests.at(0, minutes: minutes)
      let card = "C\(random.next() % 3)"
      let act = Act.allCases[Int(random.next() % UInt64(Act.allCases.count))]
      let id = ids.isEmpty ? nil : ids[Int(random.next() % UInt64(ids.count))]
      let points = ExactDecimal(units: Int64(1 + random.next() % 9))
      switch act {
      case .hold, .holdLong:
        let seconds: Int64 = act == .hold ? 600 : 40 * 86_400
        let answer = try desk.hold(
          request(&random, seconds, shop), for: desk.member(card), at: at)
        ids.append(answer.id)
      case .capture: if let id { _ = try desk.capture(id, at: at) }
      case .part: if let id { _ = try desk.capture(id, points: points, at: at) }
      case .release: if let id { _ = try desk.release(id, at: at) }
      case .refund:
        if let id {
          let some = random.next() % 2 == 0
          _ = try desk.refund(id, points: some ? points : nil, at: at)
        }
      case .sell:
        // Now and then one that comes late.
        let late = random.next() % 4 == 0 ? Int64(random.next() % 3_000) : 0
        var sale = HoldTests.sale("S\(round)", Int64(random.next() % 9_000), day: 0, card: card)
        sale.at = HoldTests.at(0, minutes: max(0, minutes - late))
        try shop.post([sale])
        if random.next() % 2 == 0 { try shop.run() }
      }
    }
    try shop.run()
    let findings = try HoldTests.findings(shop)
    #expect(findings == [], "PATRON_SEED=\(seed)")
    let counter = Counter(shop: shop)
    #expect(try counter.disagreements(program) == 0, "PATRON_SEED=\(seed)")
  }

  private func request(
    _ random: inout SeededGenerator, _ seconds: Int64, _ shop: TestStore
  ) throws -> HoldRequest {
    let amount = Int64(1 + random.next() % 40)
    switch random.next() % 5 {
    case 0: return HoldRequest(.reward("mug", times: 1), seconds: seconds)
    case 1: return HoldRequest(.reward("tour", times: 1), seconds: seconds)
    case 2: return HoldRequest(.pay(ExactDecimal(units: amount * 10, places: 2)), seconds: seconds)
    case 3:
      let codes = try Connection(shop.settings).query("SELECT code FROM patron.coupons ORDER BY 1")
      let code = codes.count == 0 ? "X" : codes.text(Int(random.next() % UInt64(codes.count)), 0)
      return HoldRequest(.coupon(code), seconds: seconds)
    default:
      return HoldRequest(
        .points(ExactDecimal(units: amount), currency: nil), seconds: seconds)
    }
  }

  /// With days of the calendar, points that wait, and short lives.
  static let calendar = HoldTests.program.replacing(
    "points: {expires: 12 months after earning}",
    with: "points: {expires: 60 days after earning, pending: 3 days}"
  ).replacing(
    "  gift:", with: "  quiet: {event: {inactive: 20 days}, earn: {points: 3}}\n  gift:")
}

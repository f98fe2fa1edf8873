import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Returns that were voided: the sale stands as if they had not been.
@Suite struct VoidedReturnTests {
  static let program = """
    program: back
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: 60 days after earning}
      miles: {expires: never, returns: balance}
    tiers:
      member:
      gold:
        qualify: {spend: at least 80.00, within: calendar year}
        keeps: end of next calendar year
        gives: {coupon: ten}
    rules:
      base: {earn: {points: 1 per 1.00, miles: 1 per 10.00}}
      bonus: {when: {basket: {spend: at least 50.00}}, earn: {points: 30}, budget: {points: 50}}
      thanks:
        when: {basket: {spend: at least 50.00}}
        give: {coupon: five}
        limit: {times: 1 per month}
    coupons:
      five: {off: 5.00, valid: 30 days, code: "FIVE-########"}
      ten: {off: 10.00, valid: 30 days, code: "TEN-########"}
    rewards:
      pay: {pays: 1.00 per 10 points}
      ride: {price: {miles: 3}, off: 1.00}
    """

  static func sale(
    _ id: String, _ total: Int64, day: Int64, _ coupons: [String] = [], points: Int64 = 0
  ) -> Transaction {
    var sale = Transaction(
      source: "till", id: id, kind: .sale,
      at: Instant(seconds: 1_750_000_000 + day * 86_400), offset: 0)
    sale.cards = ["C1"]
    sale.coupons = coupons
    sale.lines = [TransactionLine(sku: "A", total: Money(minor: total))]
    sale.lines[0].quantity = Quantity(2)
    if points > 0 {
      sale.tenders = [
        .init(kind: "points", amount: Money(minor: points)),
        .init(kind: "cash", amount: Money(minor: total - points)),
      ]
    }
    return sale
  }

  static func back(
    _ id: String, of sale: Transaction, days: Int64, _ quantity: Int64
  ) -> Transaction {
    ReturnTests.back(id, of: sale, at: days * 86_400, [("A", quantity)])
  }

  static func void(_ id: String, of back: Transaction, hours: Int64 = 1) -> Transaction {
    ReturnTests.back(id, of: back, at: hours * 3_600, kind: .void)
  }

  static func wrong(_ shop: TestStore) throws -> [String] {
    try Audit(Store(shop.settings)).checks.filter { $0.wrong > 0 }
      .map { "\($0.name): \($0.findings.first?.what ?? "")" }
  }

  private func shop(_ program: String = program) throws -> TestStore {
    let shop = try TestStore(program)
    try shop.load(Trade.members(3))
    return shop
  }

  private func net(_ shop: TestStore, _ currency: Int = 1) throws -> Int64 {
    try shop.number(
      "SELECT sum(available - debt)::bigint FROM patron.balances WHERE currency = \(currency)")
  }

  private func explain(_ id: String, _ shop: TestStore) throws -> ExplainReport {
    try ExplainReport("till/\(id)", try Store(shop.settings), language: "en")
  }

  /// What an account has and may do from now on, whatever way it came there.
  static func state(_ shop: TestStore) throws -> [String] {
    var lines: [String] = []
    for (name, query) in [
      (
        "balance",
        """
        SELECT account_id, currency, available, pending, held, debt FROM patron.balances
        WHERE (available, pending, held, debt) <> (0, 0, 0, 0)
        """
      ),
      (
        "lot",
        """
        SELECT account_id, currency, due, expires, remaining FROM patron.lots WHERE remaining > 0
        """
      ),
      (
        "counter",
        "SELECT account_id, counter, bucket, value FROM patron.counter_values WHERE value <> 0"
      ),
      (
        "standing",
        """
        SELECT account_id, tier, until FROM patron.standings s
        JOIN patron.accounts a USING (account_id) WHERE s.until > a.clock
        """
      ),
      (
        "coupon",
        """
        SELECT account_id, template, issued_at, valid_until, rule, tier, used, withdrawn
        FROM patron.coupons
        """
      ),
    ] {
      let rows = try Connection(shop.settings).query(
        Statement("state of \(name)", "SELECT t::text FROM (\(query)) t ORDER BY t"))
      for row in 0..<rows.count { lines.append("\(name) \(rows.text(row, 0))") }
    }
    return lines
  }

  @Test(arguments: [Trade.program, ReturnTests.wide, LifeTests.program])
  func `what was voided at once leaves the account as it was`(_ program: String) throws {
    let seed = ReturnTests.seed
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed &+ 9)
    var (plain, voided): ([Transaction], [Transaction]) = ([], [])
    var voids = 0
    for transaction in ReturnTests.feed(120, members: 12, seed: seed &+ 9) {
      guard transaction.original != nil, random.next() % 2 == 0 else {
        plain.append(transaction)
        voided.append(transaction)
        continue
      }
      voids += 1
      voided.append(transaction)
      voided.append(
        ReturnTests.back("\(transaction.id)-void", of: transaction, at: 0, kind: .void))
    }
    // Time goes on for everybody.
    for number in 0..<12 {
      var end = try Trade.sale("end \(number)", "C\(number)", "2025-12-01", 100)
      end.isTraining = true
      plain.append(end)
      voided.append(end)
    }
    let (one, two) = (try TestStore(program), try TestStore(program))
    for shop in [one, two] { try shop.load(Trade.members(12)) }
    try one.post(plain)
    try one.run()
    try two.post(voided, batch: 37)
    try two.run(workers: 2, batch: 11)
    #expect(try Self.wrong(two) == [])
    #expect(try two.number("SELECT count(*) FROM patron.reversals WHERE gone") > voids / 2)
    let (expected, got) = (Set(try Self.state(one)), Set(try Self.state(two)))
    #expect(Array(expected.subtracting(got).sorted().prefix(4)) == [])
    #expect(Array(got.subtracting(expected).sorted().prefix(4)) == [])
  }

  @Test func `later returns count what is left without the one that was voided`() throws {
    let shop = try shop()
    let sale = Self.sale("1", 6_000, day: 0)
    let first = Self.back("R1", of: sale, days: 1, 1)
    try shop.post([sale, first])
    try shop.run()
    // Of 60 + 30 half is left, and no bonus.
    #expect(try net(shop) == 30)
    try shop.post([Self.void("V1", of: first)])
    try shop.run()
    #expect(try net(shop) == 90)
    #expect(try net(shop, 2) == 6)
    #expect(try shop.number("SELECT count(*) FROM patron.coupons WHERE withdrawn") == 0)
    #expect(
      try shop.number("SELECT sum(amount)::bigint FROM patron.budget_spends") == 30)
    let report = try explain("V1", shop)
    #expect(report.disagreements == [])
    #expect(report.lines.map(\.amount) == [30, 30, 3])
    #expect(
      report.lines.first?.sentence
        == "given again: the return is void, and what is left earns 60 points"
    )
    #expect(report.returns.map(\.isGone) == [true])
    #expect(report.returns.map(\.transaction) == ["till/1"])
    #expect(report.couponNotes.count == 1)
    #expect(try explain("R1", shop).returns.map(\.voidedBy) == ["till/V1"])
    #expect(try explain("1", shop).returns.map(\.transaction) == ["till/R1", "till/V1"])
    // Two may come back again, and not three.
    try shop.post([Self.back("R2", of: sale, days: 2, 3)])
    try shop.run()
    #expect(try net(shop) == 0)
    #expect(try explain("R2", shop).returns.first?.lines.last?.isExcess == true)
    #expect(try Self.wrong(shop) == [])
  }

  @Test func `what is no return any more is not voided again; a void may be voided`() throws {
    let shop = try shop()
    let sale = Self.sale("1", 6_000, day: 0)
    let back = Self.back("R1", of: sale, days: 1, 1)
    let void = Self.void("V1", of: back)
    try shop.post([
      sale, back, void, Self.void("V2", of: back, hours: 2), Self.void("W", of: void, hours: 3),
      Self.back("R3", of: back, days: 3, 1),
    ])
    try shop.run(batch: 1)
    #expect(try explain("V2", shop).state == .refused("it was voided before"))
    #expect(try explain("W", shop).state == .rated)
    #expect(
      try explain("R3", shop).state
        == .refused(
          "of a return nothing comes back; it can only be voided, and what is kept is a sale"))
    #expect(try net(shop) == 30)
    #expect(try Self.wrong(shop) == [])
  }

  @Test func `points that had paid are spent again, from where they had come back`() throws {
    let shop = try shop()
    let paid = Self.sale("2", 4_000, day: 10, points: 400)
    let back = Self.back("R", of: paid, days: 5, 1)
    try shop.post([Self.sale("1", 4_900, day: 0), paid])
    try shop.run()
    let before = try Self.state(shop)
    try shop.post([back, Self.void("V", of: back)])
    try shop.run(batch: 1)
    #expect(try Self.state(shop) == before)
    #expect(try explain("V", shop).disagreements == [])
    try shop.post([Self.back("R2", of: paid, days: 6, 2)])
    try shop.run()
    #expect(try net(shop) == 49)
    #expect(try Self.wrong(shop) == [])
  }

  @Test func `a coupon counts as used again, unless it was used elsewhere since`() throws {
    for isElsewhere in [false, true] {
      let shop = try shop()
      try shop.post([Self.sale("1", 5_000, day: 0)])
      try shop.run()
      let code = try Connection(shop.settings).query("SELECT code FROM patron.coupons").text(0, 0)
      let used = Self.sale("2", 2_000, day: 1, [code])
      let back = Self.back("R", of: used, days: 1, 2)
      try shop.post([used, back])
      try shop.run(batch: 1)
      #expect(try shop.number("SELECT used::bigint FROM patron.coupons") == 0)
      if isElsewhere {
        try shop.post([Self.sale("3", 2_000, day: 2, [code])])
        try shop.run()
      }
      try shop.post([Self.void("V", of: back, hours: 30)])
      try shop.run()
      #expect(try shop.number("SELECT used::bigint FROM patron.coupons") == 1)
      let notes = isElsewhere ? [] : ["the coupon \(code) counts as used again"]
      #expect(try explain("V", shop).couponNotes == notes)
      #expect(try Self.wrong(shop) == [])
      // It is free again, as often as it was used for what comes back.
      try shop.post([Self.back("R2", of: used, days: 3, 2)])
      try shop.run()
      #expect(try shop.number("SELECT used::bigint FROM patron.coupons") == (isElsewhere ? 1 : 0))
      #expect(try Self.wrong(shop) == [])
    }
  }

  @Test func `a tier that a return had taken comes back with its gift, which comes once`() throws {
    let shop = try shop()
    let sale = Self.sale("1", 9_000, day: 0)
    let back = Self.back("R", of: sale, days: 1, 1)
    try shop.post([sale, back])
    try shop.run()
    #expect(
      try shop.number(
        "SELECT count(*) FROM patron.standings s JOIN patron.accounts a USING (account_id) "
          + "WHERE until > clock") == 0)
    try shop.post([Self.void("V", of: back)])
    try shop.run()
    #expect(
      try shop.number(
        "SELECT count(*) FROM patron.standings WHERE until = '2027-01-01T00:00:00Z'") == 1)
    #expect(try shop.number("SELECT count(*) FROM patron.coupons") == 2)
    #expect(try shop.number("SELECT count(*) FROM patron.coupons WHERE withdrawn") == 0)
    #expect(try explain("V", shop).tierSteps.map(\.reason) == [.restored])
    try shop.post([Self.back("R2", of: sale, days: 2, 2)])
    try shop.run()
    #expect(try shop.number("SELECT count(*) FROM patron.coupons WHERE withdrawn") == 2)
    #expect(
      try shop.number(
        "SELECT count(*) FROM patron.standings s JOIN patron.accounts a USING (account_id) "
          + "WHERE until > clock") == 0)
    #expect(try Self.wrong(shop) == [])
  }

  @Test func `what was not there to be taken back is not given either`() throws {
    let shop = try shop()
    let sale = Self.sale("1", 4_000, day: 0)
    var ride = Transaction(
      source: "till", id: "ride", kind: .event("redeem"), at: sale.at + 3_600, offset: 0)
    ride.cards = ["C1"]
    ride.attributes = [Attribute(name: "name", value: .text("ride"))]
    let back = Self.back("R", of: sale, days: 1, 2)
    try shop.post([sale, ride, back])
    try shop.run()
    #expect(try net(shop, 2) == 0)
    try shop.post([Self.void("V", of: back)])
    try shop.run()
    #expect(try net(shop, 2) == 1)
    let report = try explain("V", shop)
    #expect(report.disagreements == [])
    #expect(
      report.letGo
        == ["3 miles more had not been there to be taken back, and are not given either"])
    #expect(try Self.wrong(shop) == [])
  }

  @Test func `what was owed for a return and is paid since comes as points that last`() throws {
    let shop = try shop()
    // A return without its sale leaves 40 owed; the next sale pays them.
    var back = Self.sale("R", 4_000, day: 0)
    back.kind = .return
    try shop.post([back, Self.sale("1", 4_000, day: 1)])
    try shop.run()
    #expect(try net(shop) == 0)
    try shop.post([Self.void("V", of: back, hours: 48)])
    try shop.run()
    #expect(try net(shop) == 40)
    #expect(
      try shop.number(
        """
        SELECT sum(remaining)::bigint FROM patron.lots
        WHERE currency = 1 AND expires > '2025-08-10'
        """) == 40)
    #expect(try explain("V", shop).disagreements == [])
    #expect(try Self.wrong(shop) == [])
  }

  @Test func `a void that comes before its return, and that before its sale, wait in turn`() throws
  {
    let shop = try shop()
    let sale = Self.sale("1", 6_000, day: 0)
    let back = Self.back("R", of: sale, days: 1, 1)
    #expect(try shop.post([Self.void("V", of: back)]).map(\.word) == ["parked"])
    #expect(try shop.post([back]).map(\.word) == ["parked"])
    #expect(try shop.post([sale]).map(\.word) == ["accepted"])
    #expect(try shop.number("SELECT count(*) FROM patron.parked") == 0)
    try shop.run()
    #expect(try net(shop) == 90)
    #expect(try explain("V", shop).state == .rated)
    #expect(try Self.wrong(shop) == [])
  }

  @Test func `a void of an exchange gives back both sides`() throws {
    let shop = try shop()
    let sale = Self.sale("1", 6_000, day: 0)
    try shop.post([sale])
    try shop.run()
    let before = try Self.state(shop)
    var exchange = ReturnTests.back("X", of: sale, at: 86_400, kind: .exchange)
    var gone = TransactionLine(sku: "A", total: Money(minor: -3_000))
    gone.quantity = Quantity(-1)
    exchange.lines = [gone, TransactionLine(sku: "B", total: Money(minor: 7_500))]
    try shop.post([exchange])
    try shop.run()
    #expect(try net(shop) == 30 + 75 + 30)
    try shop.post([Self.void("V", of: exchange)])
    try shop.run()
    #expect(try net(shop) == 90)
    let kept = try Self.state(shop).filter { !$0.hasPrefix("coupon") }
    #expect(kept == before.filter { !$0.hasPrefix("coupon") })
    #expect(try explain("V", shop).disagreements == [])
    #expect(try explain("V", shop).returns.map(\.transaction).sorted() == ["till/1", "till/X"])
    #expect(try Self.wrong(shop) == [])
  }

  @Test func `a void of a return without its sale gives again what that took`() throws {
    let shop = try shop()
    try shop.post([Self.sale("1", 4_000, day: 0)])
    try shop.run()
    let before = try Self.state(shop)
    var back = Self.sale("R", 1_000, day: 1)
    back.kind = .return
    try shop.post([back])
    try shop.run()
    #expect(try net(shop) == 30)
    try shop.post([Self.void("V", of: back), Self.void("V2", of: back, hours: 2)])
    try shop.run()
    #expect(try Self.state(shop) == before)
    #expect(try explain("V", shop).disagreements == [])
    #expect(try explain("V2", shop).state == .refused("all of it came back before"))
    #expect(try Self.wrong(shop) == [])
  }

  @Test func `a simulation and a new version's counters know what was voided`() throws {
    let shop = try shop()
    let sale = Self.sale("1", 6_000, day: 0)
    let back = Self.back("R", of: sale, days: 1, 1)
    try shop.post([sale, back, Self.void("V", of: back)])
    try shop.run()
    #expect(try Counter(shop: shop).disagreements(Self.program) == 0)
    let more =
      Self.program + "\nsegments: {big: {history: {spend: at least 60.00, within: ever}}}\n"
    try shop.publish(more, from: "2026-01-01")
    #expect(try Self.wrong(shop) == [])
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing
import YAML

/// A shop with a desk, for tests: everything on a day at ten in the morning.
struct Counter {
  let shop: TestStore

  static let program = """
    program: club
    timezone: America/Chicago
    money: USD
    currencies:
      points: {worth: 1.00 per 100, expires: end of month 12 months after earning}
      miles: {decimals: 2, pending: 10 days, expires: never}
    tiers:
      member:
      silver:
        qualify: {spend: at least 500.00, within: calendar year}
        keeps: end of next calendar year
        gives: {coupon: welcome}
      gold:
        qualify: {spend: at least 900.00, within: calendar year}
        keeps: end of next calendar year
    rules:
      base: {earn: {points: 1 per 1.00, miles: 0.50 per 1.00}}
    coupons:
      welcome: {off: 5.00, valid: 400 days, uses: 2, code: "CLUB-########"}
    """

  init(shop: TestStore) { self.shop = shop }

  init(_ program: String = Counter.program, members: Int = 4) throws {
    shop = try TestStore(program)
    try shop.load(Trade.members(members))
  }

  func store() throws -> Store { try Store(shop.settings) }

  static func at(_ day: String, hour: Int64 = 10) throws -> Instant {
    let zone = try #require(ZoneTable.zone("America/Chicago"))
    return zone.start(of: try #require(CivilDate(day))) + hour * 3_600
  }

  /// Sells for so many whole dollars, and rates it.
  @discardableResult
  func sell(_ id: String, _ card: String, _ day: String, _ dollars: Int64) throws -> Verdict {
    let verdict = try shop.post([Trade.sale(id, card, day, dollars * 100)])[0]
    try shop.run()
    return verdict
  }

  func available(_ member: String, _ currency: String = "points") throws -> Int64 {
    try shop.number(
      """
      SELECT (b.available - b.debt)::bigint FROM patron.member_codes m
      JOIN patron.balances b ON b.shard = m.shard AND b.account_id = m.account_id
      JOIN patron.currencies c ON c.currency = b.currency
      WHERE m.code = '\(member)' AND c.key = '\(currency)'
      UNION ALL SELECT 0 LIMIT 1
      """)
  }

  /// Everything that an audit finds wrong.
  func findings() throws -> [String] {
    try Audit(try store()).checks.flatMap { check in
      check.findings.map { "\(check.name): \($0.account ?? 0): \($0.what)" }
    }
  }

  /// Events that the published rules rate otherwise than they were booked.
  func disagreements(_ program: String = Counter.program) throws -> Int {
    let folder = ProgramFolder(files: [SourceFile(name: "draft.yaml", text: program)])
    let syntax = try #require(folder.check().program)
    let days = try #require(CivilDate("2024-01-01"))...(try #require(CivilDate("2030-12-31")))
    let simulation = try Simulation(syntax, days: days, try store())
    let tally = try simulation.run(shop.settings).tally
    for found in tally.disagreements { print("disagreement: \(found)") }
    return Int(tally.disagreeing)
  }
}

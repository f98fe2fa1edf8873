import Engine
import Feed
import Loyalty
import Testing

/// A small program and a seeded feed that touches everything the engine books.
enum Trade {
  static let program = """
    program: trade
    timezone: America/Chicago
    money: USD
    currencies:
      points: {expires: 90 days after earning, pending: 3 days}
      stamps: {kind: stamps, expires: end of next month}
    counts:
      items: {not: {category: [gift-cards]}}
    tiers:
      member:
      silver:
        qualify: {spend: at least 300.00, within: 60 days}
        keeps: 45 days
        falls: one step
        gives: {coupon: welcome}
      gold:
        qualify: {visits: at least 12, within: calendar quarter}
        keeps: end of next calendar month
        falls: to what was earned
    rules:
      base:
        earn: {points: 1 per 1.00}
      silver-double:
        when: {tier: silver or above}
        multiply: {points: 2}
      cards-triple:
        items: {category: cards}
        multiply: {points: 3}
      stamp:
        when: {basket: {items: {category: cards}, quantity: at least 3}}
        earn: {stamps: 1}
        limit: {times: 1 per day, stamps: 5 per month}
      hundred:
        when: {reach: {spend: every 250.00, within: calendar year}}
        earn: {points: 100}
        give: {coupon: welcome}
      regular:
        when: {history: {visits: at least 2, within: 14 days}}
        earn: {points: 5}
      candles-off:
        items: {category: candles}
        off: 10%
        limit: {money: 20.00 per month}
    coupons:
      welcome: {off: 5.00, valid: 30 days, code: "TRADE-########"}
    """

  static func members(_ count: Int) -> [MemberRecord] {
    (0..<count).map { number in
      var member = MemberRecord(member: "M\(number)")
      member.cards = ["C\(number)"]
      member.name = "Member \(number)"
      return member
    }
  }

  /// A sale of one line at ten in the morning of a day in Chicago.
  static func sale(
    _ id: String, _ card: String, _ day: String, _ minor: Int64, _ category: String? = nil
  ) throws -> Transaction {
    let zone = try #require(ZoneTable.zone("America/Chicago"))
    let day = try #require(CivilDate(day))
    var sale = Transaction(
      source: "till", id: id, kind: .sale, at: zone.start(of: day) + 36_000, offset: -21_600)
    sale.cards = [card]
    sale.lines = [TransactionLine(sku: "A", total: Money(minor: minor))]
    sale.lines[0].category = category
    return sale
  }

  /// Some hundred days of sales, a few returns and late rows, in the order in which they arrive.
  static func transactions(_ count: Int, members: Int, seed: UInt64) -> [Transaction] {
    var random = SeededGenerator(seed: seed)
    let start: Int64 = 1_735_740_000  // 2025-01-01T14:00:00Z
    return (0..<count).map { number in
      var seconds = start + Int64(number) * (150 * 86_400) / Int64(count)
      if random.next() % 20 == 0 { seconds -= Int64(random.next() % (9 * 86_400)) }
      let isReturn = random.next() % 25 == 0
      var transaction = Transaction(
        source: "till", id: "T\(number)", kind: isReturn ? .return : .sale,
        at: Instant(seconds: seconds), offset: -21_600)
      transaction.cards = ["C\(random.next() % UInt64(members))"]
      transaction.isTraining = random.next() % 50 == 0
      transaction.store = "S\(random.next() % 5)"
      for _ in 0..<(1 + random.next() % 5) {
        var line = TransactionLine(
          sku: "P\(random.next() % 40)", total: Money(minor: Int64(random.next() % 6_000)))
        line.category = ["cards", "gifts", "gift-cards", "candles"][Int(random.next() % 4)]
        line.quantity = Quantity(Int64(1 + random.next() % 3))
        transaction.lines.append(line)
      }
      return transaction
    }
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension Trade {
  /// As a POS would write it to a file.
  static func ndjson(_ transactions: [Transaction]) -> String {
    guard let money = MoneyUnit(code: "USD") else { return "" }
    return transactions.map {
      String(decoding: TransactionWriter.bytes(of: $0, money), as: UTF8.self) + "\n"
    }.joined()
  }
}

import Loyalty
import Postgres
import TestSupport

/// Both sides as lines that can be compared.
extension ReferenceHistory {
  private var members: [Int] { Set(owner).sorted() }

  private static func text(_ instant: Instant) -> String {
    instant == .distantPast ? "-" : instant.text(offset: ReferenceTests.zone.offset(at: instant))
  }

  private static func balance(_ who: String, _ numbers: [Int64]) -> String? {
    let names = [
      "available", "pending", "debt", "earned", "reversed", "spent", "expired", "adjusted",
      "transferred", "held",
    ]
    guard numbers.contains(where: { $0 != 0 }) else { return nil }
    return "\(who) " + zip(names, numbers).map { "\($0) \($1)" }.joined(separator: " ")
  }

  private static func lot(
    _ who: String, _ due: Instant, _ expires: Instant, _ numbers: [Int64]
  ) -> String {
    let names = ["granted", "spent", "expired", "reversed", "held", "left"]
    return "\(who) lot due \(text(due)) until \(text(expires)): "
      + zip(names, numbers).map { "\($0) \($1)" }.joined(separator: " ")
  }

  func expected() -> [String] {
    members.flatMap { member -> [String] in
      let account = accounts[member]
      var lines: [String] = []
      for currency in ReferenceAccount.Currency.allCases {
        let who = "M\(member) \(currency.rawValue)"
        let sums = account.sums[currency]!
        let numbers = [
          account.available(currency), account.pending(currency), sums.debt, sums.earned,
          sums.reversed, sums.spent, sums.expired, sums.adjusted, sums.transferred,
          account.lots.reduce(0) { $1.currency == currency ? $0 + $1.held : $0 },
        ]
        if let line = Self.balance(who, numbers) { lines.append(line) }
        for lot in account.lots where lot.currency == currency {
          lines.append(
            Self.lot(
              who, lot.due, lot.expires,
              [lot.granted, lot.spent, lot.expired, lot.reversed, lot.held, lot.left]))
        }
      }
      if let silver = account.silver.first(where: { $0.until > account.clock }) {
        lines.append("M\(member) silver until \(Self.text(silver.until))")
      }
      return lines
    }
  }

  func stored() throws -> [String] {
    let db = try Connection(shop.settings)
    let codes = Cell.textArray(members.map { "M\($0)" })
    let balances = try db.query(
      """
      SELECT m.code || ' ' || c.key, b.available, b.pending, b.debt, b.earned, b.reversed, b.spent,
        b.expired, b.adjusted, b.transferred, b.held
      FROM patron.member_codes m JOIN patron.balances b USING (shard, account_id)
      JOIN patron.currencies c USING (currency) WHERE m.code = ANY ($1)
      """, [codes])
    var lines: [String] = []
    for row in 0..<balances.count {
      let numbers = (1...10).map { balances.int8(row, $0) }
      if let line = Self.balance(balances.text(row, 0), numbers) { lines.append(line) }
    }
    let lots = try db.query(
      """
      SELECT m.code || ' ' || c.key, l.due, l.expires, l.granted, l.spent, l.expired, l.reversed,
        l.held, l.remaining
      FROM patron.member_codes m JOIN patron.lots l USING (shard, account_id)
      JOIN patron.currencies c USING (currency) WHERE m.code = ANY ($1)
      """, [codes])
    for row in 0..<lots.count {
      lines.append(
        Self.lot(
          lots.text(row, 0), Instant(microseconds: lots.instant(row, 1)),
          Instant(microseconds: lots.instant(row, 2)), (3...8).map { lots.int8(row, $0) }))
    }
    let tiers = try db.query(
      """
      SELECT m.code, s.until FROM patron.member_codes m
      JOIN patron.standings s USING (shard, account_id) JOIN patron.tiers t USING (tier)
      WHERE m.code = ANY ($1) AND t.key = 'silver' AND s.until > $2
      """,
      [codes, .instant(ReferenceTests.zone.start(of: day).microseconds - 1)])
    for row in 0..<tiers.count {
      let until = Instant(microseconds: tiers.instant(row, 1))
      lines.append("\(tiers.text(row, 0)) silver until \(Self.text(until))")
    }
    return lines
  }
}

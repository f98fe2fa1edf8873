import Loyalty

/// The workload of `patron bench`: rules that each ask for one of so many categories, a basket
/// total, a list of tiers and a
/// list of weekdays, and accounts that buy five things at a time. More rules go with more
/// categories, so that as many match.
public struct BenchWorkload: Sendable {
  public let rules: Int
  public let categories: Int
  public let accounts: Int
  public let transactions: Int
  private let seed: UInt64

  /// Lines of a transaction.
  public static let lines = 5
  /// Different products, whatever the categories.
  public static let products = 4_000
  public static let stores = 20

  public init(
    rules: Int = 100, categories: Int = 20, accounts: Int = 20_000, transactions: Int = 100_000,
    seed: UInt64 = 1
  ) {
    precondition(rules > 0 && categories > 0 && accounts > 0)
    self.rules = rules
    self.categories = categories
    self.accounts = accounts
    self.transactions = transactions
    self.seed = seed
  }

  public static func category(_ number: Int) -> String { "category-\(number)" }
  public static func card(_ account: Int) -> String { "9" + Digits.padded(account, 11) }
  public static let tiers = ["bronze", "silver", "gold", "platinum"]
  public static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
}

extension BenchWorkload {
  /// The rules as the text of a rule file: a complete program.
  public var program: String {
    var text = """
      program: bench
      timezone: America/Chicago
      money: USD

      currencies:
        points: {worth: 0.01 per 1, expires: end of month 12 months after earning}

      tiers:
        bronze:
        silver:
          qualify: {spend: at least 100.00, within: calendar year}
          keeps: end of next calendar year
        gold:
          qualify: {spend: at least 200.00, within: calendar year}
          keeps: end of next calendar year
        platinum:
          qualify: {spend: at least 400.00, within: calendar year}
          keeps: end of next calendar year

      groups:
        promotions: add

      rules:
        base:
          earn: {points: 1 per 1.00}

      """
    for promotion in promotions { text += promotion.rule }
    return text
  }

  /// A rule of the workload in its parts: for the rule file, and for who writes it otherwise.
  public struct Promotion: Sendable {
    public let key: String
    public let tiers: [String]
    public let weekdays: [String]
    /// What the basket must come to, in whole units of money.
    public let least: Int
    public let category: String
    public let factor: String

    fileprivate var rule: String {
      """
        \(key):
          when:
            tier: [\(tiers.joined(separator: ", "))]
            weekday: [\(weekdays.joined(separator: ", "))]
            basket: {spend: at least \(least).00}
          items: {category: \(category)}
          multiply: {points: \(factor)}
          group: promotions

      """
    }
  }

  public var promotions: [Promotion] {
    var random = SplitMix64(seed, 11)
    return (0..<rules).map { number in
      Promotion(
        key: "promotion-\(number)", tiers: some(of: BenchWorkload.tiers, 1...3, &random),
        weekdays: some(of: BenchWorkload.weekdays, 2...5, &random),
        least: random.number(1...16) * 5, category: BenchWorkload.category(number % categories),
        factor: random.pick(["1.5", "2", "3", "5"]))
    }
  }

  private func some(
    of words: [String], _ count: ClosedRange<Int>, _ random: inout SplitMix64
  ) -> [String] {
    var left = words
    while left.count > count.upperBound { left.remove(at: random.below(left.count)) }
    for _ in 0..<random.below(count.upperBound - count.lowerBound + 1) {
      left.remove(at: random.below(left.count))
    }
    return left
  }

  /// Products with their categories, for `Event`s and for the table of products alike.
  public var products: [ProductRecord] {
    (0..<BenchWorkload.products).map { number in
      var record = ProductRecord(sku: "sku-\(number)")
      record.category = BenchWorkload.category(number % categories)
      return record
    }
  }

  public var members: [MemberRecord] {
    (0..<accounts).map { number in
      var record = MemberRecord(member: "bench-\(number)")
      record.cards = [BenchWorkload.card(number)]
      return record
    }
  }
}

extension BenchWorkload {
  /// What happens to one account, in numbers.
  struct Sale {
    var account: Int
    var at: Instant
    var store: Int
    /// Products, by number, with their quantities and cents.
    var lines: [(product: Int, quantity: Int, cents: Int)]
  }

  /// In the order of time, over the year 2025.
  struct Sales: Sequence, IteratorProtocol {
    private let workload: BenchWorkload
    private var random: SplitMix64
    private var made = 0

    init(_ workload: BenchWorkload) {
      self.workload = workload
      random = SplitMix64(workload.seed, 12)
    }

    mutating func next() -> Sale? {
      guard made < workload.transactions else { return nil }
      let start = Int64(SeasonalYear.date(2025, 1, 1).day) * 86_400 + 6 * 3600
      let second = Int64(made) * (365 * 86_400) / Int64(workload.transactions)
      made += 1
      var sale = Sale(
        account: random.below(workload.accounts), at: Instant(seconds: start + second),
        store: random.below(BenchWorkload.stores), lines: [])
      sale.lines.reserveCapacity(BenchWorkload.lines)
      for _ in 0..<BenchWorkload.lines {
        let quantity = random.number(1...3)
        let product = random.below(BenchWorkload.products)
        sale.lines.append((product, quantity, quantity * (99 + random.below(900))))
      }
      return sale
    }
  }

  /// As a feed tells it; card, store and products go by their names.
  public var feed: some Sequence<Transaction> {
    Sales(self).lazy.enumerated().map { number, sale in
      var transaction = Transaction(
        source: "bench", id: String(number), kind: .sale, at: sale.at,
        offset: BenchWorkload.offset(sale.at))
      transaction.store = "bench-\(sale.store)"
      transaction.cards = [BenchWorkload.card(sale.account)]
      for (place, line) in sale.lines.enumerated() {
        var written = TransactionLine(
          sku: "sku-\(line.product)", total: Money(minor: Int64(line.cents)))
        written.number = Int32(place + 1)
        written.quantity = Quantity(Int64(line.quantity))
        transaction.lines.append(written)
      }
      transaction.tenders = [
        .init(kind: "card", amount: transaction.lines.reduce(Money.zero) { $0 + $1.total })
      ]
      return transaction
    }
  }

  /// As the engine reads it from its tables: each with the account's number. `symbol` turns names
  /// into numbers.
  public func events(_ symbol: (String) -> Symbol) -> [(account: Int, event: Event)] {
    let products = products.map { (symbol($0.sku), symbol($0.category ?? "")) }
    let stores = (0..<BenchWorkload.stores).map { symbol("bench-\($0)") }
    let card = symbol("card")
    var sequences = Array(repeating: Int64(0), count: accounts)
    return Sales(self).map { sale in
      sequences[sale.account] += 1
      var event = Event(
        seq: sequences[sale.account], kind: .sale, at: sale.at,
        offset: BenchWorkload.offset(sale.at))
      event.store = stores[sale.store]
      event.lines = sale.lines.map { line in
        Line(
          product: products[line.product].0, category: products[line.product].1,
          quantity: Quantity(Int64(line.quantity)), total: Money(minor: Int64(line.cents)))
      }
      let due = event.lines.reduce(Money.zero) { $0 + $1.total }
      event.tenders = [EventTender(kind: card, amount: due)]
      return (sale.account, event)
    }
  }

  /// Chicago's, by the day.
  private static func offset(_ at: Instant) -> Int32 {
    SeasonalYear.isSummerTime(at.local(offset: -6 * 3600).date) ? -5 * 3600 : -6 * 3600
  }
}

import Feed
import Loyalty

extension FeedContext {
  /// US dollars in Chicago as it was in 2026; store 99 is in UTC+8.
  static let dollars = FeedContext(
    money: MoneyUnit(code: "USD")!,
    zone: Zone(
      name: "America/Chicago", changes: [1_772_956_800, 1_793_516_400],
      offsets: [-21_600, -18_000, -21_600])
  ) { $0 == "99" ? Zone(name: "Asia/Shanghai", changes: [], offsets: [28_800]) : nil }
}

func read(_ text: String, _ context: FeedContext = .dollars) -> FeedReading {
  var reader = TransactionReader(context)
  return reader.read(Array(text.utf8))
}

func transaction(_ text: String, _ context: FeedContext = .dollars) -> Transaction? {
  if case .transaction(let transaction) = read(text, context) { return transaction }
  return nil
}

func problems(_ text: String, _ context: FeedContext = .dollars) -> [String] {
  if case .unreadable(_, _, let problems) = read(text, context) {
    return problems.map(\.description)
  }
  return []
}

/// SplitMix64: the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  /// A new seed every run, printed so that a failure can be had again.
  static func printed() -> Seeded {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    return Seeded(seed)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
}

/// Transactions of every shape.
struct TransactionMaker {
  var random: Seeded

  mutating func maybe<Value>(_ value: Value) -> Value? {
    Bool.random(using: &random) ? value : nil
  }

  mutating func text() -> String {
    let words = ["14", "C-101", "greeting-cards", "金卡", "a \"b\"\\\n", "é", "6035710012345678"]
    return words[random.below(words.count)] + String(random.below(1000))
  }

  mutating func identifier() -> String {
    let words = ["14", "C-101", "greeting-cards", "金卡", "a \"b\"\\", "é", "6035710012345678"]
    return words[random.below(words.count)] + String(random.below(1000))
  }

  mutating func money() -> Money { Money(minor: Int64(random.below(100_000)) - 1_000) }

  mutating func attributes() -> [Attribute] {
    (0..<random.below(4)).map { index in
      let value: Attribute.Value =
        switch random.below(3) {
        case 0: .text(text())
        case 1:
          .number(ExactDecimal(units: Int64(random.below(1000)) - 500, places: random.below(4)))
        default: .boolean(Bool.random(using: &random))
        }
      return Attribute(name: "\(index)" + identifier(), value: value)
    }
  }

  mutating func line(_ number: Int32) -> TransactionLine {
    var line = TransactionLine(sku: maybe(identifier()) ?? "", total: money())
    line.number = number
    line.category = maybe(identifier())
    line.quantity = Quantity(millionths: Int64(random.below(5_000_000)))
    line.unit = maybe("kg")
    line.price = maybe(Int64(random.below(100_000_000)))
    line.tax = maybe(money()) ?? .zero
    line.cost = maybe(money())
    line.discounts = (0..<random.below(3)).map { _ in
      TransactionLine.Discount(
        kind: TransactionLine.Discount.Kind.allCases[random.below(3)], amount: money(),
        funder: maybe(identifier()))
    }
    line.attributes = attributes()
    return line
  }

  mutating func transaction() -> Transaction {
    let kinds: [Transaction.Kind] = [.sale, .sale, .exchange, .event("survey")]
    var transaction = Transaction(
      source: identifier(), id: identifier(), kind: kinds[random.below(kinds.count)],
      at: Instant(microseconds: 1_700_000_000_000_000 + Int64(random.below(1 << 40))),
      offset: Int32(random.below(48) - 24) * 1800)
    transaction.store = maybe(identifier())
    transaction.register = maybe(identifier())
    transaction.channel = maybe("web")
    transaction.salesperson = maybe(identifier())
    transaction.cards = (0..<random.below(3)).map { _ in identifier() }
    let isNumbered = Bool.random(using: &random)
    transaction.lines = (0..<random.below(6)).map { line(isNumbered ? Int32($0 + 1) : 0) }
    transaction.tenders = (0..<random.below(3)).map { _ in
      Transaction.Tender(kind: identifier(), amount: money())
    }
    transaction.coupons = (0..<random.below(3)).map { _ in identifier() }
    transaction.original = maybe(
      Transaction.Original(source: identifier(), id: identifier()))
    transaction.isTraining = Bool.random(using: &random)
    transaction.attributes = attributes()
    return transaction
  }
}

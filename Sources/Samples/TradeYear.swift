import Loyalty

/// A year of trade at the tills, one day after another.
struct TradeYear: Sendable {
  let shop: CardShop
  private var random: SplitMix64
  /// Sums of the days' weights, to spread the transactions exactly.
  private let weight: Int
  private var weightSoFar = 0
  private var made = 0
  /// Receipts by shop and till, today.
  private var receipts: [Int]
  /// What a till sends again tomorrow.
  private var again: [Transaction] = []
  /// Sales that may come back, the oldest first.
  private var recent: [Transaction] = []

  private static let tills = 8

  init(_ shop: CardShop) {
    self.shop = shop
    random = SplitMix64(shop.seed, 3)
    weight = (shop.days.lowerBound.day...shop.days.upperBound.day)
      .reduce(0) { $0 + SeasonalYear.weight(of: CivilDate(day: $1)) }
    receipts = Array(repeating: 0, count: Shop.all.count * TradeYear.tills)
  }

  mutating func trade(on day: CivilDate) -> [Transaction] {
    weightSoFar += SeasonalYear.weight(of: day)
    let due = shop.transactionCount * weightSoFar / weight
    for place in receipts.indices { receipts[place] = 0 }
    let seasons = SeasonalYear.season(of: day)
    var visits = (made..<due).map { _ in visit(on: day) }
    made = due
    visits.sort { ($0.at, $0.shop, $0.till, $0.shopper) < ($1.at, $1.shop, $1.till, $1.shopper) }
    var day: [Transaction] = again
    again = []
    for visit in visits {
      let transaction = ring(visit, seasons)
      day.append(transaction)
      if visit.shopper >= 0, transaction.kind == .sale { remember(transaction) }
      resend(transaction, &day)
    }
    return day
  }

  /// Someone comes to a till.
  private struct Visit {
    var at: Instant
    var offset: Int32
    var shop: Int
    var till: Int
    /// −1 has no card, −2 one that nobody knows.
    var shopper: Int
    var date: CivilDate
  }

  private mutating func visit(on day: CivilDate) -> Visit {
    let shopper = someone(on: day)
    var place = shop.traffic.pick(&random)
    if shopper >= 0, random.chance(88, in: 100) { place = shop.shoppers[shopper].home }
    let store = Shop.all[place]
    let hours = store.hours(on: day)
    // The sum of two draws: noon and afternoon are busier than the ends of the day.
    let half = hours.count / 2
    let minute = hours.lowerBound + random.below(half) + random.below(hours.count - half)
    let offset = store.offset(on: day)
    let local = Int64(day.day) * 86_400 + Int64(minute * 60 + random.below(60))
    return Visit(
      at: Instant(seconds: local - Int64(offset)), offset: offset, shop: place,
      till: random.below(store.registers) + 1, shopper: shopper, date: day)
  }

  private mutating func someone(on day: CivilDate) -> Int {
    let kind = random.below(1_000)
    if kind < 3 { return -2 }
    if kind < 260 { return -1 }
    for _ in 0..<20 {
      let shopper = shop.frequencies.pick(&random)
      if shop.shoppers[shopper].shops(on: day) { return shopper }
    }
    return -1
  }

  private mutating func ring(_ visit: Visit, _ seasons: [(season: Season, share: Int)])
    -> Transaction
  {
    let slot = visit.shop * TradeYear.tills + visit.till - 1
    receipts[slot] += 1
    let store = Shop.all[visit.shop]
    let id =
      "\(visit.date)/\(visit.till)/" + Digits.padded(receipts[slot], 4)
    var transaction = Transaction(
      source: store.isWeb ? "web" : "store-\(store.code)", id: id, kind: .sale, at: visit.at,
      offset: visit.offset)
    transaction.store = store.code
    transaction.register = String(visit.till)
    transaction.channel = store.isWeb ? "web" : "store"
    if !store.isWeb { transaction.salesperson = String(random.number(1...9)) }
    transaction.currency = "USD"
    if visit.shopper >= 0 {
      transaction.cards = [random.pick(shop.shoppers[visit.shopper].record.cards)]
    } else if visit.shopper == -2 {
      // Cards of people who have not been told to us, the same ones again and again.
      transaction.cards = [Shopper.card(5_000_000 + random.below(80))]
    }
    let fate = random.below(10_000)
    if fate < 100 {
      bringBack(&transaction, store, seasons)
    } else if fate < 110, let original = oldSale() {
      bringBack(&transaction, original)
    } else {
      var receipt = Receipt(store: store, date: visit.date)
      receipt.fill(&transaction, shop.catalogue, seasons, &random)
      transaction.isTraining = fate < 116
    }
    return transaction
  }

  /// Back without the receipt: one thing or two, and the money in cash.
  private mutating func bringBack(
    _ transaction: inout Transaction, _ store: Shop, _ seasons: [(season: Season, share: Int)]
  ) {
    transaction.kind = .return
    var receipt = Receipt(store: store, date: transaction.at.local(offset: transaction.offset).date)
    receipt.mostLines = 2
    receipt.fill(&transaction, shop.catalogue, seasons, &random)
    transaction.tenders = []
  }

  /// Back with the receipt, which names the sale.
  private func bringBack(_ transaction: inout Transaction, _ sale: Transaction) {
    transaction.kind = .return
    transaction.cards = sale.cards
    transaction.original = Transaction.Original(source: sale.source, id: sale.id)
    transaction.lines = [sale.lines[0]]
  }

  private mutating func remember(_ sale: Transaction) {
    guard random.chance(1, in: 50) else { return }
    recent.append(sale)
    if recent.count > 40 { recent.removeFirst() }
  }

  private mutating func oldSale() -> Transaction? {
    recent.count == 40 ? recent[random.below(10)] : nil
  }

  /// Some are sent twice, at once or the next morning; very rarely with another content under the
  /// same id.
  private mutating func resend(_ transaction: Transaction, _ day: inout [Transaction]) {
    let fate = random.below(10_000)
    if fate < 35 {
      day.append(transaction)
    } else if fate < 50 {
      again.append(transaction)
    } else if fate < 52 {
      var other = transaction
      other.lines[0].total = other.lines[0].total + Money(minor: 100)
      day.append(other)
    }
  }
}

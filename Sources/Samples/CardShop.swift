import Loyalty

/// A made-up chain of card-and-gift shops in the United States, and a span of its trade: members,
/// products, stores, and a
/// feed as its tills would send it, with all that goes wrong in real ones. The same seed gives the
/// same feed, for ever.
public struct CardShop: Sendable {
  public let days: ClosedRange<CivilDate>
  /// How many different transactions the feed holds; what is sent again comes on top.
  public let transactionCount: Int
  let seed: UInt64
  let catalogue: Catalogue
  let shoppers: [Shopper]
  let frequencies: WeightedChoice
  let traffic: WeightedChoice

  /// `days` is a whole year unless said otherwise: 2025.
  public init(
    seed: UInt64 = 1, members: Int = 10_000, transactions: Int = 100_000,
    days: ClosedRange<CivilDate>? = nil
  ) {
    precondition(members > 0 && members <= 1_000_000 && transactions >= 0)
    let days = days ?? SeasonalYear.date(2025, 1, 1)...SeasonalYear.date(2025, 12, 31)
    self.days = days
    self.seed = seed
    transactionCount = transactions
    catalogue = Catalogue(seed: seed)
    let traffic = WeightedChoice(Shop.all.map(\.weight))
    var random = SplitMix64(seed, 2)
    shoppers = (0..<members).map { Shopper.make($0, traffic, days, &random) }
    frequencies = WeightedChoice(shoppers.map(\.weight))
    self.traffic = traffic
  }

  public var members: [MemberRecord] { shoppers.map(\.record) }
  public var products: [ProductRecord] { catalogue.records }
  public var stores: [StoreRecord] { Shop.all.map(\.record) }

  /// In the order of time, but for what a till sends once more the next day. Made day by day.
  public var transactions: Feed { Feed(self) }
}

extension CardShop {
  public struct Feed: Sequence, IteratorProtocol, Sendable {
    private var year: TradeYear
    private var day: CivilDate
    private var today: [Transaction] = []
    private var position = 0

    init(_ shop: CardShop) {
      year = TradeYear(shop)
      day = shop.days.lowerBound
    }

    public mutating func next() -> Transaction? {
      while position == today.count {
        guard day <= year.shop.days.upperBound else { return nil }
        today = year.trade(on: day)
        position = 0
        day = day + 1
      }
      position += 1
      return today[position - 1]
    }
  }
}

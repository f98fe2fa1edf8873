import Loyalty

/// One thing that the chain sells.
struct Item: Sendable {
  let sku: String
  let name: String
  let category: String
  let season: Season
  /// Cents.
  let price: Int
  let isTaxed: Bool
}

/// All that the chain sells: about 600 SKUs.
struct Catalogue: Sendable {
  private(set) var items: [Item] = []
  /// Places by season; everyday goods stand under `everyday`.
  private(set) var bySeason: [[Int]] = Array(repeating: [], count: Season.allCases.count)
  private(set) var choices: [WeightedChoice] = []

  struct Shelf: Sendable {
    let category: String
    let prefix: String
    let noun: String
    /// How many of each season, and how many of every day with their kinds.
    let seasonal: Int
    let everyday: Int
    let kinds: [String]
    /// Cents.
    let prices: ClosedRange<Int>
    /// How often it is taken.
    let weight: Int
  }

  static let shelves: [Shelf] = [
    Shelf(
      category: "greeting-cards", prefix: "C", noun: "card", seasonal: 12, everyday: 110,
      kinds: [
        "Birthday", "Thank-you", "Sympathy", "Wedding", "Get-well", "Anniversary", "New-baby",
      ],
      prices: 199...599, weight: 30),
    Shelf(
      category: "gift-wrap", prefix: "W", noun: "wrap", seasonal: 4, everyday: 36,
      kinds: ["Striped", "Kraft paper", "Floral", "Tissue", "Ribbon", "Gift-bag"],
      prices: 149...649, weight: 14),
    Shelf(
      category: "ornaments", prefix: "O", noun: "ornament", seasonal: 4, everyday: 24,
      kinds: ["Glass", "Porcelain", "Keepsake", "Wooden"], prices: 599...2199, weight: 4),
    Shelf(
      category: "plush", prefix: "P", noun: "plush", seasonal: 2, everyday: 24,
      kinds: ["Bear", "Bunny", "Puppy", "Dragon"], prices: 699...1899, weight: 4),
    Shelf(
      category: "candles", prefix: "K", noun: "candle", seasonal: 2, everyday: 24,
      kinds: ["Vanilla", "Lavender", "Cedar", "Linen"], prices: 399...1599, weight: 5),
    Shelf(
      category: "stationery", prefix: "S", noun: "notes", seasonal: 0, everyday: 50,
      kinds: ["Boxed", "Journal", "Pen set", "Sticker", "Planner"], prices: 199...1199, weight: 9),
    Shelf(
      category: "books", prefix: "B", noun: "book", seasonal: 2, everyday: 30,
      kinds: ["Recordable", "Picture", "Gift", "Recipe"], prices: 499...1599, weight: 4),
    Shelf(
      category: "candy", prefix: "Y", noun: "candy", seasonal: 3, everyday: 30,
      kinds: ["Truffle", "Caramel", "Mint", "Jelly-bean"], prices: 99...799, weight: 12),
    Shelf(
      category: "party", prefix: "T", noun: "party ware", seasonal: 2, everyday: 50,
      kinds: ["Balloon", "Napkin", "Plate", "Banner", "Candle-set"],
      prices: 149...899, weight: 10),
    Shelf(
      category: "gift-cards", prefix: "G", noun: "gift card", seasonal: 0, everyday: 5,
      kinds: ["10 dollar", "15 dollar", "25 dollar", "50 dollar", "100 dollar"],
      prices: 1000...10000, weight: 2),
    Shelf(
      category: "postage", prefix: "Z", noun: "stamps", seasonal: 0, everyday: 5,
      kinds: ["Single", "Book of 10", "Book of 20", "Global", "Postcard"], prices: 61...1460,
      weight: 3),
  ]

  init(seed: UInt64) {
    var random = SplitMix64(seed, 1)
    var weights: [[Int]] = Array(repeating: [], count: Season.allCases.count)
    for shelf in Catalogue.shelves {
      for season in Season.allCases {
        let count = season == .everyday ? shelf.everyday : shelf.seasonal
        for number in 0..<count {
          add(shelf, season, number, &random)
          weights[season.rawValue].append(max(1, shelf.weight * 600 / (count * 10)))
        }
      }
    }
    choices = weights.map { WeightedChoice($0) }
  }

  private mutating func add(
    _ shelf: Shelf, _ season: Season, _ number: Int, _ random: inout SplitMix64
  ) {
    let kind = season == .everyday ? shelf.kinds[number % shelf.kinds.count] : season.title
    var price = random.number(shelf.prices) / 50 * 50 + 49 + 50 * random.below(2)
    if shelf.category == "gift-cards" { price = [1000, 1500, 2500, 5000, 10000][number % 5] }
    if shelf.category == "postage" { price = [78, 780, 1560, 165, 61][number % 5] }
    let place = items.count
    items.append(
      Item(
        sku: shelf.prefix + "-" + Digits.padded(101 + season.rawValue * 200 + number, 4),
        name: "\(kind) \(shelf.noun) \(number / shelf.kinds.count + 1)", category: shelf.category,
        season: season, price: price,
        isTaxed: shelf.category != "gift-cards" && shelf.category != "postage"))
    bySeason[season.rawValue].append(place)
  }

  /// Something for a line: of the season, or of every day.
  func pick(_ season: Season, _ random: inout SplitMix64) -> Item {
    let places = bySeason[season.rawValue]
    return items[places[choices[season.rawValue].pick(&random)]]
  }

  var records: [ProductRecord] {
    items.map { item in
      var record = ProductRecord(sku: item.sku)
      record.name = item.name
      record.category = item.category
      if item.season != .everyday {
        record.attributes = [Attribute(name: "season", value: .text(item.season.name))]
      }
      return record
    }
  }
}

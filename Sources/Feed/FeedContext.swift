import Loyalty

/// What a reader must know about the program and its stores.
public struct FeedContext: Sendable {
  /// The program's money.
  public var money: MoneyUnit
  /// The program's time zone: for a time without an offset from a store that is not known.
  public var zone: Zone
  public var zoneOfStore: @Sendable (String) -> Zone?
  /// A zone by its IANA name, for a mapping that names one.
  public var zoneNamed: @Sendable (String) -> Zone?
  /// The source of rows that name none; nil makes them name one.
  public var source: String?

  /// How the sources begin under which Patron keeps what is done at its desk and in its calendar.
  static let ownSources = "patron "

  public init(
    money: MoneyUnit, zone: Zone, source: String? = nil,
    zoneOfStore: @escaping @Sendable (String) -> Zone? = { _ in nil },
    zoneNamed: @escaping @Sendable (String) -> Zone? = { _ in nil }
  ) {
    self.money = money
    self.zone = zone
    self.source = source
    self.zoneNamed = zoneNamed
    self.zoneOfStore = zoneOfStore
  }
}

/// How much one transaction may hold.
public enum FeedLimit {
  public static let lines = 5_000
  public static let tenders = 100
  public static let cards = 10
  public static let coupons = 100
  public static let discounts = 100
  public static let attributes = 100
  /// Characters of an identity: a number, a SKU, a kind.
  public static let identifier = 200
  /// Characters of any other text.
  public static let text = 1_000
  /// Bytes of one row of NDJSON or CSV.
  public static let row = 8 << 20
  /// Seconds east or west of UTC.
  public static let offset: Int32 = 18 * 3600
}

/// What became of one row.
public enum FeedReading: Sendable, Equatable {
  case transaction(Transaction)
  /// Source and id where they could be read.
  case unreadable(source: String?, id: String?, [FeedProblem])
}

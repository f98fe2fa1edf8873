/// One transaction as a feed told it (language.md's words for the feed), read strictly but not yet
/// resolved: its texts are the POS's own.
///
/// Amounts are in minor units of the program's money, quantities in millionths.
public struct Transaction: Sendable, Equatable {
  public var source: String
  /// Unique within the source.
  public var id: String
  public var kind: Kind
  public var at: Instant
  /// Seconds east of UTC as it was written, or of the store's zone.
  public var offset: Int32
  /// Nothing behind the date: the offset is to be taken from the store's zone, and `at` is the wall
  /// clock read as UTC.
  public var isLocal = false
  public var store: String?
  public var register: String?
  public var channel: String?
  public var salesperson: String?
  /// ISO 4217; nil is the program's.
  public var currency: String?
  public var cards: [String] = []
  public var lines: [TransactionLine] = []
  public var tenders: [Tender] = []
  /// Codes of coupons shown.
  public var coupons: [String] = []
  public var original: Original?
  /// Training mode: recorded, earns nothing.
  public var isTraining = false
  /// Laid aside at the till, to be resumed or dropped: recorded, earns nothing. What becomes of it
  /// comes as a transaction of its own, often under the same id.
  public var isSuspended = false
  public var attributes: [Attribute] = []

  public init(source: String, id: String, kind: Kind, at: Instant, offset: Int32) {
    self.source = source
    self.id = id
    self.kind = kind
    self.at = at
    self.offset = offset
  }

  /// The standard kinds, and the program's own events by name.
  public enum Kind: Sendable, Hashable {
    case sale, `return`, void, exchange
    case event(String)

    public var text: String {
      switch self {
      case .sale: "sale"
      case .return: "return"
      case .void: "void"
      case .exchange: "exchange"
      case .event(let name): name
      }
    }

    public init(text: String) {
      switch text {
      case "sale": self = .sale
      case "return": self = .return
      case "void": self = .void
      case "exchange": self = .exchange
      default: self = .event(text)
      }
    }
  }

  public struct Original: Sendable, Equatable {
    public var source: String
    public var id: String
    public init(source: String, id: String) {
      self.source = source
      self.id = id
    }
  }

  public struct Tender: Sendable, Equatable {
    public var kind: String
    public var amount: Money
    public init(kind: String, amount: Money) {
      self.kind = kind
      self.amount = amount
    }
  }
}

/// A name and a value beyond the standard words.
public struct Attribute: Sendable, Equatable {
  public enum Value: Sendable, Equatable {
    case text(String)
    case number(ExactDecimal)
    case boolean(Bool)

    /// A number, whether it came as one or as a text: read exactly.
    @inlinable
    public var decimal: ExactDecimal? {
      switch self {
      case .number(let number): number
      case .text(let text): ExactDecimal(text)
      case .boolean: nil
      }
    }
  }
  public var name: String
  public var value: Value
  public init(name: String, value: Value) {
    self.name = name
    self.value = value
  }
}

/// A line of a receipt. On a return, what comes back is positive.
public struct TransactionLine: Sendable, Equatable {
  /// As numbered by the POS; 0 where it did not number them.
  public var number: Int32 = 0
  public var sku: String
  /// As the feed told it; nil leaves it to the product table.
  public var category: String?
  public var quantity = Quantity(1)
  /// Unit of measure; nil is a piece.
  public var unit: String?
  /// List price of one unit in millionths of the money's unit (some feeds have a third decimal),
  /// where known.
  public var price: Int64?
  /// What the line came to after its discounts, without tax.
  public var total: Money
  public var discounts: [Discount] = []
  public var tax = Money.zero
  /// Cost of the goods, where known.
  public var cost: Money?
  public var attributes: [Attribute] = []

  public init(sku: String, total: Money) {
    self.sku = sku
    self.total = total
  }

  public struct Discount: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable { case store, manufacturer, loyalty }
    public var kind: Kind
    /// Positive where the line became cheaper.
    public var amount: Money
    public var funder: String?
    public init(kind: Kind, amount: Money, funder: String? = nil) {
      self.kind = kind
      self.amount = amount
      self.funder = funder
    }
  }
}

/// A member as `patron load members` reads it.
public struct MemberRecord: Sendable, Equatable {
  public var member: String
  public var name: String?
  public var phone: String?
  public var email: String?
  public var birthday: CivilDate?
  public var joined: CivilDate?
  public var cards: [String] = []
  public var attributes: [Attribute] = []
  public init(member: String) { self.member = member }
}

public struct ProductRecord: Sendable, Equatable {
  public var sku: String
  public var name: String?
  public var category: String?
  public var attributes: [Attribute] = []
  public init(sku: String) { self.sku = sku }
}

public struct StoreRecord: Sendable, Equatable {
  public var store: String
  public var name: String?
  /// IANA zone name; nil is the program's.
  public var timezone: String?
  public var region: String?
  public init(store: String) { self.store = store }
}

extension Transaction {
  private static let suspendedMark = "#suspended-"

  /// A suspended one under an id of its own, by its content: the till's id stays free for what
  /// becomes of it, and one that is suspended again with more in it is another one.
  public func suspended(_ digest: UInt128) -> Transaction {
    guard isSuspended, !id.contains(Self.suspendedMark) else { return self }
    var own = self
    let hex = String(UInt64(truncatingIfNeeded: digest >> 64), radix: 16)
    own.id += Self.suspendedMark + String(repeating: "0", count: 16 - hex.count) + hex
    return own
  }

  /// The id as the till sent it.
  public var sentID: String {
    guard isSuspended, let mark = id.lastRange(of: Self.suspendedMark) else { return id }
    return String(id[..<mark])
  }
}

extension String {
  /// Where a text begins for the last time.
  fileprivate func lastRange(of text: String) -> Index? {
    indices.last { self[$0...].hasPrefix(text) }
  }
}

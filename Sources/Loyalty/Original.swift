/// An event that something comes back of: as it was paid, what its rating consulted, what it gave,
/// and what of it came back so far.
public struct Original: Sendable {
  /// What a rule gave of a currency.
  public struct Award: Sendable, Equatable {
    public var rule: RuleID
    public var currency: CurrencyID
    public var amount: Int64
    public var due: Instant
    public var expires: Instant
    /// When it counts as earned: points that wait count when they are released.
    public var earnedAt: Instant

    public init(
      rule: RuleID, currency: CurrencyID, amount: Int64, due: Instant, expires: Instant,
      earnedAt: Instant
    ) {
      self.rule = rule
      self.currency = currency
      self.amount = amount
      self.due = due
      self.expires = expires
      self.earnedAt = earnedAt
    }
  }

  /// Points that paid a part of its bill, from one lot; without one they were owed.
  public struct Payment: Sendable, Equatable {
    public var currency: CurrencyID
    public var amount: Int64
    public var due: Instant?
    public var expires: Instant?
    /// They paid no bill, but were given up for points of another currency.
    public var isConversion = false

    public init(currency: CurrencyID, amount: Int64, due: Instant? = nil, expires: Instant? = nil) {
      self.currency = currency
      self.amount = amount
      self.due = due
      self.expires = expires
    }
  }

  /// A coupon that was used for it.
  public struct UsedCoupon: Sendable, Equatable {
    public var template: CouponTemplateID
    public var key: CouponKey
    /// The lines that it made cheaper; none where it acted on the whole.
    public var lines: [Int32]
    /// The points that it was redeemed for.
    public var payments: [Payment] = []
  }

  public let key: OriginalKey
  /// Where it brought something back itself: of which event.
  public let broughtBack: OriginalKey?
  /// As it was paid, with the lines that were sold.
  public var event: Event
  /// The program version that rated it; 0: none did.
  public var version: Int32
  public var tier: TierID
  public var facts: [CounterID: Int64] = [:]
  public var shown: [ShownCoupon]
  public var awards: [Award] = []
  /// In the order in which they were spent.
  public var payments: [Payment] = []
  /// What it gave up for points of other currencies, in the order in which it did.
  public var converted: [Payment] = []
  /// What it took back itself, lot by lot, in the order in which it was taken.
  public var taken: [Payment] = []
  /// The coupons that it brought, in their order, those of days before it included.
  public var issued: [CouponIssue]
  public var used: [UsedCoupon] = []
  /// Coupons that it brought and that went with its account into another one: what they are there.
  public var moved: [CouponKey: CouponKey] = [:]
  /// Why it was not rated, where it was not.
  public var refused: String?
  /// In the order of their sequence.
  public var returns: [ReturnRecord] = []

  public init(
    _ event: Event, _ outcome: borrowing Outcome, version: Int32, in shard: Int16, _ account: Int64
  ) {
    key = OriginalKey(shard: shard, account: account, seq: event.seq)
    broughtBack = event.originalKey(in: shard, account)
    self.event = event.soldPart().asPaid(outcome)
    self.version = version
    tier = outcome.tier
    refused = outcome.refused
    shown = outcome.shown
    issued = Array(outcome.coupons)
    for fact in outcome.facts where facts[fact.id] == nil { facts[fact.id] = fact.value }
    for use in outcome.benefits where use.heldSeq != 0 && use.times > 0 {
      let offs = outcome.lineOffs[Int(use.firstLine)..<Int(use.endLine)]
      used.append(
        UsedCoupon(
          template: use.id, key: CouponKey(seq: use.heldSeq, n: use.heldN), lines: offs.map(\.line))
      )
    }
    for place in outcome.postings.indices where outcome.postings[place].at == event.at {
      take(outcome.postings[place], place, outcome)
    }
  }

  /// The `n`th of the coupons that it brought, as its holder has it now.
  public func coupon(_ n: Int) -> CouponKey {
    let key = CouponKey(seq: event.seq, n: Int16(n))
    return moved[key] ?? key
  }

  private mutating func take(_ posting: Posting, _ place: Int, _ outcome: borrowing Outcome) {
    switch posting.reason {
    case .accrual: addShares(posting, outcome, sign: 1)
    case .return where posting.to == .issued:
      if broughtBack == nil { addShares(posting, outcome, sign: -1) }
      taken += Self.lots(posting, place, outcome)
    case .redemption: payments += Self.lots(posting, place, outcome)
    case .conversion where posting.to == .redeemed:
      converted += Self.lots(posting, place, outcome).map { piece in
        var piece = piece
        piece.isConversion = true
        return piece
      }
    default: break
    }
  }

  /// Which lots a posting took from; what was owed has none.
  private static func lots(
    _ posting: Posting, _ place: Int, _ outcome: borrowing Outcome
  ) -> [Payment] {
    var lots: [Payment] = []
    var left = posting.amount
    for use in outcome.lotUses where use.posting == Int32(place) {
      lots.append(
        Payment(currency: posting.currency, amount: use.amount, due: use.due, expires: use.expires))
      left -= use.amount
    }
    if left > 0 { lots.append(Payment(currency: posting.currency, amount: left)) }
    return lots
  }

  private mutating func addShares(
    _ posting: Posting, _ outcome: borrowing Outcome, sign: Int64
  ) {
    var before: Int64 = 0
    for share in outcome.shares[Int(posting.firstShare)..<Int(posting.endShare)] {
      add(share.rule, sign * (share.sum - before), posting)
      before = share.sum
    }
  }

  /// A lot's points may have been booked in two pieces, of which one paid a debt.
  private mutating func add(_ rule: RuleID, _ amount: Int64, _ posting: Posting) {
    if let place = awards.firstIndex(where: {
      $0.rule == rule && $0.currency == posting.currency
    }) {
      awards[place].amount += amount
      if let due = posting.due, let expires = posting.expires {
        awards[place].due = due
        awards[place].expires = expires
      }
      return
    }
    awards.append(
      Award(
        rule: rule, currency: posting.currency, amount: amount, due: posting.due ?? .distantPast,
        expires: posting.expires ?? .distantPast,
        earnedAt: posting.to == .pending ? posting.due ?? event.at : event.at))
  }
}

extension Event {
  /// Of an exchange that names its original, what was sold: the lines that come back are not.
  public func soldPart() -> Event {
    guard original != 0, kind == .sale || kind == .exchange else { return self }
    return keeping { $0.quantity.millionths >= 0 && $0.total.minor >= 0 }
  }

  /// What comes back, as positive lines; of an exchange those below zero.
  public func returnedLines() -> [(place: Int, line: Line)] {
    let isExchange = kind == .sale || kind == .exchange
    return lines.indices.compactMap { place in
      var line = lines[place]
      let isBelow = line.quantity.millionths < 0 || line.total.minor < 0
      if isExchange, !isBelow { return nil }
      if isBelow, isExchange || line.quantity.millionths < 0 {
        line.quantity = Quantity(millionths: abs(line.quantity.millionths))
        line.total = Money(minor: -line.total.minor)
      }
      return (place, line)
    }
  }

  /// The same with some of its lines.
  func keeping(_ isKept: (Line) -> Bool) -> Event {
    let places = lines.indices.filter { isKept(lines[$0]) }
    return places.count == lines.count ? self : keeping(places)
  }

  func keeping(_ places: [Int]) -> Event {
    var event = self
    event.lines = places.map { lines[$0] }
    event.costs = costs.isEmpty ? [] : places.map { costs[$0] }
    event.lineAttributes = lineAttributes.compactMap { attribute in
      places.firstIndex(of: Int(attribute.line)).map {
        LineAttribute(line: Int32($0), attribute: attribute.attribute)
      }
    }
    return event
  }

  /// As its customer paid it: what was taken off the bill stands from now on.
  func asPaid(_ outcome: borrowing Outcome) -> Event {
    var event = reduced(by: outcome)
    event.tillTookOff = hasLoyaltyDiscounts
    event.isSettled = true
    event.original = 0
    event.originalAccount = 0
    return event
  }
}

/// What is done to an account otherwise than by its member's own purchases and events: by hand, or
/// from and to another account. It says everything itself, so that the account's events alone tell
/// what became of it.
public final class Movement: Sendable {
  public enum What: String, Sendable, CaseIterable {
    /// Points that are given by hand; `lots` says which.
    case credit
    /// Points that are taken by hand.
    case debit
    /// What another system held.
    case opening
    /// Points for another account.
    case give
    /// Points of another account.
    case receive
    /// Everything goes to another account.
    case leave
    /// Everything of another account comes.
    case absorb
    /// Everything is forfeited.
    case close
  }

  /// Points of one lot.
  public struct Lot: Sendable, Equatable {
    public var currency: CurrencyID
    /// In the currency's smallest unit, above zero.
    public var amount: Int64
    public var due: Instant
    public var expires: Instant

    public init(currency: CurrencyID, amount: Int64, due: Instant, expires: Instant) {
      self.currency = currency
      self.amount = amount
      self.due = due
      self.expires = expires
    }
  }

  /// An amount of a currency, whatever its lots.
  public struct Amount: Sendable, Equatable {
    public var currency: CurrencyID
    public var amount: Int64

    public init(currency: CurrencyID, amount: Int64) {
      self.currency = currency
      self.amount = amount
    }
  }

  public struct Count: Sendable, Equatable {
    public var counter: CounterID
    public var bucket: CivilDate
    /// What it adds.
    public var amount: Int64

    public init(counter: CounterID, bucket: CivilDate, amount: Int64) {
      self.counter = counter
      self.bucket = bucket
      self.amount = amount
    }
  }

  public let what: What
  /// The account on the other side; 0 is none.
  public let account: Int64
  public let lots: [Lot]
  /// What is taken, or what was owed.
  public let amounts: [Amount]
  public let counters: [Count]
  public let standings: [Standing]
  /// Why the tiers are kept.
  public let grounds: [TierGround]
  public let segments: [SegmentID]

  public init(
    _ what: What, account: Int64 = 0, lots: [Lot] = [], amounts: [Amount] = [],
    counters: [Count] = [], standings: [Standing] = [], grounds: [TierGround] = [],
    segments: [SegmentID] = []
  ) {
    self.what = what
    self.account = account
    self.lots = lots
    self.amounts = amounts
    self.counters = counters
    self.standings = standings
    self.grounds = grounds
    self.segments = segments
  }

  public var kind: EventKind {
    switch what {
    case .credit, .debit: .adjustment
    case .opening: .opening
    case .give, .receive: .transfer
    case .leave, .absorb: .merge
    case .close: .closing
    }
  }
}

extension Movement {
  /// The other side of points that went away: lot by lot as they were taken, with their expiry.
  public static func receive(_ outcome: Outcome, of account: Int64) -> Movement {
    Movement(.receive, account: account, lots: lots(of: outcome))
  }

  /// The other side of an account that went away. `source` is as it was before, `target` is brought
  /// up to the same instant; `days` are the counters that hold the number of a day, of which the
  /// later one counts.
  public static func absorb(
    _ outcome: Outcome, of source: Account, into target: Account, days: Set<CounterID>
  ) -> Movement {
    Movement(
      .absorb, account: source.id, lots: lots(of: outcome),
      amounts: source.balances.filter { $0.debt > 0 }.map {
        Amount(currency: $0.currency, amount: $0.debt)
      },
      counters: source.counters.compactMap { value in
        var amount = value.value
        if days.contains(value.counter) {
          amount -= target.sum(value.counter, from: value.bucket, to: value.bucket)
          amount = max(0, amount)
        }
        return amount == 0
          ? nil : Count(counter: value.counter, bucket: value.bucket, amount: amount)
      }.sorted { ($0.counter, $0.bucket) < ($1.counter, $1.bucket) },
      standings: source.standings.sorted { $0.tier < $1.tier },
      grounds: source.grounds,
      segments: source.segments.filter(\.isIn).map(\.segment).sorted())
  }

  /// What the postings to other accounts took, lot by lot.
  private static func lots(of outcome: Outcome) -> [Lot] {
    var lots: [Lot] = []
    for use in outcome.lotUses {
      let posting = outcome.postings[Int(use.posting)]
      guard posting.to == .transfer else { continue }
      let same = lots.firstIndex {
        $0.currency == posting.currency && $0.due == use.due && $0.expires == use.expires
      }
      if let same {
        lots[same].amount += use.amount
      } else {
        lots.append(
          Lot(
            currency: posting.currency, amount: use.amount, due: use.due, expires: use.expires))
      }
    }
    return lots
  }
}

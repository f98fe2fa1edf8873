import Loyalty

/// What one commit writes for rated events, in columns' order: filled event by event, written
/// whole.
public struct Booking: Sendable {
  struct OutcomeRow: Sendable {
    var shard: Int16
    var account: Int64
    var seq: Int64
    var version: Int32
    var tier: TierID
    var facts: Range<Int>
    var balances: Range<Int>
    var refused: String?
  }
  struct PostingRow: Sendable {
    var shard: Int16
    var account: Int64
    var seq: Int64
    var n: Int16
    var posting: Posting
    var shares: Range<Int>
  }
  struct LotUseRow: Sendable {
    var shard: Int16
    var account: Int64
    var seq: Int64
    var n: Int16
    var use: LotUse
  }
  struct TierChangeRow: Sendable {
    var shard: Int16
    var account: Int64
    var seq: Int64
    var n: Int16
    var change: TierChange
  }
  struct TierGroundRow: Sendable {
    var shard: Int16
    var account: Int64
    var seq: Int64
    var n: Int16
    var ground: TierGround
  }
  struct SegmentRow: Sendable {
    var shard: Int16
    var account: Int64
    var seq: Int64
    var n: Int16
    var change: SegmentChange
  }
  struct CouponRow: Sendable {
    var shard: Int16
    var account: Int64
    var seq: Int64
    var n: Int16
    var issuedAt: Instant
    var issue: CouponIssue
    var code: String
  }
  struct BenefitRow: Sendable {
    var shard: Int16
    var account: Int64
    var seq: Int64
    var n: Int16
    var use: BenefitUse
    var offs: Range<Int>
  }
  /// A thing that was redeemed.
  public struct OrderRow: Sendable {
    public var shard: Int16
    public var account: Int64
    public var seq: Int64
    public var n: Int16
    public var reward: RewardID
    public var times: Int64
    public var at: Instant

    public init(
      _ account: Account, seq: Int64, n: Int16, reward: RewardID, times: Int64, at: Instant
    ) {
      shard = account.shard
      self.account = account.id
      self.seq = seq
      self.n = n
      self.reward = reward
      self.times = times
      self.at = at
    }
  }
  public struct Message: Sendable {
    public var shard: Int16
    public var account: Int64
    public var seq: Int64
    public var topic: String
    public var body: String
  }

  var outcomes: [OutcomeRow] = []
  var facts: [Int32] = []
  var factValues: [Int64] = []
  var balances: [Int64] = []
  var postings: [PostingRow] = []
  var shareRules: [Int32] = []
  var shareBases: [Int64] = []
  var shareSums: [Int64] = []
  var lotUses: [LotUseRow] = []
  var tierChanges: [TierChangeRow] = []
  var tierGrounds: [TierGroundRow] = []
  var groundMarks: [(owner: CardOwner, mark: TierGroundMark)] = []
  var segments: [SegmentRow] = []
  var coupons: [CouponRow] = []
  var benefits: [BenefitRow] = []
  var reversals: [ReturnRecord] = []
  var offLines: [Int32] = []
  var offAmounts: [Int64] = []
  public var orders: [OrderRow] = []
  /// Of orders what came back: their events.
  public var cancelled: [(owner: CardOwner, seq: Int64, reward: RewardID, at: Instant)] = []
  public internal(set) var messages: [Message] = []

  public init() {}

  public var count: Int { outcomes.count }
  public var postingCount: Int { postings.count }

  public mutating func removeAll() {
    outcomes.removeAll(keepingCapacity: true)
    facts.removeAll(keepingCapacity: true)
    factValues.removeAll(keepingCapacity: true)
    balances.removeAll(keepingCapacity: true)
    postings.removeAll(keepingCapacity: true)
    shareRules.removeAll(keepingCapacity: true)
    shareBases.removeAll(keepingCapacity: true)
    shareSums.removeAll(keepingCapacity: true)
    lotUses.removeAll(keepingCapacity: true)
    tierChanges.removeAll(keepingCapacity: true)
    tierGrounds.removeAll(keepingCapacity: true)
    groundMarks.removeAll(keepingCapacity: true)
    segments.removeAll(keepingCapacity: true)
    coupons.removeAll(keepingCapacity: true)
    benefits.removeAll(keepingCapacity: true)
    reversals.removeAll(keepingCapacity: true)
    offLines.removeAll(keepingCapacity: true)
    offAmounts.removeAll(keepingCapacity: true)
    orders.removeAll(keepingCapacity: true)
    cancelled.removeAll(keepingCapacity: true)
    messages.removeAll(keepingCapacity: true)
  }

  /// Takes in the outcome of one event. `codes` makes the codes of the coupons that it brought, in
  /// their order.
  public mutating func add(
    _ outcome: Outcome, of event: Event, account: Account, version: Int32, codes: [String]
  ) {
    let (shard, id, seq) = (account.shard, account.id, event.seq)
    let firstFact = facts.count
    for fact in outcome.facts {
      facts.append(fact.id)
      factValues.append(fact.value)
    }
    let firstBalance = balances.count
    let currencies = account.balances.reduce(0) { max($0, Int($1.currency)) }
    balances.append(contentsOf: repeatElement(0, count: currencies))
    for balance in account.balances {
      balances[firstBalance + Int(balance.currency) - 1] = balance.available - balance.debt
    }
    outcomes.append(
      OutcomeRow(
        shard: shard, account: id, seq: seq, version: version, tier: outcome.tier,
        facts: firstFact..<facts.count, balances: firstBalance..<balances.count,
        refused: outcome.refused))
    for (n, posting) in outcome.postings.enumerated() {
      let first = shareRules.count
      for share in outcome.shares[Int(posting.firstShare)..<Int(posting.endShare)] {
        shareRules.append(share.rule)
        shareBases.append(share.basis)
        shareSums.append(share.sum)
      }
      postings.append(
        PostingRow(
          shard: shard, account: id, seq: seq, n: Int16(n), posting: posting,
          shares: first..<shareRules.count))
    }
    for use in outcome.lotUses {
      lotUses.append(
        LotUseRow(shard: shard, account: id, seq: seq, n: Int16(use.posting), use: use))
    }
    for (n, change) in outcome.tierChanges.enumerated() {
      tierChanges.append(
        TierChangeRow(shard: shard, account: id, seq: seq, n: Int16(n), change: change))
    }
    for (n, ground) in outcome.grounds.enumerated() {
      tierGrounds.append(
        TierGroundRow(shard: shard, account: id, seq: seq, n: Int16(n), ground: ground))
    }
    for mark in outcome.groundMarks {
      groundMarks.append((CardOwner(shard: shard, account: id), mark))
    }
    for (n, change) in outcome.segmentChanges.enumerated() {
      segments.append(
        SegmentRow(shard: shard, account: id, seq: seq, n: Int16(n), change: change))
    }
    for (n, issue) in outcome.coupons.enumerated() {
      coupons.append(
        CouponRow(
          shard: shard, account: id, seq: seq, n: Int16(n), issuedAt: issue.issuedAt ?? event.at,
          issue: issue,
          code: codes[n]))
    }
    addBenefits(outcome, shard, id, seq)
    reversals += outcome.returned
  }

  private mutating func addBenefits(
    _ outcome: Outcome, _ shard: Int16, _ account: Int64, _ seq: Int64
  ) {
    for (n, use) in outcome.benefits.enumerated() {
      let first = offLines.count
      for off in outcome.lineOffs[Int(use.firstLine)..<Int(use.endLine)] {
        offLines.append(off.line)
        offAmounts.append(off.amount)
      }
      benefits.append(
        BenefitRow(
          shard: shard, account: account, seq: seq, n: Int16(n), use: use,
          offs: first..<offLines.count))
    }
  }

  /// Something that others must hear of. An account's messages go out in the order in which they
  /// were told.
  public mutating func tell(
    _ topic: String, _ body: String, account: Account, seq: Int64
  ) {
    messages.append(
      Message(shard: account.shard, account: account.id, seq: seq, topic: topic, body: body))
  }
}

import Ledger
import Loyalty
import Postgres

/// A posting as it lies in the ledger.
public struct StoredPosting: Sendable, Equatable {
  public var seq: Int64
  public var n: Int16
  public var currency: CurrencyID
  public var from: Bucket
  public var to: Bucket
  public var amount: Int64
  public var at: Instant
  public var due: Instant?
  public var expires: Instant?
  public var reason: PostingReason
  public var parts: [PartShare]

  static let columns = """
    p.seq, p.n, p.currency, p.debited, p.credited, p.amount, p.at, p.due, p.expires, p.reason,
      p.part_rules, p.part_bases, p.part_sums
    """

  init(_ rows: borrowing Rows, _ row: Int) throws {
    guard let from = Bucket(rawValue: rows.int2(row, 3)),
      let to = Bucket(rawValue: rows.int2(row, 4)),
      let reason = PostingReason(rawValue: rows.int2(row, 9))
    else { throw ReportFailure("posting \(rows.int8(row, 0)) is of a newer Patron than this one") }
    seq = rows.int8(row, 0)
    n = rows.int2(row, 1)
    currency = rows.int2(row, 2)
    self.from = from
    self.to = to
    amount = rows.int8(row, 5)
    at = Instant(microseconds: rows.instant(row, 6))
    due = rows.instantOrNil(row, 7).map { Instant(microseconds: $0) }
    expires = rows.instantOrNil(row, 8).map { Instant(microseconds: $0) }
    self.reason = reason
    let rules = rows.int4ArrayOrNil(row, 10) ?? []
    let bases = rows.int8ArrayOrNil(row, 11) ?? []
    let sums = rows.int8ArrayOrNil(row, 12) ?? []
    parts = rules.indices.map { PartShare(rule: rules[$0], basis: bases[$0], sum: sums[$0]) }
  }

  /// What each rule gave, below zero where it was taken back.
  public var amounts: [(rule: RuleID, amount: Int64)] {
    var before: Int64 = 0
    return parts.map { part in
      defer { before = part.sum }
      return (part.rule, to == .issued ? before - part.sum : part.sum - before)
    }
  }

  /// What it adds to the points that expired; below zero where they are good again.
  public var expired: Int64 { to == .expired ? amount : from == .expired ? -amount : 0 }

  /// What it does to the points that can be spent, debt as below zero.
  public var effect: Int64 {
    var effect: Int64 = 0
    if to == .available || to == .debt { effect += amount }
    if from == .available || from == .debt { effect -= amount }
    return effect
  }
}

import Ledger
import Loyalty
import Rules

/// A review that was made, and that has another answer under the draft: it must compare all
/// accounts again.
struct Rerank: Sendable {
  let rank: RankReview
  /// The beginning of the review's day.
  let at: Instant
  let offset: Int32

  /// The least value that reaches it, ties all in; nil where nobody does. `values` are those of the
  /// accounts that have any.
  func cutoff(_ values: [Int64]) -> Int64? {
    let places = rank.places(of: Int64(values.count))
    guard places > 0 else { return nil }
    return values.sorted(by: >)[Int(places) - 1]
  }

  /// The answer for one account, as an event of its own.
  func event(after seq: Int64) -> Event {
    var event = Event(seq: seq, kind: .review, at: at, offset: offset)
    event.reviewedTier = rank.tier
    return event
  }
}

/// The reviews of a simulation's days.
struct Reranks: Sendable {
  /// In the order of time.
  var list: [Rerank] = []
  /// Tiers by rank that mean the same to both: the stored reviews hold for the draft, too.
  var unchanged: Set<TierID> = []

  init(
    _ draft: Program, _ published: ProgramSet, _ span: Range<Instant>, _ store: borrowing Store
  ) throws {
    for day in try store.reviewedDays() {
      let at = draft.zone.start(of: day)
      guard span.contains(at) else { continue }
      let before = published.place(at: at).map { published.entries[$0].rater.program }
      let known = before?.ranks(asOf: day) ?? []
      for rank in draft.ranks(asOf: day) {
        if known.contains(rank) {
          unchanged.insert(rank.tier)
        } else {
          list.append(Rerank(rank: rank, at: at, offset: draft.zone.offset(at: at)))
        }
      }
    }
    list.sort { $0.at < $1.at }
  }
}

extension RankReview {
  /// How many of so many accounts with a purchase may have it, before ties. Exactly: a tenth of 25
  /// is 2.5 places; the third is not reached.
  func places(of buyers: Int64) -> Int64 {
    switch top {
    case .share(let millionths): Int64(Int128(buyers) * Int128(millionths) / 1_000_000)
    case .count(let count): min(Int64(count), buyers)
    }
  }
}

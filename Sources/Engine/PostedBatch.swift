import Loyalty

/// What became of the transactions of one round, by the lanes that took them.
public struct PostedBatch: Sendable {
  let shares: [PosterLane.Share]

  public func count(in summary: inout PostSummary) {
    for share in shares {
      summary.add(share.verdicts)
      for (arrival, verdict) in zip(share.arrivals, share.verdicts) where verdict == .already {
        if case .unreadable = arrival.content { summary.unread += 1 }
      }
    }
  }

  /// Whether any is unreadable or in conflict.
  public var hasProblems: Bool { shares.contains { $0.verdicts.contains { $0.isProblem } } }

  /// Those that could be read, in no order.
  public func forEachTransaction(_ body: (Transaction) -> Void) {
    for share in shares {
      for arrival in share.arrivals {
        if case .transaction(let readable) = arrival.content { body(readable.transaction) }
      }
    }
  }

  /// All of them, in the order of the file's times.
  public var inOrder: [(arrival: Arrival, verdict: Verdict)] {
    var all: [(place: Int, arrival: Arrival, verdict: Verdict)] = []
    for share in shares {
      for (index, place) in share.places.enumerated() {
        all.append((place, share.arrivals[index], share.verdicts[index]))
      }
    }
    all.sort { $0.place < $1.place }
    return all.map { ($0.arrival, $0.verdict) }
  }
}

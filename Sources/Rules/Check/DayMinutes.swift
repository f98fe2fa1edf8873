/// Minutes of a day, as spans in their order that do not touch each other.
struct DayMinutes {
  private var spans: [Range<Int>]

  static let all = DayMinutes(spans: [0..<1440])

  var isEmpty: Bool { spans.isEmpty }

  private init(spans: [Range<Int>]) { self.spans = spans }

  /// From each first minute up to its end, which does not count; past midnight where the end is the
  /// earlier one.
  init(_ written: [(from: Int, to: Int)]) {
    let parts = written.flatMap { from, to in
      from < to ? [from..<to] : [from..<1440, 0..<to]
    }
    spans = parts.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
      .reduce(into: []) { joined, span in
        if let last = joined.last, span.lowerBound <= last.upperBound {
          joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
        } else {
          joined.append(span)
        }
      }
  }

  func intersection(_ other: DayMinutes) -> DayMinutes {
    DayMinutes(
      spans: spans.flatMap { span in
        other.spans.map { $0.clamped(to: span) }.filter { !$0.isEmpty }
      })
  }

  /// What of the day is outside.
  var inverted: DayMinutes {
    var (rest, last): ([Range<Int>], Int) = ([], 0)
    for span in spans {
      if last < span.lowerBound { rest.append(last..<span.lowerBound) }
      last = span.upperBound
    }
    return DayMinutes(spans: last < 1440 ? rest + [last..<1440] : rest)
  }
}

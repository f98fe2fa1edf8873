/// A tier that a review gave an account while one of its events waited: it comes before that event,
/// for the event lies behind the review's day.
public struct ReviewMark: Sendable, Equatable {
  public var tier: TierID
  /// The beginning of the review's day, and the program's seconds east of UTC then.
  public var at: Instant
  public var offset: Int32

  public init(tier: TierID, at: Instant, offset: Int32) {
    self.tier = tier
    self.at = at
    self.offset = offset
  }

  /// The same as an event of its own.
  public func event(seq: Int64) -> Event {
    var event = Event(seq: seq, kind: .review, at: at, offset: offset)
    event.reviewedTier = tier
    return event
  }
}

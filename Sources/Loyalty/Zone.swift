/// A time zone as a table of offsets, so that rules need no clock and no library.
///
/// The edge makes it (the operating system's or Foundation's zone data); from then on it is a
/// value.
public struct Zone: Sendable, Hashable {
  public let name: String
  /// Instants (seconds since 1970) from which `offsets[i + 1]` holds; before the first,
  /// `offsets[0]`.
  let changes: [Int64]
  /// Seconds east of UTC, one more than there are changes.
  let offsets: [Int32]

  /// `changes` must be ascending and `offsets` one longer.
  public init(name: String, changes: [Int64], offsets: [Int32]) {
    precondition(offsets.count == changes.count + 1)
    self.name = name
    self.changes = changes
    self.offsets = offsets
  }

  public static let utc = Zone(name: "UTC", changes: [], offsets: [0])

  public func offset(at instant: Instant) -> Int32 {
    offsets[index(of: instant.seconds)]
  }

  /// A time without a change of the clock: from, included, to, excluded, in seconds since 1970.
  public struct Period: Sendable {
    public var from: Int64
    public var to: Int64
    /// East of UTC.
    public var seconds: Int32

    @inlinable
    public init(from: Int64, to: Int64, seconds: Int32) {
      self.from = from
      self.to = to
      self.seconds = seconds
    }

    public static let never = Period(from: 0, to: 0, seconds: 0)

    @inlinable
    public func holds(at instant: Instant) -> Bool {
      let seconds = instant.seconds
      return from <= seconds && seconds < to
    }
  }

  /// The offset at an instant, and how long it holds around it.
  public func period(at instant: Instant) -> Period {
    let place = index(of: instant.seconds)
    return Period(
      from: place == 0 ? .min : changes[place - 1],
      to: place == changes.count ? .max : changes[place], seconds: offsets[place])
  }

  public func local(_ instant: Instant) -> (date: CivilDate, second: Int) {
    instant.local(offset: offset(at: instant))
  }

  public func date(of instant: Instant) -> CivilDate { local(instant).date }

  /// The moment that a wall clock of this zone shows `time`. Of an hour that comes twice the first
  /// is meant;
  /// in an hour that is skipped, the clock is read with the offset from before (RFC 5545, 3.3.5).
  public func instant(of time: CivilTime) -> Instant {
    let wall = Int64(time.date.day) * 86_400 + time.microseconds / 1_000_000
    let fraction = time.microseconds % 1_000_000
    // The two offsets that can be meant are those around the wall time read as UTC.
    let before = offsets[index(of: wall - 86_400)]
    let after = offsets[index(of: wall + 86_400)]
    var seconds = wall - Int64(before)
    if before != after, offsets[index(of: seconds)] != before,
      offsets[index(of: wall - Int64(after))] == after
    {
      seconds = wall - Int64(after)
    }
    return Instant(microseconds: seconds * 1_000_000 + fraction)
  }

  /// The first moment of a local day.
  public func start(of date: CivilDate) -> Instant { instant(of: CivilTime(date: date)) }
  /// The first moment after a local day: dates end with their local day.
  public func end(of date: CivilDate) -> Instant { start(of: date + 1) }

  /// How many changes lie at or before `seconds`.
  private func index(of seconds: Int64) -> Int {
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

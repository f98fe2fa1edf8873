import Loyalty
import Testing

@Suite struct ZoneTests {
  /// Central Europe in 2026: summer from 29 March 01:00 UTC to 25 October 01:00 UTC.
  static let zone = Zone(
    name: "test", changes: [1_774_746_000, 1_792_890_000], offsets: [3600, 7200, 3600])

  private func wall(_ text: String) throws -> CivilTime { try #require(WrittenTime(text)).civil }
  private func utc(_ text: String) throws -> Instant {
    Zone.utc.instant(of: try wall(text))
  }

  @Test func `an hour that is skipped is read with the offset from before`() throws {
    #expect(
      try Self.zone.instant(of: wall("2026-03-29T02:30")) == utc("2026-03-29T01:30"))
    #expect(
      try Self.zone.instant(of: wall("2026-03-29T01:59")) == utc("2026-03-29T00:59"))
    #expect(
      try Self.zone.instant(of: wall("2026-03-29T03:00")) == utc("2026-03-29T01:00"))
  }

  @Test func `of an hour that comes twice the first is meant`() throws {
    #expect(
      try Self.zone.instant(of: wall("2026-10-25T02:30")) == utc("2026-10-25T00:30"))
    #expect(
      try Self.zone.instant(of: wall("2026-10-25T03:00")) == utc("2026-10-25T02:00"))
  }

  @Test func `days of 23 and 25 hours end with their local day`() throws {
    let short = try #require(CivilDate("2026-03-29"))
    let long = try #require(CivilDate("2026-10-25"))
    let hours = { (day: CivilDate) in
      (Self.zone.end(of: day).seconds - Self.zone.start(of: day).seconds) / 3600
    }
    #expect(hours(short) == 23)
    #expect(hours(long) == 25)
    #expect(hours(short + 1) == 24)
  }

  @Test func `a period holds from a change of the clock to the next`() {
    for seconds: Int64 in [0, 1_774_745_999, 1_774_746_000, 1_792_889_999, 1_792_890_000] {
      let instant = Instant(seconds: seconds)
      let period = Self.zone.period(at: instant)
      #expect(period.holds(at: instant))
      #expect(period.seconds == Self.zone.offset(at: instant))
      if period.to != .max { #expect(!period.holds(at: Instant(seconds: period.to))) }
      if period.from != .min { #expect(!period.holds(at: Instant(seconds: period.from - 1))) }
    }
  }
}

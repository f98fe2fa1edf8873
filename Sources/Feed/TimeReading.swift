import Loyalty

enum TimeReading {
  /// The instant and offset of `2026-02-07T10:00:00-06:00`, or of a wall clock's time in `zone`.
  static func read(
    _ bytes: ArraySlice<UInt8>, zone: () -> Zone
  ) -> Result<(at: Instant, offset: Int32), Fault> {
    guard let written = WrittenTime(utf8: bytes) else {
      let shown = Shown.text(String(decoding: bytes, as: UTF8.self))
      return .failure(
        Fault(
          code: .badDate, reason: "`\(shown)` is no date and time",
          remedy: "write it so: 2026-02-07T10:00:00-06:00"))
    }
    guard written.hasClock else {
      return .failure(
        Fault(
          code: .badDate, reason: "the time of day is missing",
          remedy: "write it so: 2026-02-07T10:00:00-06:00"))
    }
    guard let offset = written.offset else {
      let zone = zone()
      let at = zone.instant(of: written.civil)
      return .success((at, zone.offset(at: at)))
    }
    let wall = Int64(written.civil.date.day) * 86_400_000_000 + written.civil.microseconds
    return .success((Instant(microseconds: wall - Int64(offset) * 1_000_000), offset))
  }
}

/// A moment, in microseconds since 1970-01-01T00:00:00Z: PostgreSQL's own resolution.
public struct Instant: Sendable, Hashable, Comparable {
  public var microseconds: Int64

  @inlinable
  public init(microseconds: Int64) { self.microseconds = microseconds }
  @inlinable
  public init(seconds: Int64) { microseconds = seconds * 1_000_000 }

  /// Far enough behind and ahead of anything: used for "has always been" and "never".
  public static let distantPast = Instant(seconds: -62_135_596_800)
  public static let distantFuture = Instant(seconds: 253_402_300_799)

  /// Whole seconds since 1970, towards the past.
  @inlinable
  public var seconds: Int64 {
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return remainder < 0 ? quotient - 1 : quotient
  }

  @inlinable
  public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }
  public static func + (instant: Instant, seconds: Int64) -> Instant {
    Instant(microseconds: instant.microseconds + seconds * 1_000_000)
  }

  /// The wall clock's day and second of the day at an offset from UTC in seconds.
  @inlinable
  public func local(offset: Int32) -> (date: CivilDate, second: Int) {
    let local = seconds + Int64(offset)
    var (day, second) = local.quotientAndRemainder(dividingBy: 86_400)
    if second < 0 {
      day -= 1
      second += 86_400
    }
    return (CivilDate(day: Int32(truncatingIfNeeded: day)), Int(second))
  }
}

extension Instant {
  /// `2026-02-07T10:00:00-06:00`, with a fraction only where there is one.
  public func text(offset: Int32) -> String {
    let (date, second) = local(offset: offset)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(25)
    date.write(to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    Digits.write(second / 3600, 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    Digits.write(second / 60 % 60, 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    Digits.write(second % 60, 2, to: &bytes)
    var text = String(decoding: bytes, as: UTF8.self)
    let fraction = Int(microseconds - seconds * 1_000_000)
    if fraction != 0 {
      var digits = Digits.padded(fraction, 6)
      while digits.hasSuffix("0") { digits.removeLast() }
      text += "." + digits
    }
    return text + Instant.text(ofOffset: offset)
  }

  /// The same to the second before it, for people.
  public func shown(offset: Int32) -> String {
    Instant(microseconds: seconds * 1_000_000).text(offset: offset)
  }

  /// `Z`, `+08:00`, `-06:00`.
  public static func text(ofOffset offset: Int32) -> String {
    guard offset != 0 else { return "Z" }
    let minutes = Int(offset.magnitude) / 60
    return (offset < 0 ? "-" : "+") + Digits.padded(minutes / 60, 2) + ":"
      + Digits.padded(minutes % 60, 2)
  }
}

/// A wall clock's reading without a zone: what `at: 2026-02-07T10:00` says.
public struct CivilTime: Sendable, Hashable, Comparable {
  public var date: CivilDate
  /// Microseconds since midnight.
  public var microseconds: Int64

  public init(date: CivilDate, microseconds: Int64 = 0) {
    self.date = date
    self.microseconds = microseconds
  }

  public static func < (a: CivilTime, b: CivilTime) -> Bool {
    (a.date, a.microseconds) < (b.date, b.microseconds)
  }
}

/// A written point in time: a date, perhaps a clock, perhaps an offset (RFC 3339 and its usual
/// relatives).
public struct WrittenTime: Sendable, Hashable {
  public var civil: CivilTime
  /// Seconds east of UTC, where one was written.
  public var offset: Int32?
  public var hasClock: Bool

  /// Reads `2026-02-07`, `2026-02-07T10:00`, `… 10:00:30`, `….123456`, with `Z`, `+01:00`, `-0600`
  /// or nothing behind.
  public init?(utf8 bytes: ArraySlice<UInt8>) {
    var rest = bytes
    guard let date = WrittenTime.date(&rest) else { return nil }
    civil = CivilTime(date: date)
    offset = nil
    hasClock = false
    guard let separator = rest.first else { return }
    guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: " ") else { return nil }
    rest.removeFirst()
    guard let clock = WrittenTime.clock(&rest) else { return nil }
    civil.microseconds = clock
    hasClock = true
    guard !rest.isEmpty else { return }
    guard let seconds = WrittenTime.offset(rest) else { return nil }
    offset = seconds
  }

  public init?(_ text: some StringProtocol) { self.init(utf8: Array(text.utf8)[...]) }

  private static func date(_ rest: inout ArraySlice<UInt8>) -> CivilDate? {
    guard rest.count >= 10 else { return nil }
    let start = rest.startIndex
    let dash = UInt8(ascii: "-")
    guard rest[start + 4] == dash, rest[start + 7] == dash,
      let year = Digits.number(rest[start..<start + 4]),
      let month = Digits.number(rest[start + 5..<start + 7]),
      let day = Digits.number(rest[start + 8..<start + 10])
    else { return nil }
    rest = rest[(start + 10)...]
    return CivilDate(year: year, month: month, day: day)
  }

  private static func clock(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    let colon = UInt8(ascii: ":")
    let start = rest.startIndex
    guard rest.count >= 5, rest[start + 2] == colon,
      let hour = Digits.number(rest[start..<start + 2]), hour < 24,
      let minute = Digits.number(rest[start + 3..<start + 5]), minute < 60
    else { return nil }
    rest = rest[(start + 5)...]
    var value = Int64(hour * 3600 + minute * 60) * 1_000_000
    guard rest.first == colon else { return value }
    guard rest.count >= 3,
      let second = Digits.number(rest[rest.startIndex + 1..<rest.startIndex + 3]),
      second < 60
    else { return nil }
    rest = rest.dropFirst(3)
    value += Int64(second) * 1_000_000
    guard rest.first == UInt8(ascii: ".") else { return value }
    rest = rest.dropFirst()
    let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    guard !digits.isEmpty, let fraction = Digits.number(digits.prefix(6)) else { return nil }
    rest = rest.dropFirst(digits.count)
    return value + Int64(fraction) * ExactDecimal.powers[6 - min(6, digits.count)]
  }

  private static func offset(_ rest: ArraySlice<UInt8>) -> Int32? {
    if rest.elementsEqual([UInt8(ascii: "Z")]) { return 0 }
    guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
      return nil
    }
    let digits = rest.dropFirst().filter { $0 != UInt8(ascii: ":") }
    guard digits.count == 4 || digits.count == 2, let hours = Digits.number(digits[0..<2]),
      let minutes = digits.count == 4 ? Digits.number(digits[2..<4]) : 0, hours <= 18, minutes < 60
    else { return nil }
    let seconds = Int32(hours * 3600 + minutes * 60)
    return sign == UInt8(ascii: "-") ? -seconds : seconds
  }
}

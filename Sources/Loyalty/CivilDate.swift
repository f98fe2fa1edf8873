/// A day of the (proleptic Gregorian) calendar, counted from 1970-01-01.
public struct CivilDate: Sendable, Hashable, Comparable {
  public var day: Int32

  @inlinable
  public init(day: Int32) { self.day = day }

  /// Nil where the calendar has no such day, or outside the years 1 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month),
      day >= 1, day <= CivilDate.days(inMonth: month, year: year)
    else { return nil }
    self.init(validYear: year, month: month, day: day)
  }

  /// Days from civil, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  init(validYear year: Int, month: Int, day: Int) {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.day = Int32(era * 146097 + dayOfEra - 719468)
  }

  /// Year, month 1…12 and day 1…31 (civil from days, same source).
  public var parts: (year: Int, month: Int, day: Int) {
    let z = Int(day) + 719468
    let era = (z >= 0 ? z : z - 146096) / 146097
    let dayOfEra = z - era * 146097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let mp = (5 * dayOfYear + 2) / 153
    let month = mp < 10 ? mp + 3 : mp - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * mp + 2) / 5 + 1)
  }

  public static func days(inMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: return isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: return 30
    default: return 31
    }
  }

  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  @inlinable
  public static func < (a: CivilDate, b: CivilDate) -> Bool { a.day < b.day }
  @inlinable
  public static func + (date: CivilDate, days: Int) -> CivilDate {
    CivilDate(day: date.day + Int32(days))
  }
  @inlinable
  public static func - (date: CivilDate, days: Int) -> CivilDate {
    CivilDate(day: date.day - Int32(days))
  }
}

extension CivilDate {
  /// 0 is Monday, 6 is Sunday (ISO 8601 order).
  @inlinable
  public var weekday: Int { (Int(day) % 7 + 10) % 7 }

  /// The same day `months` later; in a month that is too short, its last day.
  public func adding(months: Int) -> CivilDate {
    let (year, month, day) = parts
    let index = year * 12 + month - 1 + months
    let (newYear, newMonth) = (index / 12, index % 12 + 1)
    return CivilDate(
      validYear: newYear, month: newMonth,
      day: min(day, CivilDate.days(inMonth: newMonth, year: newYear)))
  }

  public var startOfMonth: CivilDate { self - (parts.day - 1) }
  public var endOfMonth: CivilDate { startOfMonth.adding(months: 1) - 1 }
  public var startOfYear: CivilDate { CivilDate(validYear: parts.year, month: 1, day: 1) }
  public var endOfYear: CivilDate { CivilDate(validYear: parts.year, month: 12, day: 31) }
  /// The Monday of its week.
  public var startOfWeek: CivilDate { self - weekday }
  public var startOfQuarter: CivilDate {
    let (year, month, _) = parts
    return CivilDate(validYear: year, month: (month - 1) / 3 * 3 + 1, day: 1)
  }
}

extension CivilDate: CustomStringConvertible {
  /// `2026-02-07`
  public var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(10)
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  func write(to bytes: inout [UInt8]) {
    let (year, month, day) = parts
    Digits.write(year, 4, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    Digits.write(month, 2, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    Digits.write(day, 2, to: &bytes)
  }

  /// Reads `2026-02-07` and nothing else.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = Digits.number(bytes[0..<4]), let month = Digits.number(bytes[5..<7]),
      let day = Digits.number(bytes[8..<10])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }
}

/// Plain digits, for dates and times.
public enum Digits {
  public static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  /// What `padded` gives.
  static func write(_ number: Int, _ width: Int, to bytes: inout [UInt8]) {
    guard number >= 0, number < 10_000, width <= 4 else {
      bytes += padded(number, width).utf8
      return
    }
    var divisor = 1000
    for place in 0..<4 {
      if 4 - place <= width || number >= divisor {
        bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      }
      divisor /= 10
    }
  }

  /// The number that all these bytes spell, nil where one is no digit.
  public static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard !bytes.isEmpty, bytes.count <= 9 else { return nil }
    var value = 0
    for byte in bytes {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }
}

import Loyalty

/// How a file writes its times: `yyyy-MM-dd'T'HH:mm`, `M/d/yyyy h:mm a`, `unix seconds`,
/// `excel days`.
///
/// yyyy yy MM M MMM dd d HH H hh h mm ss S (a fraction's digits) a XXX (offset); one letter takes
/// one digit or two;
/// other letters stand in single quotes; everything else stands for itself.
struct TimePattern: Sendable, Equatable {
  private enum Part: Sendable, Equatable {
    case number(Character, digits: ClosedRange<Int>)
    case monthName, halfDay, offset
    case literal(UInt8)
  }

  private enum Form: Sendable, Equatable {
    case parts([Part])
    /// Counted from 1970, in so many microseconds.
    case unix(Int64)
    /// Days since 1899-12-30 with their parts, as a spreadsheet keeps them.
    case days
    /// As the feed itself writes it.
    case standard
  }

  private let form: Form
  static let standard = TimePattern(form: .standard)
  static let date = TimePattern(
    form: .parts(["yyyy", "-", "MM", "-", "dd"].map { meanings[$0] ?? .literal(0x2D) }))

  private init(form: Form) { self.form = form }

  /// Nil where the pattern has a letter that means nothing, or no full date, or half of a clock.
  init?(_ pattern: String) {
    switch pattern {
    case "unix seconds": form = .unix(1_000_000)
    case "unix milliseconds": form = .unix(1_000)
    case "excel days": form = .days
    default:
      guard let parts = TimePattern.parts(pattern), TimePattern.isComplete(parts) else {
        return nil
      }
      form = .parts(parts)
    }
  }

  private static let meanings: [String: Part] = [
    "yyyy": .number("y", digits: 4...4), "yy": .number("Y", digits: 2...2),
    "MM": .number("M", digits: 2...2), "M": .number("M", digits: 1...2), "MMM": .monthName,
    "dd": .number("d", digits: 2...2), "d": .number("d", digits: 1...2),
    "HH": .number("H", digits: 2...2), "H": .number("H", digits: 1...2),
    "hh": .number("h", digits: 2...2), "h": .number("h", digits: 1...2),
    "mm": .number("m", digits: 2...2), "m": .number("m", digits: 1...2),
    "ss": .number("s", digits: 2...2), "s": .number("s", digits: 1...2), "a": .halfDay,
    "XXX": .offset,
  ]

  private static func parts(_ pattern: String) -> [Part]? {
    var parts: [Part] = []
    var rest = Substring(pattern)
    while let first = rest.first {
      if first == "'" {
        guard let end = rest.dropFirst().firstIndex(of: "'") else { return nil }
        parts += rest[rest.index(after: rest.startIndex)..<end].utf8.map { .literal($0) }
        rest = rest[rest.index(after: end)...]
      } else if first.isLetter {
        let word = rest.prefix { $0 == first }
        if first == "S" {
          parts.append(.number("S", digits: 1...9))
        } else if let part = meanings[String(word)] {
          parts.append(part)
        } else if first == "T" || first == "Z" {
          parts += word.utf8.map { .literal($0) }
        } else {
          return nil
        }
        rest = rest[word.endIndex...]
      } else {
        parts += String(first).utf8.map { .literal($0) }
        rest = rest.dropFirst()
      }
    }
    return parts
  }

  private static func has(_ letters: String, _ parts: [Part]) -> Bool {
    parts.contains {
      if case .number(let letter, _) = $0 { letters.contains(letter) } else { false }
    }
  }

  private static func isComplete(_ parts: [Part]) -> Bool {
    let hasMonth = has("M", parts) || parts.contains(.monthName)
    return has("yY", parts) && hasMonth && has("d", parts)
      && (hasHour(parts) || !(has("hmsS", parts) || parts.contains(.halfDay)))
  }

  private static func hasHour(_ parts: [Part]) -> Bool {
    has("H", parts) || (has("h", parts) && parts.contains(.halfDay))
  }

  /// Whether it tells the time of day, too.
  var hasClock: Bool {
    if case .parts(let parts) = form { TimePattern.hasHour(parts) } else { true }
  }
}

extension TimePattern {
  /// What a clock showed, and its offset where it was written; nil where the text is not of this
  /// form.
  func read(_ bytes: ArraySlice<UInt8>) -> (civil: CivilTime, offset: Int32?)? {
    switch form {
    case .standard:
      guard let written = WrittenTime(utf8: bytes), written.hasClock else { return nil }
      return (written.civil, written.offset)
    case .unix(let unit):
      guard let value = Int64(String(decoding: bytes, as: UTF8.self)),
        value.magnitude < 253_402_300_800_000_000 / UInt64(unit)
      else { return nil }
      let instant = Instant(microseconds: value * unit)
      let (date, second) = instant.local(offset: 0)
      let fraction = instant.microseconds - instant.seconds * 1_000_000
      return (CivilTime(date: date, microseconds: Int64(second) * 1_000_000 + fraction), 0)
    case .days: return TimePattern.days(bytes).map { ($0, nil) }
    case .parts(let parts): return read(bytes, parts)
    }
  }

  /// A spreadsheet's own numbers have parts of a second that nobody meant: it is taken to the
  /// nearest second. Before March 1900 they are a day off, for they have a 29 February 1900.
  private static func days(_ bytes: ArraySlice<UInt8>) -> CivilTime? {
    guard let days = ExactDecimal(utf8: bytes), ExactDecimal(units: 61) < days,
      days < ExactDecimal(units: 2_958_466)
    else { return nil }
    let seconds = Rounding.halfUp.divide(
      Int128(days.units) * 86_400, by: Int128(ExactDecimal.powers[days.places]))
    let toEpoch: Int64 = 25_569
    let (date, second) = Instant(seconds: Int64(seconds) - toEpoch * 86_400).local(offset: 0)
    return CivilTime(date: date, microseconds: Int64(second) * 1_000_000)
  }

  private struct Found {
    var year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0
    var fraction: Int64 = 0
    var isAfternoon: Bool?
    var offset: Int32?

    var civil: CivilTime? {
      var hour = hour
      if let isAfternoon {
        guard (1...12).contains(hour) else { return nil }
        hour = hour % 12 + (isAfternoon ? 12 : 0)
      }
      guard let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60,
        second < 60
      else { return nil }
      return CivilTime(
        date: date,
        microseconds: Int64(hour * 3600 + minute * 60 + second) * 1_000_000 + fraction)
    }
  }

  private func read(_ bytes: ArraySlice<UInt8>, _ parts: [Part]) -> (CivilTime, Int32?)? {
    var rest = bytes
    var found = Found()
    for part in parts {
      guard TimePattern.take(part, from: &rest, &found) else { return nil }
    }
    guard rest.isEmpty, let civil = found.civil else { return nil }
    return (civil, found.offset)
  }

  private static func take(
    _ part: Part, from rest: inout ArraySlice<UInt8>, _ found: inout Found
  ) -> Bool {
    switch part {
    case .literal(let byte): return rest.popFirst() == byte
    case .number(let letter, let digits):
      let text = rest.prefix(digits.upperBound).prefix { $0 &- UInt8(ascii: "0") < 10 }
      guard text.count >= digits.lowerBound, let number = Digits.number(text) else { return false }
      rest = rest.dropFirst(text.count)
      set(letter, number, count: text.count, &found)
      return true
    case .monthName:
      let names = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
      ]
      let name = String(decoding: rest.prefix(3), as: UTF8.self).lowercased()
      guard let month = names.firstIndex(of: name) else { return false }
      found.month = month + 1
      rest = rest.dropFirst(3)
      return true
    case .halfDay:
      let name = String(decoding: rest.prefix(2), as: UTF8.self).lowercased()
      guard name == "am" || name == "pm" else { return false }
      found.isAfternoon = name == "pm"
      rest = rest.dropFirst(2)
      return true
    case .offset:
      guard let written = WrittenTime(utf8: (Array("2000-01-01T00:00".utf8) + rest)[...]),
        let offset = written.offset
      else { return false }
      found.offset = offset
      rest = rest[rest.endIndex...]
      return true
    }
  }

  private static func set(_ letter: Character, _ number: Int, count: Int, _ found: inout Found) {
    switch letter {
    case "y": found.year = number
    case "Y": found.year = number < 70 ? 2000 + number : 1900 + number
    case "M": found.month = number
    case "d": found.day = number
    case "H", "h": found.hour = number
    case "m": found.minute = number
    case "s": found.second = number
    default:
      found.fraction =
        count > 6
        ? Int64(number) / ExactDecimal.powers[count - 6]
        : Int64(number) * ExactDecimal.powers[6 - count]
    }
  }
}

import Loyalty
import YAML

/// Dates, days of the year, hours and weekdays.
extension Reading {
  /// `2026-02-14`
  func date(_ node: Node) -> Written<CivilDate>? {
    guard let phrase = phrase(node, "a date like `2026-02-14`") else { return nil }
    guard phrase.words.count == 1 else {
      notDate(phrase.text, node.place)
      return nil
    }
    return date(phrase.words[0]).map { Written($0, node.place) }
  }

  func date(_ word: Phrase.Word) -> CivilDate? {
    if let date = CivilDate(word.text) { return date }
    notDate(word.text, word.place)
    return nil
  }

  private func notDate(_ text: String, _ place: Place) {
    report("R019", place, "`\(text)` is no date", help: Self.dateHelp(text))
  }

  /// A date in another order, turned round; a day that the calendar does not have.
  static func dateHelp(_ text: String) -> String {
    let parts = text.split { "/.-年月日".contains($0) }.compactMap { Int($0) }
    guard parts.count == 3 else { return "write year, month and day, like `2026-02-14`" }
    if parts[0] > 31, (1...12).contains(parts[1]) {
      if let date = CivilDate(year: parts[0], month: parts[1], day: parts[2]) {
        return "write `\(date)`"
      }
      if (1...9999).contains(parts[0]) {
        return
          "the month \(parts[0])-\(Digits.padded(parts[1], 2)) has "
          + "\(CivilDate.days(inMonth: parts[1], year: parts[0])) days"
      }
    }
    let year = parts[2] < 100 ? 2000 + parts[2] : parts[2]
    let american = CivilDate(year: year, month: parts[0], day: parts[1])
    let european = CivilDate(year: year, month: parts[1], day: parts[0])
    switch (american, european) {
    case (let a?, let b?) where a == b: return "write `\(a)`"
    case (let a?, let b?): return "write `\(a)` or `\(b)`: year, month, day"
    case (let a?, nil): return "write `\(a)`"
    case (nil, let b?): return "write `\(b)`"
    default: return "write year, month and day, like `2026-02-14`"
    }
  }

  /// `2026-02-07T10:00`, perhaps with an offset.
  func time(_ node: Node) -> Written<WrittenTime>? {
    guard let phrase = phrase(node, "a date and time like `2026-02-07T10:00`") else { return nil }
    guard let time = WrittenTime(phrase.text) else {
      let isDate = CivilDate(phrase.text.prefix(10)) != nil
      report(
        "R019", node.place, "`\(phrase.text)` is no date and time",
        help: isDate
          ? "write hours and minutes with two digits each, like `2026-02-07T09:05`"
          : "write it like `2026-02-07T10:00`")
      return nil
    }
    return Written(time, node.place)
  }

  /// `01-01`
  func dayOfYear(_ node: Node) -> (month: Int, day: Int)? {
    guard let phrase = phrase(node, "a day of the year like `01-01`") else { return nil }
    guard phrase.words.count == 1, let day = Self.dayOfYear(phrase.text) else {
      report(
        "R020", node.place, "`\(phrase.text)` is no day of the year",
        help: "write month and day, like `12-31`")
      return nil
    }
    return day
  }

  static func dayOfYear(_ text: String) -> (month: Int, day: Int)? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: "-"), let month = Digits.number(bytes[0..<2]),
      let day = Digits.number(bytes[3..<5]), (1...12).contains(month), day >= 1,
      day <= CivilDate.days(inMonth: month, year: 2024)
    else { return nil }
    return (month, day)
  }

  /// `2026-02-14`, `2026-02-15 to 2026-02-23`, `12-24`, `12-24 to 12-26`
  func dateRange(_ node: Node) -> DateRangeSyntax? {
    guard let phrase = phrase(node, "dates like `2026-02-15 to 2026-02-23`") else { return nil }
    let words = phrase.words
    guard words.count == 1 || (words.count == 3 && words[1].text == "to") else {
      report(
        "R020", node.place, "`\(phrase.text)` are no dates",
        help: "write `2026-02-14`, `2026-02-15 to 2026-02-23`, or `12-24 to 12-26` for each year")
      return nil
    }
    if let first = Self.dayOfYear(words[0].text) {
      guard words.count == 3 else {
        return .yearly(
          fromMonth: first.month, fromDay: first.day, toMonth: first.month, toDay: first.day)
      }
      guard let last = Self.dayOfYear(words[2].text) else {
        report(
          "R020", words[2].place, "`\(words[2].text)` is no day of the year",
          help: "write month and day, like `12-26`")
        return nil
      }
      return .yearly(
        fromMonth: first.month, fromDay: first.day, toMonth: last.month, toDay: last.day)
    }
    let parts = words[0].text.split { "/.-".contains($0) }
    guard parts.count == 3 else {
      report(
        "R020", words[0].place, "`\(words[0].text)` is no day",
        help: "write a date like `2026-02-14`, or month and day like `12-24` for each year")
      return nil
    }
    guard let first = date(words[0]) else { return nil }
    guard words.count == 3 else { return .dates(first, first) }
    guard let last = date(words[2]) else { return nil }
    guard first <= last else {
      report(
        "R038", node.place, "`\(phrase.text)` holds nothing: it ends before it begins",
        help: "write `\(last) to \(first)`")
      return nil
    }
    return .dates(first, last)
  }

  func dateRanges(_ node: Node) -> [DateRangeSyntax]? {
    guard let items = list(node, "dates like `2026-02-15 to 2026-02-23`") else { return nil }
    let ranges = items.compactMap(dateRange)
    return ranges.count == items.count ? ranges : nil
  }

  // MARK: - Hours

  /// `14:00 to 17:00`, in minutes since midnight.
  func hours(_ node: Node) -> [(from: Int, to: Int)]? {
    guard let items = list(node, "hours like `14:00 to 17:00`") else { return nil }
    var spans: [(from: Int, to: Int)] = []
    for item in items {
      guard let phrase = phrase(item, "hours like `14:00 to 17:00`") else { continue }
      guard phrase.words.count == 3, phrase.words[1].text == "to",
        let from = Self.clock(phrase.words[0].text), let to = Self.clock(phrase.words[2].text),
        from < 1440
      else {
        report(
          "R021", item.place, "`\(phrase.text)` are no hours",
          help: "write both times with hours and minutes of 24 hours, like `14:00 to 17:00`")
        continue
      }
      guard from != to else {
        report(
          "R038", item.place, "`\(phrase.text)` holds nothing: it ends when it begins",
          help: "write `00:00 to 24:00` for the whole day")
        continue
      }
      spans.append((from, to))
    }
    return spans.count == items.count ? spans : nil
  }

  /// Minutes since midnight of `14:00`; `24:00` is the day's end.
  static func clock(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Digits.number(bytes[0..<2]),
      let minute = Digits.number(bytes[3..<5]), minute < 60,
      hour < 24 || (hour == 24 && minute == 0)
    else { return nil }
    return hour * 60 + minute
  }

  // MARK: - Weekdays and days of the month

  static let weekdayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// Bit 0 is Monday.
  func weekdays(_ node: Node) -> UInt8? {
    guard let items = list(node, "weekdays like `[sat, sun]`") else { return nil }
    var mask: UInt8 = 0
    for item in items {
      guard let phrase = phrase(item, "a weekday like `sat`") else { return nil }
      let words = phrase.words
      if words.count == 3, words[1].text == "to" {
        guard let first = weekday(words[0]), let last = weekday(words[2]) else { return nil }
        var day = first
        mask |= 1 << UInt8(day)
        while day != last {
          day = (day + 1) % 7
          mask |= 1 << UInt8(day)
        }
      } else if words.count == 1 {
        guard let day = weekday(words[0]) else { return nil }
        mask |= 1 << UInt8(day)
      } else {
        let days = words.map { $0.text.lowercased().filter { $0 != "," }.prefix(3) }
        let isList = days.allSatisfy { Self.weekdayNames.contains(String($0)) }
        report(
          "R022", item.place, "`\(phrase.text)` are no weekdays",
          help: isList
            ? "write `[\(days.joined(separator: ", "))]`" : "write `mon to fri` or `[sat, sun]`")
        return nil
      }
    }
    return mask
  }

  private func weekday(_ word: Phrase.Word) -> Int? {
    if let day = Self.weekdayNames.firstIndex(of: word.text) { return day }
    let short = String(word.text.lowercased().prefix(3))
    let isName = Self.weekdayNames.contains(short)
    report(
      "R022", word.place, "`\(word.text)` is no weekday",
      help: isName ? "write `\(short)`" : "write one of mon tue wed thu fri sat sun")
    return nil
  }

  /// `8`, `last`, `[1, 15]`; 0 is the last.
  func daysOfMonth(_ node: Node) -> [Int]? {
    guard let items = list(node, "a day of the month like `8`") else { return nil }
    let days = items.compactMap { item -> Int? in
      guard let phrase = phrase(item, "a day of the month like `8`") else { return nil }
      if phrase.text == "last" { return 0 }
      if phrase.words.count == 1, let day = Self.plainNumber(phrase.text)?.exactly(places: 0),
        (1...31).contains(day)
      {
        return Int(day)
      }
      report(
        "R023", item.place, "`\(phrase.text)` is no day of the month",
        help: Self.weekdayNames.contains(String(phrase.text.lowercased().prefix(3)))
          ? "days of the week are `weekday`" : "write 1 to 31, or `last`")
      return nil
    }
    return days.count == items.count ? days : nil
  }
}

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
    let days = text.split(separator: " ").compactMap { CivilDate(String($0)) }
    if days.count == 2 { return "write `from: \(days[0])` and `to: \(days[1])`" }
    if ["never", "none", "open", "forever", "unlimited"].contains(text.lowercased()) {
      return "delete it: without `to` there is no last day"
    }
    if let date = CivilDate(text.prefix(10)), text.utf8.count > 10 {
      return "days have no time here: write `\(date)`"
    }
    if let day = Habit.day(text) {
      if let year = day.year, let date = CivilDate(year: year, month: day.month, day: day.day) {
        return "write `\(date)`"
      }
      let rest = "\(Digits.padded(day.month, 2))-\(Digits.padded(day.day, 2))"
      return "write the year, too, like `2026-\(rest)`"
    }
    let parts = text.split { "/.-年月日".contains($0) }.compactMap { Int($0) }
    if parts.count == 2, parts[0] > 999, (1...12).contains(parts[1]) {
      return "write the day, too, like `\(parts[0])-\(Digits.padded(parts[1], 2))-01`"
    }
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
      if phrase.text.hasSuffix("24:00"), let day = CivilDate(phrase.text.prefix(10)) {
        report(
          "R019", node.place, "`\(phrase.text)` is no date and time",
          help: "a day ends with 23:59: write `\(day)T23:59`, or the next day's 00:00")
        return nil
      }
      let isDate = CivilDate(phrase.text.prefix(10)) != nil
      let day = Self.dateHelp(String(phrase.text.prefix(10)))
      if !isDate, day.hasPrefix("the month") {
        report("R019", node.place, "`\(phrase.text)` is no date and time", help: day)
        return nil
      }
      report(
        "R019", node.place, "`\(phrase.text)` is no date and time",
        help: timeRemedy(phrase)
          ?? (isDate
            ? "write hours and minutes with two digits each, like `2026-02-07T09:05`"
            : "write it like `2026-02-07T10:00`"))
      return nil
    }
    return Written(time, node.place)
  }

  /// `2027-02-06T10:00` of `02/06/2027 10 AM`.
  private func timeRemedy(_ phrase: Phrase) -> String? {
    let text = phrase.text.replacing("T", with: " ")
    guard let at = text.lastIndex(where: { $0 == ":" }) ?? text.lastIndex(of: "m"),
      let gap = text[..<at].lastIndex(of: " ")
    else { return nil }
    var (day, clock) = (String(text[..<gap]), String(text[gap...]))
    if let date = CivilDate(day) {
      day = "\(date)"
    } else {
      let help = Self.dateHelp(day)
      guard help.hasPrefix("write `"), help.hasSuffix("`"), help.utf8.count == 18 else {
        return nil
      }
      day = String(help.dropFirst("write `".count).dropLast())
    }
    guard let hours = Habit.hours("from" + clock) else { return nil }
    clock = String(hours.prefix(5))
    return WrittenTime("\(day)T\(clock)").map { _ in "write `\(day)T\(clock)`" }
  }

  /// `01-01`
  func dayOfYear(_ node: Node) -> (month: Int, day: Int)? {
    guard let phrase = phrase(node, "a day of the year like `01-01`") else { return nil }
    guard phrase.words.count == 1, let day = Self.dayOfYear(phrase.text) else {
      report(
        "R020", node.place, "`\(phrase.text)` is no day of the year",
        help: (Habit.dayOfYear(phrase.text) ?? Habit.wholeMonth(phrase.text)).map {
          "write `\($0.prefix(5))`"
        }
          ?? "write month and day, like `12-31`")
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
        help: dateRangeRemedy(node)
          ?? "write `2026-02-14`, `2026-02-15 to 2026-02-23`, or `12-24 to 12-26` for each year")
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
        help: dateRangeRemedy(node)
          ?? "write a date like `2026-02-14`, or month and day like `12-24` for each year")
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

  /// `12-24 to 12-26` of `24.12. until 26.12.`, `12-01 to 12-31` of `December`.
  private func dateRangeRemedy(_ node: Node) -> String? {
    let text = node.text ?? ""
    var ends = [text]
    for word in [" - ", " until ", " till ", " through ", " to ", " and "] where ends.count == 1 {
      ends = text.split(separator: word).map(String.init)
    }
    let days = ends.compactMap { end -> String? in
      if let date = CivilDate(end) { return "\(date)" }
      if let day = Habit.dayOfYear(end) ?? Habit.wholeMonth(end) { return day }
      return Self.dayOfYear(end) == nil ? nil : end
    }
    guard days.count == ends.count else { return nil }
    return remedy([days.joined(separator: " to ")], node) { dateRange($0) }
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
          help: Habit.hours(phrase.text).flatMap { remedy([$0], item) { hours($0) } }
            ?? "write both times with hours and minutes of 24 hours, like `14:00 to 17:00`")
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
    let masks = items.compactMap { weekdays(of: $0) }
    return masks.count == items.count ? masks.reduce(0) { $0 | $1 } : nil
  }

  /// `sat`, `mon to fri`
  private func weekdays(of item: Node) -> UInt8? {
    guard let phrase = phrase(item, "a weekday like `sat`") else { return nil }
    let words = phrase.words
    if words.count == 1 { return weekday(words[0]).map { 1 << UInt8($0) } }
    guard words.count == 3, words[1].text == "to" else {
      report(
        "R022", item.place, "`\(phrase.text)` are no weekdays",
        help: weekdaysRemedy(phrase.text) ?? "write `mon to fri` or `[sat, sun]`")
      return nil
    }
    let names = [words[0], words[2]].filter { !Self.weekdayNames.contains($0.text) }
    if names.count == 2, let remedy = weekdaysRemedy(phrase.text) {
      report("R022", item.place, "`\(phrase.text)` are no weekdays", help: remedy)
      return nil
    }
    guard let first = weekday(words[0]), let last = weekday(words[2]) else { return nil }
    var day = first
    var mask: UInt8 = 1 << UInt8(day)
    while day != last {
      day = (day + 1) % 7
      mask |= 1 << UInt8(day)
    }
    return mask
  }

  private func weekday(_ word: Phrase.Word) -> Int? {
    if let day = Self.weekdayNames.firstIndex(of: word.text) { return day }
    report(
      "R022", word.place, "`\(word.text)` is no weekday",
      help: (word.text.count == 2
        ? weekdaysRemedy(word.text).flatMap { $0.contains("[") ? $0 : nil } : nil) ?? Habit.weekday(
          word.text
        ).map { "did you mean `\(Self.weekdayNames[$0])`?" }
        ?? weekdaysRemedy(word.text) ?? "write one of mon tue wed thu fri sat sun")
    return nil
  }

  /// `[sat, sun]` of `weekend` and `sat and sun`, `sat to sun` of `sat-sun`.
  private func weekdaysRemedy(_ text: String) -> String? {
    let lower = text.lowercased()
    if lower.hasPrefix("weekend") || lower == "周末" { return "write `[sat, sun]`" }
    if ["weekday", "weekdays", "workday", "workdays", "工作日"].contains(lower) {
      return "write `mon to fri`"
    }
    let signs = lower.compactMap { Array("月火水木金土日").firstIndex(of: $0) }
    if signs.count > 1, signs.count == lower.count {
      return "write `[\(signs.map { Self.weekdayNames[$0] }.joined(separator: ", "))]`"
    }
    let all = lower.split { " ,，、-&/".contains($0) }.map(String.init)
    let until: Set = [
      "to", "through", "until", "bis", "au", "à", "al", "a", "até", "t/m", "至", "到",
    ]
    let joining = until.union(["and", "or", "und", "oder", "et", "ou", "y", "e", "o", "en", "和"])
    let isSpan = text.contains("-") || all.contains(where: until.contains)
    let words = all.filter { !joining.contains($0) && $0 != "every" && $0 != "on" }
    let days = words.compactMap(Habit.weekday).map { Self.weekdayNames[$0] }
    guard days.count == words.count, !days.isEmpty else { return nil }
    if days.count == 1 { return "write `\(days[0])`" }
    if isSpan, days.count == 2 { return "write `\(days[0]) to \(days[1])`" }
    return "write `[\(days.joined(separator: ", "))]`"
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
          ? "days of the week are `weekday`" : Self.dayHelp(phrase.text))
      return nil
    }
    return days.count == items.count ? days : nil
  }

  private static func dayHelp(_ text: String) -> String {
    let days = Habit.words(text.replacing("-", with: " ")).compactMap { Int($0) }
    guard days.allSatisfy((1...31).contains) else { return "write 1 to 31, or `last`" }
    if text.lowercased().contains("last") || text == "-1" { return "write `last`" }
    if days.count == 2, days[0] < days[1] {
      return
        "write each of them: `[\((days[0]...days[1]).map(String.init).joined(separator: ", "))]`"
    }
    return days.count == 1 ? "write `\(days[0])`" : "write 1 to 31, or `last`"
  }
}

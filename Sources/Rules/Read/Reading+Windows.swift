import Loyalty
import YAML

/// Durations, windows and limits.
extension Reading {
  static let windowHelp =
    "write `calendar year` (quarter, month, week, day), `last calendar year`, `membership "
    + "year`, `12 months`, `each of 4 weeks`, `7 days after join`, `campaign`, "
    + "`transaction` or `ever`"
  private static let limitHelp =
    "write it like `1 per day` (week, month, quarter, year), `1 per 14 days`, "
    + "`1 per membership year`, `1 per campaign`, `1 per transaction` or `1 ever`"

  /// `day`, `days`, … `year`, `years`.
  static func unit(_ text: String) -> CalendarUnit? {
    CalendarUnit(rawValue: text)
      ?? (text.hasSuffix("s") ? CalendarUnit(rawValue: String(text.dropLast())) : nil)
  }

  /// `14 days`, `1 month`
  func duration(_ node: Node) -> DurationSyntax? {
    guard let phrase = phrase(node, "a duration like `14 days`") else { return nil }
    guard phrase.words.count == 2, let unit = Self.unit(phrase.words[1].text),
      startsWithDigit(phrase.words[0])
    else {
      report(
        "R027", node.place, "`\(phrase.text)` is no duration",
        help: durationHelp(node))
      return nil
    }
    return whole(phrase.words[0], 1...9_999).map { DurationSyntax(Int($0), unit) }
  }

  private func durationHelp(_ node: Node) -> String {
    let days = (node.text ?? "").matches(of: /\d{4}-\d\d-\d\d/).map { String($0.output) }
    if days.count == 2 {
      return
        "days are written `from: \(days[0])` and `to: \(days[1])`; this is a time like `14 days`"
    }
    return durationRemedy(node) ?? slip(node, Self.windowWords) { duration($0) }
      ?? "write it like `14 days`, `6 months` or `1 year`"
  }

  /// `at least 2 years`, `less than 60 days`, `1 year to 3 years`
  func span(_ node: Node) -> SpanSyntax? {
    guard var phrase = phrase(node, "a time like `at least 12 months`") else { return nil }
    var span = SpanSyntax()
    if phrase.take("at", "least") {
      span.least = duration(phrase)
    } else if phrase.take("at", "most") {
      span.most = duration(phrase)
    } else if phrase.take("more", "than") {
      (span.least, span.leastIsOutside) = (duration(phrase), true)
    } else if phrase.take("less", "than") {
      (span.most, span.mostIsOutside) = (duration(phrase), true)
    } else if phrase.words.count == 5, phrase.words[2].text == "to" {
      var (first, second) = (phrase, phrase)
      first.words = Array(phrase.words[..<2])
      second.words = Array(phrase.words[3...])
      (span.least, span.most) = (duration(first), duration(second))
      return span.least != nil && span.most != nil ? span : nil
    } else {
      report(
        "R041", node.place, "`\(phrase.text)` is no range of time",
        help: spanRemedy(node) ?? slip(node, Self.rangeWords) { self.span($0) }
          ?? "write it like `at least 12 months`, `less than 60 days` or `1 year to 3 years`")
      return nil
    }
    return span.least == nil && span.most == nil ? nil : span
  }

  /// What is left of a phrase, as a duration.
  func duration(_ phrase: Phrase) -> DurationSyntax? {
    guard phrase.words.count == 2, let unit = Self.unit(phrase.words[1].text),
      startsWithDigit(phrase.words[0])
    else {
      let node = Node(.scalar(phrase.rest, .plain), at: phrase.restPlace)
      report(
        "R027", node.place, "`\(phrase.rest)` is no duration",
        help: durationHelp(node))
      return nil
    }
    return whole(phrase.words[0], 1...9_999).map { DurationSyntax(Int($0), unit) }
  }

  private func startsWithDigit(_ word: Phrase.Word) -> Bool {
    word.text.utf8.first.map(Self.isDigit) ?? false
  }

  func window(_ node: Node) -> Written<WindowSyntax>? {
    guard let phrase = phrase(node, "a window like `calendar year`") else { return nil }
    return window(phrase).map { Written($0, node.place) }
  }

  /// The whole of a phrase, or what is left of it. `remedy` is one for the whole of it, `help` the
  /// last word.
  func window(
    _ whole: Phrase, remedy ofWhole: () -> String? = { nil }, help: String = Reading.windowHelp
  ) -> WindowSyntax? {
    var phrase = whole
    switch phrase.rest {
    case "campaign": return .campaign
    case "transaction": return .transaction
    case "ever": return .ever
    case "membership year": return .membershipYear(last: false)
    case "last membership year": return .membershipYear(last: true)
    default: break
    }
    if phrase.words.count >= 4, phrase.words.suffix(2).map(\.text) == ["after", "join"] {
      phrase.words.removeLast(2)
      return duration(phrase).map { .afterJoin($0) }
    }
    let isEach = phrase.take("each", "of")
    let isLast = !isEach && phrase.take("last")
    if !isEach, phrase.words.count == 2, phrase.take("calendar"),
      let unit = Self.exactUnit(phrase.rest)
    {
      return .calendar(unit, last: isLast)
    }
    if !isLast, phrase.words.count == 2, startsWithDigit(phrase.words[0]),
      let unit = Self.unit(phrase.words[1].text)
    {
      guard let count = self.whole(phrase.words[0], 1...9_999) else { return nil }
      return isEach ? .eachOf(Int(count), unit) : .rolling(Int(count), unit)
    }
    let read = { (node: Node) in self.window(Phrase(node, text: node.text ?? "")) }
    let remedy =
      ofWhole() ?? windowHelp(whole) ?? windowRemedy(whole, read)
      ?? slip(Node(.scalar(whole.rest, .plain), at: whole.place), Self.windowWords, read)
    report(
      "R016", whole.place, "`\(whole.rest)` is no window of time", help: remedy ?? help)
    return nil
  }

  static func exactUnit(_ text: String) -> CalendarUnit? { CalendarUnit(rawValue: text) }

  func windowHelp(_ phrase: Phrase) -> String? {
    let words = phrase.words.map(\.text)
    if let last = words.last, let unit = Self.unit(last) {
      if words.count == 1 { return "write `calendar \(unit.rawValue)` or `1 \(unit.rawValue)`" }
      if words == ["last", last] {
        return "write `last calendar \(unit.rawValue)` or `1 \(unit.rawValue)`"
      }
      if words == ["this", last] { return "write `calendar \(unit.rawValue)`" }
    }
    return nil
  }

  // MARK: - Limits

  /// `{times: 1 per day, points: 500 per month}`
  func limits(_ node: Node) -> [LimitSyntax] {
    if let text = node.text, !text.isEmpty {
      let remedy = limitRemedy(node) { limit($0, .times, decimals: 0) }
      let phrase =
        reads({ limit(node, .times, decimals: 0) })
        ? text
        : remedy.map { String($0.dropFirst("write `".count).dropLast()) }
          ?? corrected(node, Self.limitWords) { limit($0, .times, decimals: 0) }
          ?? "1 per day"
      report(
        "R007", node.place, "`\(text)` does not say of what",
        help: "write `limit: {times: \(phrase)}`, or name a currency, `money` or `units`")
      return []
    }
    guard let fields = fields(node, in: .limit, isOpen: true) else { return [] }
    var limits: [LimitSyntax] = []
    let measures: [(String, LimitSyntax.Measure, Int)] = [
      ("times", .times, 0), ("money", .money, money?.decimals ?? 0),
      ("units", .units, Quantity.places),
    ]
    for (word, measure, decimals) in measures {
      guard let node = fields[word] else { continue }
      if let limit = limit(node, measure, decimals: decimals) { limits.append(limit) }
    }
    for entry in fields.others {
      guard let decimals = currencies[entry.name] else {
        unknown(entry.key, in: .limit, names: currencies.keys.sorted())
        continue
      }
      if let limit = limit(entry.value, .currency(entry.name), decimals: decimals) {
        limits.append(limit)
      }
    }
    return limits
  }

  private func limit(_ node: Node, _ measure: LimitSyntax.Measure, decimals: Int) -> LimitSyntax? {
    guard var phrase = phrase(node, "a limit like `1 per day`") else { return nil }
    let orNone = phrase.takeLast("or", "none")
    if measure == .money, let first = phrase.words.first,
      first.text.utf8.first.map(Self.isDigit)
        == true, self.money(first) == nil
    {
      return nil
    }
    let found = limit(&phrase, decimals: decimals) {
      let read = { (node: Node) in self.limit(node, measure, decimals: decimals) }
      return self.limitRemedy(node, read) ?? self.slip(node, Self.limitWords, read)
    }
    guard let (most, window) = found else { return nil }
    if case .eachOf = window {
      report(
        "R017", node.place, "`each of` is no window of a limit", help: "write it like `1 per week`")
      return nil
    }
    if case .afterJoin = window {
      report(
        "R017", node.place, "`after join` is no window of a limit",
        help: "write it like `1 ever`; the rule's `reach` ends with its window")
      return nil
    }
    var limit = LimitSyntax(measure: measure, most: most, window: window, place: node.place)
    limit.orNone = orNone
    return limit
  }

  private func limit(_ phrase: inout Phrase, decimals: Int, _ remedy: () -> String?)
    -> (Int64, WindowSyntax)?
  {
    if phrase.take("once", "every") {
      guard phrase.words.count == 2, let unit = Self.unit(phrase.words[1].text) else {
        return noLimit(phrase, remedy())
      }
      return whole(phrase.words[0], 1...9_999).map { (1, .rolling(Int($0), unit)) }
    }
    guard let word = phrase.next(), let first = word.text.utf8.first, Self.isDigit(first),
      !word.text.contains("/")
    else { return noLimit(phrase, remedy()) }
    guard let most = currencyAmount(word, decimals: decimals) else { return nil }
    guard most > 0 else {
      report(
        "R017", word.place, "a limit of 0 forbids everything",
        help: "write at least 1, or delete the rule")
      return nil
    }
    if phrase.rest == "ever" { return (most, .ever) }
    guard phrase.take("per"), !phrase.words.isEmpty else { return noLimit(phrase, remedy()) }
    if phrase.words.count == 1, let unit = Self.exactUnit(phrase.rest) {
      return (most, .calendar(unit, last: false))
    }
    if phrase.rest == "fortnight" {
      report(
        "R016", phrase.place, "`fortnight` is no window of time",
        help: "write `\(most) per 14 days`")
      return nil
    }
    return window(phrase, remedy: remedy, help: Self.limitHelp).map { (most, $0) }
  }

  private func noLimit(_ phrase: Phrase, _ remedy: String?) -> (Int64, WindowSyntax)? {
    report(
      "R017", phrase.place, "`\(phrase.text)` is no limit",
      help: remedy ?? "write it like `1 per day`, `500 per month`, `once every 7 days` or `1 ever`")
    return nil
  }
}

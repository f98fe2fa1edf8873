import Loyalty
import YAML

/// Remedies for phrases that were meant well. Each is read before it is offered, so that whoever
/// follows it is right.
extension Reading {
  /// The first of `ways` that would be read here, as `write …`.
  func remedy<Value>(_ ways: [String], _ node: Node, _ read: (Node) -> Value?) -> String? {
    for way in ways where way != node.text {
      let tried = Node(.scalar(way, .plain), at: node.place)
      if reads({ read(tried) }) { return "write `\(way)`" }
    }
    return nil
  }

  // MARK: - Money and shares

  /// `5.00` of `5 USD`.
  func moneyRemedy(_ node: Node) -> String? {
    let words = Self.withoutGaps(Habit.words(node.text ?? ""))
    return remedy([words.joined(separator: " ")], node) { moneyAlone($0) }
  }

  /// `20%` of `20 percent off`, `0.10 per unit` of `0.10 each`; `8折` is a fifth off.
  func offRemedy(_ node: Node, _ read: (Node) -> OffSyntax?) -> String? {
    let text = node.text ?? ""
    if text.hasSuffix("折"), let left = Self.plainNumber(String(text.dropLast())),
      left.places <= 2, (0..<10_000).contains(left.units)
    {
      let places = left.places + (left.units >= 10 * ExactDecimal.powers[left.places] ? 2 : 1)
      let share = ExactDecimal(units: ExactDecimal.powers[places] - left.units, places: places)
      let percent = ExactDecimal(units: share.units * 100, places: share.places).reduced
      return remedy(["\(percent)%"], node, read)
    }
    let units = [
      "item", "items", "each", "piece", "article", "product", "apiece", "bottle", "unit",
    ]
    var words = Self.withoutGaps(
      Habit.words(text).map { $0.hasPrefix("-") ? String($0.dropFirst()) : $0 })
    words.removeAll { ["off", "discount", "less", "cheaper", "minus", "reduction"].contains($0) }
    if words.first == "half" { words = ["50%"] }
    let isPerUnit = words.last.map(units.contains) ?? false
    if isPerUnit { words = words.prefix(1) + ["per", "unit"] }
    return remedy([words.joined(separator: " ")], node, read)
  }

  /// `5%` of `0.05`, `5`, `5 %`; `at most 50%` of `max 50%`.
  func shareRemedy(_ node: Node, prefix: String = "", _ read: (Node) -> Int64?) -> String? {
    // `15,5%`: decimals behind a comma.
    let text = (node.text ?? "").replacing(",", with: ".")
    let words = Habit.words(text).filter { $0.utf8.first.map(Self.isDigit) == true }
    guard words.count == 1, let word = words.first else { return nil }
    guard let number = Self.plainNumber(word), number.places <= 6 else {
      return remedy([prefix + word], node, read)
    }
    if number.units < ExactDecimal.powers[number.places] {
      let share = ExactDecimal(units: number.units * 100, places: number.places).reduced
      return remedy([prefix + "\(share)%"], node, read)
    }
    return remedy([prefix + word + "%"], node, read)
  }

  // MARK: - Numbers and ranges

  /// `at least 50` of `≥50`, `50+`, `min. 50 USD`; `50 to 100` of `50-100`.
  func rangeRemedy(_ node: Node, _ read: (Node) -> RangeSyntax?) -> String? {
    let text = (node.text ?? "").lowercased()
    if let help = windowedRange(text, node, read) { return help }
    if ["no", "none", "never", "zero"].contains(text) { return remedy(["0"], node, read) }
    if text.hasPrefix("top ") || text.hasPrefix("best ") {
      return "the best are a rank, and so a tier: `qualify: {rank: top 10% by spend, within: last "
        + "calendar year}`"
    }
    let joined = text.replacing("..", with: "-").split { "-–".contains($0) }.map(String.init)
    let isSpan =
      joined.count == 2
      && joined.allSatisfy { $0.unicodeScalars.contains { ("0"..."9").contains($0) } }
    let words = Self.withoutGaps(Habit.words(isSpan ? joined.joined(separator: " to ") : text))
    let numbers = words.compactMap { word -> String? in
      let digits = word.filter { $0.isASCII && ($0.isNumber || "._".contains($0)) }
      return Self.plainNumber(digits) == nil ? nil : digits
    }
    if numbers.count == 2 { return remedy([numbers.joined(separator: " to ")], node, read) }
    guard numbers.count == 1 else { return nil }
    let comparison = Self.comparison(text)
    if comparison == nil, Self.isDenied(text) {
      return numbers[0] == "0" ? remedy(["more than 0"], node, read) : nil
    }
    let way = [comparison, numbers[0]].compactMap(\.self).joined(separator: " ")
    return remedy([way], node, read)
  }

  /// `at least 150` and `within: 3 months` of `150 within 3 months`.
  private func windowedRange(
    _ text: String, _ node: Node, _ read: (Node) -> RangeSyntax?
  ) -> String? {
    guard let parts = text.wholeMatch(of: /(.+?) (?:within|in|over|during|per) (?:the )?(.+)/),
      let count = Habit.words(String(parts.1)).last(where: Habit.isNumber)
    else { return nil }
    let window = Node(.scalar(String(parts.2), .plain), at: node.place)
    let words = Phrase(window, text: String(parts.2))
    let time =
      reads { self.window(window) }
      ? "`\(parts.2)`"
      : (windowHelp(words) ?? windowRemedy(words) { self.window($0)?.value })?
        .split(separator: " ", maxSplits: 1).last.map(String.init)
    let least = "\(Self.comparison(String(parts.1)) ?? "at least") \(count)"
    guard let time, remedy([least], node, read) != nil else { return nil }
    return "write `\(least)`, and beside it `within` with \(time)"
  }

  private static let comparisons: [(String, [String])] = [
    ("every", ["every", "each", "multiple"]),
    (
      "at least",
      [
        "at last", "atleast", "at lest", "at-least", "min", "from", ">=", "≥", "=>", "or more",
        "or over", "or longer", "+", "least", "starting",
      ]
    ),
    (
      "at most",
      ["max", "up to", "<=", "≤", "=<", "or less", "or under", "most", "until", "within"]
    ),
    ("more than", [">", "over", "above", "more", "exceed", "longer"]),
    ("less than", ["<", "under", "below", "less", "fewer", "shorter"]),
  ]

  /// The language's words for `min`, `≥`, `under` and the like. What is denied is turned round:
  /// `no less than` is `at least`.
  private static func comparison(_ text: String) -> String? {
    // `60 and over`: the number counts, too.
    if text.contains("以上") { return "at least" }
    if text.contains("以下") { return "at most" }
    let words = text.split { " -".contains($0) }.map(String.init)
    for (word, next) in zip(words, words.dropFirst()) where word == "and" || word == "or" {
      if ["over", "above", "more", "up", "older", "longer", "higher"].contains(next) {
        return "at least"
      }
      if ["under", "below", "less", "fewer", "younger", "shorter", "lower"].contains(next) {
        return "at most"
      }
    }
    let turned = [
      "at least": "less than", "at most": "more than", "more than": "at most",
      "less than": "at least",
    ]
    guard let kind = comparisons.first(where: { $0.1.contains(where: text.contains) })?.0 else {
      return nil
    }
    return isDenied(text) ? turned[kind] : kind
  }

  private static func isDenied(_ text: String) -> Bool {
    text.split(separator: " ").contains { ["no", "not", "never"].contains($0) }
  }

  /// `1_000_000` of `1.000.000`.
  static func withoutThousands(_ word: String) -> String {
    let groups = word.split(separator: ".", omittingEmptySubsequences: false)
    let isNumber = word.utf8.allSatisfy { $0 == UInt8(ascii: ".") || isDigit($0) }
    guard groups.count > 2, isNumber, groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
      return word
    }
    return groups.joined(separator: "_")
  }

  /// `1000.00` of `1 000.00`.
  private static func withoutGaps(_ words: [String]) -> [String] {
    words.reduce(into: []) { whole, word in
      let digits = word.prefix { $0 != "." }
      let isGroup = digits.count == 3 && digits.allSatisfy { $0.isASCII && $0.isNumber }
      if isGroup, let last = whole.last, last.allSatisfy({ $0.isASCII && $0.isNumber }) {
        whole[whole.count - 1] = last + word
      } else {
        whole.append(word)
      }
    }
  }

  /// `3` of `3 times`, `once`.
  func countRemedy(_ node: Node, _ read: (Node) -> Int64?) -> String? {
    let once = (node.text ?? "").lowercased().replacing("once", with: "1")
    let numbers = Habit.words(once.replacing("twice", with: "2")).filter(Habit.isNumber)
    return numbers.count == 1 ? remedy(numbers, node, read) : nil
  }

  // MARK: - Names

  /// What may be meant by names with values where the name of one thing should stand.
  func namesHelp(_ entries: [Node.Entry], _ key: String?) -> String {
    let names = entries.map(\.name).joined(separator: ", ")
    if entries.allSatisfy({ Room.coupon.has($0.name) || Room.reward.has($0.name) }) {
      return "describe it in its own section, and write its name here"
    }
    guard let key, entries.count == 1, let first = entries.first else {
      return "names alone make a list: write `[\(names)]`"
    }
    let inner = first.value.items?.compactMap(\.text) ?? [first.value.text].compactMap(\.self)
    let list = inner.count == 1 ? inner[0] : "[\(inner.joined(separator: ", "))]"
    switch first.name {
    case "not" where !inner.isEmpty: return "write `not: {\(key): \(list)}`"
    case "any" where !inner.isEmpty: return "write `\(key): \(list)`: any of them is enough"
    default: return "write its name alone"
    }
  }

  // MARK: - Time

  /// `14 days` of `14`, `14d`, `two weeks`.
  func durationRemedy(_ node: Node) -> String? {
    if ["no", "none", "never", "0"].contains((node.text ?? "").lowercased()) {
      return "delete it, if there is no such time"
    }
    var words = Habit.words(node.text ?? "")
    // `30 days after issue`: from when on is no question.
    if words.count > 2, words[2] == "after" || words[2] == "from" { words = Array(words[..<2]) }
    words.removeAll { ["after", "for", "of", "within", "in"].contains($0) }
    if words.count == 1, Habit.isNumber(words[0]) { words.append(words[0] == "1" ? "day" : "days") }
    return remedy([words.joined(separator: " ")], node) { duration($0) }
  }

  /// `at least 12 months` of `12 months`, `over a year`.
  func spanRemedy(_ node: Node) -> String? {
    let text = (node.text ?? "").lowercased()
    let words = Habit.words(text)
    guard let unit = words.lastIndex(where: { Self.unit($0) != nil }), unit > 0 else { return nil }
    let count = words[unit - 1].filter { $0 != "+" }
    let kind = Self.comparison(text) ?? "at least"
    return remedy(["\(kind) \(count) \(words[unit])"], node) { span($0) }
  }

  /// `tenure: at least 5 years` of `over 5 years`, where it is asked since when at most.
  func tenureRemedy(_ node: Node) -> String? {
    let kind = Self.comparison((node.text ?? "").lowercased())
    guard kind == "at least" || kind == "more than" else { return nil }
    let way =
      reads { span(node) }
      ? node.text : spanRemedy(node)?.split(separator: "`").last.map(String.init)
    return way.map { "write `tenure: \($0)`" }
  }

  /// `12 months` of `past 12 months`, `each of 4 weeks` of `4 weeks in a row`, `ever` of
  /// `lifetime`.
  func windowRemedy(_ phrase: Phrase, _ read: (Node) -> WindowSyntax?) -> String? {
    let text = phrase.rest.lowercased()
    let node = Node(.scalar(phrase.rest, .plain), at: phrase.place)
    let ever = ["lifetime", "forever", "always", "all time", "all-time", "since joining"]
    if ever.contains(where: text.contains) { return remedy(["ever"], node, read) }
    var words = Habit.words(text)
    // Several calendar months are counted from today back.
    if words.contains(where: Habit.isNumber) { words.removeAll { $0 == "calendar" } }
    if words.count == 1, Habit.isNumber(words[0]) {
      return remedy(["\(words[0]) days"], node, read)
    }
    guard let at = words.lastIndex(where: { Self.unit($0) != nil }), let unit = Self.unit(words[at])
    else { return nil }
    if unit == .year, ["membership", "anniversary", "card"].contains(where: words.contains) {
      return remedy(["membership year"], node, read)
    }
    if at > 0, Habit.isNumber(words[at - 1]) {
      let time = "\(words[at - 1]) \(words[at])"
      let isRow = text.contains("row") || text.contains("consecutive") || text.contains("each")
      return remedy(isRow ? ["each of \(time)"] : [time], node, read)
    }
    if text.contains("consecutive"), let count = words.first(where: Habit.isNumber) {
      return remedy(["each of \(count) \(words[at])"], node, read)
    }
    if ["last", "previous", "prior", "past"].contains(where: words.contains) {
      return remedy(["last calendar \(unit.rawValue)"], node, read)
    }
    if ["this", "current", "same", "to"].contains(where: words.contains) {
      return remedy(["calendar \(unit.rawValue)"], node, read)
    }
    return words.contains("calendar") ? remedy(["calendar \(unit.rawValue)"], node, read) : nil
  }

  /// `1 per day` of `once daily`, `500 per month` of `max 500/month`, `1 ever` of `1 per customer`.
  func limitRemedy(_ node: Node, _ read: (Node) -> LimitSyntax?) -> String? {
    var text = (node.text ?? "").lowercased()
    for (habit, own) in Self.limitHabits { text = text.replacing(habit, with: own) }
    var words = Habit.words(text)
    words.removeAll {
      ["max", "at", "most", "up", "to", "only", "time", "times", "limit"].contains($0)
    }
    for at in words.indices.dropFirst() where words[at - 1] == "per" {
      let word = words[at]
      if ["customer", "member", "person", "user", "account", "household", "card"].contains(word) {
        let isAlone = words.count { $0 == "per" } == 1
        words.replaceSubrange((at - 1)...at, with: isAlone ? ["ever"] : [])
        break
      }
      let bills = ["visit", "purchase", "order", "basket", "receipt", "bill", "sale"]
      if bills.contains(word) { words[at] = "transaction" }
    }
    if words.count == 1, Habit.isNumber(words[0]) { words.append("ever") }
    if words.count == 4, words[2] == "calendar", let unit = Self.unit(words[3]) {
      words[3] = unit.rawValue
    }
    return remedy([words.joined(separator: " ")], node, read)
  }

  private static let limitHabits = [
    ("once per", "1 per"), ("once", "1"), ("twice", "2"),
    ("daily", "per day"), ("weekly", "per week"), ("monthly", "per month"),
    ("yearly", "per year"), ("annually", "per year"), ("each", "per"), ("every", "per"),
    (" a day", " per day"), (" a week", " per week"), (" a month", " per month"),
    (" a year", " per year"), ("in total", "ever"), ("forever", "ever"), ("lifetime", "ever"),
    ("maximum", "max"), ("no more than", "max"), ("not more than", "max"),
  ]

  /// `end of calendar year` of `end of the year`, `12-31` of `31 December`, `never` of `none`.
  func endRemedy<Value>(_ node: Node, never: String, _ read: (Node) -> Value?) -> String? {
    let text = node.text ?? ""
    let forever = ["no", "none", "forever", "unlimited", "indefinitely", "infinite", "always"]
    let lower = text.lowercased()
    if forever.contains(lower) || lower.contains("lifetime") || lower == "no expiry" {
      return remedy([never], node, read)
    }
    if let day = Habit.dayOfYear(text), let found = remedy([day], node, read) { return found }
    var words = Habit.words(text).filter {
      !["until", "till", "the", "by", "at", "for"].contains($0)
    }
    words = words.map { $0 == "year-end" ? "end of year" : $0 }
    let joined = words.joined(separator: " ")
    if words.count == 2, words[0] == "this", let unit = Self.unit(words[1]) {
      return remedy(["end of calendar \(unit.rawValue)"], node, read)
    }
    let calendar = joined.replacing("year", with: "calendar year")
    let after = joined.replacing("from ", with: "after ").replacing("since ", with: "after ")
    return remedy([calendar, joined, after], node, read)
  }

  // MARK: - Ranks and worth

  /// `top 10% by spend` of `best 10 percent by spend`.
  func rankRemedy(_ node: Node, _ read: (Node) -> RankSyntax?) -> String? {
    let words = Habit.words(node.text ?? "")
    guard let count = words.first(where: { $0.utf8.first.map(Self.isDigit) == true }) else {
      return nil
    }
    let measures = ["spend", "quantity", "visits"] + currencies.keys.sorted()
    let by = words.last.flatMap { last in
      measures.first { $0 == last || Self.singular($0) == Self.singular(last) }
        ?? Room.synonyms[last]?.first { measures.contains($0) }
    }
    guard let measure = by ?? (words.contains("by") ? nil : "spend") else { return nil }
    return remedy(["top \(count) by \(measure)"], node, read)
  }

  /// `1.00 per 100` of `1.00 = 100 points`, `100 points per $1`.
  func worthRemedy<Value>(_ node: Node, points: String = "", _ read: (Node) -> Value?) -> String? {
    let numbers = Habit.words(node.text ?? "").filter(Habit.isNumber)
    let end = points.isEmpty ? "" : " " + points
    if numbers.count == 1, points.isEmpty, numbers[0].contains(".") {
      return remedy(["\(numbers[0]) per 1"], node, read)
    }
    let text = (node.text ?? "").lowercased()
    if numbers.count == 1, !points.isEmpty, text.contains(" per ") {
      return remedy(["\(numbers[0]) per 1\(end)"], node, read)
    }
    guard numbers.count == 2 else { return nil }
    let isTurned = text.contains("points per") || text.contains("point per") || text.contains("=$")
    let ways = ["\(numbers[0]) per \(numbers[1])\(end)", "\(numbers[1]) per \(numbers[0])\(end)"]
    let money = numbers.firstIndex { $0.contains(".") }
    return remedy(isTurned || money == 1 ? ways.reversed() : ways, node, read)
  }
}

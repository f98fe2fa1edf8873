import Loyalty
import YAML

/// Phrases of the language in a customer's words; what is none of them stays as it is written.
extension TermsSpeaker {
  /// `$5.00`, `5.00元`.
  func money(_ text: String) -> String {
    let code = head?.fields["money"]?.text ?? ""
    let signs = ["USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"]
    let spelt = text.replacing("_", with: "")
    if code == "CNY" { return say("¥" + spelt, spelt + "元") }
    return signs[code].map { $0 + spelt } ?? "\(spelt) \(code)"
  }

  func number(_ text: some StringProtocol) -> String {
    var digits = ""
    let plain = String(text).replacing("_", with: "")
    let whole = plain.prefix { $0 != "." }
    for (place, digit) in whole.enumerated() {
      if place > 0, (whole.count - place) % 3 == 0, whole.count > 4 { digits += "," }
      digits.append(digit)
    }
    return digits + plain.dropFirst(whole.count)
  }

  /// `100 points`, `1 point`.
  func amount(_ text: some StringProtocol, _ key: String) -> String {
    let name = currency(key)
    if isChinese { return number(text) + name }
    return "\(number(text)) \(text == "1" ? PlainWords.singular(name) : name)"
  }

  /// Whether English says "they" of it; names that are not English are taken for many.
  func isMany(_ name: String) -> Bool {
    PlainWords.singular(name) != name || name.last?.isASCII == false
  }

  /// `100 points`, and `point` for one behind `each`.
  func each(_ text: String, _ key: String) -> String {
    text == "1" && !isChinese ? PlainWords.singular(currency(key)) : amount(text, key)
  }

  func unit(_ word: some StringProtocol, count: String = "2") -> String {
    let single = word.hasSuffix("s") ? String(word.dropLast()) : String(word)
    let chinese = ["day": "天", "week": "周", "month": "个月", "quarter": "个季度", "year": "年"]
    return isChinese ? chinese[single] ?? single : count == "1" ? single : single + "s"
  }

  /// `14 days`
  func duration(_ text: String) -> String {
    let words = text.split(separator: " ")
    guard words.count == 2 else { return text }
    let count = String(words[0])
    return say("\(count) \(unit(words[1], count: count))", "\(count)\(unit(words[1]))")
  }

  /// A unit of the calendar: `calendar year`, `year`.
  private func calendar(_ word: some StringProtocol, _ which: (String, String)) -> String {
    say("\(which.0) \(word)", "\(which.1)\(calendarUnit(word))")
  }

  /// `year`, `年`
  func calendarUnit(_ word: some StringProtocol) -> String {
    let chinese = ["day": "日", "week": "周", "month": "月", "quarter": "季度", "year": "年"]
    return isChinese ? chinese[String(word)] ?? String(word) : String(word)
  }

  /// A measure of goods: `litres`, `升`; what a program measures itself by stays.
  func measureUnit(_ word: String) -> String {
    let chinese = [
      "unit": "件", "piece": "件", "litre": "升", "liter": "升", "gallon": "加仑", "kg": "公斤",
      "kilo": "公斤", "gram": "克", "pound": "磅", "metre": "米",
    ]
    let single = word.hasSuffix("s") ? String(word.dropLast()) : word
    if isChinese { return chinese[single] ?? readable(word) }
    return word == "unit" ? "item" : readable(word)
  }

  /// What somebody has to do within a window: `in a calendar year`.
  func window(_ text: String) -> String {
    let words = text.split(separator: " ")
    switch (words.first ?? "", words.count) {
    case ("ever", 1): return say("in all", "累计")
    case ("campaign", 1): return say("during the campaign", "活动期间")
    case ("transaction", 1): return say("in one purchase", "单笔")
    case ("calendar", 2): return say("in a calendar \(words[1])", calendar(words[1], ("", "一个自然")))
    case ("membership", 2): return say("in a membership year", "一个会员年度内")
    case ("last", 3) where words[1] == "calendar":
      return calendar(words[2], ("in the last calendar", "上一自然"))
    case ("last", 3): return say("in the last membership year", "上一会员年度")
    case ("each", 4):
      return say(
        "in each of the last \(words[2]) \(words[3])",
        "连续\(words[2])\(unit(words[3]))，每\(calendar(unitOf(words[3]), ("", "")))")
    case (_, 2): return say("within \(duration(text))", "\(duration(text))内")
    case (_, 4...) where text.hasSuffix(" after join"):
      let span = duration(String(text.dropLast(11)))
      return say("within \(span) after you opted in", "报名后\(span)内")
    default: return text
    }
  }

  private func unitOf(_ word: some StringProtocol) -> String {
    word.hasSuffix("s") ? String(word.dropLast()) : String(word)
  }

  /// `at least 3`; `shown` says each number.
  func range(_ text: String, _ shown: (String) -> String) -> String {
    let words = text.split(separator: " ").map(String.init)
    guard let last = words.last else { return text }
    let end = shown(last)
    if words.starts(with: ["at", "least"]) { return say("at least \(end)", "至少\(end)") }
    if words.starts(with: ["at", "most"]) { return say("at most \(end)", "最多\(end)") }
    if words.starts(with: ["more", "than"]) { return say("more than \(end)", "超过\(end)") }
    if words.starts(with: ["less", "than"]) { return say("less than \(end)", "不到\(end)") }
    if words.first == "every" { return say("each full \(end)", "每满\(end)") }
    if words.count == 3, words[1] == "to" {
      return say("\(shown(words[0])) to \(end)", "\(shown(words[0]))至\(end)")
    }
    return words.count == 1 ? end : text
  }

  /// `1 per day`, `500 per month or none`, `once every 7 days`, `1 ever`; behind `times` it is how
  /// often.
  func limit(_ text: String, times: Bool, _ shown: (String) -> String) -> String {
    var words = text.split(separator: " ").map(String.init)
    if words.suffix(2) == ["or", "none"] {
      words.removeLast(2)
      let bound = limit(words.joined(separator: " "), times: times, shown)
      return bound + say(" (what does not fit whole is refused)", "（超出时整笔不予）")
    }
    if words.starts(with: ["once", "every"]) {
      let span = duration(words.dropFirst(2).joined(separator: " "))
      return say("once every \(span)", "每\(span)一次")
    }
    guard let count = words.first else { return text }
    let most =
      times
      ? (count == "1" ? say("once", "1次") : say("\(number(count)) times", "\(number(count))次"))
      : shown(count)
    let rest = words.dropFirst(2).joined(separator: " ")
    if words.last == "ever" { return say("\(most) in all", "总共\(most)") }
    switch rest {
    case "transaction": return say("\(most) for each purchase", "每单\(most)")
    case "campaign": return say("\(most) during the campaign", "活动期间\(most)")
    case "membership year": return say("\(most) in each membership year", "每个会员年度\(most)")
    default:
      let unit = rest.hasPrefix("calendar ") ? String(rest.dropFirst(9)) : rest
      if unit.contains(" ") {
        return say("\(most) within \(duration(unit))", "\(duration(unit))内\(most)")
      }
      return say("\(most) a \(unit)", "每\(calendar(unit, ("", "")))\(most)")
    }
  }

  /// When points end: `12 months after earning`.
  func expiry(_ text: String, ofMany: Bool) -> String {
    let expire = ofMany ? "expire" : "expires"
    if text == "never" { return say("never \(expire)", "永久有效") }
    var words = text.split(separator: " ").map(String.init)
    if words.count == 1 {
      return say("\(expire) on the next \(dayOfYear(text))", "于下一个\(dayOfYear(text))到期")
    }
    if words.starts(with: ["end", "of"]) {
      words.removeFirst(2)
      let next = words.first == "next"
      if next { words.removeFirst() }
      if words.first == "calendar" { words.removeFirst() }
      guard let unit = words.first else { return text }
      let end =
        next
        ? calendar(unit, ("at the end of the next", "次"))
        : calendar(unit, ("at the end of the", "当"))
      if words.count == 1 { return say("\(expire) \(end)", "于\(end)末到期") }
      let after = self.after(Array(words.dropFirst()), ofMany)
      return say(
        "\(expire) at the end of the \(unit) \(after)", "于\(after)的\(calendar(unit, ("", "当")))末到期")
    }
    return say("\(expire) \(after(words, ofMany))", "\(after(words, ofMany))到期")
  }

  /// `12 months after earning`
  private func after(_ words: [String], _ ofMany: Bool) -> String {
    let span = duration(words.prefix(2).joined(separator: " "))
    switch words.last {
    case "activity": return say("\(span) after your last activity", "最近一次活动后\(span)")
    case "release":
      return
        say("\(span) after \(ofMany ? "they become" : "it becomes") available", "可用后\(span)")
    default: return say("\(span) after you earn \(ofMany ? "them" : "it")", "获得后\(span)")
    }
  }

  /// How long a tier is kept.
  func kept(_ text: String) -> String {
    var words = text.split(separator: " ").map(String.init)
    if text == "ever" { return say("for ever", "永久") }
    if text == "while it holds" { return say("as long as you meet this", "满足条件期间") }
    guard words.starts(with: ["end", "of"]) else {
      return say("for \(duration(text))", duration(text))
    }
    words.removeFirst(2)
    let next = words.first == "next"
    if next { words.removeFirst() }
    if words.first == "membership" {
      return say(
        "until the end of \(next ? "the next" : "your") membership year",
        next ? "至下一会员年度末" : "至本会员年度末")
    }
    let unit = words.last ?? ""
    return next
      ? say("until the end of the next calendar \(unit)", "至" + calendar(unit, ("", "次")) + "末")
      : say("until the end of the calendar \(unit)", "至" + calendar(unit, ("", "当")) + "末")
  }

  // MARK: - Days

  func date(_ text: String) -> String {
    guard let date = CivilDate(text) else { return text }
    let (year, month, day) = date.parts
    return say("\(day) \(Self.months[month - 1]) \(year)", "\(year)年\(month)月\(day)日")
  }

  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  func dayOfYear(_ text: String) -> String {
    guard let (month, day) = Reading.dayOfYear(text) else { return text }
    return say("\(day) \(Self.months[month - 1])", "\(month)月\(day)日")
  }

  /// `2026-02-15 to 2026-02-23`, `12-24`
  func days(_ text: String) -> String {
    let parts = text.split(separator: " ").map(String.init).filter { $0 != "to" }
    let shown = parts.map { $0.count == 5 ? dayOfYear($0) : date($0) }
    return shown.count == 2
      ? say("\(shown[0]) to \(shown[1])", "\(shown[0])至\(shown[1])") : shown.first ?? text
  }

  func weekday(_ text: String) -> String {
    let english = [
      "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays",
    ]
    let chinese = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
    let shown = text.split(separator: " ").filter { $0 != "to" }.map { word in
      Reading.weekdayNames.firstIndex(of: String(word)).map { say(english[$0], chinese[$0]) }
        ?? String(word)
    }
    return shown.count == 2
      ? say("\(shown[0]) to \(shown[1])", "\(shown[0])至\(shown[1])") : shown.first ?? text
  }

  /// `gold or above`
  func tier(_ text: String) -> String {
    for (phrase, english, chinese) in [
      (" or above", " or above", "及以上"), (" or below", " or below", "及以下"), (" only", "", ""),
    ] where text.hasSuffix(phrase) {
      return name(String(text.dropLast(phrase.count)), in: "tiers") + say(english, chinese)
    }
    return name(text, in: "tiers")
  }
}

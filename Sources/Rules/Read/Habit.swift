import Loyalty

/// How people write phrases in other tools, in letters and in mails, put into the language's own
/// numbers and units. What comes out is a guess: the reader tries it before it is offered as a
/// remedy.
enum Habit {
  /// The words of a phrase in lower case, with plain numbers and without signs of money.
  static func words(_ text: String) -> [String] {
    let text = text.lowercased().replacing(#/half (a )?year/#, with: "6 months")
    var words = spaced(text).split { " ,;".contains($0) }.flatMap { word($0) }
    words = withShares(withScales(words))
    for index in words.indices.dropFirst() where isNumber(words[index - 1]) {
      words[index] = shortUnits[words[index]] ?? words[index]
      guard words[index] == "hours", let hours = Int(words[index - 1]), hours > 0, hours % 24 == 0
      else { continue }
      (words[index - 1], words[index]) = ("\(hours / 24)", hours == 24 ? "day" : "days")
    }
    // `a month` is one, and elsewhere an article says nothing.
    for index in words.indices.reversed() where ["a", "an", "the"].contains(words[index]) {
      let isCount =
        words[index] != "the" && index + 1 < words.count && Reading.unit(words[index + 1]) != nil
        && (index == 0 || !isNumber(words[index - 1]) && words[index - 1] != "once")
      if isCount { words[index] = "1" } else { words.remove(at: index) }
    }
    return words
  }

  static func isNumber(_ word: String) -> Bool { Reading.plainNumber(word) != nil }

  /// A comma between digits belongs to a number, any other one parts words; `1/day` is `1 per day`.
  private static func spaced(_ text: String) -> String {
    let all = Array(text)
    var spaced = ""
    for (index, character) in all.enumerated() {
      let next = index + 1 < all.count ? all[index + 1] : " "
      let last = index > 0 ? all[index - 1] : " "
      let isInside = last.isASCII && last.isNumber && next.isASCII && next.isNumber
      switch character {
      case "," where isInside: spaced.append("_")
      case "/" where !isInside || next.isLetter: spaced += " per "
      case "%": spaced += "% "
      case "&": spaced += " and "
      default: spaced.append(character)
      }
    }
    return spaced
  }

  private static func word(_ piece: Substring) -> [String] {
    var piece = piece
    while let last = piece.last, "!?.".contains(last) { piece.removeLast() }
    let scalars = piece.unicodeScalars.filter { $0.properties.generalCategory != .currencySymbol }
    var word = String(String.UnicodeScalarView(scalars))
    if word.isEmpty || monies.contains(word) { return [] }
    if MoneyUnit(code: word.uppercased()) != nil { return [] }
    if let number = numbers[word] { return [number] }
    let digits = String(word.prefix { $0.isASCII && ($0.isNumber || "._".contains($0)) })
    let behind = String(word.dropFirst(digits.count))
    if !digits.isEmpty, !behind.isEmpty {
      if ["st", "nd", "rd", "th", "x"].contains(behind) { word = digits }
      if monies.contains(behind) { word = digits }
      if behind == "k", isNumber(digits + "000") { word = digits + "000" }
      if behind.hasPrefix("万"), Int(digits) != nil { word = digits + "0000" }
      if let unit = shortUnits[behind] { return [plain(digits), unit] }
      if Reading.unit(behind) != nil { return [plain(digits), behind] }
    }
    return [plain(word)]
  }

  /// `1_5` of `1,5` was a decimal comma.
  private static func plain(_ word: String) -> String {
    let groups = word.split(separator: "_", omittingEmptySubsequences: false)
    guard groups.count == 2, groups[1].count != 3, groups.allSatisfy({ isNumber(String($0)) })
    else { return word }
    return groups.joined(separator: ".")
  }

  /// `3 lakh`, `2 million`, `6 thousand`
  private static func withScales(_ words: [String]) -> [String] {
    let zeros = [
      "thousand": 3, "lakh": 5, "lakhs": 5, "lac": 5, "million": 6, "mio": 6, "crore": 7,
      "crores": 7, "万": 4, "тыс": 3, "тысяч": 3, "mil": 3,
    ]
    return words.reduce(into: []) { found, word in
      if let zeros = zeros[word], let last = found.last, Int(last) != nil {
        found[found.count - 1] = last + String(repeating: "0", count: zeros)
      } else {
        found.append(word)
      }
    }
  }

  /// `10 percent`, `10 %`
  private static func withShares(_ words: [String]) -> [String] {
    var found: [String] = []
    for word in words.flatMap({ $0 == "percent" || $0 == "pct" ? ["%"] : [$0] }) {
      if word == "cent", found.last == "per" {
        found.removeLast()
      } else if word != "%" {
        found.append(word)
        continue
      }
      if let last = found.last, isNumber(last) { found[found.count - 1] = last + "%" }
    }
    return found
  }

  private static let monies: Set = [
    "dollar", "dollars", "buck", "bucks", "euro", "euros", "pounds", "cents", "yuan", "rmb", "元",
    "块", "圆", "円", "руб", "рублей", "рупий", "yen", "rupees", "reais", "taka", "pln",
  ]

  private static let shortUnits = [
    "d": "days", "w": "weeks", "wk": "weeks", "m": "months", "mo": "months", "mth": "months",
    "mos": "months", "wks": "weeks",
    "q": "quarters", "y": "years", "yr": "years", "yrs": "years", "天": "days", "日": "days",
    "周": "weeks", "个月": "months", "年": "years", "週間": "weeks", "ヶ月": "months",
    "か月": "months", "カ月": "months", "年間": "years", "день": "days", "дня": "days", "дней": "days",
    "недель": "weeks", "месяц": "months", "месяца": "months", "месяцев": "months", "год": "years",
    "года": "years", "лет": "years", "tage": "days", "wochen": "weeks", "monate": "months",
    "jahre": "years", "jours": "days", "semaines": "weeks", "mois": "months", "ans": "years",
    "días": "days", "dias": "days", "semanas": "weeks", "meses": "months", "años": "years",
    "anos": "years", "giorni": "days", "settimane": "weeks", "mesi": "months", "anni": "years",
  ]

  private static let numbers: [String: String] = {
    let ones = [
      "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
      "twelve",
    ]
    let ordinals = [
      "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    ]
    let tens = [
      "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred",
    ]
    var numbers: [String: String] = [:]
    for (index, word) in ones.enumerated() { numbers[word] = "\(index + 1)" }
    for (index, word) in ordinals.enumerated() { numbers[word] = "\(index + 1)" }
    for (index, word) in tens.enumerated() { numbers[word] = "\((index + 2) * 10)" }
    return numbers
  }()
}

// MARK: - Days and hours

extension Habit {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// 1 to 12 of `February` or `Feb`.
  static func month(_ word: some StringProtocol) -> Int? {
    let plain = word.lowercased().filter(\.isLetter)
    guard plain.count >= 3, let index = months.firstIndex(of: String(plain.prefix(3))) else {
      return nil
    }
    let names = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september",
      "october", "november", "december",
    ]
    return names[index].hasPrefix(plain) || plain == "sept" ? index + 1 : nil
  }

  /// Year, month and day of `February 14, 2027`, `14 Feb` or `20270214`; the year may be missing.
  static func day(_ text: String) -> (year: Int?, month: Int, day: Int)? {
    if text.utf8.count == 8, text.utf8.allSatisfy(Reading.isDigit), let all = Int(text) {
      return (all / 10_000, all / 100 % 100, all % 100)
    }
    let words = text.split { " ,.-/".contains($0) }
    guard (2...3).contains(words.count), let month = words.lazy.compactMap({ month($0) }).first
    else { return nil }
    let numbers = words.compactMap { Int($0.filter { $0.isASCII && $0.isNumber }) }
    guard numbers.count == words.count - 1, let day = numbers.first(where: { $0 <= 31 }) else {
      return nil
    }
    return (numbers.first { $0 > 31 }, month, day)
  }

  /// `12-24` of `24.12.`, `24-12`, `12/24`, `24 December`.
  static func dayOfYear(_ text: String) -> String? {
    if let day = day(text), day.year == nil { return written(day.month, day.day) }
    let parts = text.split { "./-月日 ".contains($0) }.map { Int($0) }
    guard parts.count == 2, let first = parts[0], let second = parts[1] else { return nil }
    return written(first, second) ?? written(second, first)
  }

  private static func written(_ month: Int, _ day: Int) -> String? {
    let text = "\(Digits.padded(month, 2))-\(Digits.padded(day, 2))"
    return (1...31).contains(day) && Reading.dayOfYear(text) != nil ? text : nil
  }

  /// `12-01 to 12-31` of `December`, for each year.
  static func wholeMonth(_ text: String) -> String? {
    guard let month = month(text), !text.contains(" ") else { return nil }
    let first = Digits.padded(month, 2)
    return "\(first)-01 to \(first)-\(CivilDate.days(inMonth: month, year: 2024))"
  }

  /// `14:00 to 17:00` of `2pm-5pm`, `14 to 17`, `after 14.00`.
  static func hours(_ text: String) -> String? {
    let lower = text.lowercased()
    let times = lower.matches(of: /(\d{1,2})(?:[:.h点时](\d{2})?)?\s*(am|pm|a\.m|p\.m)?/)
      .compactMap { match -> Int? in
        guard var hour = Int(match.1) else { return nil }
        if let half = match.3 {
          guard (1...12).contains(hour) else { return nil }
          hour = hour % 12 + (half.hasPrefix("p") ? 12 : 0)
        }
        let minute = match.2.flatMap { Int($0) } ?? 0
        return hour <= 24 && minute < 60 && hour * 60 + minute <= 1440 ? hour * 60 + minute : nil
      }
    func clock(_ minutes: Int) -> String {
      "\(Digits.padded(minutes / 60, 2)):\(Digits.padded(minutes % 60, 2))"
    }
    // `9 to 5`: the second one is in the afternoon, where no time says its half of the day.
    let isBare = lower.wholeMatch(of: /(\d{1,2})\s*(?:to|-|–|until|till)\s*(\d{1,2})/) != nil
    if isBare, times.count == 2, times[0] <= 720, times[1] < times[0] {
      return "\(clock(times[0])) to \(clock(times[1] + 720))"
    }
    switch times.count {
    case 2: return "\(clock(times[0])) to \(clock(times[1]))"
    case 1 where ["after", "from", "since"].contains(where: lower.contains):
      return "\(clock(times[0])) to 24:00"
    case 1 where ["before", "until", "till", "by "].contains(where: lower.contains):
      return "00:00 to \(clock(times[0]))"
    default: return nil
    }
  }
}

import Loyalty

/// A phrase cut into numbers, dates, times and names.
enum TrialToken {
  /// Digits, and whether it was written as money (`$5`, `14.97`).
  case number(String, isMoney: Bool)
  case date(CivilDate)
  /// `02-14`
  case dayOfYear(Int, Int)
  case time(Int)
  /// All that is spelt so.
  case names([TrialName])
  case unknown(String)
  /// `40,00`
  case commaDecimal(String)
  case comma
}

struct TrialLexer {
  private let text: [Character]
  private let plain: [Character]
  private let names: [TrialName]
  private var at = 0
  /// The sign of money that stood at the last number.
  private var sign: Character?

  init(_ phrase: String, _ names: [TrialName]) {
    text = Array(phrase)
    let lower = TrialName.plain(phrase)
    // Lower case may have another length (ẞ); then letters are compared as they stand.
    plain = lower.count == text.count ? lower : text
    self.names = names.sorted { $0.letters.count > $1.letters.count }
  }

  mutating func tokens() -> [TrialToken] {
    var tokens: [TrialToken] = []
    while at < text.count {
      if ",，、;；.。&+".contains(text[at]) || text[at] == "\n" {
        at += 1
        tokens.append(.comma)
      } else if text[at].isWhitespace || "()\"'“”:：".contains(text[at]) {
        at += 1
      } else if let token = number() {
        if let sign { tokens.append(.names([TrialName(String(sign), .money(String(sign)))])) }
        tokens.append(token)
      } else {
        tokens.append(name())
      }
    }
    return tokens
  }

  private static func isSign(_ character: Character) -> Bool { "$€£¥￥".contains(character) }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

  private func run(from start: Int, _ belongs: (Character) -> Bool) -> String {
    var end = start
    while end < text.count, belongs(text[end]) { end += 1 }
    return String(text[start..<end])
  }

  private mutating func number() -> TrialToken? {
    let hasSign = Self.isSign(text[at])
    sign = hasSign ? text[at] : nil
    let start = hasSign ? at + 1 : at
    guard start < text.count, Self.isDigit(text[start]) else { return nil }
    // A SKU that begins with a digit is a name.
    if !hasSign, let name = match(at), name.contains(where: { $0.isItem || $0.letters.count > 4 }) {
      at += name[0].letters.count
      return .names(name)
    }
    var spelt = run(from: start) { Self.isDigit($0) || ".,_:-T".contains($0) }
    while let last = spelt.last, !Self.isDigit(last) { spelt.removeLast() }
    if let token = dateOrTime(spelt) {
      let day = spelt.prefix { $0 != "T" }
      // The clock behind the date is the next token.
      at = start + (day.count < spelt.count ? day.count + 1 : spelt.count)
      return afternoon(token)
    }
    if let token = commaDecimal(start) { return token }
    var digits = ""
    var position = start
    while position < text.count {
      let character = text[position]
      let isThousands = character == "," && isGroup(position + 1)
      let isPoint =
        character == "." && position + 1 < text.count && Self.isDigit(text[position + 1])
      guard Self.isDigit(character) || isThousands || isPoint || character == "_" else { break }
      if Self.isDigit(character) || isPoint { digits.append(character) }
      position += 1
    }
    at = position
    if position < text.count, Self.isSign(text[position]) {
      sign = text[position]
      at += 1
      return .number(digits, isMoney: true)
    }
    if let time = half(digits) { return time }
    return .number(digits, isMoney: hasSign || digits.contains("."))
  }

  /// A comma between digits that cuts off no thousands.
  private mutating func commaDecimal(_ start: Int) -> TrialToken? {
    let spelt = run(from: start) { Self.isDigit($0) || ",._".contains($0) }
    let parts = spelt.split(separator: ",", omittingEmptySubsequences: false)
    // `1.000,00`: its points cut off thousands.
    let thousands = parts[0].split(separator: ".").dropFirst()
    guard parts.count == 2, thousands.allSatisfy({ $0.count == 3 }), let last = parts.last,
      !last.isEmpty,
      last.count != 3, last.allSatisfy(Self.isDigit)
    else { return nil }
    at = start + spelt.count
    return .commaDecimal(spelt)
  }

  /// Three digits and no fourth.
  private func isGroup(_ start: Int) -> Bool {
    guard start + 3 <= text.count, text[start..<(start + 3)].allSatisfy(Self.isDigit) else {
      return false
    }
    return start + 3 == text.count || !Self.isDigit(text[start + 3])
  }

  private func dateOrTime(_ spelt: String) -> TrialToken? {
    let day = spelt.prefix { $0 != "T" }
    if let date = CivilDate(day) { return .date(date) }
    if let day = Reading.dayOfYear(String(day)) { return .dayOfYear(day.month, day.day) }
    let padded = spelt.count == 4 ? "0" + spelt : spelt
    return Reading.clock(padded).map { .time($0) }
  }

  /// `3:30 pm`
  private mutating func afternoon(_ token: TrialToken) -> TrialToken {
    guard case .time(let minutes) = token, let pm = half() else { return token }
    return .time(minutes % 720 + (pm ? 720 : 0))
  }

  /// `3pm`
  private mutating func half(_ digits: String) -> TrialToken? {
    guard let hour = Int(digits), (1...12).contains(hour), let pm = half() else { return nil }
    return .time(hour % 12 * 60 + (pm ? 720 : 0))
  }

  private mutating func half() -> Bool? {
    var start = at
    while start < text.count, text[start] == " " { start += 1 }
    let word = run(from: start) { $0.isLetter }.lowercased()
    guard ["am", "pm"].contains(word) else { return nil }
    at = start + 2
    return word == "pm"
  }

  private mutating func name() -> TrialToken {
    if let names = match(at) {
      at += names[0].letters.count
      // The plural of an English word.
      if at < text.count, plain[at] == "s", !isWord(at + 1), plain[at - 1] != "s" { at += 1 }
      return .names(names)
    }
    let word = run(from: at) { !$0.isWhitespace && !",，、;；。()\"".contains($0) }
    at += max(1, word.count)
    return .unknown(word)
  }

  /// The longest names that stand here.
  private func match(_ start: Int) -> [TrialName]? {
    var found: [TrialName] = []
    for name in names {
      if let first = found.first, name.letters.count < first.letters.count { break }
      guard stands(name, at: start) else { continue }
      found.append(name)
    }
    return found.isEmpty ? nil : found
  }

  private func stands(_ name: TrialName, at start: Int) -> Bool {
    let end = start + name.letters.count
    guard end <= plain.count, zip(plain[start..<end], name.letters).allSatisfy({ $0 == $1 }) else {
      return false
    }
    guard isWord(end), let last = name.letters.last, last.isASCII else { return true }
    return plain[end] == "s" && !isWord(end + 1)
  }

  /// Whether a Latin word goes on here; Chinese words stand without spaces.
  private func isWord(_ place: Int) -> Bool {
    guard place < text.count else { return false }
    // `X-9` is one word.
    let hyphenated = text[place] == "-" && place + 1 < text.count
    let character = hyphenated ? text[place + 1] : text[place]
    return character.isASCII && (character.isLetter || character.isNumber)
  }
}

import Loyalty
import YAML

/// What became of a phrase like "gold, Saturday, 3 cards".
public struct TrialReading: Sendable {
  /// Nil where something was not understood.
  public var example: ExampleSyntax?
  /// What was not understood, one sentence each.
  public var problems: [String] = []
  /// What was filled in.
  public var notes: [String] = []
}

/// Reads a made-up purchase from a person's words.
public struct TrialPhrase {
  let program: ProgramSyntax
  let witness: TrialWitness
  let names: [TrialName]
  let today: CivilDate
  let money: MoneyUnit
  var tokens: [TrialToken] = []
  var at = 0

  var reading = TrialReading()
  var member = MemberSyntax()
  var balance: [(currency: Written<String>, amount: Int64)] = []
  var step: StepSyntax
  var lines: [Line] = []
  var event: EventSyntax?
  var eventValues: [(key: Written<String>, value: Written<String>)] = []
  var tenders: [(String, Money?)] = []
  var day = TrialDay()
  var minutes: Int?
  /// Whether the purchase is made on the day itself, or in its week or month.
  var birthday: BirthdayWindow?
  var isNew = false

  struct Line {
    var syntax: LineSyntax
    var quantity: Quantity?
    var total: Money?
    var each: Money?
    var isOpen: Bool { total == nil && each == nil }
  }

  static let place = Place(file: "try", line: 1, column: 1, length: 1)

  public static func read(_ text: String, _ program: ProgramSyntax, today: CivilDate)
    -> TrialReading
  {
    var phrase = TrialPhrase(text, program, today)
    return phrase.read(title: text)
  }

  private init(_ text: String, _ program: ProgramSyntax, _ today: CivilDate) {
    self.program = program
    self.today = today
    money = program.money.value
    witness = TrialWitness(program)
    names = TrialName.all(of: program)
    step = StepSyntax(action: .wait, place: Self.place)
    var lexer = TrialLexer(text, names)
    tokens = lexer.tokens().flatMap { plainly($0) }
  }

  /// The words of a rule's name, where it names no days of its own and its words are all known.
  private func plainly(_ token: TrialToken) -> [TrialToken] {
    guard case .names(let spelt) = token, spelt.allSatisfy({ isUndated($0) }) else {
      return [token]
    }
    var lexer = TrialLexer(String(spelt[0].letters), names.filter { !$0.isRule })
    let words = lexer.tokens()
    return words.contains { if case .unknown = $0 { true } else { false } } ? [token] : words
  }

  private func isUndated(_ name: TrialName) -> Bool {
    guard case .rule(let key) = name.meaning else { return false }
    return program.rules.contains { $0.key.value == key && $0.from == nil && $0.to == nil }
  }

  mutating func read(title: String) -> TrialReading {
    checkMoney()
    while at < tokens.count { take() }
    finishTiers()
    finishDay()
    finishLines()
    finishTenders()
    guard reading.problems.isEmpty else { return reading }
    let line = title.split(whereSeparator: \.isNewline).joined(separator: " ")
    let title = line.allSatisfy(\.isWhitespace) ? "a purchase" : line
    var example = ExampleSyntax(title: written(title), steps: [step])
    example.member = member
    example.balance = balance
    reading.example = example
    return reading
  }

  func written(_ text: String) -> Written<String> { Written(text, Self.place) }
}

// MARK: - Word by word

extension TrialPhrase {
  mutating func take() {
    let token = tokens[at]
    at += 1
    switch token {
    case .comma: break
    case .date(let date): day.date(date)
    case .dayOfYear(let month, let number): dayOfYear(month, number)
    case .time(let time): minutes = time
    case .number(let digits, let isMoney): number(digits, isMoney: isMoney)
    case .names(let names): named(names)
    case .commaDecimal(let text):
      reading.problems.append(
        "`\(text)` has a comma for its point: write "
          + "`\(text.replacing(".", with: "").replacing(",", with: "."))`")
    case .unknown(let word): unknown(word)
    }
  }

  mutating func unknown(_ word: String) {
    let known = names.filter { !$0.isFiller }.map(\.text)
    let near = NearName.of(word, among: known)
    reading.problems.append(
      "`\(word)` is not understood" + (near.map { "; did you mean `\($0)`?" } ?? ""))
  }

  /// The next token without what says nothing.
  var next: TrialToken? { place(after: at).map { tokens[$0] } }

  func place(after start: Int) -> Int? {
    var place = start
    while place < tokens.count {
      if case .names(let names) = tokens[place], names[0].isFiller {
        place += 1
      } else {
        return place
      }
    }
    return nil
  }

  mutating func skip() { at = (place(after: at) ?? at) + 1 }

  mutating func named(_ spelt: [TrialName]) {
    // A rule of the name only says when; a word of the phrase that is spelt so says more.
    let all =
      spelt.filter { !$0.isRule && !$0.isFiller } + spelt.filter { $0.isRule || $0.isFiller }
    switch all[0].meaning {
    case .tier(let name): member.tiers.append(written(name))
    case .set, .category, .sku: item(all[0], nil)
    case .store(let name): step.store = name
    case .channel(let name): step.channel = name
    case .tender(let name): tenders.append((name, nil))
    case .coupon(let name): step.coupons.append(written(name))
    case .reward(let name): redeem(name, "1")
    case .event(let name): event = program.events.first { $0.key.value == name }
    case .holiday(let name): holiday(name)
    case .rule(let name):
      if let rule = program.rules.first(where: { $0.key.value == name }) {
        day.within(rule.from?.value, rule.to?.value)
      }
    case .currency(let name): currency(name)
    case .attribute(let name, let value): attribute(name, value)
    case .weekday(let number): weekday(number)
    case .month(let number): month(number)
    case .day(let days): day.date(today + days)
    case .time(let time): minutes = time
    case .count(let count): number(String(count), isMoney: false)
    case .unit(let unit): unknown(unit)
    case .dayOfMonth, .monthOfYear: unknown(all[0].text)
    case .word(let word): keyword(word, all[0].text)
    case .filler, .piece, .money: break
    }
  }

  mutating func weekday(_ number: Int) {
    if let other = day.weekday, other != number {
      let (first, second) = (Reading.weekdayNames[other], Reading.weekdayNames[number])
      reading.problems.append("a purchase is made on one day, not on \(first) and \(second)")
    }
    day.weekday = number
  }

  mutating func keyword(_ word: TrialName.Keyword, _ text: String) {
    switch word {
    case .birthdayWeek: birthday = .week
    case .birthdayMonth: birthday = .month
    case .birthday:
      birthday = .day
      if case .date(let date)? = next {
        member.birthday = date
        skip()
      }
    case .joined:
      guard case .date(let date)? = next else { return unknown(text) }
      member.joined = date
      skip()
    case .new: isNew = true
    case .balance:
      guard case .number(let digits, _)? = next, let spendable else { return }
      skip()
      if case .names(let names)? = next, case .currency = names[0].meaning {
        at -= 1
      } else {
        hold(digits, spendable)
      }
    case .each:
      guard case .number(let digits, _)? = next, let amount = amount(digits), !lines.isEmpty else {
        return
      }
      lines[lines.count - 1].each = amount
      skip()
    case .store, .channel, .category, .sku, .coupon, .tender: valued(word, text)
    }
  }

  /// A word that says what the next one is.
  mutating func valued(_ word: TrialName.Keyword, _ text: String) {
    guard let place = place(after: at), let value = spelt(tokens[place]) else {
      if case .coupon = word { return }
      return unknown(text)
    }
    at = place + 1
    switch word {
    case .store: step.store = value
    case .channel: step.channel = value
    case .category: category(value)
    case .sku: lines.append(Line(syntax: LineSyntax(sku: value, total: .zero)))
    case .coupon: step.coupons.append(written(couponKey(value)))
    default: tenders.append((value, nil))
    }
  }

  func couponKey(_ text: String) -> String {
    for name in names where name.text == text {
      if case .coupon(let key) = name.meaning { return key }
    }
    return text
  }

  mutating func category(_ name: String) {
    var line = LineSyntax(sku: "ITEM", total: .zero)
    line.category = name
    lines.append(Line(syntax: line))
  }

  func spelt(_ token: TrialToken) -> String? {
    switch token {
    case .number(let digits, _): digits
    case .names(let names): names[0].text
    case .unknown(let word): word
    default: nil
    }
  }

  mutating func currency(_ name: String) {
    guard case .number(let digits, _)? = next else { return }
    skip()
    hold(digits, name)
  }

  /// The currency that a balance is meant of where none is named.
  private var spendable: String? {
    program.currencies.first { $0.kind != .status }?.key.value
  }

  mutating func hold(_ digits: String, _ name: String) {
    let decimals = program.currencies.first { $0.key.value == name }?.decimals ?? 0
    guard let units = ExactDecimal(digits)?.exactly(places: decimals) else {
      reading.problems.append("`\(digits)` is no amount of \(name)")
      return
    }
    balance.append((written(name), units))
  }

  mutating func redeem(_ name: String, _ digits: String) {
    guard let times = Int64(digits), times > 0 else {
      reading.problems.append("`\(digits)` is no number of times to redeem `\(name)`")
      return
    }
    guard step.redeems == nil else {
      reading.problems.append("one reward is redeemed at a time")
      return
    }
    step.redeems = (written(name), times)
  }

  /// `type boxed`, `stars 5`, and a value that only one attribute has.
  mutating func attribute(_ name: String, _ known: String?) {
    var value = known
    if value == nil, let place = place(after: at), let found = spelt(tokens[place]) {
      value = found
      at = place + 1
    }
    guard let value else { return unknown(name) }
    set(name, value)
  }

  mutating func set(_ name: String, _ value: String) {
    let key = written(name)
    if program.attributes.member.contains(key) {
      member.attributes.append((key, value))
    } else if program.attributes.transaction.contains(key) {
      step.attributes.append((key, value))
    } else if program.attributes.item.contains(key) {
      guard !lines.isEmpty else {
        reading.problems.append("`\(name)` is of items: name it behind the item")
        return
      }
      lines[lines.count - 1].syntax.attributes.append((key, value))
    } else {
      eventValues.append((key, written(value)))
      event = event ?? program.events.first { $0.attributes.contains { $0.key.value == name } }
    }
  }
}

import Loyalty
import YAML

/// Rules.
extension Reading {
  /// The rules of a section; those of a campaign hold in its days only.
  func rules(_ node: Node, of campaign: CampaignSyntax?) -> [RuleSyntax] {
    namedThings(node, "a rule", "rules").map { key, node in
      var rule = rule(key, node)
      guard let campaign else { return rule }
      rule.campaign = campaign.key.value
      if let from = campaign.from, rule.from.map({ $0.value < from.value }) ?? true {
        rule.from = from
      }
      if let to = campaign.to, rule.to.map({ $0.value > to.value }) ?? true { rule.to = to }
      return rule
    }
  }

  private func rule(_ key: Written<String>, _ node: Node) -> RuleSyntax {
    var rule = RuleSyntax(key: key)
    let before = diagnostics.count
    guard let fields = fields(node, in: .rule) else { return rule }
    let isWhole = diagnostics.count == before
    event = nil
    defer { event = nil }
    if let node = fields["event"] {
      guard let trigger = trigger(node) else { return rule }
      rule.trigger = trigger
      if case .event(let name) = trigger { event = declared(name) }
    }
    rule.name = fields["name"].flatMap(localText)
    rule.from = fields["from"].flatMap(date)
    rule.to = fields["to"].flatMap(date)
    rule.condition = fields["when"].flatMap(condition)
    rule.items = fields["items"].flatMap(items)
    rule.tender = fields["tender"].flatMap(tender)
    if let node = fields["earn"] { rule.earn = earn(node) }
    if let node = fields["multiply"] { rule.multiply = multiply(node) }
    if let node = fields["give"] { rule.gives = gifts(node, in: .give) }
    if let node = fields["convert"] { rule.convert = convert(node) }
    if let valid = fields["valid"].flatMap(duration) {
      for place in rule.gives.indices { rule.gives[place].valid = valid }
      if isWhole, !rule.gives.contains(where: \.isUsed), let key = fields.key("valid") {
        report(
          "R005", key.place,
          "`valid` says how long what a rule gives can be used, and it gives none",
          help: "how long points live says `expires`; from when to when the rule holds, `to`")
      }
    }
    rule.pending = fields["pending"].flatMap(duration)
    rule.expires = fields["expires"].flatMap(ownExpiry)
    rule.benefit = benefit(fields)
    rule.combines = fields["combines"].flatMap(combines)
    if let node = fields["limit"] { rule.limits = limits(node) }
    rule.bounds = bounds(fields)
    rule.group = fields["group"].flatMap { value($0, "the name of a group") }
    rule.returns = fields["returns"].flatMap(yesNo)
    rule.receipt = fields["receipt"].flatMap(localText)
    if let node = fields["for"] { rule.referrer = referrer(node, rule) }
    let effects = ["earn", "multiply", "give", "convert"] + Self.benefitWords
    if isWhole, !effects.contains(where: { fields[$0] != nil }) {
      report(
        "R003", key.place, "the rule `\(key.value)` does not say what happens",
        help: "add `earn`, `multiply`, `give` or `off`")
    }
    return rule
  }

  func trigger(_ node: Node) -> RuleSyntax.Trigger? {
    if let entries = node.entries, let first = entries.first {
      guard entries.count == 1 else {
        report(
          "R007", entries[1].key.place, "a rule waits for one event",
          help: "write a rule of its own for the other")
        return nil
      }
      switch first.name {
      case "inactive": return duration(first.value).map { .calendar(.inactive($0)) }
      case "dates": return days(first.value).map { .calendar(.dates($0)) }
      default:
        let near = NearName.of(first.name.lowercased(), among: ["inactive", "dates"])
        report(
          "R012", first.key.place, "no event is called `\(first.name)`",
          help: near.map { "did you mean `\($0)`?" }
            ?? "with a value stand `{inactive: 60 days}` and `{dates: [02-01, 08-01]}`")
        // What is wrong behind it is told, too.
        if near == "inactive" { _ = duration(first.value) }
        if near == "dates" { _ = days(first.value) }
        return nil
      }
    }
    if let names = node.items, !names.isEmpty {
      report(
        "R007", node.place, "a rule waits for one event", help: "write a rule for each of them")
      return nil
    }
    guard let phrase = phrase(node, "an event like `purchase`") else { return nil }
    if phrase.rest == "purchase" { return .purchase }
    if declared(phrase.text) != nil { return .event(phrase.text) }
    if let calendar = Self.calendar[phrase.rest] { return .calendar(calendar) }
    let parts = phrase.text.split { ",/&".contains($0) || $0 == " " }.filter {
      $0 != "or" && $0 != "and"
    }
    if parts.count > 1,
      parts.allSatisfy({
        declared(String($0)) != nil || Self.calendar[String($0)] != nil || $0 == "purchase"
      })
    {
      report(
        "R007", node.place, "a rule waits for one event", help: "write a rule for each of them")
      return nil
    }
    if let help = eventHelp(node, phrase) {
      report("R012", node.place, "no event is called `\(phrase.text)`", help: help)
      return nil
    }
    unknownName(
      "event", phrase.text, node.place,
      among: ["purchase"] + events.keys.sorted() + Self.calendar.keys.sorted())
    return nil
  }

  /// `inactive 60 days`, `02-01`, `sale`: what stands for it here.
  private func eventHelp(_ node: Node, _ phrase: Phrase) -> String? {
    let words = phrase.words.map { $0.text.lowercased() }
    if words[0].hasPrefix("inactiv") {
      var rest = phrase
      rest.words.removeFirst()
      let time = reads({ duration(rest) }) ? rest.rest : "60 days"
      return "write `event: {inactive: \(time)}`"
    }
    if Self.dayOfYear(phrase.text) != nil || CivilDate(phrase.text) != nil {
      return "write `event: {dates: [\(phrase.text)]}`"
    }
    switch Self.squashed(phrase.text) {
    case "sale", "sales", "transaction", "order", "visit", "buy", "checkout":
      return "write `purchase`, or nothing: it is the default"
    case "signup", "enroll", "enrol", "registration", "register", "welcome", "joined":
      return "write `enrolment`"
    case "monthly": return "write `event: {dates: [01-01, 02-01, …]}` with each of the days"
    default: return nil
    }
  }

  /// What the calendar brings, where the program declares no event of that name.
  private static let calendar: [String: CalendarSyntax] = [
    "birthday": .birthday(.day), "birthday day": .birthday(.day),
    "birthday week": .birthday(.week), "birthday month": .birthday(.month),
    "anniversary": .anniversary, "enrolment": .enrolment,
  ]

  /// Single days, each year or once.
  private func days(_ node: Node) -> [DateRangeSyntax]? {
    guard let ranges = dateRanges(node) else { return nil }
    for range in ranges {
      let isOneDay: Bool
      switch range {
      case .dates(let from, let to): isOneDay = from == to
      case .yearly(let fromMonth, let fromDay, let toMonth, let toDay):
        isOneDay = fromMonth == toMonth && fromDay == toDay
      }
      guard isOneDay else {
        report(
          "R020", node.place, "an event comes on single days, and this is a span of them",
          help: "name the day on which it comes, like `02-01`")
        return nil
      }
    }
    return ranges
  }

  /// An event of the program, or one of the language's own that the program speaks of.
  func declared(_ name: String) -> EventSyntax? {
    if let known = events[name] { return known }
    guard name == "partner" else { return nil }
    let place = Place(file: "", line: 1, column: 1, length: 1)
    let partner = EventSyntax(
      key: Written(name, place),
      attributes: [(Written("partner", place), .text), (Written("amount", place), .money)])
    events[name] = partner
    standardEvents.append(partner)
    return partner
  }

  func earn(_ node: Node) -> [EarnSyntax] {
    amounts(node, "earn").compactMap { currency, node in
      rated = currency.value
      defer { rated = nil }
      guard let (rate, least) = rateOrTable(node, allowsLeast: true, rate),
        isGiven(rate, currency.value), !isTurned(node, currency.value)
      else { return nil }
      var earn = EarnSyntax(currency: currency, rate: rate)
      earn.least = least
      return earn
    }
  }

  /// A fixed amount is more than nothing, and whole where its currency has no decimals.
  private func isGiven(_ rate: Written<RateOrTable<RateSyntax>>, _ currency: String) -> Bool {
    guard case .one(let one) = rate.value else { return true }
    guard one.amount.units > 0 else {
      report("R013", rate.place, "this gives nothing", help: "write an amount above zero")
      return false
    }
    guard one.basis == .once, let decimals = currencies[currency] else { return true }
    let amount = one.amount
    guard amount.places > decimals else { return true }
    let whole = amount.units / ExactDecimal.powers[amount.places]
    report(
      "R010", rate.place, "`\(amount)` has more decimals than this currency",
      help: decimals > 0
        ? "write at most \(decimals) decimals"
        : amount.places == 3
          ? "write `\(amount.units)` for thousands, or a whole number like `\(whole)`"
          : "write a whole number, like `\(max(1, whole))`")
    return false
  }

  /// `10.00 per 1`: whole points have no decimals, so what was meant is 1 for each 10.00.
  private func isTurned(_ node: Node, _ currency: String) -> Bool {
    guard currencies[currency] == 0, let text = node.text,
      let parts = text.wholeMatch(of: /(\d+)\.0+ per (\d+)( of .*)?/)
    else { return false }
    let (amount, per, of) = (parts.1, parts.2, parts.3 ?? "")
    report(
      "R013", node.place, "`\(text)` gives \(amount) for each \(per)",
      help: "write `\(per) per \(text.prefix { $0 != " " })\(of)`, or `\(amount) per \(per)\(of)` "
        + "if so much is meant")
    return true
  }

  func multiply(_ node: Node) -> [MultiplySyntax] {
    amounts(node, "multiply").compactMap { currency, node in
      rateOrTable(node, allowsLeast: false, factor).map {
        MultiplySyntax(currency: currency, factor: $0.0)
      }
    }
  }

  /// A rule's own expiry is a date of its points; what moves with the member is the currency's.
  private func ownExpiry(_ node: Node) -> Written<ExpirySyntax>? {
    if let unless = node.entries?.first(where: { $0.name == "unless" }) {
      report(
        "R005", unless.key.place, "`unless` does not belong in the `expires` of a rule",
        help: "what keeps points alive is said of the whole currency")
      return nil
    }
    return expiry(node)
  }

  /// `member`, the default, or `referrer`: the member whom the event's `referrer` names.
  private func referrer(_ node: Node, _ rule: RuleSyntax) -> Place? {
    if reads({ duration(node) }) {
      let time = node.text ?? ""
      report(
        "R026", node.place, "`\(time)` does not say who gets it",
        help: "how long a tier is held stands behind it: `give: {tier: gold for \(time)}`")
      return nil
    }
    guard choice(node, [("member", false), ("referrer", true)]) == true else { return nil }
    guard case .event(let name) = rule.trigger, let event = events[name],
      event.attributes.contains(where: { $0.key.value == "referrer" && $0.kind == .text })
    else {
      report(
        "R092", node.place, "nobody can tell who the referrer is",
        help: "the rule waits for an event that carries it: `events: {referral: {referrer: text}}`")
      return nil
    }
    return node.place
  }

  /// `{miles: 1 per 100 points}`
  private func convert(_ node: Node) -> [ConvertSyntax] {
    amounts(node, "convert").compactMap { currency, node in
      guard var phrase = phrase(node, "a rate like `1 per 100 points`") else { return nil }
      let whole = phrase
      guard let first = phrase.next(), phrase.take("per"), phrase.words.count == 2 else {
        report(
          "R013", node.place, "`\(whole.text)` does not say what is given up for what",
          help: convertHelp(whole, currency.value))
        return nil
      }
      let source = phrase.words[1]
      guard let decimals = currencies[source.text] else {
        unknownName("currency", source.text, source.place, among: currencies.keys.sorted())
        return nil
      }
      guard source.text != currency.value else {
        report(
          "R013", source.place, "`\(source.text)` cannot become itself",
          help: "name the currency that is given up")
        return nil
      }
      guard let amount = number(first), amount <= Self.largestRate,
        let per = currencyAmount(phrase.words[0], decimals: decimals)
      else { return nil }
      guard per > 0, amount.units > 0 else {
        report(
          "R013", node.place, "`\(whole.text)` gives nothing, or for nothing",
          help: "write amounts above zero")
        return nil
      }
      return ConvertSyntax(
        currency: currency, amount: amount, per: per,
        source: Written(source.text, source.place))
    }
  }

  /// `1 star to 10 miles`: what is given up stands first.
  private func convertHelp(_ words: [String]) -> String {
    let named = words.compactMap { word in
      currencies.keys.sorted().first { Self.singular($0) == Self.singular(word) }
    }
    let numbers = words.filter(Habit.isNumber)
    guard named.count == 2, numbers.count == 2, named[0] != named[1] else {
      return "write it like `convert: {miles: 1 per 100 points}`"
    }
    return "write `convert: {\(named[1]): \(numbers[1]) per \(numbers[0]) \(named[0])}`"
  }

  /// With the currencies that are named, or that there are.
  private func convertHelp(_ phrase: Phrase, _ currency: String) -> String {
    let words = Habit.words(phrase.text)
    let others = currencies.keys.sorted().filter { $0 != currency }
    let named = others.first { name in words.contains { Self.singular($0) == Self.singular(name) } }
    let numbers = words.filter(Habit.isNumber)
    // `100 points`: so many are given up.
    let isSource = numbers.count == 1 && words.first == numbers.first && !words.contains("per")
    let amount = isSource ? "1" : numbers.first ?? "1"
    let per = isSource ? numbers[0] : numbers.count > 1 ? numbers[1] : "1"
    return
      "write `convert: {\(currency): \(amount) per \(per) \(named ?? others.first ?? "points")}`"
  }

  /// `currency: amount`, several side by side.
  private func amounts(_ node: Node, _ word: String) -> [(Written<String>, Node)] {
    if let text = node.text, !text.isEmpty {
      bareAmount(text, word, node.place)
      return []
    }
    guard let entries = mapping(node, "an amount like `{points: 100}`") else { return [] }
    return entries.compactMap { entry in
      guard entry.key.text?.contains("：") != true else {
        return name(entry.key, "a currency").map { ($0, entry.value) }
      }
      if currencies[entry.name] == nil, Room.rule.has(entry.name) || Room.table.has(entry.name) {
        let isTable = Room.table.words.contains(entry.name)
        report(
          "R005", entry.key.place,
          "`\(entry.name)` does not belong in `\(word)`, where currencies stand",
          help: isTable
            ? "a table stands behind its currency: `\(word): {points: {by: …, table: …}}`"
            : "it stands in the rule itself, beside `\(word)`")
        return nil
      }
      if currencies[entry.name] == nil, word == "earn", Room.give.has(entry.name) {
        report(
          "R005", entry.key.place,
          "`\(entry.name)` does not belong in `earn`, where currencies stand",
          help: "write `give: {\(entry.name): \(entry.value.text ?? "…")}` beside it")
        return nil
      }
      return (Written(entry.name, entry.key.place), entry.value)
    }
  }

  /// `earn: 100`, or `earn: 100 points`, where the currency stands behind as in a sentence.
  func bareAmount(_ text: String, _ word: String, _ place: Place, others: String = "") {
    let words = text.split(separator: " ").map(String.init)
    let names = currencies.keys.sorted()
    let at = words.firstIndex { word in names.contains { Self.singular($0) == Self.singular(word) }
    }
    let named = at.flatMap { at in
      names.first { Self.singular($0) == Self.singular(words[at]) }
    }
    let currency = named ?? firstCurrency
    var rest = words
    if let at { rest.remove(at: at) }
    if word == "convert" {
      return report(
        "R007", place, "`\(text)` does not say what becomes what", help: convertHelp(words))
    }
    if word == "earn", let factor = Self.factorWord(text) {
      return report(
        "R007", place, "`\(text)` does not say how much",
        help: "to multiply what other rules give, write `multiply: {\(currency): \(factor)}`")
    }
    let numbers = Habit.words(rest.joined(separator: " ")).map(Self.withoutThousands)
    let amount = numbers.joined(separator: " ")
    guard let at, words.count > 1 else {
      return report(
        "R007", place, "`\(text)` does not say of \(others.isEmpty ? "which currency" : "what")",
        help: "write `\(word): {\(currency): \(amount)}`\(others)")
    }
    report(
      "R007", place,
      at > 0
        ? "the currency stands before its amount, not behind it as in `\(text)`"
        : "a colon stands behind the currency, and `{ }` around both",
      help: "write `\(word): {\(currency): \(amount)}`")
  }

  /// The currencies that each rule gives, for the examples' `rules`.
  func remember(_ rules: [RuleSyntax]) {
    for rule in rules {
      var given: [String] = []
      let all =
        rule.earn.map(\.currency) + rule.multiply.map(\.currency) + rule.convert.map(\.currency)
      for currency in all where !given.contains(currency.value) { given.append(currency.value) }
      ruleCurrencies[rule.key.value] = given
    }
  }
}

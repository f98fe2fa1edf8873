import Loyalty
import YAML

/// One sentence about what a rule did with an event, and its data.
public struct ExplanationLine: Sendable {
  public enum Kind: String, Sendable {
    /// It gave, or took back, points.
    case given
    /// It matched, and another prevailed or a limit was reached.
    case lost
    /// It matched and came to nothing.
    case nothing
    /// It gave a coupon.
    case coupon
    /// It told the member something.
    case notice
    /// It took money off the bill.
    case off
    /// A coupon that was shown and not taken.
    case refused
    /// Points were spent for it.
    case redeemed
  }
  public var kind: Kind
  public var rule: RuleID
  public var key: String
  /// The rule's name for people, where it has one.
  public var name: String?
  /// Where the rule stands.
  public var place: Place?
  public var currency: CurrencyID?
  public var amount: Int64 = 0
  public var basis: Int64 = 0
  /// Who pays for it, where it is not the program.
  public var funder: String?
  /// Taken off the bill, in minor units of money.
  public var money: Int64 = 0
  public var sentence: String
}

/// Why an event brought what it brought, rule by rule.
extension Rater {
  /// Call right after `rate`, for it looks at the scratch memory of that rating. With a `trace`,
  /// what lost is told as well.
  public mutating func explanation(
    of event: Event, _ outcome: Outcome, language: String = "en"
  ) -> [ExplanationLine] {
    var lines: [ExplanationLine] = []
    for use in outcome.benefits {
      if let line = explained(use, of: event, outcome, language) { lines.append(line) }
    }
    for part in outcome.parts { lines.append(line(part, outcome, event, language)) }
    for issue in outcome.coupons where issue.rule != 0 {
      guard let place = program.rules.firstIndex(where: { $0.id == issue.rule }) else { continue }
      let name = program.name(ofCoupon: issue.template, language) ?? ""
      lines.append(line(.coupon, place, "gives the coupon \(name)", language))
    }
    for notice in outcome.notices where notice.rule != 0 {
      guard let place = program.rules.firstIndex(where: { $0.id == notice.rule }) else { continue }
      let text = program.notices[Int(notice.text)].text(language)
      let sentence =
        program.perkNotices[notice.text].map { "gives the perk \($0)" }
        ?? "tells the member: \(text)"
      lines.append(line(.notice, place, sentence, language))
    }
    var told = Set(lines.map(\.rule))
    for (place, verdict) in trace?.notes ?? [] {
      guard let sentence = sentence(verdict, place) else { continue }
      guard told.insert(program.rules[place].id).inserted || !given(place, outcome) else {
        continue
      }
      lines.append(line(.lost, place, sentence, language))
    }
    let multipliers = factors.map(\.rule) + open.waiting.map(\.rule)
    let places = (matched.map(\.rule) + multipliers).map { Int($0) }.sorted()
    for place in places where told.insert(program.rules[place].id).inserted {
      lines.append(line(.nothing, place, nothing(place, outcome, event), language))
    }
    return lines
  }

  /// What a day of the calendar gave that came before an event, or a mark that time had passed by
  /// then; nil where the rule waits for no such thing.
  public func explanation(
    ofDay instant: Instant, before event: Event, _ rule: RuleID, _ amount: Int64,
    _ currency: CurrencyID, _ language: String
  ) -> ExplanationLine? {
    guard let place = program.place(ofRule: rule) else { return nil }
    let syntax = program.syntax.rules[place]
    let day = program.zone.date(of: instant)
    let sentence: String
    if case .calendar(let trigger) = syntax.trigger {
      sentence = "\(PlainWords.day(trigger)), \(day)"
    } else if program.rules[place].asksEarned, instant < event.at {
      sentence = "its mark was passed by what time brought, \(day)"
    } else {
      return nil
    }
    return ExplanationLine(
      kind: .given, rule: rule, key: syntax.key.value, name: syntax.name?.text(language),
      place: syntax.key.place, currency: currency, amount: amount, sentence: sentence)
  }

  private func given(_ place: Int, _ outcome: Outcome) -> Bool {
    outcome.parts.contains { $0.rule == program.rules[place].id }
      || outcome.benefits.contains { $0.source == .rule && $0.id == program.rules[place].id }
  }

  private mutating func line(
    _ kind: ExplanationLine.Kind, _ place: Int, _ sentence: String, _ language: String
  ) -> ExplanationLine {
    let syntax = program.syntax.rules[place]
    return ExplanationLine(
      kind: kind, rule: program.rules[place].id, key: syntax.key.value,
      name: syntax.name?.text(language), place: syntax.key.place, sentence: sentence)
  }

  private mutating func line(
    _ part: Part, _ outcome: Outcome, _ event: Event, _ language: String
  ) -> ExplanationLine {
    if part.effect == Self.correction { return correctionLine(part, language) }
    if part.effect == Self.reversal || part.effect == Self.givenAgain {
      return reversalLine(part, language)
    }
    if part.effect <= Rater.conversionEffect { return converted(part, language) }
    let place =
      part.effect >= 0
      ? program.earns[Int(part.effect)].rule : program.multiplies[Int(-1 - part.effect)].rule
    let text =
      part.effect >= 0
      ? earned(part, Int(part.effect), place, event)
      : multiplied(part, Int(-1 - part.effect), place, outcome, event)
    var line = line(.given, place, text + cutNote(place), language)
    line.currency = part.currency
    line.amount = part.amount
    line.basis = part.basis
    line.funder = program.funder(ofRule: part.rule)
    return line
  }

  /// A rule that is not in this program any more has no name here.
  private func correctionLine(_ part: Part, _ language: String) -> ExplanationLine {
    let place = program.rules.firstIndex { $0.id == part.rule }
    let syntax = place.map { program.syntax.rules[$0] }
    return ExplanationLine(
      kind: .given, rule: part.rule, key: syntax?.key.value ?? "a former rule",
      name: syntax?.name?.text(language), place: syntax?.key.place, currency: part.currency,
      amount: part.amount, basis: part.basis,
      sentence: part.amount < 0
        ? "had given too much before; this is taken back"
        : "had given too little before; this was missing")
  }

  private mutating func converted(_ part: Part, _ language: String) -> ExplanationLine {
    let conversion = program.conversions[Int(Rater.conversionEffect - part.effect)]
    let (from, to) = (program.currencies[conversion.from], program.currencies[conversion.to])
    let each = PlainWords.amount(
      conversion.amount, to.key, decimals: to.decimals + conversion.scale)
    let per = PlainWords.amount(conversion.per, from.key, decimals: from.decimals)
    let taken = PlainWords.amount(part.basis, from.key, decimals: from.decimals)
    var line = line(
      .given, conversion.rule, "\(each) for each \(per) of the \(taken) given up", language)
    line.currency = part.currency
    line.amount = part.amount
    line.basis = part.basis
    return line
  }

  // Earning

  private mutating func earned(_ part: Part, _ effect: Int, _ place: Int, _ event: Event) -> String
  {
    let earn = program.earns[effect]
    let rule = program.rules[place]
    let currency = program.currencies[earn.currency]
    let row = program.rowNames[effect].map { " on \($0)" } ?? ""
    let spent = money(part.basis) + whatCounts(place) + row
    var index = earn.rate
    var from = ""
    if earn.table >= 0 {
      let table = program.rateTables[Int(earn.table)]
      if table.by.first == .slice { return "each slice of \(spent) by its own rate" }
      let spend = basket.spend(earn.selector, event, shared, tender: rule.tender)
      guard let found = lookUp(earn.table, spend, event) else { return "by its table" }
      index = Int32(found)
      from = table.by.contains(.spend) ? ", by its table for \(money(spend))" : ", by its table"
    }
    let rate = program.rates[Int(index)]
    let unit = PlainWords.amount(
      rate.amount, currency.key, decimals: currency.decimals + rate.scale)
    let least = part.amount == earn.least && earn.least > 0 ? ", at least so many" : ""
    let full = rate.isProRata ? "" : "full "
    switch rate.basis {
    case .once:
      let times = rate.amount != 0 && rate.scale == 0 ? part.amount / rate.amount : 1
      return (times > 1 ? "\(unit), \(times) times" : "\(unit), once") + from + least
    case .money:
      return "\(unit) for each \(full)\(money(rate.per)) of \(spent)" + pro(rate) + from + least
    case .quantity:
      let of = rate.unit == .none ? "unit" : self.unit(effect, place)
      let per = rate.per == Quantity.scale ? of : "\(PlainWords.millionths(rate.per)) \(of)s"
      return "\(unit) for each \(full)\(per) of \(PlainWords.millionths(part.basis))"
        + whatCounts(place) + pro(rate) + from + least
    case .attribute:
      let name = program.texts[Int(rate.attribute)][0]
      let (per, of) = shares(rate, name, part.basis, place)
      return "\(unit) for each \(full)\(per) of \(of)" + pro(rate) + from + least
    }
  }

  /// `mile`, `650`; of an amount of money `1.00`, `the fare of 437.60`.
  func shares(_ rate: Rate, _ name: String, _ basis: Int64, _ place: Int)
    -> (per: String, of: String)
  {
    guard isMoney(name, place) else {
      let per = rate.per == Quantity.scale ? "" : PlainWords.millionths(rate.per) + " "
      return (per + PlainWords.singular(name), PlainWords.millionths(basis))
    }
    let cents = ExactDecimal.powers[max(0, Quantity.places - program.money.decimals)]
    return (money(rate.per / cents), "the \(name) of \(money(basis / cents))")
  }

  /// Whether the event that a rule waits for carries it as money.
  private func isMoney(_ attribute: String, _ place: Int) -> Bool {
    guard case .event(let name) = program.syntax.rules[place].trigger else { return false }
    return program.syntax.events.first { $0.key.value == name }?.attributes
      .contains { $0.key.value == attribute && $0.kind == .money } ?? false
  }

  /// The unit of measure as the rule names it.
  private func unit(_ effect: Int, _ place: Int) -> String {
    let earns = program.syntax.rules[place].earn
    let index = effect - program.rules[place].earns.lowerBound
    if earns.indices.contains(index), case .one(let rate) = earns[index].rate.value,
      case .quantity(_, let unit?) = rate.basis
    {
      return PlainWords.singular(unit)
    }
    return "unit"
  }

  private func pro(_ rate: Rate) -> String { rate.isProRata ? ", parts of it included" : "" }

  func money(_ minor: Int64) -> String {
    ExactDecimal.text(minor, places: program.money.decimals)
  }

  /// ` spent on cards`, ` paid with own-card`, or nothing where the whole basket counts.
  func whatCounts(_ place: Int) -> String {
    let syntax = program.syntax.rules[place]
    var text = ""
    if let items = syntax.items { text += " spent on \(PlainWords.items(items))" }
    if let tender = syntax.tender { text += " paid with \(PlainWords.tender(tender))" }
    return text
  }

  // Multiplying

  private mutating func multiplied(
    _ part: Part, _ effect: Int, _ place: Int, _ outcome: Outcome, _ event: Event
  ) -> String {
    let multiply = program.multiplies[effect]
    let currency = program.currencies[multiply.currency]
    var extra = multiply.extra
    if multiply.table >= 0 { extra = lookUp(multiply.table, basket.total.spend, event) ?? extra }
    let whole = outcome.parts.reduce(0) { sum, other in
      other.effect >= 0 && other.currency == part.currency && isRate(Int(other.effect))
        ? sum + other.amount : sum
    }
    let syntax = program.syntax.rules[place]
    var of = part.basis == whole ? "of the whole basket" : "of the lines where it is the best"
    if let items = syntax.items { of = "of \(PlainWords.items(items))" }
    if let tender = syntax.tender { of += " paid with \(PlainWords.tender(tender))" }
    if event.lines.isEmpty { of = "of the event" }
    let basis = PlainWords.amount(part.basis, currency.key, decimals: currency.decimals)
    return "\(PlainWords.millionths(extra + 1_000_000)) times the \(basis) \(of)"
  }

  private func isRate(_ earn: Int) -> Bool {
    let rate = program.earns[earn].rate
    return rate < 0 || program.rates[Int(rate)].basis != .once
  }

  // Losing

  private func cutNote(_ place: Int) -> String {
    for (rule, verdict) in trace?.notes ?? [] where rule == place {
      if case .cut(let most) = verdict {
        return ", cut to the \(most) that its limit leaves (\(limits(place)))"
      }
      if case .budgetCut(let most) = verdict {
        return ", cut to the \(most) that its budget leaves"
      }
    }
    return ""
  }

  private func limits(_ place: Int) -> String {
    program.syntax.rules[place].limits.map { PlainWords.limit($0, program.money) }.joined(
      separator: ", ")
  }

  private func sentence(_ verdict: Trace.Verdict, _ place: Int) -> String? {
    switch verdict {
    case .lost(let winner):
      let key =
        program.rules.firstIndex { $0.id == winner }
        .map { program.syntax.rules[$0].key.value } ?? "another rule"
      return "lost to \(key), because \(why(place))"
    case .limitReached: return "gave nothing, because its limit is used up (\(limits(place)))"
    case .cut, .moneyCut, .budgetCut: return nil
    case .budgetUsedUp: return "gave nothing, because its budget is used up"
    case .heldOut:
      return "gave nothing, because this member is held out of it, for comparison"
    case .notJoined:
      let joining = program.joinings[Int(program.rules[place].join)].name
      return "gave nothing, because the member has not opted in (`join: \(joining)`)"
    case .doesNotCombine(let other): return doesNotCombine(other)
    case .nothingToMultiply: return "there was nothing to multiply"
    }
  }

  private func why(_ place: Int) -> String {
    let group = program.rules[place].group
    guard group >= 0 else {
      let kind = program.rules[place].benefit >= 0 ? "discounts" : "multipliers"
      return "of several \(kind) the best counts, line by line"
    }
    let key = program.groups[Int(group)].key
    switch program.groups[Int(group)].policy {
    case .first: return "in the group \(key) the first that matches counts"
    case .best: return "in the group \(key) the best counts"
    default: return "the group \(key) says so"
    }
  }
}

import Loyalty
import YAML

/// What was taken off the bill, in words.
extension Rater {
  func explained(
    _ use: BenefitUse, of event: Event, _ outcome: Outcome, _ language: String
  ) -> ExplanationLine? {
    if use.times < 0 || use.source == .points || use.source == .perk { return nil }
    if use.source == .reward { return unknownReward(use, event) ?? redeemed(use) }
    guard
      let benefit = program.benefits.first(where: { $0.source == use.source && $0.id == use.id })
    else { return use.source == .coupon ? unknown(use, event) : nil }
    // What was taken for a choice stands beside it.
    if case .coupon(let place) = benefit.owner, !program.coupons[place].choices.isEmpty,
      use.refusal == nil
    {
      return nil
    }
    let (key, name, place) = head(benefit.owner, language)
    var line = ExplanationLine(
      kind: .off, rule: use.source == .rule ? use.id : 0, key: key, name: name, place: place,
      sentence: sentence(use, benefit, outcome))
    line.money = use.money
    if let refusal = use.refusal {
      if use.times == 0 { line.kind = .refused }
      line.sentence =
        use.times == 0
        ? "the coupon was refused: \(refusal.text)"
        : line.sentence + ", past its terms (\(refusal.text)), taken off by the till"
    }
    if use.source == .rule { line.funder = program.funder(ofRule: use.id) }
    return line
  }

  /// What a day of the calendar before the event redeemed unasked.
  public func explanation(ofDay use: BenefitUse) -> ExplanationLine? {
    guard let at = use.at else { return nil }
    if use.times < 0 { return givenBack(use, at) }
    guard use.source == .reward else { return nil }
    var line = redeemed(use)
    line.sentence += " on \(program.zone.date(of: at)), unasked"
    return line
  }

  /// A redemption of something that the program does not have, by the name that was asked for.
  private func unknownReward(_ use: BenefitUse, _ event: Event) -> ExplanationLine? {
    guard use.refusal == .unknown, use.times == 0,
      case .text(let name)? = event.attributes.first(where: { $0.name == "name" })?.value
    else { return nil }
    let what = HoldRequest.What.reward(name, times: 1)
    let why = whyUnknown(what).map { "; \($0)" } ?? ""
    return ExplanationLine(
      kind: .refused, rule: 0, key: self.name(of: what),
      sentence: "the redemption was refused: unknown\(why)")
  }

  private func redeemed(_ use: BenefitUse) -> ExplanationLine {
    let place = program.rewards.firstIndex { $0.id == use.id }
    let key = place.map { program.rewards[$0].key } ?? "reward"
    let money = program.money.text(Money(minor: use.money)) + " " + program.money.code
    var line = ExplanationLine(
      kind: .redeemed, rule: 0, key: key, place: place.map { program.syntax.rewards[$0].key.place },
      sentence: use.money > 0 ? "redeemed for \(money)" : "redeemed")
    if use.times > 1, use.money == 0 { line.sentence += ", \(use.times) times" }
    if let refusal = use.refusal {
      if use.times == 0 {
        line.kind = .refused
        line.sentence = "the redemption was refused: \(refusal.text)"
      } else {
        line.sentence = "paid \(money) with it, past its terms (\(refusal.text))"
      }
    }
    return line
  }

  /// A text that stands for no coupon.
  private func unknown(_ use: BenefitUse, _ event: Event) -> ExplanationLine {
    let place = shown.indices.contains(Int(use.shown)) ? Int(shown[Int(use.shown)].place) : -1
    let text = event.coupons.indices.contains(place) ? " `\(event.coupons[place])`" : ""
    return ExplanationLine(
      kind: .refused, rule: 0, key: "coupon", sentence: "the coupon\(text) was refused: unknown")
  }

  private func head(
    _ owner: Benefit.Owner, _ language: String
  ) -> (String, String?, Place?) {
    switch owner {
    case .rule(let place):
      let syntax = program.syntax.rules[place]
      return (syntax.key.value, syntax.name?.text(language), syntax.key.place)
    case .coupon(let place):
      let syntax = program.syntax.coupons[place]
      return (syntax.key.value, syntax.name?.text(language), syntax.key.place)
    }
  }

  private func sentence(_ use: BenefitUse, _ benefit: Benefit, _ outcome: Outcome) -> String {
    let lines = Set(outcome.lineOffs[Int(use.firstLine)..<Int(use.endLine)].map(\.line)).count
    guard let form = benefit.form else { return "the coupon was taken" }
    var text = PlainWords.benefit(form, program.money)
    if use.times > 1 { text += ", \(use.times) times" }
    switch form {
    case .off(.money): break
    case .off(.share), .fixed: text += " on \(lines) line\(lines == 1 ? "" : "s")"
    default: text += ", for \(PlainWords.millionths(use.units))"
    }
    guard case .rule(let place) = benefit.owner else { return text }
    for (rule, verdict) in trace?.notes ?? [] where rule == place {
      if case .moneyCut(let most) = verdict {
        text += ", cut to the \(program.money.text(Money(minor: most))) that is left for it"
      }
    }
    return text
  }

  func doesNotCombine(_ other: Int32) -> String {
    let (key, _, _) = head(program.benefits[Int(other)].owner, "en")
    return "gave nothing, because it does not combine with \(key)"
  }
}

extension PlainWords {
  /// `5.00 off`, `20% off`, `0.10 off each unit`, `3 for 2`.
  static func benefit(_ form: BenefitSyntax, _ money: MoneyUnit) -> String {
    switch form {
    case .off(.money(let amount)): "\(money.text(amount)) off"
    case .off(.share(let share)):
      "\(ExactDecimal(units: share, places: 4).reduced.description)% off"
    case .off(.perUnit(let amount)): "\(money.text(amount)) off each unit"
    case .fixed(let amount): "\(money.text(amount)) each"
    case .free(_, true): "the cheapest for nothing"
    case .free(let units, false): units == 1 ? "one for nothing" : "\(units) for nothing"
    case .bundle(let buy, let pay): "\(buy) for the price of \(pay)"
    }
  }
}

extension Program {
  /// The key of what took something off a bill.
  public func name(of use: BenefitUse) -> String {
    switch use.source {
    case .rule:
      rules.firstIndex { $0.id == use.id }.map { syntax.rules[$0].key.value } ?? "rule \(use.id)"
    case .coupon:
      coupons.first { $0.id == use.id }?.shownKey ?? "coupon \(use.id)"
    case .reward: rewards.first { $0.id == use.id }?.key ?? "reward \(use.id)"
    case .points: currencies.first { $0.id == use.id }?.key ?? "currency \(use.id)"
    case .perk: perks.first { $0.id == use.id }?.key ?? "perk"
    }
  }
}

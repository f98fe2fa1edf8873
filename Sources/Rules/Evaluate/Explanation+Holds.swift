import Loyalty

/// What was held, captured and given back, in words.
extension Rater {
  /// What an event of a hold did, by what is stored of it.
  public func explanation(ofHold use: BenefitUse, _ event: Event) -> ExplanationLine? {
    if let at = use.at, use.times < 0 { return givenBack(use, at) }
    var line = head(use, event)
    if use.at != nil {
      line.sentence = "it had fallen away before this was heard of, and is good again"
      if let refusal = use.refusal { line.sentence += "; reported: \(late(refusal))" }
      return line
    }
    if let refusal = use.refusal {
      let asked = try? HoldRequest(event.attributes)
      line.kind = .refused
      line.sentence = "the hold was refused: \(refusal.text)"
      if let asked, use.id == 0 { line.key = name(of: asked.what) }
      if refusal == .unknown {
        let why = asked.flatMap { whyUnknown($0.what) }
        line.sentence += "; " + (why ?? "the member has nothing of that name or code")
      }
      return line
    }
    switch event.kind {
    case .hold:
      let seconds = (try? HoldRequest(event.attributes))?.seconds ?? HoldRequest.usualSeconds
      let until = (event.at + seconds).shown(offset: event.offset)
      line.sentence = "held until \(until)"
      if use.times > 1 { line.sentence += ", \(use.times) times" }
    default:
      line.sentence = "what was held is redeemed"
      if use.money > 0 {
        line.sentence += " for \(program.money.text(Money(minor: use.money))) \(program.money.code)"
      }
    }
    return line
  }

  /// What of it others had taken by then.
  private func late(_ refusal: Refusal) -> String {
    switch refusal {
    case .usedUp: "the coupon had been used again by then"
    case .outOfStock: "the stock was gone by then"
    default: "the points were spent by then, and are owed"
    }
  }

  /// What a reward that was captured gave in points.
  public func explanation(
    ofReward rule: RuleID, _ amount: Int64, _ currency: CurrencyID, _ language: String
  ) -> ExplanationLine {
    let place = program.rules.firstIndex { $0.id == rule }.map { program.syntax.rules[$0] }
    return ExplanationLine(
      kind: .given, rule: rule, key: place?.key.value ?? "rule \(rule)",
      name: place?.name?.text(language), place: place?.key.place, currency: currency,
      amount: amount,
      sentence: amount < 0
        ? "taken back with what was given back" : "given with what was redeemed")
  }

  /// What came to nothing after all.
  func givenBack(_ use: BenefitUse, _ at: Instant) -> ExplanationLine {
    var line = head(use, nil)
    let day = program.zone.date(of: at)
    line.sentence = "what was held on \(day) is free again"
    return line
  }

  private func head(_ use: BenefitUse, _ event: Event?) -> ExplanationLine {
    var line = ExplanationLine(kind: .redeemed, rule: 0, key: program.name(of: use), sentence: "")
    switch use.source {
    case .reward:
      line.place = program.rewards.firstIndex { $0.id == use.id }
        .map { program.syntax.rewards[$0].key.place }
    case .coupon where use.id == 0: line.key = "coupon"
    case .perk:
      if let event, case .perk(let name)? = (try? HoldRequest(event.attributes))?.what {
        line.key = name
      }
    default: break
    }
    return line
  }
}

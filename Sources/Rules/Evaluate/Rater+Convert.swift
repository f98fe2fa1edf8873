import Loyalty

/// Points of one currency become points of another.
extension Rater {
  /// Gives up all full steps of what is held, or of as many as the event says, and adds what they
  /// give to the parts.
  mutating func convert(
    _ conversions: Range<Int>, match index: Int, _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    for place in conversions where !hasOverflowed {
      let conversion = program.conversions[place]
      let from = program.currencies[conversion.from]
      let held = account.balance(from.id).available
      let wanted = event.units(of: from.key, decimals: from.decimals) ?? held
      let most = max(0, min(held, wanted, give(conversion, atMost: matched[index])))
      let taken = note(
        conversion.fact, known(conversion.fact) ?? most - most % conversion.per, &outcome)
      guard taken > 0 else { continue }
      let rounding = program.currencies[conversion.to].rounding
      let wide = Int128(taken / conversion.per) * Int128(conversion.amount)
      let given = narrow(rounding.divide(wide, by: Self.power(conversion.scale)))
      guard given > 0 else { continue }
      if !isReplaying { account.convertAway(taken, from.id, at: event.at, &outcome) }
      let rule = program.rules[conversion.rule]
      let (due, expires) = times(conversion.rule, conversion.to)
      outcome.parts.append(
        Part(
          rule: rule.id, currency: program.currencies[conversion.to].id, amount: given,
          basis: taken, effect: Rater.conversionEffect - Int32(place), due: due,
          expires: expires))
    }
  }

  /// How much may be given up for what a limit leaves.
  private func give(_ conversion: Conversion, atMost match: Match) -> Int64 {
    let cap = caps.indices.first {
      caps[$0].rule == match.rule && caps[$0].currency == conversion.to
    }
    guard let cap else { return .max }
    let steps = Int128(caps[cap].left) * Self.power(conversion.scale) / Int128(conversion.amount)
    return Int64(clamping: steps * Int128(conversion.per))
  }

  /// The effects of parts that come of conversions count down from here.
  static let conversionEffect: Int32 = -1_000_000_000
}

extension Event {
  /// How much of a currency an event speaks of, by a number of the currency's name.
  fileprivate func units(of currency: String, decimals: Int) -> Int64? {
    attributes.first { $0.name == currency }?.value.decimal?.rounded(places: decimals, .down)
  }
}

extension Program {
  /// What the rules that gave something print on the receipt, in the order in which they gave.
  public func receipt(of outcome: Outcome) -> [LocalText] {
    var told: [RuleID] = []
    func tell(_ rule: RuleID) { if rule != 0, !told.contains(rule) { told.append(rule) } }
    for part in outcome.parts where part.amount != 0 { tell(part.rule) }
    for coupon in outcome.coupons { tell(coupon.rule) }
    for notice in outcome.notices { tell(notice.rule) }
    return told.compactMap { place(ofRule: $0).flatMap { syntax.rules[$0].receipt } }
  }
}

import Loyalty

/// Rules that matched and gave nothing, in words.
extension Rater {
  /// Why a rule that matched gave nothing.
  mutating func nothing(_ place: Int, _ outcome: Outcome, _ event: Event) -> String {
    let rule = program.rules[place]
    if !rule.gifts.isEmpty { return "matched" }
    if !rule.conversions.isEmpty { return "there was nothing to convert" }
    if rule.earns.isEmpty {
      return rule.multiplies.isEmpty
        ? "matched, and gives no points" : "there was nothing to multiply"
    }
    let spent = basket.spend(rule.selector, event, shared, tender: rule.tender)
    for index in rule.earns {
      var rateIndex = program.earns[index].rate
      if program.earns[index].table >= 0 {
        let table = program.rateTables[Int(program.earns[index].table)]
        guard table.by.first != .slice, let found = lookUp(program.earns[index].table, spent, event)
        else { return "its table has nothing for " + row(table.by, spent, place, event) }
        rateIndex = Int32(found)
      }
      let rate = program.rates[Int(rateIndex)]
      if rate.basis == .money {
        return "\(money(spent))\(whatCounts(place)) is less than a full \(money(rate.per))"
      }
      if rate.basis == .attribute {
        let name = program.texts[Int(rate.attribute)][0]
        guard let number = event.number(name) else { return "the event carries no `\(name)`" }
        let (per, of) = shares(rate, name, number, place)
        return "\(of) is less than a full \(per)"
      }
    }
    return "came to nothing"
  }

  /// What a table was asked for: `20.00`, `tier gold`, `cabin economy and miles 12`.
  private func row(
    _ keys: [TableSyntax<RateSyntax>.Key], _ spent: Int64, _ place: Int, _ event: Event
  ) -> String {
    keys.map { key in
      switch key {
      case .tier:
        let tier = program.tiers.first { $0.id == moment.mainTier }?.key
        return tier.map { "the tier `\($0)`" } ?? "a member without a tier"
      case .attribute(let name):
        if let number = event.number(name) { return "`\(name)` \(PlainWords.millionths(number))" }
        guard case .text(let text)? = event.attributes.first(where: { $0.name == name })?.value
        else { return "`\(name)`, which is not told" }
        return "`\(name)` \(text)"
      default: return money(spent) + whatCounts(place)
      }
    }.joined(separator: " and ")
  }
}

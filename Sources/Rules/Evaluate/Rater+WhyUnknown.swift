import Loyalty

/// What is wrong with a hold that was refused as unknown: its refusal is one word for a till, and
/// this is for the person who set the till up.
extension Rater {
  /// What a hold asks for, as it was asked: `mug`, `points`, `pay`.
  func name(of what: HoldRequest.What) -> String {
    switch what {
    case .reward(let name, _), .perk(let name): PlainWords.shortened(name)
    case .pay: "pay"
    case .points(_, let currency):
      PlainWords.shortened(
        currency ?? (program.currencies.count == 1 ? program.currencies[0].key : "points"))
    case .coupon: "coupon"
    }
  }

  /// Nil where the names and amounts are right.
  public func whyUnknown(_ what: HoldRequest.What) -> String? {
    switch what {
    case .reward(let name, _):
      program.rewards.contains { $0.key == name }
        ? nil : Self.noName("reward", name, program.rewards.map(\.key))
    case .perk(let name):
      program.perks.contains { $0.key == name }
        ? nil : Self.noName("perk", name, program.perks.map(\.key))
    case .coupon: nil
    case .pay(let amount): whyUnknown(pay: amount)
    case .points(let amount, let key): whyUnknown(points: amount, key)
    }
  }

  private func whyUnknown(pay amount: ExactDecimal) -> String? {
    if program.pointTenders.isEmpty { return "no reward of the program pays a bill (`pays`)" }
    let money = program.money
    return amount.exactly(places: money.decimals) == nil
      ? Self.tooFine(amount, money.code, money.decimals) : nil
  }

  private func whyUnknown(points amount: ExactDecimal, _ key: String?) -> String? {
    let keys = program.currencies.map(\.key)
    guard let place = key.map({ keys.firstIndex(of: $0) }) ?? (keys.count == 1 ? 0 : nil) else {
      return key.map { Self.noName("currency", $0, keys) }
        ?? "the program has several currencies; say which: \(keys.joined(separator: ", "))"
    }
    let currency = program.currencies[place]
    return amount.exactly(places: currency.decimals) == nil
      ? Self.tooFine(amount, currency.key, currency.decimals) : nil
  }

  private static func tooFine(_ amount: ExactDecimal, _ unit: String, _ decimals: Int) -> String {
    "\(amount) has too many decimals: \(unit) has "
      + (decimals == 0 ? "none" : decimals == 1 ? "1" : "\(decimals)")
  }

  private static func noName(_ kind: String, _ name: String, _ known: [String]) -> String {
    let list =
      known.isEmpty || known.count > 12 ? "" : "; there is " + known.joined(separator: ", ")
    let near = NearName.of(name, among: known).map { "; did you mean `\($0)`?" }
    return "no \(kind) is called `\(PlainWords.shortened(name))`" + (near ?? list)
  }
}

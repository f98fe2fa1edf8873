import Loyalty
import YAML

/// What members redeem points for.
extension Reading {
  func rewards(_ node: Node) -> [RewardSyntax] {
    namedThings(node, "a reward", "rewards").map { key, node in
      var reward = RewardSyntax(key: key)
      if node.isEmpty { return reward }
      let before = diagnostics.count
      guard let fields = fields(node, in: .reward) else { return reward }
      let isWhole = diagnostics.count == before
      reward.name = fields["name"].flatMap(localText)
      if let node = fields["price"] { reward.price = prices(node) }
      reward.pays = fields["pays"].flatMap(pays)
      reward.least = fields["least"].flatMap(least)
      reward.share = fields["share"].flatMap(mostShare)
      reward.benefit = benefit(fields)
      if let node = fields["earn"] { reward.earn = earn(node) }
      if let node = fields["multiply"] { reward.multiply = multiply(node) }
      if let node = fields["choice"] { reward.choice = values(node, "names of rewards") ?? [] }
      reward.trigger = fields["event"].flatMap(trigger)
      checkEarned(reward)
      readTerms(fields, &reward)
      if isWhole, fields["pays"] == nil {
        for word in ["least", "share"] {
          guard let key = fields.key(word) else { continue }
          report(
            "R127", key.place, "`\(word)` goes with `pays`, which is not there",
            help: "add `pays: 1.00 per 100 points`")
        }
      }
      return reward
    }
  }

  /// What a reward is worth by itself.
  private static let worth = benefitWords + ["earn", "multiply", "pays"]

  private func readTerms(_ fields: Fields, _ reward: inout RewardSyntax) {
    reward.items = fields["items"].flatMap(items)
    reward.condition = fields["when"].flatMap(condition)
    if let node = fields["limit"] { reward.limits = limits(node) }
    reward.valid = fields["valid"].flatMap(duration)
    if let node = fields["stock"] {
      reward.stock = wholeAlone(node, "a number like `500`", 1...1_000_000_000)
    }
    reward.isThing = fields["thing"].flatMap(yesNo) ?? false
    reward.group = fields["group"].flatMap { value($0, "the name of a group") }
    reward.combines = fields["combines"].flatMap(combines)
    reward.returns = fields["returns"].flatMap { choice($0, of: CouponSyntax.Returns.self) }
    if let key = fields.key("choice"), let other = Self.worth.first(where: { fields[$0] != nil }) {
      report(
        "R127", key.place, "`choice` does not belong beside `\(other)`",
        help: "write a reward of its own for `\(other)`, and name it in the choice")
    }
    if fields["pays"] != nil,
      let other = (["price", "multiply", "thing"] + Self.benefitWords).first(where: {
        fields[$0] != nil
      }), let key = fields.key(other)
    {
      report(
        "R127", key.place, "`\(other)` does not belong beside `pays`",
        help: "a reward pays money for points, or it costs a price")
    }
  }

  /// Where a reward is handed out, there is no bill that a rate could go by.
  private func checkEarned(_ reward: RewardSyntax) {
    for earn in reward.earn {
      if case .one(let rate) = earn.rate.value, rate.basis == .once { continue }
      report(
        "R127", earn.rate.place, "a reward gives so many points at once, and has no bill to go by",
        help: "write a number, like `earn: {\(earn.currency.value): 100}`")
    }
  }

  /// `{points: 500}`
  private func prices(_ node: Node) -> [(currency: Written<String>, amount: Int64)] {
    if let text = node.text, !text.isEmpty {
      bareAmount(text, "price", node.place)
      return []
    }
    return (mapping(node, "an amount like `{points: 500}`") ?? []).compactMap { entry in
      guard let decimals = currencies[entry.name] else {
        unknownName("currency", entry.name, entry.key.place, among: currencies.keys.sorted())
        return nil
      }
      guard let amount = currencyAmount(entry.value, decimals: decimals) else { return nil }
      guard amount > 0 else {
        report(
          "R127", entry.value.place, "a price of nothing", help: "write what it costs, or no price")
        return nil
      }
      return (Written(entry.name, entry.key.place), amount)
    }
  }

  /// `1.00 per 300 points`
  private func pays(_ node: Node) -> PaysSyntax? {
    guard let phrase = phrase(node, "money for points, like `1.00 per 300 points`") else {
      return nil
    }
    let words = phrase.words
    guard words.count == 4, words[1].text == "per" else {
      report(
        "R127", node.place, "`\(phrase.text)` does not say what is paid for how many points",
        help: worthRemedy(node, points: spendable) { pays($0) }
          ?? "write it like `1.00 per 300 points`")
      return nil
    }
    guard let money = money(words[0]), let amount = amount(words[2], words[3]) else { return nil }
    guard money.minor > 0, amount.amount > 0 else {
      report(
        "R127", node.place, "nothing is paid, or for nothing", help: "write `1.00 per 300 points`")
      return nil
    }
    return PaysSyntax(money: money, points: amount.amount, currency: amount.currency)
  }

  /// The currency that is probably meant where none is named.
  private var spendable: String {
    currencies["points"] != nil ? "points" : firstCurrency
  }

  /// `1500 points`
  private func least(_ node: Node) -> (currency: Written<String>, amount: Int64)? {
    guard let phrase = phrase(node, "an amount like `1500 points`") else { return nil }
    guard phrase.words.count == 2 else {
      let number = Habit.words(phrase.text).first(where: Habit.isNumber) ?? ""
      report(
        "R127", node.place, "`\(phrase.text)` is no amount of a currency",
        help: remedy(["\(number) \(spendable)"], node) { least($0) }
          ?? "write it like `1500 points`")
      return nil
    }
    return amount(phrase.words[0], phrase.words[1])
  }

  private func amount(_ number: Phrase.Word, _ name: Phrase.Word)
    -> (currency: Written<String>, amount: Int64)?
  {
    let singular = currencies.keys.first { $0 == name.text + "s" }
    let key = currencies[name.text] != nil ? name.text : singular ?? name.text
    guard let decimals = currencies[key] else {
      unknownName("currency", name.text, name.place, among: currencies.keys.sorted())
      return nil
    }
    return currencyAmount(number, decimals: decimals).map { (Written(key, name.place), $0) }
  }

  /// `at most 50%`
  private func mostShare(_ node: Node) -> Int64? {
    guard var phrase = phrase(node, "a share like `at most 50%`") else { return nil }
    guard phrase.take("at", "most"), phrase.words.count == 1 else {
      report(
        "R014", node.place, "`\(node.text ?? "")` is no share of a bill",
        help: shareRemedy(node, prefix: "at most ") { mostShare($0) }
          ?? "write it like `at most 50%`")
      return nil
    }
    return share(phrase.words[0])
  }

  /// `redeem: voucher`, or `redeem: {mug: 3}`
  func redemption(_ node: Node) -> (reward: Written<String>, times: Int64)? {
    guard let entries = node.entries else {
      return value(node, "the name of a reward").map { ($0, 1) }
    }
    guard entries.count == 1, let entry = entries.first,
      let phrase = phrase(entry.value, "how often, like `3`"), phrase.words.count == 1,
      let times = whole(phrase.words[0], 1...10_000)
    else {
      report(
        "R007", node.place, "one reward is redeemed at a time",
        help: "write `redeem: voucher` or `redeem: {mug: 3}`")
      return nil
    }
    return (Written(entry.name, entry.key.place), times)
  }
}

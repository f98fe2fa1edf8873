import Loyalty
import YAML

/// Budgets, holdouts, opting in and funders: of a rule, or of a campaign.
extension Reading {
  func bounds(_ fields: Fields) -> BoundsSyntax {
    var bounds = BoundsSyntax()
    if let node = fields["budget"] { bounds.budgets = budgets(node) }
    if let node = fields["holdout"], let phrase = phrase(node, "a share like `5%`") {
      bounds.holdout = holdout(phrase)
    }
    bounds.join = fields["join"].flatMap(yesNo) ?? false
    bounds.funded = fields["funded"].flatMap { value($0, "who pays for it") }
    return bounds
  }

  private func holdout(_ phrase: Phrase) -> Int64? {
    guard phrase.words.count == 1, let share = share(phrase.words[0]) else {
      if phrase.words.count > 1 {
        let remedy = shareRemedy(phrase.node) { node in
          self.phrase(node, "a share").flatMap { self.holdout($0) }
        }
        report(
          "R014", phrase.place, "`\(phrase.text)` is no share",
          help: remedy ?? "write it like `5%`")
      }
      return nil
    }
    guard share < 1_000_000 else {
      report(
        "R014", phrase.place, "a holdout of 100% gives it to nobody",
        help: "write a small share, like `5%`")
      return nil
    }
    return share
  }

  /// `{points: 1_000_000, times: 100}`
  private func budgets(_ node: Node) -> [BudgetSyntax] {
    if let text = node.text, !text.isEmpty {
      bareAmount(text, "budget", node.place, others: ", `{money: …}` or `{times: …}`")
      return []
    }
    guard let fields = fields(node, in: .budget, isOpen: true) else { return [] }
    var budgets: [BudgetSyntax] = []
    if let node = fields["money"], let money = moneyAlone(node) {
      budgets.append(BudgetSyntax(measure: .money, total: money.minor, place: node.place))
    }
    if let node = fields["times"], let phrase = phrase(node, "a number like `100`"),
      isAlone(phrase), let total = whole(phrase.words[0], 0...1_000_000_000_000)
    {
      budgets.append(BudgetSyntax(measure: .times, total: total, place: node.place))
    }
    for entry in fields.others {
      guard let decimals = currencies[entry.name] else {
        unknown(entry.key, in: .budget, names: currencies.keys.sorted())
        continue
      }
      guard let total = currencyAmount(entry.value, decimals: decimals) else { continue }
      budgets.append(
        BudgetSyntax(measure: .currency(entry.name), total: total, place: entry.value.place))
    }
    return budgets.filter { budget in
      if budget.total > 0 { return true }
      report(
        "R125", budget.place, "a budget of nothing forbids everything",
        help: "write what it may cost, or delete the rule")
      return false
    }
  }

  /// A budget has no window: it is what all members together may ever have of it.
  private func isAlone(_ phrase: Phrase) -> Bool {
    if phrase.words.count == 1 { return true }
    report(
      "R125", phrase.place,
      "`\(phrase.text)` is no budget: it is one number, for all days together",
      help: "write `times: 100`; what each member may have in a time stands under `limit`")
    return false
  }
}

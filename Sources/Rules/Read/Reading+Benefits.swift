import Loyalty
import YAML

/// What rules, coupons and rewards take off the bill.
extension Reading {
  /// The words of which a thing has one, with `pay` beside `buy`.
  static let benefitWords = ["off", "fixed", "free", "buy"]

  /// The benefit among the words of a rule, a coupon or a reward; nil where there is none.
  func benefit(_ fields: Fields) -> Written<BenefitSyntax>? {
    let written = Self.benefitWords.filter { fields[$0] != nil }
    if let pay = fields.key("pay"), fields["buy"] == nil {
      report(
        "R120", pay.place, "`pay` stands alone",
        help: "say of how many: `buy: 3` beside `pay: 2`")
    }
    guard let word = written.first, let node = fields[word] else { return nil }
    if written.count > 1, let second = fields.key(written[1]) {
      report(
        "R121", second.place, "`\(written[1])` does not belong beside `\(word)`",
        help: "one of `off`, `fixed`, `free`, `buy` with `pay`; write a second rule for the other")
      return nil
    }
    let found: BenefitSyntax?
    switch word {
    case "off": found = off(node).map { .off($0) }
    case "fixed": found = fixed(node).map { .fixed($0) }
    case "free": found = free(node, fields)
    default: found = bundle(node, fields)
    }
    if found?.isNothing == true {
      report(
        "R120", node.place, "nothing is taken off", help: "write how much, like `5.00` or `20%`")
      return nil
    }
    return found.map { Written($0, node.place) }
  }

  /// `5.00`, `20%`, `0.10 per unit`
  private func off(_ node: Node) -> OffSyntax? {
    guard let phrase = phrase(node, "what is taken off, like `5.00` or `20%`") else { return nil }
    let words = phrase.words
    if words.count == 1, !words[0].text.hasSuffix("折"), words[0].text != "half" {
      return words[0].text.hasSuffix("%")
        ? share(words[0]).map { .share($0) } : money(words[0]).map { .money($0) }
    }
    if words.count == 3, words[1].text == "per", words[2].text == "unit" {
      return money(words[0]).map { .perUnit($0) }
    }
    report(
      "R011", node.place, "`\(phrase.text)` does not say what is taken off",
      help: mostOff(phrase) ?? offRemedy(node) { off($0) }
        ?? "write `5.00`, `20%` or `0.10 per unit`")
    return nil
  }

  /// `10% up to 15.00`: the most stands apart.
  private func mostOff(_ phrase: Phrase) -> String? {
    let words = phrase.text.split { " ,".contains($0) }.map(String.init)
    if words.count > 2, ["on", "from", "over", "above", "when", "for"].contains(words[1]),
      let least = words.last, Self.plainNumber(least) != nil
    {
      return "write `\(words[0])`, and beside it `when: {basket: {spend: at least \(least)}}`"
    }
    guard words.count > 2, ["up", "max", "max.", "maximum", "capped"].contains(words[1]),
      let most = words.last, Self.plainNumber(most) != nil,
      Self.plainNumber(String(words[0].dropLast())) != nil
    else { return nil }
    return "write `\(words[0])`, and the most as `limit: {money: \(most) per transaction}`"
  }

  /// `9.99` of each unit; a word that says so is one too many.
  private func fixed(_ node: Node) -> Money? {
    let words = (node.text ?? "").split(separator: " ")
    if words.count > 1, let last = words.last, ["each", "apiece", "unit", "item"].contains(last),
      let help = remedy([String(words[0])], node, { moneyAlone($0) })
    {
      report("R011", node.place, "`\(node.text ?? "")` is no amount of money", help: help)
      return nil
    }
    return moneyAlone(node)
  }

  /// `1`, or `cheapest`
  private func free(_ node: Node, _ fields: Fields) -> BenefitSyntax? {
    guard let phrase = phrase(node, "a number of units like `1`, or `cheapest`") else { return nil }
    if phrase.rest == "cheapest" { return .free(units: 1, cheapest: true) }
    guard phrase.words.count == 1, phrase.words[0].text.utf8.first.map(Self.isDigit) == true else {
      let isGoods =
        fields["items"] == nil && !["yes", "no", "true"].contains(phrase.text)
        && !Habit.words(phrase.text).contains(where: Habit.isNumber)
      report(
        "R120", node.place, "`\(phrase.text)` does not say how many are free",
        help: isGoods
          ? "write `free: 1` beside `items: {sku: [\(phrase.text)]}`, or `free: cheapest`"
          : "write `free: 1` with `items`, or `free: cheapest`")
      return nil
    }
    guard let units = whole(phrase.words[0], 1...10_000) else { return nil }
    guard fields["items"] != nil else {
      report(
        "R120", node.place, "`free: \(units)` does not say of what",
        help: "add `items`, or write `free: cheapest` for the cheapest of all")
      return nil
    }
    return .free(units: units, cheapest: false)
  }

  private func bundle(_ node: Node, _ fields: Fields) -> BenefitSyntax? {
    // `buy: 1` beside `get: 1` is told already.
    if fields["pay"] == nil, fields.meant.contains("pay") { return nil }
    guard let buy = wholeAlone(node, "a number like `3`", 2...10_000) else { return nil }
    guard let second = fields["pay"] else {
      report("R120", node.place, "`buy: \(buy)` does not say how many are paid", help: "add `pay`")
      return nil
    }
    guard let pay = wholeAlone(second, "a number like `2`", 0...10_000) else { return nil }
    guard pay < buy else {
      report(
        "R120", second.place, "who buys \(buy) and pays \(pay) gets nothing",
        help: "`pay` is less than `buy`")
      return nil
    }
    return .bundle(buy: buy, pay: pay)
  }

  /// `no`, names, or `{not: [names]}`
  func combines(_ node: Node) -> CombinesSyntax? {
    if node.text == "no" { return CombinesSyntax.none }
    if let text = node.text, let help = Self.combinesHelp[text] {
      report("R007", node.place, "`\(text)` is no name with which this combines", help: help)
      return nil
    }
    guard let entries = node.entries else {
      return values(node, "names of rules, coupons or rewards").map { .only($0) }
    }
    guard entries.count == 1, entries[0].name == "not" else {
      report(
        "R007", node.place, "`combines` is `no`, a list of names, or `{not: [names]}`",
        help: "write `combines: {not: [welcome]}`")
      return nil
    }
    return values(entries[0].value, "names of rules, coupons or rewards").map { .not($0) }
  }

  /// What people write where `no` is meant, or nothing at all.
  private static let combinesHelp: [String: String] = {
    let no = "write `combines: no`"
    let all = "delete it: without a word everything combines"
    let words = ["never": no, "none": no, "nothing": no, "false": no]
    return words.merging(["yes": all, "all": all, "always": all, "everything": all, "true": all]) {
      first, _ in first
    }
  }()

  // MARK: - Expectations

  /// What an example expects of the bill.
  func expectBill(_ fields: Fields, _ expect: inout ExpectationSyntax) {
    if let node = fields["off"] { expect.off = moneyAlone(node).map { Written($0, node.place) } }
    if let node = fields["pay"] { expect.pay = moneyAlone(node).map { Written($0, node.place) } }
    if let node = fields["money"] {
      expect.money = moneyAlone(node).map { Written($0, node.place) }
    }
    if let node = fields["refused"] {
      for entry in mapping(node, "coupons and why they were refused") ?? [] {
        guard let reason = choice(entry.value, Refusal.allCases.map { ($0.text, $0) }) else {
          continue
        }
        expect.refused.append((Written(entry.name, entry.key.place), reason))
      }
    }
    guard let node = fields["lines"] else { return }
    for entry in mapping(node, "what is taken off by line, like `{A: 5.00}`") ?? [] {
      guard let amount = moneyAlone(entry.value) else { continue }
      expect.lines.append((Written(entry.name, entry.key.place), amount))
    }
  }
}

import Loyalty
import YAML

/// Numbers and items of a phrase.
extension TrialPhrase {
  func amount(_ digits: String) -> Money? {
    let minor = ExactDecimal(digits)?.exactly(places: money.decimals)
    return minor.flatMap { $0 <= Money.limit ? Money(minor: $0) : nil }
  }

  /// A quantity of what follows, an amount of money, a day of a month, or a number of points.
  mutating func number(_ digits: String, isMoney: Bool) {
    let isMoney = isMoney || words(at).contains { if case .money = $0 { true } else { false } }
    let follower = place(after: at)
    if let follower, case .names(let all) = tokens[follower] {
      if let name = all.first(where: \.isItem) {
        at = follower + 1
        return isMoney ? item(name, amount: digits) : item(name, digits)
      }
      switch all[0].meaning {
      case .reward(let name):
        at = follower + 1
        return redeem(name, digits)
      case .unit(let unit): return measured(digits, unit, follower)
      case .currency(let name):
        at = follower + 1
        return hold(digits, name)
      case .month(let month):
        at = follower + 1
        return dayOfYear(month, Int(digits) ?? 0)
      case .monthOfYear:
        at = follower + 1
        return month(Int(digits) ?? 0)
      case .dayOfMonth:
        at = follower + 1
        return dayOfMonth(Int(digits) ?? 0)
      case .attribute(let name, nil) where isNumber(name):
        at = follower + 1
        return set(name, digits)
      case .word(.each):
        guard !lines.isEmpty, let amount = amount(digits) else { break }
        at = follower + 1
        lines[lines.count - 1].each = amount
        return
      default: break
      }
    }
    if isMoney || !pieces(digits, follower) { spent(digits) }
  }

  /// What the token there means.
  private func words(_ place: Int) -> [TrialName.Meaning] {
    guard place < tokens.count, case .names(let names) = tokens[place] else { return [] }
    return names.map(\.meaning)
  }

  /// `3 items`, `2 x 20.00`, `3 for 20.00`: so many of whatever is bought.
  private mutating func pieces(_ digits: String, _ follower: Int?) -> Bool {
    guard at < tokens.count, case .names(let all) = tokens[at], let word = all.first,
      word.isFiller
    else { return false }
    var line = Line(syntax: LineSyntax(sku: "ITEM", total: .zero))
    if case .piece = word.meaning {
      line.quantity = quantity(digits)
    } else if let follower, follower <= at + 2,
      case .number(let next, let isMoney) = tokens[follower], isMoney,
      ["x", "×", "for", "at"].contains(word.text), let amount = amount(next)
    {
      line.quantity = quantity(digits)
      if word.text == "for" { line.total = amount } else { line.each = amount }
      at = follower + 1
    } else {
      return false
    }
    lines.append(line)
    return true
  }

  /// Money of another country is not taken for the program's own.
  mutating func checkMoney() {
    let dollars: Set<String> = [
      "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "BRL",
    ]
    let codes: [String: Set<String>] = [
      "$": dollars, "€": ["EUR"], "£": ["GBP"], "¥": ["CNY", "JPY"], "￥": ["CNY", "JPY"],
    ]
    for case .names(let names) in tokens {
      guard case .money(let mark)? = names.first?.meaning, !mark.isEmpty, mark != money.code,
        codes[mark]?.contains(money.code) != true
      else { continue }
      reading.problems.append(
        "`\(names[0].text)` is not the program's money, which is \(money.code)")
    }
  }

  func isNumber(_ attribute: String) -> Bool {
    program.events.contains { $0.attributes.contains { $0.key.value == attribute } }
  }

  /// An amount: of the item before it, or of whatever was bought.
  mutating func spent(_ digits: String) {
    guard let amount = amount(digits) else {
      reading.problems.append(
        "`\(digits)` is no amount in \(money.code)"
          + (money.decimals == 0 ? ", which has no decimals" : ""))
      return
    }
    if let last = tenders.indices.last, tenders[last].1 == nil, case .names(let names)? = before(2),
      case .tender = names[0].meaning
    {
      tenders[last].1 = amount
    } else if let open = lines.indices.last, lines[open].isOpen {
      lines[open].total = amount
    } else {
      var line = Line(syntax: LineSyntax(sku: "ITEM", total: .zero))
      line.total = amount
      lines.append(line)
    }
  }

  func before(_ count: Int) -> TrialToken? { at >= count ? tokens[at - count] : nil }

  mutating func item(_ name: TrialName, amount digits: String) {
    item(name, nil)
    guard let amount = amount(digits), let last = lines.indices.last else { return }
    lines[last].total = amount
  }

  mutating func measured(_ digits: String, _ unit: String, _ place: Int) {
    at = place + 1
    if let follower = self.place(after: at), case .names(let all) = tokens[follower],
      let name = all.first(where: \.isItem)
    {
      at = follower + 1
      item(name, digits)
    } else {
      var line = Line(syntax: LineSyntax(sku: "ITEM", total: .zero))
      line.quantity = quantity(digits)
      lines.append(line)
    }
    if let last = lines.indices.last { lines[last].syntax.unit = unit }
  }

  mutating func quantity(_ digits: String) -> Quantity? {
    let millionths = ExactDecimal(digits)?.exactly(places: Quantity.places)
    guard let millionths, millionths <= Quantity.limit.magnitude else {
      reading.problems.append("`\(digits)` is no quantity")
      return nil
    }
    return Quantity(millionths: millionths)
  }

  mutating func item(_ name: TrialName, _ digits: String?) {
    let items: ItemsSyntax
    switch name.meaning {
    case .set(let key): items = .set(written(key))
    case .category(let key): items = .categories([written(key)])
    case .sku(let key): items = .skus([written(key)])
    default: return
    }
    guard let syntax = witness.line(for: items) else {
      reading.problems.append("no article is known that belongs to `\(name.text)`; name its SKU")
      return
    }
    var line = Line(syntax: syntax)
    if let digits { line.quantity = quantity(digits) }
    lines.append(line)
  }
}

import Loyalty
import YAML

/// What was probably meant by what is no rate.
extension Reading {
  func noRate<Value>(_ phrase: Phrase) -> Value? {
    let help =
      slip(phrase.node, Self.rateWords) { rate($0) }
      ?? eventRateRemedy(phrase.node) { rate($0) } ?? mostHelp(phrase)
    report("R013", phrase.place, "`\(phrase.text)` is no rate", help: help ?? rateHelp(phrase))
    return nil
  }

  /// `1 per 20 max 100`: how much one member can take stands elsewhere.
  private func mostHelp(_ phrase: Phrase) -> String? {
    let words = phrase.words.map(\.text)
    guard
      let at = words.firstIndex(where: { ["max", "max.", "maximum", "up", "capped"].contains($0) }),
      let most = words.dropFirst(at).first(where: { Self.plainNumber($0) != nil })
    else { return nil }
    if at == 0 {
      return "write how it grows, like `1 per 1.00`, and the most as "
        + "`limit: {\(rated ?? firstCurrency): \(most) per transaction}`"
    }
    let rate = words[..<at].joined(separator: " ")
    guard remedy([rate], phrase.node, { self.rate($0) }) != nil else { return nil }
    return
      "write `\(rate)`, and the most as `limit: {\(rated ?? firstCurrency): \(most) per "
      + "transaction}`"
  }

  private func rateHelp(_ phrase: Phrase) -> String {
    let zero = phrase.text.hasPrefix(".") ? "0" + phrase.text : phrase.text
    if let help = remedy([zero], phrase.node, { rate($0) }) { return help }
    let numbers = phrase.text.split { !($0.isASCII && ($0.isNumber || $0 == "." || $0 == "_")) }
    if phrase.text.hasSuffix("%") {
      return shareHelp(phrase)
    }
    if let factor = Self.factorWord(phrase.text) {
      return "to multiply what other rules give, write `multiply: {points: \(factor)}`"
    }
    if phrase.words.allSatisfy({ Self.plainNumber($0.text) != nil }), phrase.words.count > 1 {
      return "numbers have no spaces: write `\(phrase.words.map(\.text).joined(separator: "_"))`"
    }
    if numbers.count == 2, let first = numbers.first, let last = numbers.last {
      return
        "write `\(first) per \(last)`; amounts stand without a currency, and the points' "
        + "name is the key"
    }
    if numbers.count == 1, let first = numbers.first, phrase.words.count > 1 {
      if let last = phrase.words.last?.text, ["each", "apiece", "piece", "pcs"].contains(last) {
        return "write `\(first) per unit`"
      }
      return "write `\(first)` for a fixed amount, or `\(first) per 1.00`"
    }
    return Self.rateHelp
  }

  /// `5 per 1.00` of `5%`, for points worth a cent: so many as are worth the share.
  private func shareHelp(_ phrase: Phrase) -> String {
    guard let share = Self.plainNumber(String(phrase.text.dropLast())), share.places <= 4,
      share.units < 1_000_000_000, let worth = rated.flatMap({ worths[$0] })
    else {
      return "a rate is so many points for an amount of money: where 100 points are worth 1.00, 5% "
        + "of the money is `5 per 1.00`"
    }
    let decimals = money?.decimals ?? 2
    let (units, scale) = (share.units * worth.points, ExactDecimal.powers[decimals])
    let all = Int128(units) * Int128(scale) * 10_000 / Int128(worth.money.minor)
    let points = ExactDecimal(units: Int64(clamping: all), places: share.places + 6).reduced
    let per = ExactDecimal.text(scale, places: decimals)
    let ways = ["\(points) per \(per)"].flatMap { points.places > 0 ? [$0 + " pro rata"] : [$0] }
    return remedy(ways, phrase.node) { rate($0) }.map {
      $0 + ": by what it is worth, that is \(phrase.text)"
    }
      ?? Self.rateHelp
  }

  /// `2` of `2x`, `x2`, `double`.
  static func factorWord(_ text: String) -> String? {
    let words = text.lowercased().split(separator: " ")
    for word in words {
      if word.hasPrefix("double") || word == "twice" { return "2" }
      if word.hasPrefix("triple") { return "3" }
      let digits =
        word.hasPrefix("x") ? word.dropFirst() : word.hasSuffix("x") ? word.dropLast() : ""
      if plainNumber(String(digits)) != nil { return String(digits) }
    }
    return nil
  }

  /// `1 per 20 of amount` of `amount / 20`, `2 per minute` of `2 * minutes`, where the rule's event
  /// carries such a number.
  private func eventRateRemedy<Value>(_ node: Node, _ read: (Node) -> Value?) -> String? {
    let text = (node.text ?? "").lowercased()
    let words = text.split { !($0.isLetter || $0.isNumber || "-_.".contains($0)) }.map(String.init)
    let carried = event?.attributes.map(\.key.value) ?? []
    guard
      let name = words.compactMap({ word in
        carried.first { Self.singular($0) == Self.singular(word) }
      }).first
    else { return nil }
    let numbers = words.filter(Habit.isNumber)
    switch numbers.count {
    case 2: return remedy(["\(numbers[0]) per \(numbers[1]) of \(name)"], node, read)
    case 1 where text.contains("/"):
      return remedy(["1 per \(numbers[0]) of \(name)", "1 per \(numbers[0]) \(name)"], node, read)
    case 1 where text.contains("*") || text.contains("×") || text.contains(" x "):
      return remedy(["\(numbers[0]) per \(Self.singular(name))"], node, read)
    default: return nil
    }
  }
}

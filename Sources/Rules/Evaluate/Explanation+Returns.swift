import Loyalty

/// What a return took back, or its void gave again, award by award.
extension Rater {
  mutating func reversalLine(_ part: Part, _ language: String) -> ExplanationLine {
    let place = program.place(ofRule: part.rule)
    let syntax = place.map { program.syntax.rules[$0] }
    let currency = program.currencies.first { $0.id == part.currency }
    func text(_ amount: Int64) -> String {
      PlainWords.amount(amount, currency?.key ?? "points", decimals: currency?.decimals ?? 0)
    }
    let left = part.basis + part.amount
    var sentence = "taken back: what is left earns \(text(left)) where \(text(part.basis)) stood"
    if part.effect == Self.givenAgain {
      sentence =
        part.amount > 0
        ? "given again: the return is void, and what is left earns \(text(left))"
        : "taken back: without the return another rule gives it; what is left earns \(text(left))"
    } else if part.amount > 0 {
      sentence = "takes another rule's place: what is left earns \(text(left))"
    } else if left == 0 {
      sentence = "taken back: what is left does not earn the \(text(part.basis))"
    }
    return ExplanationLine(
      kind: .given, rule: part.rule, key: syntax?.key.value ?? "a former rule",
      name: syntax?.name?.text(language), place: syntax?.key.place, currency: part.currency,
      amount: part.amount, basis: part.basis, sentence: sentence)
  }
}

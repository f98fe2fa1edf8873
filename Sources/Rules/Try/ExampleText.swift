import Loyalty
import YAML

/// An example as it is written in a rule file.
public enum ExampleText {
  /// With what came of it, ready to stand under `examples:`.
  public static func text(
    _ example: ExampleSyntax, expect: [String], _ program: ProgramSyntax
  ) -> String {
    var lines = ["- example: \(YAMLText.scalar(example.title.value))"]
    let member = member(example.member)
    if !member.isEmpty { lines.append("  member: " + YAMLText.fields(member)) }
    if !example.members.isEmpty {
      let members = example.members.map { ($0.key.value, YAMLText.fields(self.member($0.member))) }
      lines.append("  members: " + YAMLText.fields(members))
    }
    if !example.balance.isEmpty {
      let amounts = example.balance.map {
        ($0.currency.value, amount($0.amount, $0.currency.value, program))
      }
      lines.append("  balance: " + YAMLText.fields(amounts))
    }
    let isAlone = example.steps.count == 1
    if !isAlone { lines.append("  steps:") }
    for (index, step) in example.steps.enumerated() {
      var fields = self.step(step, program)
      if index < expect.count { fields.append("expect: " + expect[index]) }
      for (place, field) in fields.enumerated() {
        lines.append(
          (isAlone ? "  " : place == 0 ? "    - " : "      ")
            + field.replacing(
              "\n", with: isAlone ? "\n  " : "\n      "))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func amount(_ units: Int64, _ currency: String, _ program: ProgramSyntax) -> String
  {
    let decimals = program.currencies.first { $0.key.value == currency }?.decimals ?? 0
    return ExactDecimal.text(units, places: decimals)
  }

  private static func member(_ member: MemberSyntax) -> [(String, String)] {
    var fields: [(String, String)] = []
    if !member.tiers.isEmpty { fields.append(("tier", YAMLText.list(member.tiers.map(\.value)))) }
    if !member.floors.isEmpty {
      fields.append(("floor", YAMLText.list(member.floors.map(\.value))))
    }
    if !member.segments.isEmpty {
      fields.append(("segment", YAMLText.list(member.segments.map(\.value))))
    }
    if !member.consent.isEmpty {
      fields.append(("consent", YAMLText.list(member.consent.map(\.value))))
    }
    if let birthday = member.birthday { fields.append(("birthday", "\(birthday)")) }
    if let joined = member.joined { fields.append(("joined", "\(joined)")) }
    return fields + member.attributes.map { ($0.key.value, YAMLText.scalar($0.value)) }
  }

  private static func step(_ step: StepSyntax, _ program: ProgramSyntax) -> [String] {
    let unit = program.money.value
    var fields: [String] = []
    if let id = step.id { fields.append("id: " + YAMLText.scalar(id)) }
    if let member = step.member { fields.append("member: " + YAMLText.scalar(member.value)) }
    if let at = step.at { fields.append("at: " + time(at.value)) }
    if let store = step.store { fields.append("store: " + YAMLText.scalar(store)) }
    if let channel = step.channel { fields.append("channel: " + YAMLText.scalar(channel)) }
    if !step.attributes.isEmpty {
      let attributes = step.attributes.map { ($0.key.value, YAMLText.scalar($0.value)) }
      fields.append("attributes: " + YAMLText.fields(attributes))
    }
    switch step.action {
    case .purchase(let lines): fields.append("basket:" + basket(lines, unit))
    case .return(let id, let lines):
      fields.append("return: " + (id.map { YAMLText.scalar($0.value) } ?? "without receipt"))
      if !lines.isEmpty { fields.append("basket:" + basket(lines, unit)) }
    case .event(let name, let values):
      let inner = YAMLText.fields(values.map { ($0.key.value, YAMLText.scalar($0.value.value)) })
      let event = YAMLText.scalar(name.value)
      fields.append("event: " + (values.isEmpty ? event : "{\(event): \(inner)}"))
    case .void(let id): fields.append("void: " + YAMLText.scalar(id.value))
    case .transfer(let amounts, let to):
      let parts = amounts.map {
        ($0.currency.value, amount($0.amount, $0.currency.value, program))
      }
      fields.append("transfer: " + YAMLText.fields(parts + [("to", YAMLText.scalar(to.value))]))
    case .merge(let other): fields.append("merge: " + YAMLText.scalar(other.value))
    case .wait: break
    }
    if let (reward, times) = step.redeems {
      let name = YAMLText.scalar(reward.value)
      fields.append("redeem: " + (times == 1 ? name : "{\(name): \(times)}"))
    }
    if !step.tenders.isEmpty {
      let tenders = step.tenders.map { ($0.kind.value, unit.text($0.amount)) }
      fields.append("tenders: " + YAMLText.fields(tenders))
    }
    if !step.coupons.isEmpty {
      fields.append(
        "coupons: [" + step.coupons.map { YAMLText.scalar($0.value) }.joined(separator: ", ") + "]")
    }
    return fields
  }

  /// `2026-02-07T10:00`, with seconds and an offset where they were given.
  static func time(_ time: WrittenTime) -> String {
    let seconds = time.civil.microseconds / 1_000_000
    var text = "\(time.civil.date)T\(Digits.padded(Int(seconds / 3600), 2)):"
    text += Digits.padded(Int(seconds / 60 % 60), 2)
    if seconds % 60 != 0 { text += ":" + Digits.padded(Int(seconds % 60), 2) }
    guard let offset = time.offset else { return text }
    let minutes = Int(offset.magnitude) / 60
    return text + (offset < 0 ? "-" : "+") + Digits.padded(minutes / 60, 2) + ":"
      + Digits.padded(minutes % 60, 2)
  }

  private static func basket(_ lines: [LineSyntax], _ unit: MoneyUnit) -> String {
    lines.map { "\n  - " + YAMLText.fields(line($0, unit)) }.joined()
  }

  private static func line(_ line: LineSyntax, _ unit: MoneyUnit) -> [(String, String)] {
    var fields = [("sku", YAMLText.scalar(line.sku))]
    if let category = line.category { fields.append(("category", YAMLText.scalar(category))) }
    if line.quantity != Quantity(1) { fields.append(("quantity", "\(line.quantity)")) }
    if let measure = line.unit { fields.append(("unit", YAMLText.scalar(measure))) }
    fields.append(("total", unit.text(line.total)))
    let discounts = [
      ("store", line.storeDiscount), ("manufacturer", line.manufacturerDiscount),
    ].filter { $0.1 != .zero }.map { "{kind: \($0.0), amount: \(unit.text($0.1))}" }
    if !discounts.isEmpty {
      fields.append(("discounts", "[" + discounts.joined(separator: ", ") + "]"))
    }
    if line.tax != .zero { fields.append(("tax", unit.text(line.tax))) }
    if let cost = line.cost { fields.append(("cost", unit.text(cost))) }
    if line.discounted { fields.append(("discounted", "yes")) }
    return fields + line.attributes.map { ($0.key.value, YAMLText.scalar($0.value)) }
  }
}

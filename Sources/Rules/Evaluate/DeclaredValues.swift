import Loyalty

/// What a program's events declare of their attributes: a value that no rule could read is told
/// before it is rated, and never gives nothing in silence.
public struct DeclaredValues: Sendable {
  private let money: MoneyUnit
  private var kinds: [String: [String: EventSyntax.AttributeKind]] = [:]
  /// What any transaction may carry; a rule that asks for a member's reads it there first.
  private let common: Set<String>
  private let transactions: [String]
  private let items: [String]

  public init(_ program: Program) {
    money = program.money
    let declared = program.syntax.attributes
    transactions = declared.transaction.map(\.value)
    items = declared.item.map(\.value)
    // The day of business comes with every POSLog.
    common = Set(transactions + declared.member.map(\.value) + ["partner", "business-day"])
    for event in program.syntax.events {
      kinds[event.key.value] = [:]
      for (key, kind) in event.attributes { kinds[event.key.value, default: [:]][key.value] = kind }
    }
  }

  /// The first value of an event that is not what its declaration says; nil where all are.
  public func fault(of event: String, _ attributes: [Attribute]) -> String? {
    if let fault = Self.fault(ofRedemption: event, attributes) { return fault }
    guard let kinds = kinds[event] else { return nil }
    for attribute in attributes {
      guard let kind = kinds[attribute.name], let what = fault(attribute.value, kind) else {
        continue
      }
      return "`\(attribute.name)` is `\(attribute.value.shown)`, which is \(what)"
    }
    return nil
  }

  /// The names that an event of the program carries and nothing declares: no rule reads them. None
  /// of an event that is not the program's own.
  public func undeclared(of event: String, _ attributes: [Attribute]) -> [String] {
    guard let kinds = kinds[event] else { return [] }
    return attributes.map(\.name).filter { kinds[$0] == nil && !common.contains($0) }
  }

  /// The declared one that was probably meant.
  public func near(_ name: String, of event: String) -> String? {
    NearName.of(name, among: (kinds[event] ?? [:]).keys.sorted())
  }

  /// The names that a purchase carries for itself and nothing declares; none where the program
  /// declares no attribute of transactions at all, and so never meant to read any.
  public func undeclared(ofTransaction attributes: [Attribute]) -> [String] {
    guard !transactions.isEmpty else { return [] }
    return attributes.map(\.name).filter { !common.contains($0) }
  }

  /// The same of what its lines carry.
  public func undeclared(ofLine attributes: [Attribute]) -> [String] {
    guard !items.isEmpty else { return [] }
    return attributes.map(\.name).filter { $0 != "brand" && !items.contains($0) }
  }

  /// The declared one of transactions, or of items, that was probably meant.
  public func near(ofTransaction name: String) -> String? { NearName.of(name, among: transactions) }
  public func near(ofLine name: String) -> String? { NearName.of(name, among: items) }

  /// The same of the events that redeem, which no program declares: how much of what they name.
  private static func fault(
    ofRedemption event: String, _ attributes: [Attribute]
  ) -> String? {
    let isStep = ["capture", "refund", "release"].contains(event)
    guard isStep || event == "redeem" else { return nil }
    for attribute in attributes {
      let shown = "`\(attribute.name)` is `\(attribute.value.shown)`, which is"
      switch attribute.name {
      case "times":
        guard let times = attribute.value.decimal?.exactly(places: 0), times > 0 else {
          return "\(shown) no whole number above 0"
        }
      case "points" where isStep:
        guard let points = attribute.value.decimal, points.units > 0 else {
          return "\(shown) no amount above 0"
        }
      default:
        if isStep { return "a \(event) has no attribute `\(attribute.name)`: points, or times" }
      }
    }
    return nil
  }

  private func fault(_ value: Attribute.Value, _ kind: EventSyntax.AttributeKind) -> String? {
    switch kind {
    case .text: return nil
    case .number:
      return value.decimal?.rounded(places: Quantity.places, .down) == nil ? "no number" : nil
    case .money:
      guard let amount = value.decimal else { return "no amount of money" }
      return amount.exactly(places: money.decimals) == nil
        ? "no amount of \(money.code), which has \(money.decimals) decimals" : nil
    case .date:
      guard case .text(let text) = value, CivilDate(text) != nil else {
        return "no date like 2026-02-14"
      }
      return nil
    case .boolean:
      return ["yes", "no"].contains { AttributeTest.matches(value, $0) }
        ? nil : "neither yes nor no"
    case .oneOf(let choices):
      return choices.contains { AttributeTest.matches(value, $0) }
        ? nil : "none of \(choices.joined(separator: ", "))"
    }
  }
}

extension Attribute.Value {
  fileprivate var shown: String {
    switch self {
    case .number(let number): number.description
    case .text(let text): text.count > 40 ? text.prefix(40) + "…" : text
    case .boolean(let yes): "\(yes)"
    }
  }
}

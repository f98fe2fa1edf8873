import Loyalty

/// Something that people do for the member: a tier or a rule gives it by its name. It goes by the
/// number of that text.
public struct Perk: Sendable {
  public let id: Int32
  public let key: String
  /// None where it is not counted.
  let limits: Range<Int>
}

extension Compiler {
  /// Declared or not, so that what was held before it was counted is counted, too.
  mutating func addPerks() {
    var names = syntax.perks.map(\.key.value)
    for gift in syntax.tiers.flatMap(\.gives) + syntax.rules.flatMap(\.gives)
    where gift.kind == .perk && !names.contains(gift.name.value) {
      names.append(gift.name.value)
    }
    for name in names {
      let written = syntax.perks.first { $0.key.value == name }?.limits ?? []
      let limits = append(
        written.compactMap { add($0, nil, owner: "perk \(name)") }, to: \.limits)
      program.perks.append(Perk(id: registry.symbol(name).id, key: name, limits: limits))
    }
  }
}

import YAML

/// The diagnostic for a name that nothing has, with the name that was probably meant.
enum UnknownName {
  /// `kind` as in "no tier is called `glod`".
  static func diagnostic(_ kind: String, _ name: String, _ place: Place, among names: [String])
    -> Diagnostic
  {
    Diagnostic(
      "R012", at: place, "no \(kind) is called `\(name)`",
      help: help(name, among: names, kind: kind))
  }

  /// Where names of a kind are declared.
  static let sections = [
    "currency": "currencies", "tier": "tiers", "coupon": "coupons", "reward": "rewards",
    "group": "groups", "set": "sets",
    "segment": "segments", "event": "events", "holiday": "holidays", "condition": "conditions",
  ]

  private static func help(_ name: String, among names: [String], kind: String) -> String {
    if let near = NearName.of(name, among: names) { return "did you mean `\(near)`?" }
    if names.isEmpty {
      return sections[kind].map { "none is declared: they stand under `\($0):`" }
        ?? "none is declared"
    }
    let shown = names.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
    return "there is " + shown + (names.count > 12 ? " and \(names.count - 12) more" : "")
  }
}

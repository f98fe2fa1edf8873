import YAML

/// Asks each part of each rule by itself: what a rule did not match by, told by the very function
/// that rates. To each part (its days, a condition, its choice of items) stands a rule beside the
/// program's own that has this part only and gives a perk.
struct Probes {
  struct Probe {
    var rule: String
    /// What the rule is called that stands for it.
    var key: String
    /// As it stands in the file.
    var text: String
    var kind: Kind
  }
  enum Kind { case days, condition, items, tender }

  static let prefix = "try probe "
  private(set) var probes: [Probe] = []

  static func isProbe(_ key: String) -> Bool { key.hasPrefix(prefix) }

  /// The program with its probes; nil where it has errors.
  mutating func program(_ files: [SourceFile]) -> ProgramSyntax? {
    let reading = Reading()
    var roots: [Node] = []
    for file in files {
      guard let root = TextParser.parse(file).root else { return nil }
      roots.append(withProbes(root))
    }
    let program = reading.program(roots, files: files)
    return reading.diagnostics.contains { $0.severity == .error } ? nil : program
  }

  private mutating func withProbes(_ root: Node) -> Node {
    guard var fields = root.entries, let place = fields.firstIndex(where: { $0.name == "rules" }),
      let rules = fields[place].value.entries
    else { return root }
    let more = rules.flatMap { entries(for: $0) }
    fields[place].value.content = .mapping(rules + more)
    var root = root
    root.content = .mapping(fields)
    return root
  }

  private mutating func entries(for rule: Node.Entry) -> [Node.Entry] {
    guard let fields = rule.value.entries else { return [] }
    // Its days stand in all of them, for a window may go by them.
    let frame = fields.filter { ["event", "from", "to"].contains($0.name) }
    func only(_ names: String...) -> [Node.Entry] { fields.filter { names.contains($0.name) } }
    var made: [Node.Entry] = []
    made.append(entry(rule, frame, only("from", "to"), .days))
    if let when = fields.first(where: { $0.name == "when" }) {
      if let parts = when.value.entries {
        for part in parts {
          var one = when
          one.value.content = .mapping([part])
          made.append(entry(rule, frame + [one], [part], .condition))
        }
      } else {
        made.append(entry(rule, frame + [when], [when], .condition))
      }
    }
    if let items = only("items").first {
      made.append(entry(rule, frame + [items], [items], .items))
    }
    if let tender = only("tender").first {
      made.append(entry(rule, frame + [tender], [tender], .tender))
    }
    return made
  }

  private mutating func entry(
    _ rule: Node.Entry, _ fields: [Node.Entry], _ shown: [Node.Entry], _ kind: Kind
  ) -> Node.Entry {
    let text = shown.map { "\($0.name): \(YAMLText.flow($0.value))" }.joined(separator: ", ")
    let place = rule.key.place
    func scalar(_ text: String) -> Node { Node(.scalar(text, .plain), at: place) }
    let perk = Node(.mapping([Node.Entry(key: scalar("perk"), value: scalar("probe"))]), at: place)
    let give = Node.Entry(key: scalar("give"), value: perk)
    let key = Self.prefix + "\(probes.count)"
    probes.append(Probe(rule: rule.name, key: key, text: text, kind: kind))
    return Node.Entry(key: scalar(key), value: Node(.mapping(fields + [give]), at: place))
  }

  func probe(_ key: String) -> Probe? {
    Int(key.dropFirst(Self.prefix.count)).map { probes[$0] }
  }
}

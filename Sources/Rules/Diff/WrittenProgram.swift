import YAML

/// A program's files as names with what is written behind them, campaigns taken together with the
/// program.
struct WrittenProgram {
  struct Section {
    var word: String
    /// One of its things: `rule`.
    var kind: String
    var room: Room?
    /// Whether it matters which name stands before which.
    var isOrdered = false
  }
  struct Thing {
    var name: String
    var value: Node
    var campaign: String?
  }
  struct File {
    var kind: String
    var name: String
    var room: Room
    /// The words before which no name stands.
    var fields: Node
  }

  static let sections = [
    Section(word: "currencies", kind: "currency", room: .currency),
    Section(word: "events", kind: "event"),
    Section(word: "holidays", kind: "holiday"),
    Section(word: "sets", kind: "set", room: .items),
    Section(word: "conditions", kind: "condition", room: .condition),
    Section(word: "segments", kind: "segment", room: .condition),
    Section(word: "tiers", kind: "tier", room: .tier, isOrdered: true),
    Section(word: "perks", kind: "perk", room: .perk),
    Section(word: "rules", kind: "rule", room: .rule),
    Section(word: "groups", kind: "group", room: .group, isOrdered: true),
    Section(word: "coupons", kind: "coupon", room: .coupon),
    Section(word: "rewards", kind: "reward", room: .reward),
    Section(word: "examples", kind: "example"),
  ]

  private(set) var files: [File] = []
  private var things: [String: [Thing]] = [:]

  init(_ sources: [SourceFile]) {
    for source in sources {
      guard let root = TextParser.parse(source).root else { continue }
      add(root)
    }
    // The program before its campaigns, as it is read.
    files.sort { ($0.kind == "program" ? 0 : 1, $0.name) < ($1.kind == "program" ? 0 : 1, $1.name) }
  }

  subscript(section: String) -> [Thing] { things[section] ?? [] }

  private mutating func add(_ root: Node) {
    guard let entries = root.entries else { return }
    let campaign = root["campaign"]?.text
    var rest = root
    rest.content = .mapping(
      entries.filter { entry in
        !Self.sections.contains { $0.word == entry.name } && entry.name != "campaign"
          && entry.name != "program"
      })
    files.append(
      File(
        kind: campaign == nil ? "program" : "campaign",
        name: campaign ?? root["program"]?.text ?? "", room: campaign == nil ? .program : .campaign,
        fields: rest))
    for entry in entries where Self.sections.contains(where: { $0.word == entry.name }) {
      if let items = entry.value.items {
        things[entry.name, default: []] += items.map {
          Thing(name: $0["example"]?.text ?? "", value: $0, campaign: campaign)
        }
      } else {
        things[entry.name, default: []] += (entry.value.entries ?? []).map {
          Thing(name: $0.name, value: $0.value, campaign: campaign)
        }
      }
    }
  }
}

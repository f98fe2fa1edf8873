import YAML

/// Values that the feed brings and nothing declares, by the word that they stand behind: channels,
/// stores, categories, tenders, attributes. They are compared letter by letter.
struct SpokenValues {
  private struct Value {
    var name: Written<String>
    /// Made up in an example: it is where the step is, and nothing is asked of it.
    var isExample: Bool
    /// What stands in the same list.
    var beside: [String]
  }
  private var values: [String: [Value]] = [:]
  private var words: [String] = []

  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    var all = SpokenValues()
    all.collect(program)
    return all.words.flatMap { all.spelledTwice($0) + all.several($0) }
  }

  // MARK: - What is wrong

  /// `App` beside `app`: once for each value, with both places.
  private func spelledTwice(_ word: String) -> [Diagnostic] {
    let spellings = Dictionary(grouping: values[word] ?? []) { $0.name.value.lowercased() }
    return spellings.values.compactMap { same in
      guard let known = same.first(where: \.isExample) ?? same.first,
        let asked = same.first(where: { value in
          let isOther = value.name.value != known.name.value
          // Who lists both knows that there are two.
          return isOther && !value.isExample && !value.beside.contains(known.name.value)
        })
      else { return nil }
      let (name, written) = (asked.name.value, known.name.value)
      return Diagnostic(
        "R072", .warning, at: asked.name.place,
        "`\(name)` is written `\(written)` at \(known.name.place)",
        help: "capital and small letters are two values; write it in one way, as the tills send it")
    }
  }

  /// `app/web`, `app, web` and `app web` where `app` and `web` are values of their own.
  private func several(_ word: String) -> [Diagnostic] {
    let all = values[word] ?? []
    let sent = Set(all.filter(\.isExample).map(\.name.value))
    let everything: Set = ["all", "any", "every", "everything", "everywhere", "*"]
    let alone = Set(all.map(\.name.value)).union(Self.usual[word] ?? [])
    return all.compactMap { value -> Diagnostic? in
      let name = value.name.value
      guard !value.isExample, !sent.contains(name) else { return nil }
      if everything.contains(name.lowercased()) {
        return Diagnostic(
          "R073", .warning, at: value.name.place, "`\(name)` is one value here, and no other",
          help: "delete it: what is not asked for may be anything")
      }
      if name.hasSuffix("*") {
        return Diagnostic(
          "R073", .warning, at: value.name.place, "`\(name)` is one value here, with its star",
          help:
            "no sign stands for other letters: name each of them, or what they share in the feed")
      }
      let span = Self.span(name)
      let parts = span ?? Self.parts(name)
      let known = parts.filter { alone.contains($0) }
      // Commas part values; the other signs stand in names, too.
      let isList =
        name.contains { ",;|".contains($0) } ? !known.isEmpty : known == parts || span != nil
      guard parts.count > 1, isList else { return nil }
      return Diagnostic(
        "R073", .warning, at: value.name.place, "`\(name)` is one value here",
        help: "several of them are a list: write `[\(parts.joined(separator: ", "))]`")
    }
  }

  /// `1 to 5`: each of them, where they are few.
  private static func span(_ name: String) -> [String]? {
    let ends = name.split(separator: " to ").map { Int($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first < last,
      last - first < 100
    else { return nil }
    return (first...last).map(String.init)
  }

  private static func parts(_ name: String) -> [String] {
    let isParted = name.contains { ",;|".contains($0) }
    let separators = isParted ? ",;|" : " /+&"
    return name.split { separators.contains($0) }
      .map { String($0.drop { $0 == " " }) }.filter { !["and", "or"].contains($0) && !$0.isEmpty }
  }

  /// What nearly every feed sends.
  private static let usual: [String: Set<String>] = [
    "channel": ["app", "web", "store", "online", "mobile", "phone", "shop", "kiosk"],
    "consent": ["email", "sms", "post", "phone", "push"],
    "tender": ["cash", "card", "points", "gift-card", "voucher"],
  ]

  // MARK: - Where they stand

  private mutating func add(_ word: String, _ names: [Written<String>], isExample: Bool = false) {
    guard !names.isEmpty else { return }
    if values[word] == nil { words.append(word) }
    let all = names.map(\.value)
    values[word, default: []] += names.map {
      Value(name: $0, isExample: isExample, beside: all)
    }
  }

  private mutating func collect(_ program: ProgramSyntax) {
    program.forEachCondition { condition, _ in add(condition) }
    program.forEachItems { items in
      switch items {
      case .categories(let names): add("category", names)
      case .skus(let names): add("sku", names)
      case .attribute(let name, let names): add("attribute \(name.value)", names)
      default: break
      }
    }
    for tender in program.rules.map(\.tender) + [program.counts.tender] { add(tender) }
    for example in program.examples {
      add("consent", example.member.consent, isExample: true)
      for (name, value) in example.member.attributes {
        add("attribute \(name.value)", [Written(value, name.place)], isExample: true)
      }
      for step in example.steps { add(step) }
    }
  }

  private mutating func add(_ condition: ConditionSyntax) {
    switch condition {
    case .stores(let names): add("store", names)
    case .regions(let names): add("region", names)
    case .channels(let names): add("channel", names)
    case .partners(let names): add("partner", names)
    case .consent(let names, _): add("consent", names)
    case .attribute(let name, .values(let names)): add("attribute \(name.value)", names)
    case .tender(let tender, _): add(tender)
    default: for goal in condition.goals { add(goal.tender) }
    }
  }

  private mutating func add(_ tender: TenderSyntax?) {
    switch tender {
    case .kinds(let names)?: add("tender", names)
    case .not(let inner)?: add(inner)
    case nil: break
    }
  }

  private mutating func add(_ step: StepSyntax) {
    func here(_ text: String?) -> [Written<String>] {
      text.map { [Written($0, step.place)] } ?? []
    }
    add("store", here(step.store), isExample: true)
    add("channel", here(step.channel), isExample: true)
    add("tender", step.tenders.map(\.kind), isExample: true)
    for (name, value) in step.attributes {
      add("attribute \(name.value)", [Written(value, name.place)], isExample: true)
    }
    switch step.action {
    case .purchase(let lines), .return(_, let lines):
      for line in lines {
        add("sku", here(line.sku), isExample: true)
        add("category", here(line.category), isExample: true)
        for (name, value) in line.attributes {
          add("attribute \(name.value)", [Written(value, name.place)], isExample: true)
        }
      }
    default: break
    }
  }
}

import Loyalty
import YAML

/// Differences between two texts of one thing, in a marketing person's words.
enum DiffWords {
  /// Words whose lists say something by their order.
  private static let ordered: Set<String> = ["first", "by", "steps", "basket", "coupons", "redeem"]

  /// Words whose texts are names or for people: `007` is not `7` there.
  private static let spelt: Set<String> = [
    "name", "receipt", "notice", "sku", "category", "brand", "store", "region", "channel",
    "partner", "code", "public", "funded",
  ]

  /// Whether two parts behind `word` say the same: order of names and of most lists, `[a]` for `a`,
  /// and `5.00` for `5` do not matter.
  static func isSame(_ a: Node?, _ b: Node?, of word: String = "") -> Bool {
    switch (a, b) {
    case (nil, nil): return true
    case (let a?, let b?):
      if a.isBroken || b.isBroken { return a.isBroken && b.isBroken }
      if let first = a.entries, let second = b.entries {
        return first.count == second.count
          && first.allSatisfy { entry in
            second.contains {
              $0.name == entry.name
                && isSame(entry.value, $0.value, of: spelt.contains(word) ? word : entry.name)
            }
          } && rows(a) == rows(b)
      }
      let (first, second) = (a.items ?? [a], b.items ?? [b])
      if first.count == 1, second.count == 1, let one = first[0].text, let other = second[0].text {
        return spelt.contains(word) ? one == other : plain(one) == plain(other)
      }
      if a.entries != nil || b.entries != nil, a.items == nil, b.items == nil { return false }
      guard first.count == second.count else { return false }
      return ordered.contains(word)
        ? zip(first, second).allSatisfy { isSame($0, $1) } : holdsTheSame(first, second, of: word)
    default: return false
    }
  }

  /// Whether two lists have the same members, each as often.
  private static func holdsTheSame(_ a: [Node], _ b: [Node], of word: String) -> Bool {
    var left = b
    for item in a {
      guard let place = left.firstIndex(where: { isSame(item, $0, of: word) }) else { return false }
      left.remove(at: place)
    }
    return true
  }

  /// The rows of a table of segments, of which the first that the member is in counts.
  private static func rows(_ node: Node) -> [String] {
    guard let by = node["by"], (by.items ?? [by]).contains(where: { $0.text == "segment" }) else {
      return []
    }
    return node["table"]?.entries?.map(\.name) ?? []
  }

  /// One spelling for each number and space; what begins with a nought is a name.
  private static func plain(_ text: String) -> String {
    text.split(separator: " ").map { word in
      let isName = word.first == "0" && word.dropFirst().first?.isNumber == true
      let number = isName ? nil : Reading.plainNumber(String(word))
      return number.map { "\($0.reduced)" } ?? String(word)
    }.joined(separator: " ")
  }

  // MARK: - What is said

  /// All that a thing says: `gives 2 times the points, when tier is gold`.
  static func said(_ node: Node, _ section: WrittenProgram.Section) -> String {
    guard let room = section.room, node.entries != nil else {
      return node.isEmpty ? "" : words(node)
    }
    return said(node, in: room)
  }

  static func said(_ fields: Node, in room: Room) -> String {
    (fields.entries ?? []).filter { $0.name != "name" }
      .flatMap { said($0.name, $0.value, in: room) }.joined(separator: ", ")
  }

  /// One word with its value, as phrases.
  static func said(_ word: String, _ node: Node, in room: Room) -> [String] {
    switch (room, word) {
    case (.rule, "earn"), (.reward, "earn"):
      return parts(node).map { "gives \(amount($0.value, of: $0.name))" }
    case (.rule, "multiply"), (.coupon, "multiply"), (.reward, "multiply"):
      return parts(node).map { "gives \(times($0.value)) the \($0.name)" }
    case (.rule, "when"), (.coupon, "when"), (.reward, "when"): return ["when " + condition(node)]
    case (.rule, "items"), (.coupon, "items"), (.reward, "items"): return ["for " + words(node)]
    case (.rule, "tender"): return ["for what is paid with " + words(node)]
    case (_, "combines"): return ["combines " + combined(node)]
    case (_, "from"): return ["from " + words(node)]
    case (_, "to"): return ["to " + words(node)]
    case (_, "limit"): return parts(node).map { "limit \(limit($0))" }
    case (_, "budget"): return parts(node).map { "budget \(words($0.value)) \($0.name)" }
    default: return ["\(word) " + words(node)]
    }
  }

  private static func parts(_ node: Node) -> [Node.Entry] { node.entries ?? [] }

  private static func limit(_ entry: Node.Entry) -> String {
    entry.name == "times" ? words(entry.value) : "\(words(entry.value)) (\(entry.name))"
  }

  /// `1 point per 1.00` from `1 per 1.00`, `100 points` from `100`.
  private static func amount(_ node: Node, of currency: String) -> String {
    guard let text = node.text else { return "\(currency) by a table \(words(node))" }
    let parts = text.split(separator: " ", maxSplits: 1)
    let unit = parts.first == "1" ? PlainWords.singular(currency) : currency
    return "\(parts.first ?? "") \(unit)" + (parts.count > 1 ? " " + parts[1] : "")
  }

  private static func times(_ node: Node) -> String {
    node.text.map { "\($0) times" } ?? "by a table \(words(node)) times"
  }

  /// `tier is gold and weekday is sat or sun`
  static func condition(_ node: Node) -> String {
    guard let entries = node.entries else { return words(node) }
    return entries.map { entry in
      switch entry.name {
      case "any", "all":
        let parts = (entry.value.items ?? [entry.value]).map { condition($0) }
        return "(" + parts.joined(separator: entry.name == "any" ? " or " : " and ") + ")"
      case "not": return "not (\(condition(entry.value)))"
      case "basket": return "the basket has \(words(entry.value))"
      case "history": return "before it there was \(words(entry.value))"
      case "reach": return "it reaches \(words(entry.value))"
      default: return "\(entry.name) is \(words(entry.value))"
      }
    }.joined(separator: " and ")
  }

  /// Any value: names with their values, lists with `or`.
  static func words(_ node: Node, of word: String = "") -> String {
    switch node.content {
    case .scalar(let text, _): text.isEmpty ? "nothing" : text
    case .sequence(let items):
      items.map { words($0) }
        .joined(separator: ["first": " then ", "by": " and "][word] ?? " or ")
    case .mapping(let entries):
      entries.map { entry in
        let inner = words(entry.value, of: entry.name)
        return entry.value.entries == nil ? "\(entry.name) \(inner)" : "\(entry.name) (\(inner))"
      }.joined(separator: ", ")
    case .broken: "…"
    }
  }

  // MARK: - What changed

  static func changes(_ old: Node, _ new: Node, _ section: WrittenProgram.Section) -> [String] {
    guard !isSame(old, new) else { return [] }
    guard let room = section.room, old.entries != nil || old.isEmpty,
      new.entries != nil || new.isEmpty
    else { return ["now says \(words(new)) instead of \(words(old))"] }
    return changes(old, new, in: room)
  }

  static func changes(_ old: Node, _ new: Node, in room: Room) -> [String] {
    let (before, after) = (parts(old), parts(new))
    var sentences: [String] = []
    for entry in after {
      let other = before.first { $0.name == entry.name }?.value
      guard !isSame(other, entry.value, of: entry.name) else { continue }
      sentences += change(entry.name, other, entry.value, in: room)
    }
    for entry in before where !after.contains(where: { $0.name == entry.name }) {
      sentences += change(entry.name, entry.value, nil, in: room)
    }
    return sentences
  }

  private static func change(_ word: String, _ old: Node?, _ new: Node?, in room: Room) -> [String]
  {
    let inner: ((Node.Entry) -> String)?
    switch word {
    case "earn": inner = { amount($0.value, of: $0.name) }
    case "multiply": inner = { "\(times($0.value)) the \($0.name)" }
    case "limit": inner = limit
    case "budget", "price": inner = { "\(words($0.value)) \($0.name)" }
    default: inner = nil
    }
    if let inner, old?.entries ?? new?.entries != nil {
      return each(word, old, new, said: inner)
    }
    switch (room, word) {
    case (_, "when"): return conditions(old, new)
    case (_, "from"), (_, "to"): return [day(word == "from" ? "begins" : "ends", old, new)]
    case (_, "items"):
      return new.map { new in
        ["now counts " + words(new) + (old.map { " instead of " + words($0) } ?? " only")]
      } ?? ["now counts all items, not only " + words(old!)]
    case (_, "combines"): return [combining(old, new)]
    case (_, "name") where old?.entries == nil || new?.entries == nil:
      let before = old.map { " instead of " + words($0) } ?? ""
      return new.map { ["is now called " + words($0) + before] }
        ?? ["has no name any more (it was \(words(old!)))"]
    default: return general(word, old, new, unsaid: unsaid[room] ?? [:])
    }
  }

  /// With what else it may stand on one bill.
  private static func combining(_ old: Node?, _ new: Node?) -> String {
    guard let new else { return "now combines with everything, no longer \(combined(old!))" }
    return
      "now combines \(combined(new)) instead of \(old.map { combined($0) } ?? "with everything")"
  }

  private static func combined(_ node: Node) -> String {
    if node.text == "no" { return "with nothing" }
    return node["not"].map { "with everything but \(words($0))" } ?? "with \(words(node)) only"
  }

  private static func verb(_ word: String) -> (now: String, also: String, gone: String) {
    switch word {
    case "earn", "multiply": ("now gives", "now also gives %", "no longer gives %")
    case "price": ("now costs", "now also costs %", "no longer costs %")
    default: ("\(word) is now", "\(word) % added", "\(word) % removed")
    }
  }

  /// What holds where a word is not said.
  private static let unsaid: [Room: [String: String]] = [
    .currency: ["kind": "points", "rounds": "down", "returns": "debt", "expires": "never"],
    .program: [
      "counts price": "after discounts", "counts tax": "excluded", "counts rounds": "down",
    ],
    .tier: ["falls": "to what was earned"],
    .coupon: ["uses": "1"],
  ]

  /// Amounts by currency and the like; tables row by row.
  private static func each(
    _ word: String, _ old: Node?, _ new: Node?, said: (Node.Entry) -> String
  ) -> [String] {
    let verb = verb(word)
    let (before, after) = (old.map { parts($0) } ?? [], new.map { parts($0) } ?? [])
    var sentences = after.flatMap { entry -> [String] in
      guard let other = before.first(where: { $0.name == entry.name }) else {
        return [verb.also.replacing("%", with: said(entry))]
      }
      if isSame(other.value, entry.value) { return [] }
      if other.value.entries != nil, rows(other.value) == rows(entry.value) {
        let rows = general("\(word) \(entry.name)", other.value, entry.value)
        if entry.value.entries != nil, !rows.isEmpty { return rows }
      }
      return ["\(verb.now) \(said(entry)) instead of \(words(other.value))"]
    }
    sentences += before.filter { entry in !after.contains { $0.name == entry.name } }.map {
      verb.gone.replacing("%", with: said($0))
    }
    return sentences
  }

  /// What is asked for: each condition by itself.
  private static func conditions(_ old: Node?, _ new: Node?) -> [String] {
    guard let before = old.map({ $0.entries ?? [] }), let after = new.map({ $0.entries ?? [] }),
      !before.isEmpty, !after.isEmpty
    else {
      if let old, let new {
        return ["now holds when \(condition(new)) instead of when \(condition(old))"]
      }
      return [
        new.map { "now holds only when \(condition($0))" }
          ?? "now holds always, not only when \(condition(old!))"
      ]
    }
    func one(_ entry: Node.Entry) -> String {
      condition(Node(.mapping([entry]), at: entry.key.place))
    }
    var sentences: [String] = []
    for entry in after {
      guard let other = before.first(where: { $0.name == entry.name }) else {
        sentences.append("now holds only when \(one(entry))")
        continue
      }
      if isSame(other.value, entry.value, of: entry.name) { continue }
      sentences.append("now holds when \(one(entry)) instead of \(words(other.value))")
    }
    for entry in before where !after.contains(where: { $0.name == entry.name }) {
      sentences.append("no longer asks whether \(one(entry))")
    }
    return sentences
  }

  private static func day(_ verb: String, _ old: Node?, _ new: Node?) -> String {
    switch (old, new) {
    case (let old?, let new?): "now \(verb) on \(words(new)) instead of \(words(old))"
    case (nil, let new?): "now \(verb) on \(words(new))"
    case (let old?, nil):
      verb == "ends"
        ? "no longer ends (it was to end on \(words(old)))"
        : "has no first day any more (it was \(words(old)))"
    default: ""
    }
  }

  /// Any other word: lists by what came and went, names one by one.
  private static func general(
    _ word: String, _ old: Node?, _ new: Node?, unsaid: [String: String] = [:]
  ) -> [String] {
    if let text = unsaid[word], let said = old ?? new, old == nil || new == nil {
      let silence = Node(.scalar(text, .plain), at: said.place)
      if isSame(silence, said) { return [] }
      return general(word, old ?? silence, new ?? silence)
    }
    guard let new else { return ["\(word) removed: \(words(old!))"] }
    guard let old else { return ["\(word) added: \(words(new))"] }
    if old.entries != nil, new.entries != nil {
      let (before, after) = (parts(old), parts(new))
      let names =
        after.map(\.name)
        + before.map(\.name).filter { name in
          !after.contains { $0.name == name }
        }
      return names.flatMap { name -> [String] in
        let (a, b) = (
          before.first { $0.name == name }?.value, after.first { $0.name == name }?.value
        )
        let of = word.split(separator: " ").map(String.init).first { spelt.contains($0) }
        return isSame(a, b, of: of ?? name) ? [] : general("\(word) \(name)", a, b, unsaid: unsaid)
      }
    }
    if let list = lists(old, new) { return [word + list] }
    return ["\(word) is now \(words(new)) instead of \(words(old))"]
  }

  /// ` now has toys, too, and cards no longer`
  private static func lists(_ old: Node, _ new: Node) -> String? {
    guard old.items != nil || new.items != nil else { return nil }
    let before = (old.items ?? [old]).compactMap(\.text)
    let after = (new.items ?? [new]).compactMap(\.text)
    guard before.count == (old.items ?? [old]).count, after.count == (new.items ?? [new]).count
    else { return nil }
    let came = after.filter { !before.contains($0) }
    let went = before.filter { !after.contains($0) }
    if came.isEmpty, went.isEmpty {
      return " now stands in the order " + after.joined(separator: ", ")
    }
    var parts: [String] = []
    if !came.isEmpty { parts.append("now has " + came.joined(separator: ", ") + ", too") }
    if !went.isEmpty { parts.append("no longer has " + went.joined(separator: ", ")) }
    return " " + parts.joined(separator: ", and ")
  }
}

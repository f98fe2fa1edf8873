import Loyalty
import YAML

/// One reading of a program's files: what was declared so far, and what was wrong.
///
/// Readers return nil where they have reported something, so one mistake gives one diagnostic.
final class Reading {
  /// Names of time zones that can be offered, where the caller knows them.
  let zones: [String]
  private(set) var diagnostics: [Diagnostic] = []
  /// What two readings of the same text find is told once.
  private var told: Set<Diagnostic> = []
  /// While a remedy is tried: what would have been told of it.
  private var isTrying = false
  private var complaints = 0

  /// Nil until the program's `money` was read, or where it is wrong: then decimals are not checked.
  var money: MoneyUnit?
  /// The decimals of each declared currency.
  var currencies: [String: Int] = [:]
  /// What is probably meant where none is named.
  var firstCurrency = "points"
  /// What each currency is worth that says it, and the one whose rate is being read.
  var worths: [String: WorthSyntax] = [:]
  var rated: String?
  var events: [String: EventSyntax] = [:]
  var itemAttributes: Set<String> = []
  var memberAttributes: Set<String> = []
  var transactionAttributes: Set<String> = []
  /// The currencies that each rule gives, for the examples.
  var ruleCurrencies: [String: [String]] = [:]
  /// Events of the language itself that the program speaks of.
  var standardEvents: [EventSyntax] = []
  var tierNames: Set<String> = []
  /// The names of coupons, rewards and perks, by what they are called in `give`.
  var thingNames: [String: Set<String>] = [:]
  /// Whether a rule asks for brands, which need no declaration.
  var brandIsAsked = false
  /// Top-level words below which something could not be read: names that nothing declares may stand
  /// there.
  var lost: Set<String> = []
  /// What stands in declarations that could not be read: it is told there, and nowhere else.
  var lostNames: Set<String> = []
  /// The event of the rule that is being read; nil is a purchase, or nothing particular.
  var event: EventSyntax?

  init(zones: [String] = []) { self.zones = zones }

  func report(_ code: String, _ place: Place, _ message: String, help: String? = nil) {
    add([Diagnostic(code, at: place, message, help: help)])
  }

  func add(_ found: [Diagnostic]) {
    guard !isTrying else {
      complaints += found.count
      return
    }
    diagnostics += found.filter { told.insert($0).inserted }
  }

  /// Whether something is read without a complaint. Nothing is told of it: a remedy is tried so
  /// before it is offered.
  func reads<Value>(_ read: () -> Value?) -> Bool {
    guard !isTrying else { return false }
    isTrying = true
    complaints = 0
    defer { isTrying = false }
    return read() != nil && complaints == 0
  }
}

// MARK: - Mappings

/// The entries of a mapping that were accepted.
struct Fields {
  var place: Place
  private(set) var words: [String: Node.Entry] = [:]
  /// Names that are no words of this room, where a room is open for them.
  private(set) var others: [Node.Entry] = []
  /// Words of the room that others stand for by mistake: nobody should miss them, too.
  private(set) var meant: Set<String> = []

  init(place: Place) { self.place = place }

  subscript(word: String) -> Node? { words[word]?.value }

  func key(_ word: String) -> Node? { words[word]?.key }

  fileprivate mutating func accept(_ entry: Node.Entry) { words[entry.name] = entry }
  fileprivate mutating func accept(_ entry: Node.Entry, as word: String) {
    if words[word] == nil { words[word] = entry }
  }
  /// A word of the room was meant by another one.
  mutating func means(_ word: String?) { if let word { meant.insert(word) } }

  fileprivate mutating func leave(_ entry: Node.Entry) { others.append(entry) }
}

extension Reading {
  /// The entries of `node` that are words of `room`. In an open room the others are left to the
  /// caller,
  /// elsewhere they are reported.
  func fields(_ node: Node, in room: Room, isOpen: Bool = false) -> Fields? {
    guard let entries = mapping(node, "the words of \(room.title)") else { return nil }
    var fields = Fields(place: node.place)
    for entry in nested(entries, in: room) {
      if room.has(entry.name) {
        fields.accept(entry)
      } else if isOpen {
        fields.leave(entry)
      } else {
        let word = unknown(entry.key, in: room, value: entry.value)
        fields.means(word)
        // A section under another name is read all the same.
        if let word, room == .program || room == .campaign { fields.accept(entry, as: word) }
      }
    }
    return fields
  }

  /// Words that stand beside an empty one and belong below it are told, and taken as if they did.
  private func nested(_ entries: [Node.Entry], in room: Room) -> [Node.Entry] {
    let amounts: Set =
      room == .rule
      ? ["earn", "multiply", "limit", "budget"]
      : room == .example || room == .step ? ["expect", "balance"] : []
    guard
      entries.contains(where: {
        $0.value.isEmpty && (room.inside[$0.name] != nil || amounts.contains($0.name))
      })
    else {
      return entries
    }
    var found: [Node.Entry] = []
    var owner: Int?
    for entry in entries {
      if let owner, !room.has(entry.name), belongs(entry, below: found[owner].name, amounts, room) {
        if found[owner].value.isEmpty { belongsBelow(entry, found[owner]) }
        found[owner].value = Node(
          .mapping((found[owner].value.entries ?? []) + [entry]), at: entry.key.place)
        continue
      }
      owner = entry.value.isEmpty ? found.count : nil
      found.append(entry)
    }
    return found
  }

  /// Whether a word, or where amounts stand the name of a currency, has its place in `owner`.
  private func belongs(
    _ entry: Node.Entry, below owner: String, _ amounts: Set<String>, _ room: Room
  ) -> Bool {
    room.inside[owner]?.has(entry.name) == true
      || (amounts.contains(owner) && currencies[entry.name] != nil)
  }

  func belongsBelow(_ entry: Node.Entry, _ owner: Node.Entry) {
    report(
      "R008", entry.key.place,
      "`\(entry.name)` stands beside `\(owner.name)`, and belongs below it",
      help: "indent it by two spaces more than `\(owner.name)`")
  }

  /// The entries of a mapping; anything else is reported.
  func mapping(_ node: Node, _ expected: String) -> [Node.Entry]? {
    switch node.content {
    case .mapping(let entries):
      if entries.isEmpty { empty(node, expected) }
      return entries.isEmpty ? nil : entries
    case .scalar("", _): empty(node, expected)
    case .scalar(let text, _):
      report("R007", node.place, "`\(text)` stands where \(expected) should", help: spaceHelp(text))
    case .sequence:
      report(
        "R007", node.place, "a list stands where \(expected) should",
        help: "write names with a colon, without `- ` and `[ ]`")
    case .broken: break
    }
    return nil
  }

  private func spaceHelp(_ text: String) -> String {
    for colon in [":", "："] {
      let parts = text.split(separator: colon, maxSplits: 1)
      if parts.count == 2 { return "write `\(parts[0]): \(parts[1])`, with a colon and a space" }
    }
    return "write `name: value`"
  }

  private func empty(_ node: Node, _ expected: String) {
    if let cut = node.cut {
      report(
        "R030", node.place, "`\(cut)` was taken for a comment, for it begins with `#`",
        help: "put it in quotes: \"\(cut)\"")
      return
    }
    report("R008", node.place, "nothing stands here, where \(expected) should", help: nil)
  }

  /// The items of a list, or the one thing that stands instead of a list.
  func list(_ node: Node, _ expected: String) -> [Node]? {
    switch node.content {
    case .sequence(let items):
      if items.isEmpty { empty(node, expected) }
      return items.isEmpty ? nil : items
    case .scalar("", .plain):
      empty(node, expected)
      return nil
    case .broken: return nil
    default: return [node]
    }
  }

  /// The items of a list that must be written as one.
  /// Of questions, those in one `{ }` must all hold.
  func onlyList(_ node: Node, _ expected: String, isOfQuestions: Bool = false) -> [Node]? {
    if case .mapping(let entries) = node.content {
      report(
        "R007", node.place, "\(expected) should stand here",
        help: isOfQuestions && entries.count > 1
          ? "begin each with `- `, or write `[{…}, {…}]`: what stands in one `{ }` must all hold"
          : "begin each with `- `, or write `[ ]` around them")
      return nil
    }
    if let text = node.text, !text.isEmpty {
      report(
        "R007", node.place, "`\(text)` stands where \(expected) should",
        help: "begin each with `- `, or write `[ ]` around them")
      return nil
    }
    return list(node, expected)
  }
}

// MARK: - Texts

extension Reading {
  /// A scalar's text; anything else is reported.
  func scalar(_ node: Node, _ expected: String) -> String? {
    switch node.content {
    case .scalar("", .plain): empty(node, expected)
    case .scalar(let text, _): return text
    case .mapping:
      report(
        "R007", node.place, "names with values stand where \(expected) should",
        help: "write one phrase")
    case .sequence:
      report("R007", node.place, "a list stands where \(expected) should", help: "write one phrase")
    case .broken: break
    }
    return nil
  }

  /// A short text of the language, without characters that look like others.
  func phrase(_ node: Node, _ expected: String) -> Phrase? {
    guard let text = scalar(node, expected), isPlain(text, node) else { return nil }
    let phrase = Phrase(node, text: text)
    if phrase.words.isEmpty { empty(node, expected) }
    return phrase.words.isEmpty ? nil : phrase
  }

  /// A name or value that people chose; a `#` that cut it, or an invisible character in it, is
  /// reported.
  func value(_ node: Node, _ expected: String) -> Written<String>? {
    guard let text = scalar(node, expected) else { return nil }
    guard !isCut(node, text), isVisible(text, node) else { return nil }
    if text.isEmpty {
      empty(node, expected)
      return nil
    }
    return Written(text, node.place)
  }

  private func isCut(_ node: Node, _ text: String) -> Bool {
    guard let cut = node.cut else { return false }
    report(
      "R030", node.place, "this text ends before `\(cut)`, for a `#` begins a comment",
      help: "put the text in quotes: \"\(text) \(cut)\"")
    return true
  }
}

// MARK: - Characters

extension Reading {
  /// Refuses characters that look like others, in phrases that consist of the language's words
  /// and numbers.
  private func isPlain(_ text: String, _ node: Node) -> Bool {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return true }
    guard isVisible(text, node) else { return false }
    let wide = text.unicodeScalars.filter { Lookalike.plain($0) != nil }
    guard let first = wide.first else { return true }
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      plain.append(contentsOf: (Lookalike.plain(scalar) ?? String(scalar)).unicodeScalars)
    }
    report(
      "R031", node.place,
      "`\(first)` looks like `\(Lookalike.plain(first) ?? "")`, but is another character",
      help: "write `\(String(plain))`")
    return false
  }

  /// Refuses spaces that do not break and characters without a width.
  func isVisible(_ text: String, _ node: Node) -> Bool {
    guard text.utf8.contains(where: { $0 >= 0x80 || $0 == 0x09 }),
      let found = text.unicodeScalars.first(where: Lookalike.isInvisible)
    else { return true }
    let number = String(found.value, radix: 16, uppercase: true)
    let kind =
      found == "\t"
      ? "a tab"
      : found.properties.isWhitespace || found.value == 0xA0
        ? "a no-break or wide space" : "an invisible character"
    report(
      "R031", node.place,
      "\(kind) (U+\(String(repeating: "0", count: max(0, 4 - number.count)))\(number)) "
        + "stands in this text",
      help: "write a plain space, or delete it")
    return false
  }
}

/// Characters that come from other keyboards, from Word and from web pages, and look like plain
/// ones.
enum Lookalike {
  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0xA0, 0xAD, 0x2000...0x200B, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF: true
    // Marks of direction, which turn round what a person sees.
    case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// The plain character for a full-width or typographic one.
  static func plain(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x2010...0x2015, 0x2212: "-"
    case 0x2018, 0x2019: "'"
    case 0x201C, 0x201D: "\""
    case 0x3001: ","
    case 0x3002: "."
    case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0).map { String($0) }
    default: nil
    }
  }
}

import Loyalty
import YAML

/// Reads a mapping file. All that is wrong with it comes as diagnostics (M001 to M009) with their
/// places.
public struct MappingReader {
  private var diagnostics: [Diagnostic] = []

  /// Nil for the mapping where there are errors.
  public static func read(_ file: SourceFile) -> (mapping: Mapping?, diagnostics: [Diagnostic]) {
    let parsed = TextParser.parse(file)
    var reader = MappingReader()
    reader.diagnostics = parsed.diagnostics
    guard let root = parsed.root, !parsed.hasErrors else { return (nil, reader.diagnostics) }
    let mapping = reader.mapping(root)
    let hasErrors = reader.diagnostics.contains { $0.severity == .error }
    return (hasErrors ? nil : mapping, reader.diagnostics)
  }

  mutating func add(_ code: String, _ node: Node, _ message: String, help: String? = nil) {
    diagnostics.append(Diagnostic(code, at: node.place, message, help: help))
  }
}

extension MappingReader {
  private static let words = [
    "feed", "format", "transaction", "at", "card", "store", "register", "channel", "salesperson",
    "partner", "currency", "kind", "leave out", "as above", "suspended", "attributes",
    "tenders", "coupons", "original", "line",
  ]
  private static let textWords = [
    "card", "store", "register", "channel", "partner", "salesperson", "currency",
  ]

  private mutating func mapping(_ root: Node) -> Mapping? {
    check(root, words: Self.words)
    let feed = required(root, "feed").flatMap { text($0) }
    let key = required(root, "transaction").map { columns($0) }
    let at = required(root, "at").flatMap { time($0) }
    let line = root["line"].flatMap { self.line($0) }
    // All parts are read, so that all mistakes are told, before it is asked whether there is
    // enough.
    let format = root["format"].map { self.format($0) } ?? Format()
    let kinds = root["kind"].map { self.kinds($0) } ?? Kinds()
    let leaveOut = anyOf(root["leave out"])
    let suspended = anyOf(root["suspended"])
    let texts = texts(root, Self.textWords)
    let attributes = attributes(root["attributes"])
    let tenders = (root["tenders"].map { list($0) } ?? []).compactMap { tender($0) }
    let coupons = root["coupons"].map { columns($0) } ?? []
    let original = root["original"].flatMap { self.original($0) }
    if root["line"] == nil, !kinds.isBroken { requireEvents(kinds, root) }
    let asAbove = root["as above"].map { columns($0) } ?? []
    checkAbove(asAbove, texts)
    guard let feed, let key, let at else { return nil }
    return Mapping(
      feed: feed, delimiter: format.delimiter, encoding: format.encoding, numbers: format.numbers,
      columns: format.columns, transaction: key, at: at, texts: texts, kinds: kinds.kinds,
      otherwise: kinds.otherwise, mixed: kinds.mixed, leaveOut: leaveOut,
      asAbove: asAbove, suspended: suspended,
      attributes: attributes, tenders: tenders, coupons: coupons, original: original, line: line)
  }

  /// A sale without a card would become that of the customer before.
  private mutating func checkAbove(
    _ columns: [MappedColumn], _ texts: [(field: String, value: MappedText)]
  ) {
    for (field, value) in texts where field == "card" {
      guard case .column(let card) = value,
        let column = columns.first(where: { $0.name == card.name })
      else { continue }
      diagnostics.append(
        Diagnostic(
          "M005", at: column.place, "an empty card cannot mean the card above: it may be nobody's",
          help: "leave it out here: what a transaction's first row says holds for all its rows"))
    }
  }

  private struct Format {
    var delimiter = UInt8(ascii: ",")
    var encoding = CSVReader.Encoding.utf8
    var numbers = NumberForm.plain
    var columns: [String]?
  }

  private struct Kinds {
    var kinds: [(kind: String, conditions: [CellCondition])] = []
    var otherwise = "sale"
    var mixed: String?
    var isBroken = false
  }

  /// Only events have no lines; a file that may hold purchases says what their lines are.
  private mutating func requireEvents(_ kinds: Kinds, _ root: Node) {
    let all = kinds.kinds.map(\.kind) + [kinds.otherwise]
    let trades: Set<Transaction.Kind> = [.sale, .return, .exchange]
    guard let trade = all.first(where: { trades.contains(Transaction.Kind(text: $0)) }),
      required(root, "line") == nil, let last = diagnostics.indices.last,
      diagnostics[last].code == "M002"
    else { return }
    let event = all.first { Transaction.Kind(text: $0) == .event($0) }
    diagnostics[last].message = "`line` is missing, and a \(trade) has lines"
    diagnostics[last].help =
      "add `line:` with at least `total:`; of a file of events, one a row, say which: "
      + (event.map { "in `kind`, `\($0): otherwise`" } ?? "`kind: survey`")
  }

  private mutating func format(_ node: Node) -> Format {
    var format = Format()
    check(node, words: ["delimiter", "encoding", "numbers", "columns"])
    if let delimiter = node["delimiter"], let text = text(delimiter) {
      let known: [String: UInt8] = [",": 0x2C, ";": 0x3B, "|": 0x7C, "tab": 0x09, "\t": 0x09]
      if let byte = known[text] {
        format.delimiter = byte
      } else {
        add(
          "M005", delimiter, "`\(text)` is no delimiter", help: "write \",\", \";\", \"|\" or tab")
      }
    }
    if let encoding = node["encoding"],
      let value = choice(
        encoding, CSVReader.Encoding.self, meaning: { CSVReader.Encoding.named($0)?.rawValue })
    {
      format.encoding = value
      if value.isWide, format.delimiter == UInt8(ascii: "|") {
        add(
          "M005", encoding, "in \(value.rawValue) a `|` may be half of a letter",
          help: "export the file with another delimiter, or as UTF-8")
      }
    }
    if let numbers = node["numbers"], let text = text(numbers) {
      if let form = NumberForm(text) {
        format.numbers = form
      } else {
        add(
          "M005", numbers, "`\(text)` does not show how the file would write 1234.56",
          help: "write it so, in quotes: \"1.234,56\", \"1 234,56\", \"$1,234.56\", \"1234,56 €\"")
      }
    }
    if let columns = node["columns"] { format.columns = list(columns).compactMap { text($0) } }
    return format
  }

  /// `return: {invoice: starts with C}`, and one kind `otherwise`.
  private mutating func kinds(_ node: Node) -> Kinds {
    var kinds = Kinds()
    guard let entries = node.entries else {
      if let kind = text(node) { kinds.otherwise = kind }
      return kinds
    }
    for entry in entries {
      if ["constant", "column"].contains(entry.name), let text = entry.value.text,
        !["otherwise", "mixed"].contains(text)
      {
        noKind(entry, text)
        kinds.isBroken = true
      } else if entry.value.text == "otherwise" {
        kinds.otherwise = entry.name
      } else if entry.value.text == "mixed" {
        kinds.mixed = entry.name
      } else {
        kinds.kinds.append((entry.name, conditions(entry.value)))
      }
    }
    return kinds
  }

  /// `kind: {constant: survey}`, as other words have it.
  private mutating func noKind(_ entry: Node.Entry, _ text: String) {
    add(
      "M001", entry.key, "`\(entry.name)` is no kind of transaction",
      help: entry.name == "constant"
        ? "one kind for all rows is written `kind: \(text)`"
        : "say which cells mean which kind: `kind: {return: {\(text): R}, sale: otherwise}`")
  }

  /// One of them must hold; none is written where there is no node.
  mutating func anyOf(_ node: Node?) -> [[CellCondition]] {
    (node.map { list($0) } ?? []).map { conditions($0) }
  }

  /// Conditions side by side must all hold.
  private mutating func conditions(_ node: Node) -> [CellCondition] {
    guard let entries = node.entries, !entries.isEmpty else {
      if !node.isBroken {
        add("M008", node, "a condition is missing", help: "write it so: {invoice: starts with C}")
      }
      return []
    }
    return entries.map { entry in
      let items = entry.value.items ?? [entry.value]
      return CellCondition(
        column: MappedColumn(name: entry.name, place: entry.key.place),
        anyOf: items.compactMap { phrase($0) })
    }
  }

  /// What stands in quotes is meant letter by letter.
  private mutating func phrase(_ node: Node) -> CellCondition.Phrase? {
    guard let text = text(node) else { return nil }
    if node.style == .quoted { return CellCondition.Phrase(test: .equal(text)) }
    if let phrase = CellCondition.Phrase(text) { return phrase }
    add("M008", node, "`\(text)` needs a number", help: "write it so: less than 0")
    return nil
  }
}

extension MappingReader {
  private static let lineWords = [
    "rows", "line", "sku", "category", "quantity", "unit", "price", "total", "rounds", "sign",
    "tax", "cost", "discounts", "attributes",
  ]

  private mutating func line(_ node: Node) -> MappedLine? {
    check(node, words: Self.lineWords)
    let total = required(node, "total").flatMap { amount($0) }
    var line = MappedLine(
      rows: anyOf(node["rows"]), total: total ?? AmountExpression(terms: [], text: ""))
    line.texts = texts(node, ["line", "sku", "category", "unit"])
    for field in ["quantity", "price", "tax", "cost"] {
      if let value = node[field], let amount = amount(value) {
        line.numbers.append((field, amount))
      }
    }
    if let rounds = node["rounds"], let text = text(rounds) {
      line.rounds = ["down": .down, "half-up": .halfUp, "up": .up][text]
      if line.rounds == nil {
        add("M005", rounds, "`\(text)` is no rounding", help: "write down, half-up or up")
      }
    }
    if let sign = node["sign"], let text = text(sign) {
      line.returnsAreNegative = text == "returns are negative"
      if !line.returnsAreNegative, text != "as is" {
        add("M005", sign, "`\(text)` is no sign", help: "write `as is` or `returns are negative`")
      }
    }
    for item in node["discounts"].map({ list($0) }) ?? [] { read(discount: item, &line) }
    line.attributes = attributes(node["attributes"])
    return total == nil ? nil : line
  }

  private mutating func read(discount node: Node, _ line: inout MappedLine) {
    check(node, words: ["kind", "amount"])
    let kind = required(node, "kind").flatMap {
      choice($0, TransactionLine.Discount.Kind.self)
    }
    let amount = required(node, "amount").flatMap { self.amount($0) }
    if let kind, let amount { line.discounts.append((kind.rawValue, amount)) }
  }

  mutating func amount(_ node: Node) -> AmountExpression? {
    guard let text = text(node) else { return nil }
    if let expression = AmountExpression(text, at: node.place) { return expression }
    add(
      "M009", node, "`\(text)` cannot be reckoned",
      help: "write a column, or columns and numbers with * / + - between blanks: quantity * price")
    return nil
  }

  private mutating func attributes(_ node: Node?) -> [(name: String, column: MappedColumn)] {
    guard let node, let entries = node.entries else { return [] }
    return entries.compactMap { entry in
      column(entry.value).map { (entry.name, $0) }
    }
  }
}

extension MappingReader {
  mutating func check(_ node: Node, words: [String]) {
    guard let entries = node.entries else {
      if !node.isBroken {
        add(
          "M003", node, "names with values should stand here",
          help: "its words: " + words.joined(separator: ", "))
      }
      return
    }
    for entry in entries where !words.contains(entry.name) {
      let near = NearName.of(entry.name, in: words).map { "did you mean `\($0)`?" }
      add(
        "M001", entry.key, "`\(entry.name)` is no word of a mapping here",
        help: near ?? "its words: " + words.joined(separator: ", "))
    }
  }

  mutating func required(_ node: Node, _ word: String) -> Node? {
    if let value = node[word] { return value }
    // A misspelt word has been told already.
    let isMisspelt = node.entries?.contains { NearName.of($0.name, in: [word]) != nil } ?? true
    if !isMisspelt { add("M002", node, "`\(word)` is missing", help: "add `\(word):`") }
    return nil
  }

  mutating func text(_ node: Node) -> String? {
    if let text = node.text, !text.isEmpty { return text }
    if !node.isBroken { add("M003", node, "one text should stand here") }
    return nil
  }

  private func list(_ node: Node) -> [Node] { node.items ?? [node] }

  mutating func column(_ node: Node) -> MappedColumn? {
    text(node).map { MappedColumn(name: $0, place: node.place) }
  }

  mutating func columns(_ node: Node) -> [MappedColumn] {
    list(node).compactMap { column($0) }
  }

  /// A column, `{column: …}` or `{constant: …}`.
  mutating func texts(_ node: Node, _ fields: [String]) -> [(String, MappedText)] {
    fields.compactMap { field in
      guard let value = node[field] else { return nil }
      guard value.entries != nil else {
        return column(value).map { (field, .column($0)) }
      }
      check(value, words: ["column", "constant"])
      if let constant = value["constant"] { return text(constant).map { (field, .constant($0)) } }
      return required(value, "column").flatMap { column($0) }.map { (field, .column($0)) }
    }
  }

  /// `meaning` knows what others call the words.
  mutating func choice<Value: RawRepresentable & CaseIterable>(
    _ node: Node, _ type: Value.Type, meaning: (String) -> String? = { _ in nil }
  ) -> Value? where Value.RawValue == String {
    guard let text = text(node) else { return nil }
    if let value = Value(rawValue: text) { return value }
    let names = Value.allCases.map(\.rawValue)
    let near = (meaning(text) ?? NearName.of(text, in: names)).map { "did you mean `\($0)`?" }
    add(
      "M005", node, "`\(text)` is none of the words that may stand here",
      help: near ?? "write one of: " + names.joined(separator: ", "))
    return nil
  }
}

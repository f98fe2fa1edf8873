import JSON
import Loyalty

/// Makes transactions of a CSV's rows. It writes what the mapping says as a row of the feed and
/// lets the feed's own
/// reader read it, so that one set of rules holds for both; problems are then told by column and
/// line.
struct MappedRows {
  let mapping: Mapping
  let money: MoneyUnit
  private let indices: [String: Int]
  private let zone: Zone?
  private var reader: TransactionReader
  /// The last full row's cells of the columns in which an empty one means the one above.
  private var above: [String]
  var json = JSONWriter()
  var problems: [FeedProblem] = []

  init(_ mapping: Mapping, head: [String], _ context: FeedContext) {
    var context = context
    context.source = mapping.feed
    self.mapping = mapping
    money = context.money
    zone = mapping.at.zone.flatMap { context.zoneNamed($0.name) }
    reader = TransactionReader(context)
    above = mapping.asAbove.map { _ in "" }
    indices = Dictionary(
      head.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The cell's text without the blanks around it, which say nothing.
  func cell(_ column: MappedColumn, _ row: CSVRecord) -> String {
    indices[column.name].map { row.trimmedText($0) } ?? ""
  }

  func isLeftOut(_ row: CSVRecord) -> Bool { holds(mapping.leaveOut, row) }

  /// What was laid aside and what came of it may stand under one id: they are two.
  func group(_ row: CSVRecord) -> String {
    let key = key(row)
    return key.isEmpty || !holds(mapping.suspended, row) ? key : key + "\u{0}suspended"
  }

  private func holds(_ any: [[CellCondition]], _ row: CSVRecord) -> Bool {
    any.contains { holds(all: $0, row) }
  }

  /// Of a cell that a short row does not have nothing holds, not even that it is empty.
  private func holds(all conditions: [CellCondition], _ row: CSVRecord) -> Bool {
    conditions.allSatisfy {
      (indices[$0.column.name] ?? 0) < row.count
        && $0.holds(cell($0.column, row), mapping.numbers)
    }
  }

  /// The rows of which `rows` holds; all where nothing is asked.
  func rows(_ any: [[CellCondition]], of rows: [CSVRecord]) -> [CSVRecord] {
    any.isEmpty ? rows : rows.filter { holds(any, $0) }
  }

  /// Writes into the row what its empty cells mean.
  mutating func fill(_ row: inout CSVRecord) {
    for (place, column) in mapping.asAbove.enumerated() {
      let text = cell(column, row)
      if !text.isEmpty {
        above[place] = text
      } else if let index = indices[column.name] {
        row.replace(index, with: above[place])
      }
    }
  }

  /// The transaction's id; empty where one of its columns is, for what the others say may be the
  /// same of many transactions.
  func key(_ row: CSVRecord) -> String {
    let cells = mapping.transaction.map { cell($0, row) }
    return cells.contains("") ? "" : cells.joined(separator: "/")
  }

  /// Tells of the columns without which a row has no id.
  private mutating func missKey(_ row: CSVRecord) {
    for column in mapping.transaction where cell(column, row).isEmpty {
      problems.append(
        FeedProblem(
          .missing, column.name, "the cell is empty, and a transaction's id is made of it",
          remedy: "under `transaction:` name only columns that are filled in every row",
          line: row.line))
    }
  }

  /// Reads the rows of one transaction, given in the order of the file.
  mutating func read(_ rows: [CSVRecord]) -> FeedReading {
    problems.removeAll()
    json.removeAll()
    let id = key(rows[0])
    if mapping.line == nil, rows.count > 1 {
      return .unreadable(source: mapping.feed, id: id, [twice(rows)])
    }
    if id.isEmpty { missKey(rows[0]) }
    for column in mapping.transaction where TextRule.isCut(cell(column, rows[0])) {
      let fault = TextRule.cut(cell(column, rows[0]))
      problems.append(
        FeedProblem(
          fault.code, column.name, fault.reason, remedy: fault.remedy, line: rows[0].line))
    }
    let lines = self.rows(mapping.line?.rows ?? [], of: rows)
    let kind = kind(lines.isEmpty ? rows : lines)
    json.beginObject()
    json.member("id", id.isEmpty ? nil : id)
    json.member("kind", kind)
    if holds(mapping.suspended, rows[0]) { json.member("status", "suspended") }
    json.member("at", time(rows))
    for (field, value) in mapping.texts { json.member(field, common(value, rows)) }
    write(mapping.attributes, rows[0])
    writeParts(rows, isTurned: kind == "return" && isTurned(rows[0], in: kind))
    if let line = mapping.line {
      json.name("lines")
      json.beginArray()
      for row in lines { write(line, row, isTurned: isTurned(row, in: kind)) }
      json.endArray()
    }
    json.endObject()
    let reading = reader.read(json.bytes)
    guard case .unreadable(_, _, let others) = reading else {
      guard problems.isEmpty else {
        return .unreadable(source: mapping.feed, id: id.isEmpty ? nil : id, problems)
      }
      return reading
    }
    // What could not be written is missed by the reader, but its reason is known already.
    let isTold = !problems.isEmpty
    problems += others.filter { !isTold || $0.code != .missing }.map {
      told($0, rows, lines: lines)
    }
    return .unreadable(source: mapping.feed, id: id.isEmpty ? nil : id, problems)
  }
}

extension MappedRows {
  /// Without lines a row is an event, and no id stands twice.
  private func twice(_ rows: [CSVRecord]) -> FeedProblem {
    FeedProblem(
      .standsTwice, mapping.transaction.map(\.name).joined(separator: ", "),
      "the row has the id of line \(rows[0].line), and without `line:` each row is an event of "
        + "its own",
      remedy: "under `transaction:` name the columns that together are a row's own number",
      line: rows[1].line)
  }

  private func kind(_ row: CSVRecord) -> String {
    let found = mapping.kinds.first { holds(all: $0.conditions, row) }
    return found?.kind ?? mapping.otherwise
  }

  /// Of rows of several kinds the mapping may say what they are together.
  private mutating func kind(_ rows: [CSVRecord]) -> String {
    let first = kind(rows[0])
    guard let other = rows.first(where: { kind($0) != first }) else { return first }
    if let mixed = mapping.mixed { return mixed }
    problems.append(
      FeedProblem(
        .badValue, "kind", "the row is of kind \(kind(other)), the transaction's first of \(first)",
        remedy: "one transaction has one kind; where sold and returned goods stand on one receipt, "
          + "add `exchange: mixed` to `kind:`", line: other.line))
    return first
  }

  /// Whether a row's amounts are turned round: what came back is above zero in a return, and below
  /// in an exchange.
  func isTurned(_ row: CSVRecord, in kind: String) -> Bool {
    let areNegative = mapping.line?.returnsAreNegative == true
    if kind == "return" { return areNegative }
    return kind == mapping.mixed && !areNegative && self.kind(row) == "return"
  }

  /// The transaction's time as the feed writes it.
  private mutating func time(_ rows: [CSVRecord]) -> String? {
    var best: (civil: CivilTime, offset: Int32?)?
    for row in rows {
      let text = mapping.at.columns.map { cell($0, row) }.joined(separator: " ")
      // Many files say it in a transaction's first row alone.
      if text.allSatisfy({ $0 == " " }), row.line != rows[rows.count - 1].line || best != nil {
        continue
      }
      guard var time = mapping.at.pattern.read(Array(text.utf8)[...]) else {
        problems.append(
          FeedProblem(
            .badDate, mapping.at.columns.map(\.name).joined(separator: ", "),
            "`\(Shown.text(text))` is not of the form \(mapping.at.written)",
            remedy: "name the file's form in the mapping: at: {format: …}", line: row.line))
        continue
      }
      if let clock = mapping.at.clock { time.civil.microseconds = clock }
      switch (best, mapping.at.take) {
      case (nil, _): best = time
      case (let known?, .earliest): if time.civil < known.civil { best = time }
      case (let known?, .latest): if known.civil < time.civil { best = time }
      case (_, .first): break
      }
      if mapping.at.take == .first { break }
    }
    return best.map { text($0.civil, $0.offset) }
  }

  /// With an offset where one was written or the mapping names the zone; otherwise it is the
  /// store's.
  private func text(_ civil: CivilTime, _ offset: Int32?) -> String {
    let wall = Instant(microseconds: Int64(civil.date.day) * 86_400_000_000 + civil.microseconds)
    if let offset {
      return Instant(microseconds: wall.microseconds - Int64(offset) * 1_000_000).text(
        offset: offset)
    }
    if let zone {
      let instant = zone.instant(of: civil)
      return instant.text(offset: zone.offset(at: instant) / 60 * 60)
    }
    return String(wall.text(offset: 0).dropLast())
  }

  /// What all rows of a transaction say alike; an empty cell says nothing.
  private mutating func common(_ value: MappedText, _ rows: [CSVRecord]) -> String? {
    switch value {
    case .constant(let text): return text
    case .column(let column):
      var found = ""
      for row in rows {
        let text = cell(column, row)
        guard !text.isEmpty, text != found else { continue }
        guard found.isEmpty else {
          problems.append(
            FeedProblem(
              .badValue, column.name,
              "the row says something else than the transaction's earlier rows",
              remedy: "rows of one transaction agree in it, or are several transactions",
              line: row.line))
          break
        }
        found = text
      }
      return found.isEmpty ? nil : found
    }
  }
}

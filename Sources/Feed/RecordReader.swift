import JSON
import Loyalty

/// Reads members, products and stores for `patron load`, from NDJSON or from CSV with the same
/// heads. In a CSV,
/// several `cards` stand between blanks, and an attribute's column is called `attributes.skin`.
public enum RecordReader {
  /// No record has an amount, but the reader of fields wants a unit.
  private static let money = MoneyUnit(code: "USD")!

  public enum Format: Sendable, Equatable { case ndjson, csv }

  public enum Row<Record: Sendable>: Sendable {
    case record(Record, line: Int)
    case unreadable(text: String, [FeedProblem], line: Int)
  }

  public static func members(
    _ input: FeedInput, _ format: Format, _ body: (Row<MemberRecord>) throws -> Void
  ) throws { try read(input, format, member, body) }

  public static func products(
    _ input: FeedInput, _ format: Format, _ body: (Row<ProductRecord>) throws -> Void
  ) throws { try read(input, format, product, body) }

  public static func stores(
    _ input: FeedInput, _ format: Format, _ body: (Row<StoreRecord>) throws -> Void
  ) throws { try read(input, format, store, body) }
}

extension RecordReader {
  typealias Reading<Record> = (inout FieldReader) throws(JSONError) -> Record?

  static func read<Record>(
    _ input: FeedInput, _ format: Format, _ reading: Reading<Record>,
    _ body: (Row<Record>) throws -> Void
  ) throws {
    switch format {
    case .ndjson:
      var scanner = try LineScanner.open(input) { _ in }
      while let line = try scanner.next() {
        let bytes = Array(scanner.buffer[line.range])
        guard bytes.contains(where: { $0 > 0x20 }) else { continue }
        try body(row(bytes, text: { bytes }, line: scanner.line, reading))
      }
    case .csv: try readCSV(input, reading, body)
    }
  }

  private static func readCSV<Record>(
    _ input: FeedInput, _ reading: Reading<Record>, _ body: (Row<Record>) throws -> Void
  ) throws {
    let comma = UInt8(ascii: ",")
    var csv = CSVReader(
      try LineScanner.open(input) { _ in }, delimiter: comma, encoding: .utf8)
    guard try csv.next() else {
      throw FeedError(.wrongFormat, "the file is empty; its first line should name its columns")
    }
    let head = (0..<csv.record.count).map { csv.record.trimmedText($0) }
    while try csv.next() {
      let record = csv.record
      var problem = csv.problem
      if problem == nil, record.count != head.count {
        problem = FeedProblem(
          .unreadable, "", "the row has \(record.count) fields, the head \(head.count)",
          remedy: "check its quotes and commas")
      }
      if let problem {
        let text = String(decoding: record.csv(comma), as: UTF8.self)
        try body(.unreadable(text: text, [problem], line: record.line))
      } else {
        let bytes = json(head, record)
        try body(row(bytes, text: { record.csv(comma) }, line: record.line, reading))
      }
    }
  }

  /// The row as the object that NDJSON would have; empty cells say nothing.
  private static func json(_ head: [String], _ record: CSVRecord) -> [UInt8] {
    var json = JSONWriter()
    var attributes: [(String, String)] = []
    json.beginObject()
    for (index, name) in head.enumerated() {
      let text = record.trimmedText(index)
      guard !text.isEmpty else { continue }
      if let attribute = name.dropping("attributes.") {
        attributes.append((attribute, text))
      } else if name == "cards" {
        json.memberArray(name) { json in
          for card in text.split(whereSeparator: { " |;".contains($0) }) {
            json.value(String(card))
          }
        }
      } else {
        json.member(name, text)
      }
    }
    if !attributes.isEmpty {
      json.memberObject("attributes") { json in
        for (name, text) in attributes { json.member(name, text) }
      }
    }
    json.endObject()
    return json.bytes
  }

  private static func row<Record>(
    _ bytes: [UInt8], text: () -> [UInt8], line: Int, _ reading: Reading<Record>
  ) -> Row<Record> {
    var fields = FieldReader(json: JSONReader(bytes), money: RecordReader.money)
    do throws(JSONError) {
      let record = try reading(&fields)
      try fields.json.finish()
      if let record, fields.problems.isEmpty { return .record(record, line: line) }
    } catch {
      fields.add(.unreadable, "", error.description, "send one JSON object")
    }
    return .unreadable(
      text: String(decoding: text(), as: UTF8.self), fields.problems, line: line)
  }
}

extension RecordReader {
  private static func member(_ row: inout FieldReader) throws(JSONError) -> MemberRecord? {
    var record = MemberRecord(member: "")
    let names = ["member", "name", "phone", "email", "birthday", "joined", "cards", "attributes"]
    try row.object(names) { row, index throws(JSONError) in
      switch index {
      case 0: record.member = try row.text("member") ?? ""
      case 1: record.name = try row.text("name", limit: FeedLimit.text)
      case 2: record.phone = try row.text("phone")
      case 3: record.email = try row.text("email", limit: FeedLimit.text)
      case 4: record.birthday = try row.date("birthday")
      case 5: record.joined = try row.date("joined")
      case 6: record.cards = try row.cards("cards")
      default: record.attributes = try row.attributes()
      }
    }
    return row.requires("member", !record.member.isEmpty) ? record : nil
  }

  private static func product(_ row: inout FieldReader) throws(JSONError) -> ProductRecord? {
    var record = ProductRecord(sku: "")
    try row.object(["sku", "name", "category", "attributes"]) { row, index throws(JSONError) in
      switch index {
      case 0: record.sku = try row.text("sku") ?? ""
      case 1: record.name = try row.text("name", limit: FeedLimit.text)
      case 2: record.category = try row.text("category")
      default: record.attributes = try row.attributes()
      }
    }
    return row.requires("sku", !record.sku.isEmpty) ? record : nil
  }

  private static func store(_ row: inout FieldReader) throws(JSONError) -> StoreRecord? {
    var record = StoreRecord(store: "")
    try row.object(["store", "name", "timezone", "region"]) { row, index throws(JSONError) in
      switch index {
      case 0: record.store = try row.text("store") ?? ""
      case 1: record.name = try row.text("name", limit: FeedLimit.text)
      case 2: record.timezone = try row.text("timezone")
      default: record.region = try row.text("region")
      }
    }
    return row.requires("store", !record.store.isEmpty) ? record : nil
  }
}

extension FieldReader {
  mutating func date(_ field: String) throws(JSONError) -> CivilDate? {
    guard let text = try text(field) else { return nil }
    if let date = CivilDate(text) { return date }
    add(.badDate, field, "`\(Shown.text(text))` is no date", "write it so: 1990-05-20")
    return nil
  }

  mutating func requires(_ field: String, _ isThere: Bool) -> Bool {
    if !isThere, !problems.contains(where: { $0.field == field }) {
      add(.missing, field, "the field is missing", "send it")
    }
    return isThere
  }
}

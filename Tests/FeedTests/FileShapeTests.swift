import Feed
import Foundation
import Loyalty
import Testing
import YAML

/// One row a line item, and one row an event.
private let sales = """
  feed: till
  transaction: receipt
  at: time
  kind: {return: {type: R}, sale: otherwise}
  line: {sku: item, quantity: qty, total: amount, sign: returns are negative}
  """
private let surveys = """
  feed: app
  transaction: number
  at: time
  card: card
  kind: survey
  attributes: {stars: stars}
  """
private let rows = """
  receipt,time,type,item,qty,amount
  7,2026-02-07T10:00:00Z,S,A,1,5.00
  8,2026-02-07T11:00:00Z,S,B,1,12.34

  """

private func spool(_ bytes: some Sequence<UInt8>, _ mapping: String) throws -> FileSpool {
  let (mapping, diagnostics) = MappingReader.read(SourceFile(name: "m.yaml", text: mapping))
  #expect(diagnostics.map(\.message) == [])
  return try withFile(bytes) { path in
    try FileSpool.read(.file(path), .csv(try #require(mapping), .dollars))
  }
}

private func told(_ spool: borrowing FileSpool) throws -> [String] {
  var told: [String] = []
  try spool.batches(of: 100) { rows in
    for row in rows {
      switch row {
      case .transaction(let transaction, _, _, _): told.append(transaction.id)
      case .unreadable(_, _, _, let problems, _, _): told += problems.map(\.description)
      }
    }
  }
  return told
}

private func fault(_ read: () throws -> Void) -> String {
  do {
    try read()
    return "none"
  } catch {
    return "\(error)"
  }
}

/// How files end and begin, and how their lines do.
@Suite("The shape of a file")
struct FileShapeTests {
  @Test("A last row without an end of line is taken, and told")
  func openEnd() throws {
    let whole = try spool(rows.utf8, sales)
    #expect(whole.openLine == nil)
    let cut = try spool(rows.dropLast(2).utf8, sales)
    #expect(cut.openLine == 3)
    #expect(try told(cut) == ["7", "8"])
    let alone = try spool(rows.dropLast().utf8, sales.replacing("kind", with: "card: type\nkind"))
    #expect(alone.openLine == 3)
  }

  @Test("A last row without all its fields is not whole, and nothing of the file is taken")
  func cutRow() {
    let said = fault { _ = try spool(rows.dropLast(8).utf8, sales) }
    #expect(said.contains("ends inside a record"), "\(said)")
  }

  @Test("Lines that end with a carriage return alone are lines", arguments: ["\r", "\r\n"])
  func returns(end: String) throws {
    let text = rows.replacing("\n", with: end)
    #expect(try told(try spool(text.utf8, sales)) == ["7", "8"])
    let sale = #"{"source":"s","id":"1","at":"2026-02-07T10:00:00Z","lines":[]}"#
    let two = [sale, sale.replacing("\"1\"", with: "\"2\"")].joined(separator: end) + end
    #expect(try spooled(two).count == 2)
  }

  @Test("UTF-16 is named, with and without its mark")
  func utf16() throws {
    let marks: [[UInt8]] = [[], [0xFF, 0xFE]]
    for mark in marks {
      let bytes = mark + rows.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      let csv = fault { _ = try spool(bytes, sales) }
      #expect(csv.contains("UTF-16") && csv.contains("save it as UTF-8"), "\(csv)")
      let ndjson = fault {
        try withFile(bytes) { path in _ = try FileSpool.read(.file(path), .ndjson(.dollars)) }
      }
      #expect(ndjson.contains("save it as UTF-8"), "\(ndjson)")
    }
    let mapping = sales.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    let found = MappingReader.read(SourceFile(name: "m.yaml", bytes: [0xFE, 0xFF] + mapping))
    #expect(found.diagnostics.map(\.message) == ["the file is UTF-16 text, and only UTF-8 is read"])
  }

  /// The limit is one, wherever in a chunk the line stands.
  @Test("A line of more than 8 MB refuses the file", arguments: [8, 9, 12], [0, 1])
  func tooLong(half: Int, before: Int) throws {
    let filler = String(repeating: "x", count: (half << 20) / 1 + (half == 8 ? 1 : 0))
    let line = #"{"source":"s","id":"\#(filler)"}"# + "\n"
    let first = String(repeating: "\n", count: before * 700_000)
    let said = fault { _ = try spooled(first + line) }
    #expect(said.contains("longer than 8 MB"), "\(said)")
  }

  @Test("A file of events has one a row, and no lines")
  func events() throws {
    let text = """
      number,time,card,stars
      1,2026-02-07T10:00:00Z,C1,5
      2,2026-02-07T11:00:00Z,C2,4

      """
    let read = try spool(text.utf8, surveys)
    #expect(try told(read) == ["1", "2"])
    let twice = try told(try spool(text.replacing("\n2,", with: "\n1,").utf8, surveys))
    #expect(twice.count == 1 && twice[0].contains("each row is an event of its own"), "\(twice)")
  }

  @Test("A mapping of sales needs its lines")
  func salesWithoutLines() {
    let text = "feed: a\ntransaction: n\nat: t\n"
    let found = MappingReader.read(SourceFile(name: "m.yaml", text: text)).diagnostics
    #expect(found.map(\.message) == ["`line` is missing, and a sale has lines"])
    #expect(found.first?.help?.contains("kind: survey") == true)
    let events = text + "kind: {top-up: {type: T}, survey: {type: S}}\n"
    let help = MappingReader.read(SourceFile(name: "m.yaml", text: events)).diagnostics.first?.help
    #expect(help?.contains("`top-up: otherwise`") == true, "\(help ?? "")")
  }

  @Test("A return's quantity may stand above zero, and its amount below")
  func sign() throws {
    let back = rows.replacing("S,B,1,12.34", with: "R,B,2,-12.34")
    #expect(try told(try spool(back.utf8, sales)) == ["7", "8"])
    let text = rows.replacing("S,B,1,12.34", with: "R,B,2,12.34")
    let found = try told(try spool(text.utf8, sales)).filter { $0 != "7" }
    #expect(found.count == 1)
    #expect(found.first?.contains("qty: 2 is above zero in a row of a return") == true, "\(found)")
  }
}

import Feed
import Foundation
import Loyalty
import Testing
import YAML

private let context = FeedContext(
  money: FeedContext.dollars.money, zone: .utc,
  zoneNamed: { $0 == "Asia/Tokyo" ? Zone(name: $0, changes: [], offsets: [32_400]) : nil })

/// What a file comes to: `id kind card at total(s) tender(s)`, or what is wrong.
private func read(_ csv: some Sequence<UInt8>, _ mapping: String) throws -> [String] {
  let (mapping, diagnostics) = MappingReader.read(SourceFile(name: "m.yaml", text: mapping))
  #expect(diagnostics.map(\.message) == [])
  return try withFile(csv) { path in
    let spool = try FileSpool.read(.file(path), .csv(try #require(mapping), context))
    var told: [String] = []
    try spool.batches(of: 100) { rows in
      for row in rows {
        switch row {
        case .transaction(let sale, _, _, _):
          let lines = sale.lines.map { "\($0.sku) \($0.total.minor)" }
          let tenders = sale.tenders.map { "\($0.kind) \($0.amount.minor)" }
          told.append(
            ([sale.id, sale.kind.text, sale.cards.first ?? "-", sale.at.text(offset: 0)]
              + [lines.joined(separator: "+")] + tenders).joined(separator: " "))
        case .unreadable(_, _, _, let problems, _, _): told += problems.map(\.description)
        }
      }
    }
    return told
  }
}

private func mistakes(_ mapping: String) -> [String] {
  MappingReader.read(SourceFile(name: "m.yaml", text: mapping)).diagnostics.map {
    "\($0.code) \($0.message); \($0.help ?? "")"
  }
}

/// As tills, web shops and spreadsheets of the world export what was sold.
@Suite("Exports as they are")
struct ExportShapeTests {
  private static let plain = "feed: f\ntransaction: id\nat: at\nline: {total: sum}\n"
  private static let noon = "2026-02-07T12:00:00Z"

  @Test("Numbers are read in the form that the mapping shows")
  func numbers() throws {
    let forms: [(form: String, cells: [String], minor: [Int])] = [
      (
        "1.234,56", ["12,50", "1.234,5", "-1.234.567", "1.000", "5,00-", "(5,00)"],
        [1_250, 123_450, -123_456_700, 100_000, -500, -500]
      ),
      ("1234,56", ["1234,56", "0,5"], [123_456, 50]),
      ("1 234,56 ₽", ["1\u{A0}234,56 ₽", "1 234 ₽", "7,10"], [123_456, 123_400, 710]),
      (
        "$1,234.56", ["$1,234.56", "-$0.50", "$-0.50", "($3.25)", "5", "$12,34,567.00"],
        [123_456, -50, -50, -325, 500, 123_456_700]
      ),
      ("1'234.56", ["1'234.50", "1’234.50"], [123_450, 123_450]),
      ("¥1,234", ["¥1,980", "\\150", "￥20"], [198_000, 15_000, 2_000]),
    ]
    for (form, cells, minor) in forms {
      let mapping = Self.plain + "format: {delimiter: tab, numbers: \"\(form)\"}\n"
      let rows = cells.enumerated().map { "\($0)\t\(Self.noon)\t\($1)\n" }
      let told = try read(("id\tat\tsum\n" + rows.joined()).utf8, mapping)
      #expect(
        told == minor.enumerated().map { "\($0) sale - \(Self.noon)  \($1)" }, "\(form)")
    }
  }

  @Test("A number of another form is told, with the form that it seems to be")
  func wrongNumbers() throws {
    func told(_ cell: String, _ form: String? = nil) throws -> String {
      let format = "format: {delimiter: tab" + (form.map { ", numbers: \"\($0)\"" } ?? "") + "}\n"
      return try read("id\tat\tsum\n1\t\(Self.noon)\t\(cell)\n".utf8, Self.plain + format)
        .joined(separator: "\n")
    }
    for (cell, forms) in [
      ("12,50", ["1.234,56"]), ("1,234", ["1,234.56", "1.234,56"]), ("$5.00", ["$1,234.56"]),
      ("1.234,50 €", ["1.234,56 €"]), ("1 234,50", ["1 234,56"]), ("5.00-", ["1,234.56"]),
    ] {
      let shown = forms.map { "format: {numbers: \"\($0)\"}" }.joined(separator: " or ")
      #expect(try told(cell).contains("writes 1234.56: \(shown))"), "\(cell)")
    }
    #expect(try told("five").contains("write plain digits"))
    for cell in ["12.50", "1.23,00", "12,5,0", "1.2345", "€ 5", "-", "--5", "", "+-5"] {
      #expect(
        try told(cell, "1.234,56").contains(cell.isEmpty ? "missing" : "not of the form 1.234,56"),
        "\(cell)")
    }
  }

  @Test("Letters are read in the file's own encoding")
  func encodings() throws {
    let bytes: [(name: String, letters: [UInt8], text: String)] = [
      ("windows-1251", [0xC3, 0xB9], "Г№"), ("cp866", [0x83], "Г"), ("latin-9", [0xA4], "€"),
      ("gbk", [0xBC, 0xB6, 0x81, 0x40], "级丂"), ("big5", [0xA7, 0x41], "你"),
      ("shift-jis", [0x83, 0x5C, 0x87, 0x40, 0xB1], "ソ①ｱ"), ("euc-kr", [0xC7, 0xD1], "한"),
    ]
    for (name, letters, text) in bytes {
      let mapping = Self.plain.replacing("line: {", with: "line: {sku: item, ")
      let csv = Array("id,at,item,sum\n1,\(Self.noon),\"".utf8) + letters + Array("\",1\n".utf8)
      let told = try read(csv, mapping + "format: {encoding: \(name)}\n")
      #expect(told == ["1 sale - \(Self.noon) \(text) 100"], "\(name)")
    }
    let cut = Array("id,at,sum\n".utf8) + [0x81] + Array(",\(Self.noon),1\n".utf8)
    #expect(
      try read(cut, Self.plain + "format: {encoding: gbk}\n").first?.hasPrefix(
        "line 2: the row is not gbk") == true)
    #expect(
      mistakes(Self.plain + "format: {delimiter: \"|\", encoding: gbk}\n") == [
        "M005 in gbk a `|` may be half of a letter; "
          + "export the file with another delimiter, or as UTF-8"
      ])
  }

  @Test(
    "What others call an encoding is offered by its own name",
    arguments: [
      ("gb2312", "gbk"), ("CP1251", "windows-1251"), ("win1250", "windows-1250"),
      ("ISO-8859-1", "latin-1"), ("Shift_JIS", "shift-jis"), ("UTF8", "utf-8"), ("cp866x", "cp866"),
    ])
  func otherNames(name: String, own: String) {
    let told = mistakes(Self.plain + "format: {encoding: \(name)}\n")
    #expect(told.count == 1 && told[0].hasSuffix("did you mean `\(own)`?"), "\(told)")
  }

  @Test("A head in an encoding that the mapping does not name is told as that")
  func head() {
    let error = #expect(throws: FeedError.self) {
      try read([0xC1, 0xF7, 0xCB, 0xAE] + Array(",at,sum\n".utf8), Self.plain)
    }
    #expect(error?.message.contains("is not UTF-8") == true, "\(String(describing: error))")
  }

  @Test("Date and time may stand in two columns, or the date alone")
  func times() throws {
    func told(_ at: String, _ cells: String) throws -> String? {
      try read(
        "id,date,time,sum\n1,\(cells),1\n".utf8,
        Self.plain.replacing("at: at", with: "at: {\(at)}")
      ).first
    }
    let sale = "1 sale - 2026-02-07T"
    #expect(
      try told("column: [date, time], format: yyyyMMdd HHmmss", "20260207,093005")
        == sale + "09:30:05Z  100")
    #expect(
      try told("column: [date, time], format: M/d/yyyy h:mm a", "2/7/2026,1:08 PM")
        == sale + "13:08:00Z  100")
    #expect(
      try told(
        "column: date, format: MM/dd/yyyy, clock: \"12:00\", zone: Asia/Tokyo", "02/07/2026,")
        == sale + "03:00:00Z  100")
    #expect(try told("column: date, clock: \"12:00\"", "2026-02-07,") == sale + "12:00:00Z  100")
    #expect(
      try told("column: date, format: excel days", "46060.4166666667,") == sale + "10:00:00Z  100")
    #expect(try told("column: date, format: excel days", "46060,") == sale + "00:00:00Z  100")
    for cell in ["60", "1e5", "07.02.2026"] {
      #expect(
        try told("column: date, format: excel days", "\(cell),")?.contains("not of the form")
          == true)
    }
    let dateOnly = mistakes(
      Self.plain.replacing("at: at", with: "at: {column: d, format: yyyy-MM-dd}"))
    #expect(dateOnly.count == 1 && dateOnly[0].contains("`yyyy-MM-dd` has no time of day"))
    #expect(dateOnly[0].contains("`clock: \"12:00\"`"), "\(dateOnly)")
    for at in ["column: d, clock: noon", "column: d, format: yyyy-MM-dd HH:mm, clock: \"12:00\""] {
      #expect(mistakes(Self.plain.replacing("at: at", with: "at: {\(at)}")).count == 1, "\(at)")
    }
  }

  @Test("A time that only a transaction's first row tells is that of all")
  func timeOfFirstRow() throws {
    let csv = "id,at,sum\n1,\(Self.noon),1\n1,,2\n2,,3\n"
    let told = try read(csv.utf8, Self.plain)
    #expect(told.first == "1 sale - \(Self.noon)  100+ 200")
    #expect(told.count == 2 && told[1].hasPrefix("line 4, at: `` is not of the form"))
  }

  @Test("Rows that leave out what stands above belong to it, and a card is never filled in")
  func asAbove() throws {
    let mapping =
      "feed: f\ntransaction: order\nat: at\ncard: card\nas above: [order, state]\n"
      + "leave out: {state: cancelled}\nline: {sku: item, total: sum}\n"
    let csv = """
      order,at,card,state,item,sum
      S1,\(Self.noon),C1,done,A,1
      ,,,,B,2
      S2,\(Self.noon),C2,cancelled,A,1
      ,,,,B,2
      S3,\(Self.noon),,done,A,3

      """
    #expect(
      try read(csv.utf8, mapping) == [
        "S1 sale C1 \(Self.noon) A 100+B 200", "S3 sale - \(Self.noon) A 300",
      ])
    let wrong = mistakes(mapping.replacing("[order, state]", with: "[order, card]"))
    #expect(wrong.count == 1 && wrong[0].contains("it may be nobody's"), "\(wrong)")
  }

  @Test("Headings, totals and repeated heads are left out, whatever fields they have")
  func headings() throws {
    let mapping = """
      feed: f
      format: {delimiter: ";", columns: [at, id, sum]}
      transaction: id
      at: at
      leave out: [{at: [at, starts with Report, starts with Total]}]
      line: {total: sum}

      """
    let csv = "Report 7;\nat;id;sum\n\(Self.noon);1;2.00\nTotal\nat;id;sum\n\(Self.noon);2;3.00\n"
    let sales = ["1 sale - \(Self.noon)  200", "2 sale - \(Self.noon)  300"]
    #expect(try read((csv + "Total;;5.00\n").utf8, mapping) == sales)
    // Of a cell that is not there nothing holds.
    let empty = mapping.replacing("leave out: [", with: "leave out: [{sum: empty}, ")
    #expect(try read((csv + "x;3\n").utf8, empty).count == 3)
  }

  @Test("Payments may be rows of their own, and a receipt may hold what came back, too")
  func rowsOfTheirOwn() throws {
    let mapping = """
      feed: f
      transaction: id
      at: at
      kind: {return: {type: R}, exchange: mixed, sale: otherwise}
      tenders: [{kind: item, amount: sum, per: line, rows: {type: P}}]
      line: {rows: {type: not P}, sku: item, quantity: qty, total: sum}

      """
    let csv = """
      id,at,type,item,qty,sum
      1,\(Self.noon),P,cash,,20
      1,\(Self.noon),S,A,2,18
      1,\(Self.noon),S,deposit,1,1.00
      1,\(Self.noon),P,cash,,-1
      2,\(Self.noon),S,A,1,9
      2,\(Self.noon),R,B,1,4
      3,\(Self.noon),R,B,1,4
      4,\(Self.noon),S,A,1,x

      """
    let told = try read(csv.utf8, mapping)
    #expect(
      told == [
        "1 sale - \(Self.noon) A 1800+deposit 100 cash 1900",
        "2 exchange - \(Self.noon) A 900+B -400", "3 return - \(Self.noon) B 400",
        "line 9, sum: `x` is no number (write plain digits: 12.50)",
      ])
    let negative = mapping.replacing("total: sum", with: "total: sum, sign: returns are negative")
    let turned = csv.replacing("R,B,1,4", with: "R,B,-1,-4")
    #expect(try read(turned.utf8, negative) == told)
    let one = try read(csv.utf8, mapping.replacing("exchange: mixed, ", with: ""))
    #expect(one.contains { $0.contains("add `exchange: mixed` to `kind:`") }, "\(one)")
  }

  @Test("Cards and receipts that a spreadsheet has cut are told, and nobody's are made of them")
  func cut() throws {
    let csv = """
      id,at,card,sum
      1,\(Self.noon),6.03571E+15,1
      2.02602E+11,\(Self.noon),C1,1
      2.02602E+11,\(Self.noon),C1,2
      3,\(Self.noon),"6,04E+15",1
      4,\(Self.noon),E+15,1

      """
    let told = try read(csv.utf8, Self.plain + "card: card\n")
    #expect(told.count == 4)
    for (line, place) in [(2, "card"), (3, "id"), (5, "card")] {
      #expect(
        told.contains { $0.hasPrefix("line \(line), \(place): a spreadsheet has cut") }, "\(told)")
    }
    let row = #"{"source":"s","id":"1","at":"2026-02-07T10:00:00Z","lines":[],"card":"1.2E+12"}"#
    #expect(problems(row).count == 1 && problems(row)[0].contains("a spreadsheet has cut"))
  }

  @Test("Goods that come back are no refund of a hold")
  func refund() {
    let row =
      #"{"source":"s","id":"1","kind":"refund","at":"2026-02-07T10:00:00Z","#
      + #""lines":[{"total":1}]}"#
    #expect(
      problems(row) == [
        "kind: a refund gives back what a hold took, and has no lines "
          + "(where goods come back it is a `return`)"
      ])
  }
}

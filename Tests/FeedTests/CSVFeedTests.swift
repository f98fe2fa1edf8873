import Feed
import Foundation
import Loyalty
import Testing
import YAML

/// A till's export: one row a line item.
private let till = """
  feed: till
  transaction: [shop, receipt]
  at: {column: time, format: M/d/yyyy h:mm a, zone: America/Chicago, take: earliest}
  card: card
  store: shop
  currency: {constant: USD}
  kind:
    return: {type: [R, Refund]}
    sale: otherwise
  leave out:
    - {type: starts with X}
    - {qty: less than 0, type: not R}
    - {price: 0.00, item: empty}
  attributes: {clerk shift: shift}
  line:
    sku: item
    quantity: qty
    price: price
    total: qty * price - coupon
    rounds: half-up
    sign: returns are negative
    discounts: [{kind: manufacturer, amount: coupon}]
    attributes: {colour: colour}
  """

private let head = "shop,receipt,time,card,type,item,qty,price,coupon,shift,colour\n"

private func mapping(_ text: String) -> (mapping: Mapping?, diagnostics: [Diagnostic]) {
  MappingReader.read(SourceFile(name: "till.yaml", text: text))
}

private let context = FeedContext(
  money: FeedContext.dollars.money, zone: .utc,
  zoneNamed: { $0 == "America/Chicago" ? FeedContext.dollars.zone : nil })

private func read(
  _ csv: some Sequence<UInt8>, _ text: String = till
) throws -> (rows: [SpooledRow], leftOut: Int) {
  let (mapping, diagnostics) = mapping(text)
  #expect(diagnostics.map(\.message) == [])
  return try withFile(csv) { path in
    let spool = try FileSpool.read(.file(path), .csv(try #require(mapping), context))
    var rows: [SpooledRow] = []
    try spool.batches(of: 3) { rows += $0 }
    return (rows, spool.leftOutCount)
  }
}

private func problems(_ rows: [SpooledRow]) -> [String] {
  rows.flatMap { row -> [String] in
    guard case .unreadable(_, _, _, let problems, _, _) = row else { return [] }
    return problems.map(\.description)
  }
}

@Suite("Reading a CSV by its mapping")
struct CSVFeedTests {
  @Test("What was laid aside and what came of it may have one id")
  func suspended() throws {
    let text = till.replacing(
      "attributes: {clerk shift", with: "suspended: [{type: P}]\nattributes: {clerk shift")
    let csv =
      head + """
        1,77,2/7/2026 12:05 PM,C1,P,A-1,2,1.25,0.00,,
        1,77,2/7/2026 12:09 PM,C1,S,A-1,2,1.25,0.00,,
        1,77,2/7/2026 12:09 PM,C1,S,A-2,1,5.00,0.00,,

        """
    let rows = try read(csv.utf8, text).rows
    let read = rows.compactMap { row -> Transaction? in
      guard case .transaction(let transaction, _, _, _) = row else { return nil }
      return transaction
    }
    #expect(read.map(\.isSuspended) == [true, false])
    #expect(read.map(\.id) == ["1/77", "1/77"])
    #expect(read.map(\.lines.count) == [1, 2])
  }

  @Test("Rows of one receipt are one transaction, even when they lie apart")
  func apart() throws {
    let csv =
      head + """
        1,77,2/7/2026 12:05 PM,C1,S,A-1,2,1.255,0.00,early,red
        2,77,2/7/2026 12:30 AM,,S,"B ""2"", big",1,5.00,,,
        1,77,2/7/2026 12:01 PM,C1,S,A-2,1,3.00,0.50,early,
        1,78,2/8/2026 9:00 AM,C1,X1,A-9,1,3.00,,,
        1,79,2/8/2026 9:00 AM,C1,S,A-9,-1,3.00,,,
        1,80,2/8/2026 9:00 AM,C1,R,A-1,-2,1.25,,,
        """
    let (rows, leftOut) = try read(csv.utf8)
    #expect(leftOut == 2)
    #expect(problems(rows) == [])
    let transactions = rows.compactMap { row in
      if case .transaction(let transaction, _, _, let line) = row {
        (transaction, line)
      } else {
        nil
      }
    }
    #expect(transactions.map(\.0.id) == ["2/77", "1/77", "1/80"])
    #expect(transactions.map(\.1) == [3, 2, 7])
    let sale = transactions[1].0
    #expect(sale.source == "till")
    #expect(sale.at == Instant(seconds: 1_770_487_260))
    #expect(sale.offset == -21_600)
    #expect(sale.cards == ["C1"])
    #expect(sale.attributes == [Attribute(name: "clerk shift", value: .text("early"))])
    #expect(sale.lines.map(\.total.minor) == [251, 250])
    #expect(sale.lines[0].price == 1_255_000)
    #expect(sale.lines[0].discounts.isEmpty)
    #expect(sale.lines[1].discounts == [.init(kind: .manufacturer, amount: Money(minor: 50))])
    #expect(transactions[0].0.lines[0].sku == "B \"2\", big")
    #expect(transactions[0].0.cards.isEmpty)
    let back = transactions[2].0
    #expect(back.kind == .return)
    #expect(back.lines[0].quantity == Quantity(2))
    #expect(back.lines[0].total == Money(minor: 250))
    #expect(back.lines[0].price == 1_250_000)
  }

  @Test("Tenders, coupons and the original come from columns, said alike or row by row")
  func parts() throws {
    let parts = """
      feed: till
      transaction: [shop, receipt]
      at: time
      partner: airline
      kind: {return: {of: starts with 9}, sale: otherwise}
      tenders:
        - {kind: payment, amount: paid}
        - {kind: {constant: gift-card}, amount: gift, per: line}
      coupons: [code 1, code 2]
      original: [shop, of]
      line: {sku: item, total: total, sign: returns are negative}
      """
    let csv = """
      shop,receipt,time,airline,of,payment,paid,gift,code 1,code 2,item,total
      1,1,2026-02-07T10:00:00Z,AA,,cash,7.50,1.00,X,,A,5.00
      1,1,2026-02-07T10:00:00Z,,,cash,7.5,0.5,Y,X,B,4.00
      1,2,2026-02-07T11:00:00Z,,91,cash,-5.00,0,,,A,-5.00
      1,3,2026-02-07T12:00:00Z,,,cash,1.00,,,,A,5.00
      1,3,2026-02-07T12:00:00Z,,,cash,2.00,,,,A,5.00

      """
    let (rows, _) = try read(csv.utf8, parts)
    let transactions = rows.compactMap { row in
      if case .transaction(let transaction, _, _, _) = row { transaction } else { nil }
    }
    #expect(transactions.map(\.id) == ["1/1", "1/2"])
    #expect(
      transactions[0].tenders == [
        .init(kind: "cash", amount: Money(minor: 750)),
        .init(kind: "gift-card", amount: Money(minor: 150)),
      ])
    #expect(transactions[0].coupons == ["X", "Y"])
    #expect(transactions[0].original == nil)
    #expect(
      transactions[0].attributes == [Attribute(name: "partner", value: .text("AA"))])
    #expect(transactions[1].kind == .return)
    #expect(transactions[1].original == .init(source: "till", id: "1/91"))
    #expect(transactions[1].tenders == [.init(kind: "cash", amount: Money(minor: 500))])
    #expect(
      problems(rows) == [
        "line 6, paid: the row says something else than the transaction's earlier rows "
          + "(say `per: line` in the mapping where rows have their own shares)"
      ])
  }

  @Test("One bad row makes its transaction bad and no other, told by line and column")
  func badRows() throws {
    let csv =
      head + """
        1,1,2/7/2026 12:05 PM,C1,S,A-1,2,1.25,,,
        1,2,2/7/2026 12:05 PM,C1,S,A-1,2,1.25,,,
        1,2,2/7/2026 13:05 PM,C1,S,A-1,two,1.25,,,
        1,3,2/7/2026 12:05 PM,C1,S,A-1,1,1,,
        1,4,2/7/2026 12:05 PM,C1,S,A-1,1,"1" x,,,
        1,5,2/7/2026 12:05 PM,C1,S,A-1,1,1,,,
        1,5,2/7/2026 12:05 PM,C2,S,A-1,1,1,,,
        1,6,2/7/2026 12:05 PM,C1,S,A-1,1,1,,,
        1,6,2/7/2026 12:05 PM,C1,R,A-1,1,1,,,
        ,,2/7/2026 12:05 PM,C1,S,A-1,1,1,,,
        1,7,2/7/2026 12:05 PM,C1,S,A-1,1,20000000000,,,
        1,8,2/7/2026 12:05 PM,C1,S,A-1,,,,,

        """
    let (rows, _) = try read(csv.utf8)
    #expect(rows.count == 9)
    #expect(
      problems(rows) == [
        "line 5: the row has 10 fields, the head 11 (check its quotes and delimiters)",
        "line 6: something stands behind a closing quote (double the quotes inside a quoted field)",
        "line 4, time: `2/7/2026 13:05 PM` is not of the form M/d/yyyy h:mm a "
          + "(name the file's form in the mapping: at: {format: …})",
        "line 4, qty: `two` is no number (write plain digits: 12.50)",
        "line 8, card: the row says something else than the transaction's earlier rows "
          + "(rows of one transaction agree in it, or are several transactions)",
        "line 10, kind: the row is of kind return, the transaction's first of sale "
          + "(one transaction has one kind; where sold and returned goods stand on one receipt, add "
          + "`exchange: mixed` to `kind:`)",
        "line 12, price: 20000000000 is beyond what an amount may be, 10000000000.00 "
          + "(check the decimal point)",
        "line 12, qty * price - coupon: 20000000000 is beyond what an amount may be, 10000000000.00 "
          + "(check the decimal point)",
        "line 13, qty * price - coupon: the field is missing "
          + "(send what the line came to after its discounts, without tax)",
        "line 11, shop: the cell is empty, and a transaction's id is made of it "
          + "(under `transaction:` name only columns that are filled in every row)",
        "line 11, receipt: the cell is empty, and a transaction's id is made of it "
          + "(under `transaction:` name only columns that are filled in every row)",
      ])
  }

  @Test("What is parked keeps the rows' own text")
  func parkedText() throws {
    let csv = head + "1,2,never,C1,S,\"A, 1\",2,1.25,,,\n1,2,never,C1,S,B,2,1.25,,,\n"
    guard case .unreadable(let text, "till", "1/2", _, 1, 2) = try read(csv.utf8).rows[0] else {
      Issue.record("it was read")
      return
    }
    #expect(text == "1,2,never,C1,S,\"A, 1\",2,1.25,,,\n1,2,never,C1,S,B,2,1.25,,,")
  }

  @Test("Rows without a part of their id are told, and no transaction is made of them")
  func emptyParts() throws {
    let csv =
      head + """
        1,,2/7/2026 12:05 PM,C1,S,A-1,2,1.25,0.00,,
        1,,2/7/2026 2:05 PM,C2,S,A-2,1,5.00,0.00,,
        ,7,2/7/2026 2:05 PM,C2,S,A-2,1,5.00,0.00,,

        """
    let rows = try read(csv.utf8).rows
    #expect(rows.count == 3)
    #expect(
      problems(rows).map { $0.prefix { $0 != ":" } } == [
        "line 2, receipt", "line 3, receipt", "line 4, shop",
      ], "\(problems(rows))")
  }

  @Test("A column's head that stands twice is told where it is used")
  func heads() throws {
    let text = "feed: f\ntransaction: invoice\nat: at\nline: {total: price}\n"
    let error = #expect(throws: FeedError.self) {
      try read("invoice,at,price,price,note,note\n".utf8, text)
    }
    #expect(
      error?.diagnostics.map { "\($0.place) \($0.message)" } == [
        "till.yaml:4:15 the file has more than one column `price`"
      ])
  }

  @Test("A file that ends inside a record is unfinished")
  func unfinished() {
    for end in ["1,2,2/7/2026 12:05 PM,C1", "1,2,2/7/2026 12:05 PM,C1,S,\"A"] {
      let error = #expect(throws: FeedError.self) { try read((head + end).utf8) }
      #expect(error?.code == .unfinished)
      #expect(error?.line == 2)
    }
  }

  @Test("Other delimiters, encodings, files without a head and line ends within quotes are read")
  func forms() throws {
    let text = """
      feed: old
      format: {delimiter: ";", encoding: windows-1252, columns: [id, at, sku, cents]}
      transaction: id
      at: {column: at, format: unix seconds}
      line: {sku: sku, total: cents / 100}
      """
    let csv =
      Array("1;1770480000;\"a\r\n".utf8) + [0xE9, 0x80, UInt8(ascii: "\"")]
      + Array(";1250\r\n\r\n2;1770480001; 5\" disc ;99".utf8)
    let (rows, _) = try read(csv, text)
    let sales = rows.compactMap { row in
      if case .transaction(let transaction, _, _, _) = row { transaction } else { nil }
    }
    #expect(sales.count == 1)
    #expect(sales.first?.lines.first?.sku == "5\" disc")
    #expect(sales.first?.lines.first?.total == Money(minor: 99))
    #expect(
      problems(rows) == ["line 1, sku: a control character stands in the text (leave it out)"])
  }

  @Test("Bytes that are no UTF-8 are told with the remedy")
  func notUTF8() throws {
    let (rows, _) = try read(
      Array((head + "1,1,2/7/2026 12:05 PM,C1,S,A").utf8) + [0xE9] + Array(",1,1,,,\n".utf8))
    #expect(
      problems(rows) == [
        "line 2: the row is not UTF-8 (save it as UTF-8, or name its encoding in the mapping: format: {encoding: windows-1252})"
      ])
  }
}

@Suite("Mapping files")
struct MappingTests {
  private func told(_ text: String) -> [String] {
    mapping(text).diagnostics.sorted { $0.place < $1.place }.map {
      "\($0.place.line):\($0.place.column) \($0.code) \($0.message); \($0.help ?? "")"
    }
  }

  @Test("A mapping tells all its mistakes with their places")
  func mistakes() {
    let text = """
      fed: till
      format: {delimiter: x, encoding: utf8}
      transaction: id
      at: {column: at, format: YYYY, take: last}
      leave out: [{qty: less than zero}]
      line: {total: a * * b, rounds: off, sign: minus, discounts: [{kind: shop, amount: c}]}
      """
    #expect(
      told(text) == [
        "1:1 M001 `fed` is no word of a mapping here; did you mean `feed`?",
        "2:21 M005 `x` is no delimiter; write \",\", \";\", \"|\" or tab",
        "2:34 M005 `utf8` is none of the words that may stand here; did you mean `utf-8`?",
        "4:26 M006 `YYYY` is no format of date and time; "
          + "write it so: yyyy-MM-dd HH:mm:ss, M/d/yyyy h:mm a, unix seconds",
        "4:38 M005 `last` is none of the words that may stand here; did you mean `latest`?",
        "5:19 M008 `less than zero` needs a number; write it so: less than 0",
        "6:15 M009 `a * * b` cannot be reckoned; "
          + "write a column, or columns and numbers with * / + - between blanks: quantity * price",
        "6:32 M005 `off` is no rounding; write down, half-up or up",
        "6:43 M005 `minus` is no sign; write `as is` or `returns are negative`",
        "6:69 M005 `shop` is none of the words that may stand here; "
          + "write one of: store, manufacturer, loyalty",
      ])
  }

  @Test("One kind for all rows is the word alone")
  func kindOfAllRows() {
    let head = "feed: f\ntransaction: id\nat: at\n"
    #expect(
      told(head + "kind: {constant: survey}\n") == [
        "4:8 M001 `constant` is no kind of transaction; "
          + "one kind for all rows is written `kind: survey`"
      ])
    #expect(
      told(head + "kind: {column: type}\n") == [
        "4:8 M001 `column` is no kind of transaction; say which cells mean which kind: "
          + "`kind: {return: {type: R}, sale: otherwise}`"
      ])
    #expect(told(head + "kind: survey\n") == [])
  }

  @Test("A column that the file does not have is told with the columns that it has")
  func columns() throws {
    let text = "feed: f\ntransaction: invoce\nat: at\nline: {total: qty * amount}\n"
    let error = #expect(throws: FeedError.self) {
      try read("invoice,at,qty,price\n".utf8, text)
    }
    #expect(
      error?.diagnostics.map { "\($0.place) \($0.message); \($0.help ?? "")" } == [
        "till.yaml:2:14 the file has no column `invoce`; "
          + "did you mean `invoice`? its columns are: invoice, at, qty, price",
        "till.yaml:4:15 the file has no column `amount`; its columns are: invoice, at, qty, price",
      ])
  }

  @Test("A zone that nobody knows is told")
  func zone() {
    let error = #expect(throws: FeedError.self) {
      try read(
        "id,at,sum\n".utf8,
        "feed: f\ntransaction: id\nat: {column: at, zone: Europe/Lodnon}\nline: {total: sum}\n")
    }
    #expect(error?.diagnostics.map(\.code) == ["M007"])
  }
}

@Suite("Loading members, products and stores")
struct RecordReaderTests {
  @Test("Members are read alike from NDJSON and from CSV")
  func members() throws {
    var expected = MemberRecord(member: "M1")
    expected.name = "王芳"
    expected.birthday = CivilDate("1990-05-20")
    expected.cards = ["1", "2"]
    expected.attributes = [Attribute(name: "skin", value: .text("dry"))]
    let json =
      #"{"member":"M1","name":"王芳","birthday":"1990-05-20","cards":["1","2"],"attributes":{"skin":"dry"}}"#
    let csv = "member,name,birthday,cards,attributes.skin,email\nM1,王芳,1990-05-20,1 2,dry,\n"
    for (text, format) in [(json, RecordReader.Format.ndjson), (csv, .csv)] {
      var read: [MemberRecord] = []
      try withFile(text.utf8) { path in
        try RecordReader.members(.file(path), format) { row in
          if case .record(let record, _) = row { read.append(record) }
        }
      }
      #expect(read == [expected])
    }
  }

  @Test("A row that is wrong is told, and the others go in")
  func wrong() throws {
    var told: [String] = []
    var stores: [String] = []
    try withFile("store,timezone,colour\nS1,Asia/Shanghai,\n,Asia/Shanghai,red\n".utf8) { path in
      try RecordReader.stores(.file(path), .csv) { row in
        switch row {
        case .record(let record, _): stores.append(record.store)
        case .unreadable(_, let problems, let line): told += problems.map { "\(line) \($0)" }
        }
      }
    }
    #expect(stores == ["S1"])
    #expect(
      told == [
        "3 colour: no such field is known (leave it out, or put it into `attributes`)",
        "3 store: the field is missing (send it)",
      ])
  }
}

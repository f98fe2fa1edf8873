import Feed
import Loyalty
import Testing

@Suite("Reading a transaction")
struct TransactionReaderTests {
  @Test("A sale with everything is read as it was written")
  func everything() throws {
    let sale = try #require(
      transaction(
        """
        {"source": "store-14", "id": "2026-02-07/3/0031", "kind": "sale", \
        "at": "2026-02-07T10:00:00-06:00", "store": "14", "register": "3", "channel": "store", \
        "salesperson": "8", "currency": "USD", "card": "6035710012345678", "lines": [{"line": 1, \
        "sku": "C-101", "category": "greeting-cards", "quantity": "3", "unit": "piece", \
        "price": "4.999", "total": "14.970", "discounts": [{"kind": "store", "amount": "0.00", \
        "funder": "acme"}], "tax": 1.20, "cost": "7.00", "attributes": {"type": "birthday", \
        "stars": 4.5, "new": true}}], "tenders": [{"kind": "card", "amount": "16.17"}], \
        "coupons": ["SPRING-4K7Q2M9X"], "training": false, "attributes": {}}
        """))
    var expected = Transaction(
      source: "store-14", id: "2026-02-07/3/0031", kind: .sale, at: Instant(seconds: 1_770_480_000),
      offset: -21_600)
    expected.store = "14"
    expected.register = "3"
    expected.channel = "store"
    expected.salesperson = "8"
    expected.cards = ["6035710012345678"]
    expected.tenders = [.init(kind: "card", amount: Money(minor: 1617))]
    expected.coupons = ["SPRING-4K7Q2M9X"]
    var line = TransactionLine(sku: "C-101", total: Money(minor: 1497))
    line.number = 1
    line.category = "greeting-cards"
    line.quantity = Quantity(3)
    line.price = 4_999_000
    line.discounts = [.init(kind: .store, amount: .zero, funder: "acme")]
    line.tax = Money(minor: 120)
    line.cost = Money(minor: 700)
    line.attributes = [
      Attribute(name: "type", value: .text("birthday")),
      Attribute(name: "stars", value: .number(ExactDecimal(units: 45, places: 1))),
      Attribute(name: "new", value: .boolean(true)),
    ]
    expected.lines = [line]
    #expect(sale == expected)
  }

  @Test("A partner is the attribute of that name, and stands once")
  func partner() throws {
    let sale = transaction(
      #"{"source":"s","id":"1","at":"2026-02-07T10:00Z","partner":"AA","lines":[]}"#)
    #expect(sale?.attributes == [Attribute(name: "partner", value: .text("AA"))])
    #expect(
      transaction(
        #"{"source":"s","id":"1","at":"2026-02-07T10:00Z","partner":"AA","lines":[],"#
          + #""attributes":{"partner":"AA"}}"#) == nil)
  }

  @Test("Patron's own sources are not a till's")
  func ownSources() throws {
    let row = #"{"source":"patron desk","id":"1","at":"2026-02-07T10:00Z","lines":[]}"#
    #expect(transaction(row) == nil)
    #expect(transaction(row.replacing("patron desk", with: "patronage")) != nil)
  }

  @Test(
    "A card is taken without the blanks and marks at its ends",
    arguments: [
      #""card":" C1  ""#, #""cards":["\u200bC1\ufeff","C 2\u00a0"]"#,
    ])
  func paddedCards(field: String) throws {
    let sale = try #require(
      transaction(#"{"source":"s","id":"1","at":"2026-01-01T08:00Z","lines":[],\#(field)}"#))
    #expect(sale.cards == (field.contains("cards") ? ["C1", "C 2"] : ["C1"]))
  }

  @Test("What is absent or null has the obvious default")
  func defaults() throws {
    let sale = try #require(
      transaction(
        """
        {"source": "s", "id": 7, "at": "2026-07-01T10:00", "store": null, "card": null,
         "lines": [{"quantity": 2, "price": "1.25"}, {"total": 3}]}
        """))
    #expect(sale.kind == .sale)
    #expect(sale.id == "7")
    #expect(sale.cards.isEmpty)
    #expect(sale.lines[0].total == Money(minor: 250))
    #expect(sale.lines[1].quantity == Quantity(1))
    #expect(sale.lines[1].total == Money(minor: 300))
    #expect(sale.offset == -18_000)
    #expect(sale.at == Instant(seconds: 1_782_918_000))
  }

  @Test("A time without an offset is the store's, and that of an unknown store the program's")
  func zones() {
    func at(_ store: String) -> Instant? {
      transaction(
        #"{"source":"s","id":"1","at":"2026-01-01T08:00","store":"\#(store)","lines":[]}"#)?.at
    }
    #expect(at("99") == Instant(seconds: 1_767_225_600))
    #expect(at("98") == Instant(seconds: 1_767_225_600 + 14 * 3600))
  }

  @Test("The original's source is the transaction's own where it names none, wherever it stands")
  func original() throws {
    let back = try #require(
      transaction(
        """
        {"original": {"id": "31"}, "kind": "return", "source": "s", "id": "32",
         "at": "2026-02-09T12:30:00Z"}
        """))
    #expect(back.original == Transaction.Original(source: "s", id: "31"))
    #expect(back.lines.isEmpty)
  }

  @Test("An event of the program has attributes and no lines")
  func event() throws {
    let survey = try #require(
      transaction(
        """
        {"source": "app", "id": "survey-88121", "kind": "survey", "at": "2026-02-10T08:00:00Z",
         "card": "6035710012345678", "attributes": {"stars": 5}}
        """))
    #expect(survey.kind == .event("survey"))
    #expect(survey.attributes == [Attribute(name: "stars", value: .number(ExactDecimal(units: 5)))])
  }

  @Test("Yen have no decimals, dinars three")
  func otherMoney() {
    func total(_ code: String, _ text: String) -> Int64? {
      var context = FeedContext.dollars
      context.money = MoneyUnit(code: code)!
      return transaction(
        #"{"source":"s","id":"1","at":"2026-01-01T08:00Z","lines":[{"total":"\#(text)"}]}"#, context
      )?
      .lines[0].total.minor
    }
    #expect(total("JPY", "100.00") == 100)
    #expect(total("JPY", "100.5") == nil)
    #expect(total("KWD", "1.234") == 1234)
  }

  @Test("A field may be named with escapes")
  func escapedName() {
    #expect(
      transaction(#"{"source":"s","\u0069d":"1","at":"2026-01-01T08:00Z","lines":[]}"#)?.id == "1")
  }
}

@Suite("Rows that are wrong")
struct WrongRowTests {
  /// A good sale with some fields instead of its own.
  private static func sale(_ fields: String) -> String {
    #"{"source":"s","id":"1","at":"2026-02-07T10:00:00Z",\#(fields)}"#
  }

  private static func line(_ fields: String) -> String {
    sale(#""lines":[{"total":1},{\#(fields)}]"#)
  }

  static let cases: [(String, [String])] = [
    ("", ["it ends too early, at byte 1 (send one JSON object)"]),
    ("[]", ["an object { } is missing, at byte 1 (send one JSON object)"]),
    (
      "{}",
      [
        "source: the field is missing (name the system or store that numbered it)",
        "id: the field is missing (send the number that is its own within the source)",
        "at: the field is missing (send the time at which it happened)",
        "lines: the field is missing (send the lines of the receipt, or [] where there are none)",
      ]
    ),
    (
      sale(#""lines":[],"chanel":"web""#),
      ["chanel: no such field is known (did you mean `channel`?)"]
    ),
    (
      sale(#""lines":[],"weather":{"rain":[1]}"#),
      ["weather: no such field is known (leave it out, or put it into `attributes`)"]
    ),
    (sale(#""lines":[],"id":"2""#), ["id: the field stands twice (leave one of them out)"]),
    (
      sale(#""lines":[],"store":"""#),
      ["store: the text is empty (leave the field out where there is nothing to say)"]
    ),
    (
      sale(#""lines":[],"store":1.5"#),
      ["store: a number stands where a text should (write it in quotes)"]
    ),
    (
      sale(#""lines":[],"store":["1"]"#),
      ["store: a list stands where a text should (write a text)"]
    ),
    (
      sale(#""lines":[],"store":"a\u0000b""#),
      ["store: a control character stands in the text (leave it out)"]
    ),
    (
      sale(#""lines":[],"store":"\#(String(repeating: "x", count: 201))""#),
      ["store: the text has more than 200 characters (send at most 200)"]
    ),
    (
      sale(#""lines":[],"training":"yes""#),
      ["training: a text stands where true or false should (write true or false)"]
    ),
    (sale(#""lines":{}"#), ["lines: an object stands where a list should (write a list)"]),
    (sale(#""lines":[7]"#), ["lines[0]: a number stands where an object should (write an object)"]),
    (
      sale(#""lines":[],"currency":"EUR""#),
      ["currency: the program's money is USD, not EUR (send the amounts in USD)"]
    ),
    (
      sale(#""lines":[],"currency":"usd""#),
      ["currency: `usd` is no currency of ISO 4217 (write USD)"]
    ),
    (
      sale(#""lines":[],"card":"1","cards":["2"]"#),
      ["card: `card` and `cards` stand side by side (write one of them)"]
    ),
    (
      sale(#""lines":[],"cards":[{}]"#),
      ["cards[0]: an object stands where a text should (write a text)"]
    ),
    (
      #"{"source":"s","id":"1","at":"07.02.2026 10:00","lines":[]}"#,
      ["at: `07.02.2026 10:00` is no date and time (write it so: 2026-02-07T10:00:00-06:00)"]
    ),
    (
      #"{"source":"s","id":"1","at":"2026-02-30T10:00","lines":[]}"#,
      ["at: `2026-02-30T10:00` is no date and time (write it so: 2026-02-07T10:00:00-06:00)"]
    ),
    (
      #"{"source":"s","id":"1","at":"2026-02-07","lines":[]}"#,
      ["at: the time of day is missing (write it so: 2026-02-07T10:00:00-06:00)"]
    ),
    (
      #"{"source":"s","id":"1","at":1770480000,"lines":[]}"#,
      [
        "at: a number stands where a text such as 2026-02-07T10:00:00-06:00 should "
          + "(write a text such as 2026-02-07T10:00:00-06:00)"
      ]
    ),
    (
      line(#""total":12.345"#),
      ["lines[1].total: 12.345 is finer than USD, which has 2 decimals (round it where it is sold)"]
    ),
    (
      line(#""total":1.2e3"#),
      ["lines[1].total: 1.2e3 has an exponent (write all digits: 1200, not 1.2e3)"]
    ),
    (
      line(#""total":"1,000.00""#),
      [
        "lines[1].total: 1,000.00 has a comma "
          + "(write a point before the decimals and nothing between thousands)"
      ]
    ),
    (line(#""total":"""#), ["lines[1].total: the number is empty (write plain digits: 12.50)"]),
    (line(#""total":"$5""#), ["lines[1].total: `$5` is no number (write plain digits: 12.50)"]),
    (
      line(#""total":true"#),
      ["lines[1].total: true or false stands where a number should (write a number)"]
    ),
    (
      line(#""total":10000000000.01"#),
      [
        "lines[1].total: 10000000000.01 is beyond what an amount may be, 10000000000.00 "
          + "(check the decimal point)"
      ]
    ),
    (
      line(#""total":99999999999999999999"#),
      ["lines[1].total: 99999999999999999999 has too many digits (send at most 18 digits)"]
    ),
    (
      line(#""quantity":0.1234567,"total":1"#),
      ["lines[1].quantity: 0.1234567 has more than 6 decimals (round it where it is sold)"]
    ),
    (
      line(#""quantity":10000001,"total":1"#),
      [
        "lines[1].quantity: 10000001 is beyond what a quantity may be, 10000000 (check the decimal point)"
      ]
    ),
    (
      line(#""price":0.1234567,"total":1"#),
      ["lines[1].price: 0.1234567 has more than 6 decimals (a price has at most 6)"]
    ),
    (
      line(#""line":1.5,"total":1"#),
      ["lines[1].line: 1.5 is no line number (number lines 1, 2, 3 …)"]
    ),
    (
      line(#""sku":"X""#),
      [
        "lines[1].total: the field is missing (send what the line came to after its discounts, without tax)"
      ]
    ),
    (
      line(#""quantity":0.333,"price":1.99"#),
      [
        "lines[1].total: the field is missing, and quantity times price is no even amount "
          + "(send what the line came to after its discounts, without tax)"
      ]
    ),
    (
      sale(#""lines":[],"card":" ""#),
      ["card: the text is empty (leave the field out where there is nothing to say)"]
    ),
    (
      sale(#""lines":[],"original":{"id":"7","of":1}"#),
      ["original.of: no such field is known (leave it out, or put it into `attributes`)"]
    ),
    (
      line(#""total":1,"totl":1"#),
      ["lines[1].totl: no such field is known (did you mean `total`?)"]
    ),
    (
      line(#""total":1,"discounts":[{"kind":"shop","amount":1}]"#),
      [
        "lines[1].discounts[0].kind: no kind of discount is called `shop` (write store, manufacturer or loyalty)"
      ]
    ),
    (
      line(#""total":1,"discounts":[{"kind":"store"}]"#),
      ["lines[1].discounts[0].amount: the field is missing (a discount has both)"]
    ),
    (
      line(#""total":1,"attributes":{"a":{"b":1}}"#),
      [
        "lines[1].attributes.a: an object stands where a text, a number, or true or false should "
          + "(write a text, a number, or true or false)"
      ]
    ),
    (
      line(#""total":1,"attributes":{"a":1,"a":2}"#),
      ["lines[1].attributes.a: the field stands twice (leave one of them out)"]
    ),
    (
      sale(#""lines":[{"line":1,"total":1},{"line":2,"total":1},{"line":1,"total":1}]"#),
      ["lines[2].line: two lines have the number 1 (number each line once, or none)"]
    ),
    (
      sale(#""lines":[],"tenders":[{"kind":"cash"},{"amount":1,"sum":2}]"#),
      [
        "tenders[0].amount: the field is missing (a tender has both)",
        "tenders[1].sum: no such field is known (leave it out, or put it into `attributes`)",
      ]
    ),
    (
      sale(#""kind":"return","lines":[{"total":-4.99}]"#),
      [
        "lines: the lines of a return come to less than nothing "
          + "(what comes back is positive in a return)"
      ]
    ),
    (
      sale(#""kind":"return""#),
      [
        "lines: the field is missing "
          + "(send the lines that came back, or the `original` of which all came back)"
      ]
    ),
    (
      sale(#""kind":"void""#),
      ["original: the field is missing (name the transaction that is voided)"]
    ),
    (
      sale(#""kind":"void","original":{"source":"s"}"#),
      ["original.id: the field is missing (send the id of the sale that it belongs to)"]
    ),
    (
      sale(#""lines":[{"total":"x","tax":"y"}],"stoer":1"#),
      [
        "lines[0].total: `x` is no number (write plain digits: 12.50)",
        "lines[0].tax: `y` is no number (write plain digits: 12.50)",
        "stoer: no such field is known (did you mean `store`?)",
      ]
    ),
  ]

  @Test("Each tells its field, reason and remedy, and all of them at once", arguments: cases)
  func wrong(text: String, expected: [String]) {
    #expect(problems(text) == expected)
  }

  @Test("Source and id are known where they could be read, however the row ends")
  func identity() {
    guard case .unreadable(let source, let id, _) = read(#"{"source":"s","id":"1","at":"#) else {
      Issue.record("the row was read")
      return
    }
    #expect(source == "s")
    #expect(id == "1")
  }

  @Test("5,000 lines are read, one more is refused")
  func manyLines() {
    func sale(_ count: Int) -> String {
      Self.sale(
        #""lines":[\#(Array(repeating: #"{"total":1}"#, count: count).joined(separator: ","))]"#)
    }
    #expect(transaction(sale(5000))?.lines.count == 5000)
    #expect(
      problems(sale(5001)) == [
        "lines: 5001 lines are more than the 5000 that one transaction may have (send it in parts)"
      ])
  }

  @Test("Random damage to a row never traps and never passes unseen as another row (printed seed)")
  func damage() {
    var random = Seeded.printed()
    let good = Array(
      Self.sale(#""lines":[{"sku":"é","total":1.50,"attributes":{"a":1}}],"card":"12""#).utf8)
    for _ in 0..<3000 {
      var bytes = good
      for _ in 0...random.below(3) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      var reader = TransactionReader(.dollars)
      _ = reader.read(bytes)
      _ = reader.read(Array(bytes.prefix(random.below(bytes.count))))
    }
  }
}

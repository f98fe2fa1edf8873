import Feed
import Foundation
import Loyalty
import Testing

/// The retail industry's XML, in the dialects that tills write.
@Suite struct POSLogTests {
  /// What became of a file.
  struct Read {
    var transactions: [Transaction] = []
    var problems: [String] = []
    var leftOut = 0

    var first: Transaction? { transactions.first }
  }

  static func read(bytes: [UInt8]) throws -> Read {
    let path = FileManager.default.temporaryDirectory.path + "/poslog-\(UUID().uuidString).xml"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let context = FeedContext(money: try #require(MoneyUnit(code: "USD")), zone: .utc)
    let spool = try FileSpool.read(.file(path), .poslog(context))
    var read = Read(leftOut: spool.leftOutCount)
    try spool.batches(of: 100) { rows in
      for row in rows {
        switch row {
        case .transaction(let transaction, _, _, _): read.transactions.append(transaction)
        case .unreadable(_, _, let id, let problems, _, let line):
          read.problems += problems.map { "\(line) \(id ?? "-"): \($0)" }
        }
      }
    }
    return read
  }

  static func read(_ transactions: String...) throws -> Read {
    let text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <!-- a day -->
      <POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/"
        xmlns:v="http://till.example/">
      \(transactions.joined(separator: "\n"))
      </POSLog>

      """
    return try read(bytes: Array(text.utf8))
  }

  /// A transaction of register 3 with what stands in it.
  static func transaction(
    _ number: Int, _ inner: String, attributes: String = "", kind: String = "RetailTransaction",
    status: String = ""
  ) -> String {
    """
    <Transaction\(attributes)><RetailStoreID>9</RetailStoreID><WorkstationID>3</WorkstationID>
    <SequenceNumber>\(number)</SequenceNumber><BusinessDayDate>2026-03-01</BusinessDayDate>
    <EndDateTime>2026-03-02T00:15:25</EndDateTime><OperatorID>91</OperatorID>
    <CurrencyCode>USD</CurrencyCode><\(kind)\(status)>\(inner)</\(kind)></Transaction>
    """
  }

  static func item(
    _ number: Int, _ sku: String, _ amount: String, _ more: String = "", void: Bool = false,
    kind: String = "Sale", quantity: String = "<Quantity>1</Quantity>", weighed: Bool = false
  ) -> String {
    """
    <LineItem\(void ? " VoidFlag=\"true\"" : "")\(weighed ? " v:weightItem=\"true\"" : "")>\
    <SequenceNumber>\(number)</SequenceNumber><\(kind) ItemType="Stock"><ItemID>\(sku)</ItemID>\
    <MerchandiseHierarchy Level="Department">produce</MerchandiseHierarchy>\
    <ExtendedAmount>\(amount)</ExtendedAmount>\(quantity)\
    <v:OperatorSequence>\(number)</v:OperatorSequence>\(more)</\(kind)></LineItem>
    """
  }

  static func tender(_ kind: String, _ amount: String, _ more: String = "") -> String {
    "<LineItem><Tender TenderType=\"\(kind)\"><Amount>\(amount)</Amount>\(more)</Tender></LineItem>"
  }

  static func tax(_ amount: String) -> String {
    "<LineItem><Tax v:TaxID=\"1\"><Amount>\(amount)</Amount></Tax></LineItem>"
  }

  static func total(_ amount: String) -> String {
    "<Total TotalType=\"TransactionGrandAmount\">\(amount)</Total>"
  }

  static func reward(_ promotion: String, _ off: String, detail: Bool, line: Int = 0) -> String {
    let flag = detail ? "v:detailedData" : "v:summarizedActivity"
    return """
      <LineItem><LoyaltyReward \(flag)="true"><PromotionID>\(promotion)</PromotionID>\
      <v:RewardCategory>Monetary</v:RewardCategory>\
      <v:ExtendedRewardAmount>\(off)</v:ExtendedRewardAmount>\
      <v:OperatorSequenceReference>\(line)</v:OperatorSequenceReference></LoyaltyReward></LineItem>
      """
  }

  @Test func `a sale with its key, clock, business day, card and tenders`() throws {
    let member =
      "<LineItem><LoyaltyMembership><LoyaltyID>603500</LoyaltyID></LoyaltyMembership></LineItem>"
    let read = try Self.read(
      Self.transaction(
        114,
        Self.item(1, "A", "3.49") + Self.item(2, "B", "6.51") + member + Self.tax("1.00")
          + Self.tender("Cash", "20.00")
          + Self.tender("Cash", "-9.00", "<TenderChange><Amount>-9.00</Amount></TenderChange>")
          + Self.total("11.00")))
    let sale = try #require(read.first)
    #expect(read.problems == [])
    #expect(sale.source == "poslog" && sale.id == "9/3/2026-03-01/114" && sale.kind == .sale)
    #expect(sale.at.text(offset: 0) == "2026-03-02T00:15:25Z")
    #expect(
      sale.attributes == [Attribute(name: "business-day", value: .text("2026-03-01"))])
    #expect(sale.store == "9" && sale.register == "3" && sale.salesperson == "91")
    #expect(sale.cards == ["603500"])
    #expect(sale.lines.map(\.sku) == ["A", "B"] && sale.lines.map(\.number) == [1, 2])
    #expect(sale.lines.map(\.category) == ["produce", "produce"])
    #expect(sale.lines.map(\.total.minor) == [349, 651])
    #expect(sale.lines.map(\.tax.minor) == [34, 66], "a receipt's tax goes to its lines")
    #expect(sale.tenders.map(\.amount.minor) == [2000, -900])
  }

  @Test func `weighed goods have their exact quantity and a unit`() throws {
    let pounds = "<Quantity UnitOfMeasureCode=\"LB\">0.65</Quantity>"
    let each = "<Quantity UnitOfMeasureCode=\"EA\">2</Quantity>"
    let sale = try #require(
      try Self.read(
        Self.transaction(
          1,
          Self.item(1, "A", "5.84", quantity: pounds) + Self.item(2, "B", "4.00", quantity: each)
            + Self.item(3, "C", "1.00", quantity: "<Quantity>1.000</Quantity>", weighed: true)
            + Self.total("10.84"))
      ).first)
    #expect(sale.lines.map(\.unit) == ["LB", nil, "weight"])
    #expect(sale.lines.map(\.quantity.description) == ["0.65", "2", "1"])
  }

  @Test func `voided lines were not bought, however they are written`() throws {
    let minus = "<Quantity>-1</Quantity>"
    let read = try Self.read(
      // As its opposite, and flagged itself.
      Self.transaction(
        1,
        Self.item(1, "A", "3.00") + Self.item(2, "B", "4.00") + Self.item(3, "B", "4.00")
          + Self.item(4, "B", "-4.00", void: true, quantity: minus) + Self.total("7.00")),
      Self.transaction(
        2, Self.item(1, "A", "3.00") + Self.item(2, "B", "4.00", void: true) + Self.total("3.00")),
      // All of it.
      Self.transaction(
        3,
        Self.item(1, "A", "3.00") + Self.item(2, "A", "-3.00", void: true, quantity: minus)
          + Self.total("0.00")))
    #expect(read.problems == [])
    #expect(read.transactions.map { $0.lines.map(\.sku) } == [["A", "B"], ["A"]])
    #expect(read.leftOut == 1)
  }

  @Test func `a reward in detail and in summary is taken once, on its lines`() throws {
    let lines = Self.item(1, "A", "10.00") + Self.item(2, "B", "20.00")
    let read = try Self.read(
      Self.transaction(
        1,
        lines + Self.reward("77", "-1.00", detail: true, line: 1)
          + Self.reward("77", "-2.00", detail: true, line: 2)
          + Self.reward("77", "-3.00", detail: false) + Self.total("27.00")),
      // Without its details.
      Self.transaction(
        2, lines + Self.reward("77", "-3.01", detail: false) + Self.total("26.99")),
      // The lines' own amounts know it already: the total tells.
      Self.transaction(
        3, lines + Self.reward("77", "-3.00", detail: false) + Self.total("30.00")),
      // A message and an offer take nothing off.
      Self.transaction(
        4,
        lines
          + """
          <LineItem><LoyaltyReward><PromotionID>5</PromotionID><v:RewardCategory>Other\
          </v:RewardCategory><v:ExtendedRewardAmount>4</v:ExtendedRewardAmount></LoyaltyReward>\
          </LineItem>
          """ + Self.total("30.00")))
    #expect(read.problems == [])
    #expect(
      read.transactions.map { $0.lines.map(\.total.minor) } == [
        [900, 1800], [900, 1799], [1000, 2000], [1000, 2000],
      ])
    let loyalty = read.transactions.map { transaction in
      transaction.lines.flatMap(\.discounts).filter { $0.kind == .loyalty }.map(\.amount.minor)
    }
    #expect(loyalty == [[100, 200], [100, 201], [100, 200], []])
  }

  @Test func `price modifiers tell discounts that the line has taken off`() throws {
    let modifiers = """
      <RetailPriceModifier><Amount Action="Subtract">0.50</Amount></RetailPriceModifier>\
      <RetailPriceModifier MethodCode="Coupon"><Amount Action="Subtract">0.30</Amount>\
      <Coupon TypeCode="Manufacturer"><ScanCode>5555</ScanCode></Coupon></RetailPriceModifier>\
      <RetailPriceModifier MethodCode="Loyalty"><Amount>0.20</Amount>\
      <PromotionID>77</PromotionID></RetailPriceModifier>
      """
    let sale = try #require(
      try Self.read(
        Self.transaction(
          1,
          Self.item(1, "A", "9.00", modifiers) + Self.item(2, "B", "1.00")
            + Self.reward("77", "-0.20", detail: false) + Self.total("10.00"))
      ).first)
    #expect(sale.lines.map(\.total.minor) == [900, 100])
    #expect(sale.lines[0].discounts.map(\.kind) == [.store, .manufacturer, .loyalty])
    #expect(sale.lines[0].discounts.map(\.amount.minor) == [50, 30, 20])
    #expect(sale.coupons == [], "a manufacturer's coupon is none of the program's")
  }

  @Test func `a discount of the whole receipt is spread, and the receipt's total decides`() throws {
    let lines = Self.item(1, "A", "10.00") + Self.item(2, "B", "20.00")
    let named = "<ExtendedDiscountAmount>2.00</ExtendedDiscountAmount>"
    let read = try Self.read(
      Self.transaction(
        1,
        lines + "<LineItem><Discount><Amount>3.00</Amount></Discount></LineItem>"
          + Self.total("27.00")),
      Self.transaction(2, Self.item(1, "A", "10.00", named) + Self.total("10.00")),
      Self.transaction(3, Self.item(1, "A", "10.00", named) + Self.total("8.00")),
      // Prices that hold their tax.
      Self.transaction(4, Self.item(1, "A", "11.90") + Self.tax("1.90") + Self.total("11.90")))
    #expect(read.problems == [])
    let totals = read.transactions.map { $0.lines.map(\.total.minor) }
    #expect(totals == [[900, 1800], [1000], [800], [1000]])
    #expect(read.transactions[1].lines[0].discounts.map(\.amount.minor) == [200])
  }

  @Test func `returns, exchanges and their receipts`() throws {
    func link(_ number: Int, _ more: String = "") -> String {
      """
      <TransactionLink><WorkstationID>1</WorkstationID><SequenceNumber>\(number)</SequenceNumber>\
      <BusinessDayDate>2026-02-27</BusinessDayDate>\(more)</TransactionLink>
      """
    }
    let second = "<LineItemSequenceNumber>2</LineItemSequenceNumber>"
    let read = try Self.read(
      Self.transaction(
        1, Self.item(1, "A", "5.00", link(7, second), kind: "Return") + Self.total("-5.00")),
      Self.transaction(2, Self.item(1, "A", "-5.00", kind: "Return") + Self.total("-5.00")),
      Self.transaction(
        3,
        Self.item(1, "A", "5.00", link(7), kind: "Return") + Self.item(2, "B", "12.00")
          + Self.total("7.00")),
      Self.transaction(
        4,
        Self.item(1, "A", "5.00", link(7), kind: "Return")
          + Self.item(2, "B", "5.00", link(8), kind: "Return") + Self.total("-10.00")))
    #expect(read.transactions.map(\.kind) == [.return, .return, .exchange])
    let (known, blind, mixed) = (
      read.transactions[0], read.transactions[1], read.transactions[2]
    )
    #expect(known.original == Transaction.Original(source: "poslog", id: "9/1/2026-02-27/7"))
    #expect(known.lines.map(\.number) == [2] && known.lines.map(\.total.minor) == [500])
    #expect(blind.original == nil && blind.lines.map(\.total.minor) == [500])
    #expect(mixed.lines.map(\.total.minor) == [-500, 1200])
    #expect(mixed.lines.map(\.quantity.description) == ["-1", "1"])
    #expect(mixed.original?.id == "9/1/2026-02-27/7")
    #expect(read.problems.count == 1)
    #expect(read.problems[0].contains("lines of 2 receipts come back at once"))
  }

  @Test func `a void names what it takes back`() throws {
    let link = "<TransactionLink ReasonCode=\"PostVoid\"><SequenceNumber>7</SequenceNumber>"
    let read = try Self.read(
      Self.transaction(1, Self.item(1, "A", "5.00") + link + "</TransactionLink>"),
      Self.transaction(
        2, "<PostVoid><SequenceNumber>8</SequenceNumber></PostVoid>", kind: "ControlTransaction"),
      Self.transaction(
        3,
        "<VoidedTransaction><TransactionLink><SequenceNumber>9</SequenceNumber>"
          + "</TransactionLink></VoidedTransaction>"))
    #expect(read.problems == [])
    #expect(read.transactions.map(\.kind) == [.void, .void, .void])
    #expect(
      read.transactions.map { $0.original?.id } == [
        "9/3/2026-03-01/7", "9/3/2026-03-01/8", "9/3/2026-03-01/9",
      ])
  }

  @Test func `what no customer did is left out, and training is told`() throws {
    let line = Self.item(1, "A", "5.00")
    let read = try Self.read(
      Self.transaction(1, "<NoSale>x</NoSale>", kind: "ControlTransaction"),
      Self.transaction(2, line, attributes: " CancelFlag=\"true\""),
      Self.transaction(3, line, status: " TransactionStatus=\"Suspended\""),
      Self.transaction(4, line, attributes: " TrainingModeFlag=\"true\""))
    #expect(read.leftOut == 3 && read.problems == [])
    #expect(read.transactions.map(\.isTraining) == [true])
  }

  @Test func `what does not come to its total is parked with both figures`() throws {
    let read = try Self.read(
      Self.transaction(
        1,
        Self.item(1, "A", "5.00") + "<LineItem><Fee><Amount>1.00</Amount></Fee></LineItem>"
          + Self.total("6.00")),
      Self.transaction(2, Self.item(1, "A", "five") + Self.total("5.00")),
      Self.transaction(3, Self.item(1, "A", "5.00") + Self.total("5.00")))
    #expect(read.transactions.map(\.id) == ["9/3/2026-03-01/3"])
    #expect(read.problems.count == 2)
    #expect(
      read.problems[0].contains("come to 5.00, the receipt's total is 6.00; not read: Fee"),
      "\(read.problems)")
    #expect(read.problems[0].hasPrefix("5 9/3/2026-03-01/1: "))
    #expect(read.problems[1].contains("LineItem[0].Sale.ExtendedAmount: `five` is no number"))
  }
}

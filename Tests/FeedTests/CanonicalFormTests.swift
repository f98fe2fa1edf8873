import Feed
import Loyalty
import Testing

@Suite("The canonical form")
struct CanonicalFormTests {
  private func digest(_ text: String) -> [UInt8]? {
    var form = CanonicalForm()
    return transaction(text).map { form.digest(of: $0) }
  }

  private func isSame(_ first: String, _ second: String) -> Bool? {
    guard let first = digest(first), let second = digest(second) else { return nil }
    return first == second
  }

  private func sale(_ lines: String, at: String = "2026-02-07T10:00:00-06:00") -> String {
    #"{"source":"s","id":"1","at":"\#(at)","lines":[\#(lines)]}"#
  }

  @Test("Key order, the spelling of decimals, units and offsets, nulls and defaults do not matter")
  func spelling() {
    let plain = sale(#"{"sku":"A","quantity":1,"total":"1.50"}"#)
    for other in [
      #"{"lines":[{"total":1.5,"sku":"A"}],"at":"2026-02-07T16:00:00Z","id":"1","source":"s"}"#,
      sale(
        #"{"total":"1.500","unit":"piece","quantity":"1.000","sku":"\u0041","tax":0,"cost":null}"#),
      sale(#"{"sku":"A","total":1.5}"#, at: "2026-02-07 10:00"),
      #"{"source":"s","id":1,"kind":"sale","currency":"USD","training":false,"coupons":[],"at":"2026-02-08T00:00+08:00","lines":[{"line":0,"sku":"A","total":1.5,"attributes":{}}]}"#,
    ] {
      #expect(isSame(plain, other) == true, "\(other)")
    }
  }

  @Test("Lines without numbers have no order, but how often each stands counts")
  func unnumbered() {
    let (a, b) = (#"{"sku":"A","total":1}"#, #"{"sku":"B","total":2}"#)
    #expect(isSame(sale(a + "," + b), sale(b + "," + a)) == true)
    #expect(
      isSame(sale([a, a, b].joined(separator: ",")), sale([a, b, b].joined(separator: ",")))
        == false)
  }

  @Test("Lines with numbers go by them")
  func numbered() {
    let (a, b) = (#"{"line":1,"sku":"A","total":1}"#, #"{"line":2,"sku":"B","total":2}"#)
    let swapped = #"{"line":2,"sku":"A","total":1},{"line":1,"sku":"B","total":2}"#
    #expect(isSame(sale(a + "," + b), sale(b + "," + a)) == true)
    #expect(isSame(sale(a + "," + b), sale(swapped)) == false)
  }

  @Test("Shuffling whatever has no order keeps the digest (printed seed)")
  func shuffled() {
    var maker = TransactionMaker(random: .printed())
    var form = CanonicalForm()
    for _ in 0..<500 {
      let transaction = maker.transaction()
      var other = transaction
      other.offset += 3600
      other.lines.shuffle(using: &maker.random)
      other.tenders.shuffle(using: &maker.random)
      other.attributes.shuffle(using: &maker.random)
      for index in other.lines.indices {
        other.lines[index].attributes.shuffle(using: &maker.random)
        other.lines[index].discounts.shuffle(using: &maker.random)
      }
      #expect(form.digest(of: transaction) == form.digest(of: other))
      #expect(form.digest(of: transaction).count == CanonicalForm.digestLength)
    }
  }

  /// Every field of a transaction and of what lies in it.
  static let changes: [@Sendable (inout Transaction) -> Void] = [
    { $0.source += "x" }, { $0.id += "x" }, { $0.kind = .event("other") },
    { $0.at.microseconds += 1 }, { $0.isLocal.toggle() }, { $0.store = ($0.store ?? "") + "x" },
    { $0.register = ($0.register ?? "") + "x" }, { $0.channel = ($0.channel ?? "") + "x" },
    { $0.salesperson = ($0.salesperson ?? "") + "x" }, { $0.currency = ($0.currency ?? "") + "x" },
    { $0.cards.append("x") }, { $0.coupons.append("x") }, { $0.isTraining.toggle() },
    { $0.original = .init(source: "x", id: $0.original?.id ?? "") },
    { $0.original = .init(source: $0.original?.source ?? "", id: "x") },
    { $0.attributes.append(Attribute(name: "x", value: .boolean(true))) },
    { $0.tenders.append(.init(kind: "x", amount: .zero)) },
    { $0.tenders[0].kind += "x" }, { $0.tenders[0].amount.minor += 1 },
    { $0.lines.removeLast() }, { $0.lines.append($0.lines[0]) }, { $0.lines[0].number += 100 },
    { $0.lines[0].sku += "x" }, { $0.lines[0].category = ($0.lines[0].category ?? "") + "x" },
    { $0.lines[0].quantity.millionths += 1 }, { $0.lines[0].unit = ($0.lines[0].unit ?? "") + "x" },
    { $0.lines[0].price = ($0.lines[0].price ?? -1) + 1 }, { $0.lines[0].total.minor += 1 },
    { $0.lines[0].tax.minor += 1 },
    { $0.lines[0].cost = Money(minor: ($0.lines[0].cost?.minor ?? -1) + 1) },
    { $0.lines[0].discounts.append(.init(kind: .loyalty, amount: .zero)) },
    { $0.lines[0].discounts[0].amount.minor += 1 },
    { $0.lines[0].discounts[0].funder = ($0.lines[0].discounts[0].funder ?? "") + "x" },
    { $0.lines[0].attributes.append(Attribute(name: "x", value: .text(""))) },
    { $0.lines[0].attributes[0].value = .text("1") },
    { $0.lines[0].attributes[0].value = .number(ExactDecimal(units: 987_654)) },
  ]

  @Test("Changing any field changes the digest (printed seed)")
  func changed() {
    var maker = TransactionMaker(random: .printed())
    var form = CanonicalForm()
    for _ in 0..<50 {
      var transaction = maker.transaction()
      var line = maker.line(1)
      line.discounts.append(.init(kind: .store, amount: Money(minor: 7)))
      line.attributes.append(Attribute(name: "y", value: .boolean(false)))
      transaction.lines.insert(line, at: 0)
      transaction.tenders.append(.init(kind: "cash", amount: Money(minor: 5)))
      let digest = form.digest(of: transaction)
      for (index, change) in Self.changes.enumerated() {
        var other = transaction
        change(&other)
        #expect(form.digest(of: other) != digest, "change \(index)")
      }
    }
  }

  @Test("The form stays as it is: digests are stored")
  func golden() {
    let bytes = CanonicalForm.bytes(
      of: transaction(
        #"{"source":"s","id":"1","at":"1970-01-01T00:00:00Z","lines":[{"sku":"A","total":1}]}"#)!)
    #expect(
      bytes == [
        1, 1, 115, 1, 49, 4, 115, 97, 108, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 65, 0,
        128,
        137, 122, 0, 0, 200, 1, 0, 0, 0, 0, 0, 0,
      ])
  }
}

@Suite("Keeping transactions")
struct TransactionCodecTests {
  @Test("What is encoded is decoded the same (printed seed)")
  func codec() {
    var maker = TransactionMaker(random: .printed())
    for _ in 0..<500 {
      let transaction = maker.transaction()
      #expect(TransactionCodec.decode(TransactionCodec.encode(transaction)) == transaction)
    }
  }

  @Test("What is written as JSON is read the same (printed seed)")
  func writer() {
    var maker = TransactionMaker(random: .printed())
    for _ in 0..<500 {
      let transaction = maker.transaction()
      let bytes = TransactionWriter.bytes(of: transaction, FeedContext.dollars.money)
      var reader = TransactionReader(.dollars)
      #expect(
        reader.read(bytes) == .transaction(transaction), "\(String(decoding: bytes, as: UTF8.self))"
      )
    }
  }
}

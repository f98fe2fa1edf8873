import JSON
import Loyalty

extension FieldReader {
  mutating func quantity(_ field: String) throws(JSONError) -> Quantity? {
    guard let decimal = try decimal(field) else { return nil }
    if let quantity = NumberRule.quantity(decimal) { return quantity }
    add(NumberRule.quantityFault(decimal), field)
    return nil
  }

  mutating func price(_ field: String) throws(JSONError) -> Int64? {
    guard let decimal = try decimal(field) else { return nil }
    if let price = NumberRule.price(decimal, money) { return price }
    add(NumberRule.priceFault(decimal, money), field)
    return nil
  }

  mutating func lineNumber(_ field: String) throws(JSONError) -> Int32? {
    guard let decimal = try decimal(field) else { return nil }
    guard let number = decimal.exactly(places: 0), (0...999_999_999).contains(number) else {
      add(.badNumber, field, "\(decimal) is no line number", "number lines 1, 2, 3 …")
      return nil
    }
    return Int32(number)
  }

  /// The place of a time's text; it is read when the store is known.
  mutating func time(_ field: String) throws(JSONError) -> JSONText? {
    switch try json.kind() {
    case .text: return try json.text()
    case .null:
      _ = try json.takesNull()
      return nil
    default:
      try refuse(field, wanted: "a text such as 2026-02-07T10:00:00-06:00")
      return nil
    }
  }

  /// Nil where it is the program's own.
  mutating func currency(_ field: String) throws(JSONError) -> String? {
    guard let code = try text(field), code != money.code else { return nil }
    if MoneyUnit(code: code) == nil {
      let near =
        code.uppercased() == money.code
        ? "write \(money.code)" : "write three capitals: \(money.code)"
      add(.badValue, field, "`\(Shown.text(code))` is no currency of ISO 4217", near)
    } else {
      add(
        .otherCurrency, field, "the program's money is \(money.code), not \(code)",
        "send the amounts in \(money.code)")
    }
    return nil
  }

  mutating func card(_ field: String) throws(JSONError) -> String? {
    guard let text = try text(field) else { return nil }
    if let card = TextRule.bare(text) { return card }
    add(TextRule.empty, field)
    return nil
  }

  mutating func cards(_ field: String) throws(JSONError) -> [String] {
    try texts(field, limit: FeedLimit.cards).compactMap { text in
      if let card = TextRule.bare(text) { return card }
      add(TextRule.empty, field)
      return nil
    }
  }

  mutating func texts(_ field: String, limit: Int) throws(JSONError) -> [String] {
    guard try beginsList(field) else { return [] }
    var texts: [String] = []
    var count = 0
    while try json.nextElement() {
      if count < limit, let text = try text("\(field)[\(count)]") { texts.append(text) }
      if count >= limit { try json.skipValue() }
      count += 1
    }
    if count > limit { add(.tooMany, field, "\(count) are more than the \(limit) allowed") }
    return texts
  }
}

extension FieldReader {
  /// Reads an object of few fields: `read` takes a field's value by its place in `names`.
  mutating func object(
    _ names: [String], _ read: (inout FieldReader, Int) throws(JSONError) -> Void
  ) throws(JSONError) {
    try json.beginObject()
    var seen: UInt32 = 0
    while let name = try json.nextName() {
      guard let index = place(of: name, in: names) else {
        try unknown(name, among: names)
        continue
      }
      guard seen & 1 << UInt32(index) == 0 else {
        try standsTwice(names[index])
        continue
      }
      seen |= 1 << UInt32(index)
      try read(&self, index)
    }
  }

  /// The first byte tells most names apart.
  private func place(of name: JSONText, in names: [String]) -> Int? {
    let bytes = json.utf8(name)
    return names.firstIndex { known in
      known.utf8.count == bytes.count && known.utf8.first == bytes.first
        && known.utf8.elementsEqual(bytes)
    }
  }

  private static let originalNames = ["source", "id"]
  private static let tenderNames = ["kind", "amount"]
  private static let discountNames = ["kind", "amount", "funder"]

  mutating func original(_ field: String) throws(JSONError) -> (source: String?, id: String)? {
    guard try json.kind() == .object else {
      _ = try beginsObject(field)
      return nil
    }
    var source: String?
    var id: String?
    let before = problems.count
    try object(FieldReader.originalNames) { row, index throws(JSONError) in
      if index == 0 {
        source = try row.text("original.source")
      } else {
        id = try row.text("original.id")
      }
    }
    for place in problems.indices[before...] where !problems[place].field.hasPrefix("original.") {
      problems[place].field = "original." + problems[place].field
    }
    if id == nil, problems.count == before {
      add(
        .missing, "original.id", "the field is missing",
        "send the id of the sale that it belongs to")
    }
    return id.map { (source, $0) }
  }

  mutating func tenders(_ field: String) throws(JSONError) -> [Transaction.Tender] {
    guard try beginsList(field) else { return [] }
    var tenders: [Transaction.Tender] = []
    path.list = "tenders"
    path.index = 0
    while try json.nextElement() {
      if path.index >= FeedLimit.tenders {
        try json.skipValue()
      } else if let tender = try tender() {
        tenders.append(tender)
      }
      path.index += 1
    }
    let count = path.index
    path = Path()
    if count > FeedLimit.tenders {
      add(.tooMany, field, "\(count) are more than the \(FeedLimit.tenders) allowed")
    }
    return tenders
  }

  private mutating func tender() throws(JSONError) -> Transaction.Tender? {
    guard try json.kind() == .object else {
      try refuse("", wanted: "an object")
      return nil
    }
    var kind: String?
    var amount: Money?
    let before = problems.count
    try object(FieldReader.tenderNames) { row, index throws(JSONError) in
      if index == 0 { kind = try row.text("kind") } else { amount = try row.amount("amount") }
    }
    guard let kind, let amount else {
      if problems.count == before {
        add(.missing, kind == nil ? "kind" : "amount", "the field is missing", "a tender has both")
      }
      return nil
    }
    return Transaction.Tender(kind: kind, amount: amount)
  }

  mutating func discounts(_ field: String) throws(JSONError) -> [TransactionLine.Discount] {
    guard try beginsList(field) else { return [] }
    var discounts: [TransactionLine.Discount] = []
    path.innerList = "discounts"
    path.innerIndex = 0
    while try json.nextElement() {
      if path.innerIndex >= FeedLimit.discounts {
        try json.skipValue()
      } else if let discount = try discount() {
        discounts.append(discount)
      }
      path.innerIndex += 1
    }
    let count = path.innerIndex
    path.innerList = nil
    if count > FeedLimit.discounts {
      add(.tooMany, field, "\(count) are more than the \(FeedLimit.discounts) allowed")
    }
    return discounts
  }

  private mutating func discount() throws(JSONError) -> TransactionLine.Discount? {
    guard try json.kind() == .object else {
      try refuse("", wanted: "an object")
      return nil
    }
    var kind: TransactionLine.Discount.Kind?
    var amount: Money?
    var funder: String?
    let before = problems.count
    try object(FieldReader.discountNames) { row, index throws(JSONError) in
      switch index {
      case 0: kind = try row.discountKind()
      case 1: amount = try row.amount("amount")
      default: funder = try row.text("funder")
      }
    }
    guard let kind, let amount else {
      if problems.count == before {
        add(
          .missing, kind == nil ? "kind" : "amount", "the field is missing", "a discount has both")
      }
      return nil
    }
    return TransactionLine.Discount(kind: kind, amount: amount, funder: funder)
  }

  private mutating func discountKind() throws(JSONError) -> TransactionLine.Discount.Kind? {
    guard let text = try text("kind") else { return nil }
    if let kind = TransactionLine.Discount.Kind(rawValue: text) { return kind }
    add(
      .badValue, "kind", "no kind of discount is called `\(Shown.text(text))`",
      "write store, manufacturer or loyalty")
    return nil
  }
}

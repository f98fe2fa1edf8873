import JSON
import Loyalty

enum LineField: Int, CaseIterable, Sendable {
  case line, sku, category, quantity, unit, price, total, discounts, tax, cost, attributes
}

/// Reads the `lines` of a transaction.
struct LineReader: Sendable {
  private var fields = KeyTable(LineField.self)

  /// Whether there was a list.
  mutating func lines(
    _ row: inout FieldReader, _ lines: inout [TransactionLine]
  ) throws(JSONError) -> Bool {
    guard try row.beginsList("lines") else { return false }
    lines.reserveCapacity(8)
    row.path.list = "lines"
    row.path.index = 0
    while try row.json.nextElement() {
      if row.path.index < FeedLimit.lines {
        if let line = try line(&row) { lines.append(line) }
      } else {
        try row.json.skipValue()
      }
      row.path.index += 1
    }
    let count = row.path.index
    row.path = FieldReader.Path()
    if count > FeedLimit.lines {
      row.add(
        .tooMany, "lines",
        "\(count) lines are more than the \(FeedLimit.lines) that one transaction may have",
        "send it in parts")
    }
    return true
  }

  private mutating func line(_ row: inout FieldReader) throws(JSONError) -> TransactionLine? {
    guard try row.json.kind() == .object else {
      try row.refuse("", wanted: "an object")
      return nil
    }
    try row.json.beginObject()
    var line = TransactionLine(sku: "", total: .zero)
    var seen: UInt32 = 0
    var hasTotal = false
    while let name = try row.json.nextName() {
      guard let field = fields.find(name, in: row.json) else {
        try row.unknown(name, among: fields.names)
        continue
      }
      let bit: UInt32 = 1 << UInt32(field.rawValue)
      if seen & bit != 0 {
        try row.standsTwice(fields.names[field.rawValue])
        continue
      }
      seen |= bit
      try read(field, &row, &line, &hasTotal)
    }
    if !hasTotal { derive(&line, &row) }
    return line
  }

  private func read(
    _ field: LineField, _ row: inout FieldReader, _ line: inout TransactionLine,
    _ hasTotal: inout Bool
  ) throws(JSONError) {
    switch field {
    case .line: line.number = try row.lineNumber("line") ?? 0
    case .sku: line.sku = try row.text("sku") ?? ""
    case .category: line.category = try row.text("category")
    case .quantity: line.quantity = try row.quantity("quantity") ?? Quantity(1)
    case .unit:
      let unit = try row.text("unit")
      line.unit = unit == "piece" ? nil : unit
    case .price: line.price = try row.price("price")
    case .total:
      let before = row.problems.count
      let total = try row.amount("total")
      line.total = total ?? .zero
      hasTotal = total != nil || row.problems.count > before
    case .discounts: line.discounts = try row.discounts("discounts")
    case .tax: line.tax = try row.amount("tax") ?? .zero
    case .cost: line.cost = try row.amount("cost")
    case .attributes: line.attributes = try row.attributes()
    }
  }

  /// Quantity times list price, less the discounts, where that comes out even; otherwise the total
  /// is missed.
  private func derive(_ line: inout TransactionLine, _ row: inout FieldReader) {
    guard let price = line.price else {
      return row.add(
        .missing, "total", "the field is missing",
        "send what the line came to after its discounts, without tax")
    }
    let product = Int128(price) * Int128(line.quantity.millionths)
    let divisor = Int128(ExactDecimal.powers[12 - row.money.decimals])
    let less = line.discounts.reduce(Int64(0)) { $0 + $1.amount.minor }
    guard product % divisor == 0, let gross = Int64(exactly: product / divisor),
      gross.magnitude <= Money.limit.magnitude
    else {
      return row.add(
        .missing, "total", "the field is missing, and quantity times price is no even amount",
        "send what the line came to after its discounts, without tax")
    }
    line.total = Money(minor: gross - less)
    if line.total.minor.magnitude > Money.limit.magnitude {
      row.add(.tooLarge, "price", "quantity times price is beyond what an amount may be")
    }
  }
}

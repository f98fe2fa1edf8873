import JSON
import Loyalty

extension MappedRows {
  mutating func write(_ attributes: [(name: String, column: MappedColumn)], _ row: CSVRecord) {
    let cells = attributes.map { ($0.name, cell($0.column, row)) }.filter { !$0.1.isEmpty }
    guard !cells.isEmpty else { return }
    json.memberObject("attributes") { json in
      for (name, text) in cells { json.member(name, text) }
    }
  }

  mutating func write(_ line: MappedLine, _ row: CSVRecord, isTurned: Bool) {
    json.beginObject()
    for (field, value) in line.texts {
      switch value {
      case .constant(let text): json.member(field, text)
      case .column(let column):
        let text = cell(column, row)
        if !text.isEmpty { json.member(field, text) }
      }
    }
    var total = value(line.total, row, places: money.decimals, isTurned: isTurned)
    for (field, amount) in line.numbers {
      // A price is per unit: it has no sign of its own.
      let places = field == "quantity" || field == "price" ? 6 : money.decimals
      guard var text = value(amount, row, places: places, isTurned: isTurned && field != "price")
      else { continue }
      if isTurned, line.returnsAreNegative, field == "quantity", text.hasPrefix("-") {
        // Many files have a return's amounts below zero and its pieces above.
        guard let total, !total.hasPrefix("-") else {
          tellAbove(text.dropFirst(), amount, row)
          // It is told once.
          if let known = total { total = String(known.dropFirst()) }
          continue
        }
        text.removeFirst()
      }
      json.member(field, text)
    }
    if let total { json.member("total", total) }
    write(line.discounts, row, isTurned: isTurned)
    write(line.attributes, row)
    json.endObject()
  }

  /// Tells of a return that stands above zero where the mapping says that it is below: turned
  /// round, it would be refused for a sign that the file does not have.
  private mutating func tellAbove(
    _ quantity: Substring, _ amount: AmountExpression, _ row: CSVRecord
  ) {
    problems.append(
      FeedProblem(
        .badNumber, amount.text,
        "\(quantity) is above zero in a row of a return, and so is its amount, and the mapping "
          + "says `sign: returns are negative`",
        remedy:
          "if returns stand above zero in this file, delete `sign:`; if this is no return, "
          + "correct `kind:`",
        line: row.line))
  }

  /// Discounts of nothing are none.
  private mutating func write(
    _ discounts: [(kind: String, amount: AmountExpression)], _ row: CSVRecord, isTurned: Bool
  ) {
    var found: [(String, String)] = []
    for (kind, amount) in discounts {
      let text = value(amount, row, places: money.decimals, isTurned: isTurned)
      if let text, ExactDecimal(text)?.units != 0 { found.append((kind, text)) }
    }
    guard !found.isEmpty else { return }
    json.memberArray("discounts") { json in
      for (kind, amount) in found {
        json.object {
          $0.member("kind", kind)
          $0.member("amount", amount)
        }
      }
    }
  }

  /// The amount's digits; nil where the cells of its first term are empty, and, with a problem,
  /// where it cannot be reckoned. A later term of empty cells is nothing to add or take away.
  mutating func value(
    _ amount: AmountExpression, _ row: CSVRecord, places: Int, isTurned: Bool
  ) -> String? {
    var sum = WideDecimal(units: 0, places: 0)
    for (index, term) in amount.terms.enumerated() {
      if isEmpty(term, row) {
        if index == 0 { return nil } else { continue }
      }
      var product = WideDecimal(units: term.isSubtracted ? -1 : 1, places: term.shift)
      for factor in term.factors {
        guard let number = number(factor, row) else { return nil }
        guard let next = product.times(number) else { return overflow(amount, row) }
        product = next
      }
      guard let next = sum.plus(product) else { return overflow(amount, row) }
      sum = next
    }
    if isTurned { sum.units = -sum.units }
    guard let decimal = sum.decimal(places: places, mapping.line?.rounds) else {
      return overflow(amount, row)
    }
    return decimal.description
  }

  private func isEmpty(_ term: AmountExpression.Term, _ row: CSVRecord) -> Bool {
    !term.columns.isEmpty && term.columns.allSatisfy { cell($0, row).isEmpty }
  }

  private mutating func number(_ factor: AmountExpression.Factor, _ row: CSVRecord) -> ExactDecimal?
  {
    guard case .column(let column) = factor else {
      if case .number(let number) = factor { return number }
      return nil
    }
    let text = cell(column, row)
    if let number = mapping.numbers.number(text) { return number }
    let fault = fault(of: text)
    let problem = FeedProblem(
      fault.code, column.name, fault.reason, remedy: fault.remedy, line: row.line)
    // A cell may be used twice: as the quantity, and for the total.
    if !problems.contains(problem) { problems.append(problem) }
    return nil
  }

  /// A number in another form than the mapping says needs a word in the mapping.
  private func fault(of text: String) -> Fault {
    guard mapping.numbers == .plain else {
      return Fault(
        code: .badNumber,
        reason: "`\(Shown.text(text))` is not of the form \(mapping.numbers.text)",
        remedy: "name the file's form in the mapping, by how it writes 1234.56: "
          + "format: {numbers: …}")
    }
    var fault = NumberRule.fault(of: Array(text.utf8)[...])
    let forms = NumberForm.forms(showing: text).map { "format: {numbers: \"\($0)\"}" }
    if !forms.isEmpty {
      fault.remedy =
        "say in the mapping how the file writes 1234.56: " + forms.joined(separator: " or ")
    }
    return fault
  }

  private mutating func overflow(_ amount: AmountExpression, _ row: CSVRecord) -> String? {
    problems.append(
      FeedProblem(
        .tooLarge, amount.text, "the amount is beyond what can be reckoned",
        remedy: "check the decimal point", line: row.line))
    return nil
  }
}

extension MappedRows {
  /// A problem of the feed's reader by the column's name and the file's line.
  func told(_ problem: FeedProblem, _ rows: [CSVRecord], lines: [CSVRecord]) -> FeedProblem {
    var problem = problem
    problem.line = rows[0].line
    var field = problem.field
    if field.hasPrefix("lines["), let close = field.firstIndex(of: "]") {
      let start = field.index(field.startIndex, offsetBy: 6)
      if let index = Int(field[start..<close]), index < lines.count {
        problem.line = lines[index].line
      }
      field = String(field[field.index(after: close)...].drop { $0 == "." })
      problem.field = column(ofLine: field) ?? field
      if problem.code == .badAmount, mapping.line?.rounds == nil {
        problem.remedy = "say in the mapping how to round it: rounds: half-up"
      }
    } else {
      problem.field = column(of: field) ?? field
    }
    return problem
  }

  private func column(of field: String) -> String? {
    if field == "id" { return mapping.transaction.map(\.name).joined(separator: ", ") }
    if field == "at" { return mapping.at.columns.map(\.name).joined(separator: ", ") }
    if field.hasPrefix("tenders[") {
      return mapping.tenders.map(\.amount.text).joined(separator: ", ")
    }
    if field.hasPrefix("coupons[") {
      return mapping.coupons.map(\.name).joined(separator: ", ")
    }
    if field.hasPrefix("original"), let original = mapping.original {
      return original.id.map(\.name).joined(separator: ", ")
    }
    return name(field, mapping.texts)
  }

  private func column(ofLine field: String) -> String? {
    guard let line = mapping.line else { return nil }
    if field == "total" { return line.total.text }
    if let number = line.numbers.first(where: { $0.field == field }) {
      return number.amount.text
    }
    return name(field, line.texts)
  }

  private func name(_ field: String, _ texts: [(field: String, value: MappedText)]) -> String? {
    guard case .column(let column)? = texts.first(where: { $0.field == field })?.value else {
      return nil
    }
    return column.name
  }
}

extension CSVRecord {
  func trimmedText(_ index: Int) -> String {
    guard index < count else { return "" }
    var range = range(index)
    while let first = range.first, bytes[first] == 0x20 || bytes[first] == 0x09 {
      range = range.lowerBound + 1..<range.upperBound
    }
    while let last = range.last, bytes[last] == 0x20 || bytes[last] == 0x09 {
      range = range.lowerBound..<last
    }
    return String(decoding: bytes[range], as: UTF8.self)
  }
}

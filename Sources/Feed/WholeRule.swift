import Loyalty

/// What must hold for a transaction as a whole.
enum WholeRule {
  static func check(
    _ transaction: Transaction, draft: TransactionDraft, _ row: inout FieldReader
  ) {
    requireFields(transaction, draft, &row)
    checkSum(transaction, &row)
    for card in transaction.cards where TextRule.isCut(card) { row.add(TextRule.cut(card), "card") }
    if transaction.kind == .sale { checkNumbers(transaction, &row) }
  }

  /// A field that is there and wrong has its problem already.
  private static func requireFields(
    _ transaction: Transaction, _ draft: TransactionDraft, _ row: inout FieldReader
  ) {
    func require(_ field: String, _ isThere: Bool, _ remedy: String) {
      guard !isThere, !row.problems.contains(where: { isPart($0.field, of: field) }) else { return }
      row.add(.missing, field, "the field is missing", remedy)
    }
    require("source", !transaction.source.isEmpty, "name the system or store that numbered it")
    require("id", !transaction.id.isEmpty, "send the number that is its own within the source")
    require("at", draft.at != nil, "send the time at which it happened")
    switch transaction.kind {
    case .sale, .exchange:
      require("lines", draft.hasLines, "send the lines of the receipt, or [] where there are none")
    case .return:
      require(
        "lines", draft.hasLines || transaction.original != nil,
        "send the lines that came back, or the `original` of which all came back")
    case .void:
      require("original", transaction.original != nil, "name the transaction that is voided")
    case .event("hold"): checkHold(transaction, &row)
    case .event("refund") where !transaction.lines.isEmpty:
      row.add(
        .badValue, "kind", "a refund gives back what a hold took, and has no lines",
        "where goods come back it is a `return`")
    case .event("capture"), .event("release"), .event("refund"):
      require("original", transaction.original != nil, "name the hold")
    case .event: break
    }
  }

  private static func checkHold(_ transaction: Transaction, _ row: inout FieldReader) {
    do {
      _ = try HoldRequest(transaction.attributes)
    } catch {
      let field = error.field.isEmpty ? "attributes" : "attributes.\(error.field)"
      row.add(.badValue, field, error.reason, error.remedy)
    }
  }

  private static func isPart(_ path: String, of field: String) -> Bool {
    path == field || path.hasPrefix(field + ".") || path.hasPrefix(field + "[")
  }

  private static func checkSum(_ transaction: Transaction, _ row: inout FieldReader) {
    // Each line is within Money.limit and there are at most 5,000: this cannot overflow.
    let sum = transaction.lines.reduce(Int64(0)) { $0 + $1.total.minor }
    if sum.magnitude > Money.limit.magnitude {
      let amount = ExactDecimal(units: sum, places: row.money.decimals)
      let fault = NumberRule.tooLarge(amount, row.money)
      row.add(fault.code, "lines", "their sum " + fault.reason, fault.remedy)
    }
    if sum < 0, transaction.kind == .return {
      row.add(
        .badAmount, "lines", "the lines of a return come to less than nothing",
        "what comes back is positive in a return")
    }
  }

  /// A return finds a line by its number.
  private static func checkNumbers(_ transaction: Transaction, _ row: inout FieldReader) {
    var last: Int32 = 0
    var isAscending = true
    for line in transaction.lines where line.number > 0 {
      if line.number <= last { isAscending = false }
      last = line.number
    }
    guard !isAscending else { return }
    var seen: Set<Int32> = []
    for (index, line) in transaction.lines.enumerated() where line.number > 0 {
      guard !seen.insert(line.number).inserted else { continue }
      row.path.list = "lines"
      row.path.index = index
      row.add(
        .standsTwice, "line", "two lines have the number \(line.number)",
        "number each line once, or none")
      row.path = FieldReader.Path()
    }
  }
}

import JSON
import Loyalty

extension MappedRows {
  /// Tenders, coupons and the original of a transaction, from all its rows.
  mutating func writeParts(_ rows: [CSVRecord], isTurned: Bool) {
    var tenders: [(kind: String, amount: ExactDecimal)] = []
    for tender in mapping.tenders { add(tender, rows, isTurned: isTurned, &tenders) }
    if !tenders.isEmpty {
      json.memberArray("tenders") { json in
        for tender in tenders {
          json.object {
            $0.member("kind", tender.kind)
            $0.member("amount", tender.amount.description)
          }
        }
      }
    }
    writeCoupons(rows)
    writeOriginal(rows)
  }

  /// A tender of nothing is none. What rows say alike counts once, and shares of one kind are added
  /// up.
  private mutating func add(
    _ tender: MappedTender, _ rows: [CSVRecord], isTurned: Bool,
    _ tenders: inout [(kind: String, amount: ExactDecimal)]
  ) {
    let first = tenders.count
    for row in self.rows(tender.rows, of: rows) {
      guard let kind = text(tender.kind, row),
        let digits = value(tender.amount, row, places: money.decimals, isTurned: isTurned),
        let amount = ExactDecimal(digits), amount.units != 0
      else { continue }
      guard let place = tenders[first...].firstIndex(where: { $0.kind == kind }) else {
        tenders.append((kind, amount))
        continue
      }
      if tender.isPerLine {
        tenders[place].amount = sum(tenders[place].amount, amount) ?? amount
      } else if tenders[place].amount.reduced != amount.reduced {
        problems.append(
          FeedProblem(
            .badValue, tender.amount.text,
            "the row says something else than the transaction's earlier rows",
            remedy: "say `per: line` in the mapping where rows have their own shares",
            line: row.line))
      }
    }
  }

  /// Both have at most the money's decimals and are within its limit, or are refused later.
  private func sum(_ a: ExactDecimal, _ b: ExactDecimal) -> ExactDecimal? {
    let places = max(a.places, b.places)
    guard let first = a.exactly(places: places), let second = b.exactly(places: places) else {
      return nil
    }
    let (units, overflow) = first.addingReportingOverflow(second)
    return overflow ? nil : ExactDecimal(units: units, places: places)
  }

  private func text(_ value: MappedText, _ row: CSVRecord) -> String? {
    switch value {
    case .constant(let text): return text
    case .column(let column):
      let text = cell(column, row)
      return text.isEmpty ? nil : text
    }
  }

  private mutating func writeCoupons(_ rows: [CSVRecord]) {
    var codes: [String] = []
    for row in rows {
      for column in mapping.coupons {
        let code = cell(column, row)
        if !code.isEmpty, !codes.contains(code) { codes.append(code) }
      }
    }
    guard !codes.isEmpty else { return }
    json.memberArray("coupons") { json in for code in codes { json.value(code) } }
  }

  /// The first row that names one, in all its columns, names it for all.
  private mutating func writeOriginal(_ rows: [CSVRecord]) {
    guard let original = mapping.original else { return }
    for row in rows {
      let cells = original.id.map { cell($0, row) }
      guard cells.allSatisfy({ !$0.isEmpty }) else { continue }
      let source = original.source.flatMap { text($0, row) }
      json.memberObject("original") {
        $0.member("source", source)
        $0.member("id", cells.joined(separator: "/"))
      }
      return
    }
  }
}

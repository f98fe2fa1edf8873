import Loyalty
import YAML

/// What a CSV's columns mean: one row is a line item, rows with the same key are one transaction.
/// `MappingReader` makes it from its file.
public struct Mapping: Sendable {
  /// The source of all its transactions.
  public var feed: String
  var delimiter = UInt8(ascii: ",")
  var encoding = CSVReader.Encoding.utf8
  var numbers = NumberForm.plain
  /// The columns of a file that has no head.
  var columns: [String]?
  /// Their values together are the transaction's id.
  var transaction: [MappedColumn]
  var at: MappedTime
  /// store, card and the like, by the feed's word.
  var texts: [(field: String, value: MappedText)] = []
  /// The first that holds; a sale otherwise.
  var kinds: [(kind: String, conditions: [CellCondition])] = []
  var otherwise = "sale"
  /// What rows of several kinds are together.
  var mixed: String?
  var leaveOut: [[CellCondition]] = []
  /// Columns whose empty cells mean the cell above.
  var asAbove: [MappedColumn] = []
  /// Rows that the till has laid aside.
  var suspended: [[CellCondition]] = []
  var attributes: [(name: String, column: MappedColumn)] = []
  var tenders: [MappedTender] = []
  /// Each cell holds one code, or none.
  var coupons: [MappedColumn] = []
  var original: MappedOriginal?
  /// Nil where each row is an event, which has no lines.
  var line: MappedLine?
}

struct MappedTender: Sendable {
  var kind: MappedText
  var amount: AmountExpression
  /// Each row has its own share of it; otherwise all rows of a transaction say it alike.
  var isPerLine = false
  /// Which rows tell of it; none are all.
  var rows: [[CellCondition]] = []
}

/// The sale that a return belongs to.
struct MappedOriginal: Sendable {
  /// Nil is the feed itself.
  var source: MappedText?
  /// Their values together are its id.
  var id: [MappedColumn]
}

/// A column by its name, and where the mapping names it.
struct MappedColumn: Sendable, Hashable {
  var name: String
  var place: Place
}

enum MappedText: Sendable {
  case column(MappedColumn)
  case constant(String)
}

struct MappedTime: Sendable {
  enum Take: String, Sendable, CaseIterable { case earliest, latest, first }
  /// Their cells, with a blank between them, are the time.
  var columns: [MappedColumn]
  var pattern = TimePattern.standard
  /// How the pattern was written, for messages.
  var written = "2026-02-07T10:00:00"
  /// The time of day of all rows where the file has only dates, in microseconds.
  var clock: Int64?
  var zone: (name: String, place: Place)?
  var take = Take.first
}

struct MappedLine: Sendable {
  /// Which rows are lines; none are all. The others are payments and the like.
  var rows: [[CellCondition]] = []
  /// line, sku, category, unit by the feed's word.
  var texts: [(field: String, value: MappedText)] = []
  /// quantity, price, tax, cost by the feed's word.
  var numbers: [(field: String, amount: AmountExpression)] = []
  var total: AmountExpression
  var rounds: Rounding?
  /// A return's amounts and quantities are below zero in the file and are turned around.
  var returnsAreNegative = false
  var discounts: [(kind: String, amount: AmountExpression)] = []
  var attributes: [(name: String, column: MappedColumn)] = []
}

extension MappedLine {
  fileprivate var allColumns: [MappedColumn] {
    let amounts = [total] + numbers.map(\.amount) + discounts.map(\.amount)
    return attributes.map(\.column) + amounts.flatMap(\.columns)
      + rows.flatMap { $0 }.map(\.column)
  }
}

extension Mapping {
  /// Every column that is named, each once for each place.
  var allColumns: [MappedColumn] {
    var columns = transaction + at.columns + asAbove + attributes.map(\.column)
    let others = tenders.map(\.kind) + [original?.source].compactMap { $0 }
    for value in (texts + (line?.texts ?? [])).map(\.value) + others {
      if case .column(let column) = value { columns.append(column) }
    }
    columns += coupons + (original?.id ?? [])
    columns += kinds.flatMap(\.conditions).map(\.column)
    columns += (leaveOut + suspended + tenders.flatMap(\.rows)).flatMap { $0 }.map(\.column)
    for amount in tenders.map(\.amount) { columns += amount.columns }
    return columns + (line?.allColumns ?? [])
  }

  /// What the mapping names and the file does not have.
  public func diagnostics(head: [String]) -> [Diagnostic] {
    var seen: Set<Place> = []
    let twice = allColumns.filter { column in
      head.count { $0 == column.name } > 1 && seen.insert(column.place).inserted
    }.map {
      Diagnostic(
        "M004", at: $0.place, "the file has more than one column `\($0.name)`",
        help: "give each its own name in the file's first line, or name them all by `columns:`")
    }
    return twice
      + allColumns.filter { !head.contains($0.name) && seen.insert($0.place).inserted }.map {
        let near = NearName.of($0.name, in: head).map { "did you mean `\($0)`? " } ?? ""
        let list = head.prefix(40).joined(separator: ", ")
        return Diagnostic(
          "M004", at: $0.place, "the file has no column `\($0.name)`",
          help: near + "its columns are: \(list)")
      }
  }

  /// Whether the zone that it names is known.
  func diagnostics(_ context: FeedContext) -> [Diagnostic] {
    guard let zone = at.zone, context.zoneNamed(zone.name) == nil else { return [] }
    return [
      Diagnostic(
        "M007", at: zone.place, "no time zone is called `\(zone.name)`",
        help: "write a name such as Europe/London")
    ]
  }
}

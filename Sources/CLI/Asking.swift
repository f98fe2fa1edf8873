import Engine
import Ledger
import Loyalty
import Postgres
import Reports
import YAML

/// What the commands that ask have in common.
enum Asking {
  static let json = Option("json", "the answer as JSON")
  static let language = Option("lang", "LANGUAGE", "for the program's own names: en, zh, zh-Hant …")

  static func store() throws -> Store { try Store(try Database.settings()) }

  static func language(_ arguments: Arguments) -> String { arguments.value("lang") ?? "en" }

  static func date(_ arguments: Arguments, _ name: String) throws -> CivilDate? {
    guard let text = arguments.value(name) else { return nil }
    guard let date = CivilDate(text) else {
      throw UsageFailure("`--\(name) \(text)`: a date is written like 2026-02-14")
    }
    return date
  }

  /// With an offset, or in the program's time zone.
  static func instant(
    _ arguments: Arguments, _ name: String, _ store: borrowing Store
  ) throws -> Instant? {
    guard let text = arguments.value(name) else { return nil }
    let zone = try ProgramSet.current(store, at: .now)?.rater.program.zone ?? .utc
    return try Instant.read(text, option: name, zone: zone)
  }

  /// `1,234` and `-12.50`.
  static func points(_ units: Int64, _ decimals: Int) -> String {
    let text = ExactDecimal.text(units, places: decimals)
    guard let point = text.firstIndex(of: ".") else { return Terminal.grouped(units) }
    let whole = Int64(text[..<point]) ?? 0
    return (units < 0 && whole == 0 ? "-" : "") + Terminal.grouped(whole) + text[point...]
  }

  static func signed(_ units: Int64, _ decimals: Int) -> String {
    (units > 0 ? "+" : "") + points(units, decimals)
  }
}

/// Columns that line up, Chinese characters counted as two.
struct Table {
  enum Side { case left, right }
  private let sides: [Side]
  private var rows: [[(text: String, style: Terminal.Style?)]] = []

  init(_ sides: [Side]) { self.sides = sides }

  mutating func add(_ cells: [String], _ styles: [Terminal.Style?] = []) {
    rows.append(
      cells.enumerated().map { ($1, styles.indices.contains($0) ? styles[$0] : nil) })
  }

  var isEmpty: Bool { rows.isEmpty }

  func show(indent: Int = 2) {
    let widths = sides.indices.map { column in
      rows.map { $0.indices.contains(column) ? Terminal.width($0[column].text) : 0 }.max() ?? 0
    }
    for row in rows {
      var line = String(repeating: " ", count: indent)
      for (column, cell) in row.enumerated() {
        if column > 0 { line += "  " }
        let isLast = column == row.count - 1 && sides[column] == .left
        let text =
          isLast
          ? cell.text : Terminal.padded(cell.text, widths[column], right: sides[column] == .right)
        line += cell.style.map { Terminal.styled(text, $0) } ?? text
      }
      while line.hasSuffix(" ") { line.removeLast() }
      print(line)
    }
  }
}

extension Terminal {
  static func width(_ text: String) -> Int { DisplayWidth.of(text) }

  static func heading(_ text: String) { print("\n" + styled(text, .bold)) }

  /// `██████░░░░`, a share in millionths.
  static func bar(_ millionths: Int64, width: Int = 20) -> String {
    let filled = Int(millionths * Int64(width) / 1_000_000)
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
  }
}

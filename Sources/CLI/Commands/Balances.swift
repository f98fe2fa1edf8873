import Foundation
import JSON
import Loyalty
import Reports

/// `patron balances`: everybody's balance at the end of a day.
enum BalancesCommand: Command {
  static let name = "balances"
  static let summary = "all members' balances at the end of a day, as CSV or NDJSON"
  static let usage = "balances --as-of DATE [--format csv|ndjson]"
  static let help = """
    Writes one row for each account and currency to standard output: what the postings up to the end
    of that day (in the program's time zone) come to. Memory does not grow with the number of
    members.
    """
  static let options = [
    Option("as-of", "DATE", "the day, 2026-12-31"),
    Option("format", "FORMAT", "csv (the default) or ndjson"),
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    guard let day = try Asking.date(arguments, "as-of") else {
      throw UsageFailure("`--as-of DATE` is missing")
    }
    let format = arguments.value("format") ?? "csv"
    guard format == "csv" || format == "ndjson" else {
      throw UsageFailure("`--format \(format)`: csv or ndjson")
    }
    let store = try Asking.store()
    var out = [UInt8]()
    if format == "csv" { out += "member,account,currency,available,pending,held,debt\n".utf8 }
    var json = JSONWriter()
    try BalancesReport.stream(asOf: day, store) { row in
      if format == "csv" {
        write(row, &out)
      } else {
        json.removeAll()
        write(row, &json)
        out += json.bytes
      }
      if out.count > 1 << 16 { flush(&out) }
    }
    flush(&out)
    return ExitStatus.done
  }

  private static func flush(_ out: inout [UInt8]) {
    FileHandle.standardOutput.write(Data(out))
    out.removeAll(keepingCapacity: true)
  }

  private static func write(_ row: BalancesReport.Row, _ out: inout [UInt8]) {
    out += quoted(row.members).utf8
    out += ",\(row.account),\(quoted(row.currency))".utf8
    for value in [row.available, row.pending, row.held, row.debt] {
      out.append(UInt8(ascii: ","))
      out += ExactDecimal.text(value, places: row.decimals).utf8
    }
    out.append(UInt8(ascii: "\n"))
  }

  /// RFC 4180, 2.6 and 2.7.
  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  private static func write(_ row: BalancesReport.Row, _ json: inout JSONWriter) {
    json.object { json in
      json.memberArray("members") { json in
        for member in row.members.split(separator: " ") { json.value(String(member)) }
      }
      json.member("account", row.account)
      json.member("currency", row.currency)
      for (name, value) in [
        ("available", row.available), ("pending", row.pending), ("held", row.held),
        ("debt", row.debt),
      ] {
        json.name(name)
        json.number(ExactDecimal.text(value, places: row.decimals))
      }
    }
    json.newline()
  }
}

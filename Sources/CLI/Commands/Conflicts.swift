import Engine
import JSON
import Loyalty

/// `patron conflicts`: ids that came again with other content.
enum ConflictsCommand: Command {
  static let name = "conflicts"
  static let summary = "list ids that came again with other content, and in what they differ"
  static let usage = "conflicts [--limit N] [--json]"
  static let help = """
    Where an id comes again with the same content, all is there already. With another content the
    first one counts, and the second is kept here until a person says which is right: `patron
    resolve NUMBER` does.
    """
  static let options = [Option("limit", "N", "rows to list at most (20)"), Asking.json]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let most = try arguments.number("limit", in: 1...1_000_000, default: 20)
    let rows = try Conflicts(try Database.settings()).list(most: most)
    if arguments.has("json") {
      for row in rows { print(json(row)) }
      return ExitStatus.done
    }
    guard !rows.isEmpty else {
      print("Nothing is in conflict.")
      return ExitStatus.done
    }
    for row in rows { show(row) }
    if rows.count == most { print("… the first \(most); `--limit N` shows more") }
    print(
      "\nThe first one counts. `patron resolve NUMBER --keep-first` or `--take-second` says which "
        + "is right.")
    return ExitStatus.done
  }

  private static func show(_ row: Conflicts.Shown) {
    let conflict = row.conflict
    print(
      Terminal.styled("\(conflict.id)", .bold) + "  \(conflict.source)/\(conflict.externalID)  "
        + Terminal.styled(
          "came again at \(conflict.receivedAt.shown(offset: 0))"
            + (conflict.origin.map { "  (\($0))" } ?? ""), .dim))
    if let parked = row.parked { print("  the first one is parked as \(parked)") }
    var table = Table([.left, .left, .left, .left])
    for difference in row.differences {
      table.add([difference.field, difference.first, "→", difference.second], [.yellow])
    }
    if row.differences.isEmpty { table.add(["differs in", conflict.differs]) }
    table.show()
  }

  private static func json(_ row: Conflicts.Shown) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("conflict", row.conflict.id)
      json.member("received", row.conflict.receivedAt.text(offset: 0))
      json.member("source", row.conflict.source)
      json.member("id", row.conflict.externalID)
      json.member("origin", row.conflict.origin)
      if let parked = row.parked { json.member("parked", parked) }
      json.memberArray("differences") { json in
        for difference in row.differences {
          json.object { json in
            json.member("field", difference.field)
            json.member("first", difference.first)
            json.member("second", difference.second)
          }
        }
      }
      json.member("body", row.conflict.body)
    }
    return json.text
  }
}

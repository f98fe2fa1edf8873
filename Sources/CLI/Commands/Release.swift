import Engine

/// `patron release`: lets go what is held.
enum ReleaseCommand: Command {
  static let name = "release"
  static let summary = "let go what is held"
  static let usage = "release HOLD [--json]"
  static let help = """
    Points, stock, the use of a coupon or of a limit are free again. Points whose last day went by
    in the meantime end then.
    """
  static let options = [Option("at", "INSTANT", "when (now)"), Asking.json]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let hold = try arguments.next("a HOLD")
    try arguments.end()
    var desk = try MemberCommand.desk()
    let answer = try desk.release(hold, at: try MemberCommand.instant(arguments, desk))
    return try HoldAnswers(arguments, desk).show(answer, "released")
  }
}

import Engine

/// `patron refund`: gives back what was captured.
enum RefundCommand: Command {
  static let name = "refund"
  static let summary = "give back what was captured of a hold"
  static let usage = "refund HOLD [--points N | --times N] [--id ID] [--json]"
  static let help = """
    Points come back with the last day that they had; of an account that was merged since, to the
    one that it went into. With a reward so are the stock and the use of a limit; what it had
    brought goes: points as far as the currency's `returns` reaches, and its coupon. One that is
    used already stands in the way.
    """
  static let options = [
    Option("points", "N", "only so many of the points"),
    Option("times", "N", "a reward only so many times"),
    Option("id", "ID", "your own id: the same again is done once"),
    Option("at", "INSTANT", "when (now)"), Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let hold = try arguments.next("a HOLD")
    try arguments.end()
    var desk = try MemberCommand.desk()
    let answer = try desk.refund(
      hold, points: try arguments.points(), times: try arguments.times(), id: arguments.value("id"),
      at: try MemberCommand.instant(arguments, desk))
    return try HoldAnswers(arguments, desk).show(answer, "refunded")
  }
}

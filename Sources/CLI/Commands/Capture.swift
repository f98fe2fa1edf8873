import Engine

/// `patron capture`: redeems what is held.
enum CaptureCommand: Command {
  static let name = "capture"
  static let summary = "redeem what is held"
  static let usage = "capture HOLD [--points N | --times N] [--json]"
  static let help = """
    HOLD is the number or the id that `patron hold` gave, or SOURCE/ID of a hold in a feed. All of
    it is redeemed, or so many of its points, or a reward so many of its times: the rest is free
    again. Of a reward only whole ones can be had, and its coupon counts for those. Captured once
    more, it says so and does nothing. A hold that has fallen away or was released is refused; a
    capture in a feed whose time lies within the hold's stands, however late it comes. Where the
    account went into another one, what was held is held there under the same name.
    """
  static let options = [
    Option("points", "N", "only so many of the points"),
    Option("times", "N", "a reward only so many times"), Option("at", "INSTANT", "when (now)"),
    Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let hold = try arguments.next("a HOLD")
    try arguments.end()
    var desk = try MemberCommand.desk()
    let answer = try desk.capture(
      hold, points: try arguments.points(), times: try arguments.times(),
      at: try MemberCommand.instant(arguments, desk))
    return try HoldAnswers(arguments, desk).show(answer, "captured")
  }
}

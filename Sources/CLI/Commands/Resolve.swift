import Engine
import Loyalty

/// `patron resolve`: a person says which of two contents of one id is right.
enum ResolveCommand: Command {
  static let name = "resolve"
  static let summary = "settle a conflict: the first stays, or the second takes its place"
  static let usage =
    "resolve NUMBER (--keep-first | --take-second) --reason TEXT [--operator NAME]"
  static let help = """
    NUMBER is that of `patron conflicts`. With --keep-first nothing is booked. With --take-second
    the first one is voided and the second taken in its stead, at once; `patron run` rates both. It
    then has the id, and returns that name the id find it; the first one is called `ID#replaced
    NUMBER`, its void `ID#void NUMBER`. Only a sale of which nothing came back is voided. Either one
    may come again afterwards: it is told that all is there.
    """
  static let options = [
    Option("keep-first", "what was taken first is right"),
    Option("take-second", "what came second is right"),
    Option("reason", "TEXT", "why; it is kept"),
    Option("operator", "NAME", "who says so (the system's user)"),
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let word = try arguments.next("a conflict's number")
    try arguments.end()
    guard let id = Int64(word) else { throw UsageFailure("`\(word)` is no number of a conflict") }
    let takes = arguments.has("take-second")
    guard takes != arguments.has("keep-first") else {
      throw UsageFailure("either `--keep-first` or `--take-second`")
    }
    guard let reason = arguments.value("reason"), !reason.isEmpty else {
      throw UsageFailure("`--reason TEXT` is missing: why?")
    }
    let name = MemberCommand.operatorName(arguments)
    let conflicts = try Conflicts(try Database.settings())
    guard takes else {
      try conflicts.keepFirst(id, by: name, reason: reason)
      print("The first one stays.")
      return ExitStatus.done
    }
    let verdict = try conflicts.takeSecond(id, by: name, reason: reason)
    print(
      "The second one takes its place: \(verdict.word)"
        + (verdict.detail.isEmpty ? "" : " (\(verdict.detail))") + ". `patron run` rates it.")
    return ExitStatus.done
  }
}

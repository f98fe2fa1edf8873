import Engine
import Ledger
import Loyalty

/// `patron review`: tiers by rank.
enum ReviewCommand: Command {
  static let name = "review"
  static let summary = "give tiers by rank as of a day"
  static let usage = "review --as-of DATE"
  static let help = """
    Compares all accounts as of DATE for each tier that is given by rank (`top 10% by spend`): fixes
    the cutoff, ties all in, and gives each account that reaches it an event, which `patron run`
    rates. The same day again changes nothing. Transactions that wait must be rated first.
    On the day that a tier's `review` names it is done unasked: by `patron close`, or by
    `patron run` before it rates what lies behind that day, once the day is over.
    """
  static let options = [Option("as-of", "DATE", "the day of the review: 2026-01-01")]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    guard let text = arguments.value("as-of") else { throw UsageFailure("--as-of is missing") }
    guard let day = CivilDate(text) else {
      throw UsageFailure("`--as-of \(text)` is no date; write it as 2026-01-01")
    }
    let settings = try Database.settings()
    let store = try Store(settings)
    let results = try Review.run(asOf: day, store)
    if results.isEmpty { print("The program has no tier by rank.") }
    for (result, isRepeated) in results {
      print(
        "\(result.key): \(Terminal.grouped(result.reached)) of "
          + "\(CheckCommand.counted(result.buyers, "account")) with a purchase from "
          + "\(result.window.lowerBound) to "
          + "\(result.window.upperBound)" + (isRepeated ? " (reviewed before)" : ""))
    }
    try store.wake()
    return ExitStatus.done
  }
}

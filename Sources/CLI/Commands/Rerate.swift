import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports

/// `patron rerate`: after a wrong rule.
enum RerateCommand: Command {
  static let name = "rerate"
  static let summary = "correct what a wrong rule gave on past days"
  static let usage = "rerate PATH --from DATE --to DATE [--leave-out] [--post]"
  static let help = """
    Rates the stored transactions of those days with the corrected program of PATH, and shows what
    it would have given, beside what was given, and what the difference costs. With --post (or after
    a yes at the terminal) it then posts the differences as corrections: each account's as its next
    event, rule by rule, which `patron run` books. What must be taken back follows the currency's
    `returns`. Points only: tiers follow from corrected points where they go by points; coupons that
    were given stay.
    Where the ledger of an account is not what the published program gives (its member's day of
    joining was changed since, say), nobody is corrected. With --leave-out such accounts are listed
    and stay as they are, for `patron adjust`, and the others are corrected.
    The same days again find nothing left to correct. The program in force is not changed: publish
    the corrected one from now on with `patron publish`.
    Exit status: 0 done, 1 when the published program does not reproduce the ledger and --leave-out
    is not given, 2 when PATH has errors.
    """
  static let options = [
    Option("from", "DATE", "the first day, 2025-01-01"),
    Option("to", "DATE", "the last day (default: the day of the last rated transaction)"),
    Option("leave-out", "correct the others where some accounts disagree with the ledger"),
    Option("post", "post the corrections without asking"),
    Option("workers", "N", "threads, each with a connection (default 2)"), Asking.language,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let path = try arguments.next("PATH")
    try arguments.end()
    let workers = try arguments.number("workers", in: 1...64, default: 2)
    let folder = try ProgramFolder(path: path)
    guard let program = CheckCommand.checked(folder) else { return ExitStatus.errors }
    let settings = try Database.settings()
    let store = try Store(settings)
    let days = try SimulateCommand.days(arguments, program, store)
    let rerating = try Rerating(folder, program, days: days, store)
    let result = try SimulateCommand.run(rerating.simulation, settings, workers)
    let report = try SimulationReport(
      rerating.simulation, result.tally, store, language: Asking.language(arguments))
    SimulationText(report).show()
    if report.disagreeing > 0 {
      guard arguments.has("leave-out") else {
        Terminal.error(
          "nothing is corrected on such a ground: run `patron audit`, and where it finds nothing, "
            + "rerate with --leave-out: these accounts stay as they are then")
        return ExitStatus.failed
      }
      let count = CheckCommand.counted(Int(report.disagreeing), "account")
      print("\n\(count), told of above, \(report.disagreeing == 1 ? "stays" : "stay") as before.")
    }
    let differences = try Rerating.atTheirPlace(result.differences, store)
    let accounts = differences.count
    guard accounts > 0 else {
      print("\nThere is nothing to correct.")
      return ExitStatus.done
    }
    print("\nCorrections for \(CheckCommand.counted(accounts, "account")) are to be posted.")
    guard try arguments.has("post") || isConfirmed() else {
      print("Nothing was posted. `--post` posts them.")
      return ExitStatus.done
    }
    var bar = ProgressBar("posting", unit: "accounts")
    let id = try rerating.post(differences, at: .now, settings) { bar.show($0, of: $1) }
    bar.end()
    print("Posted as rerate \(id). `patron run` books them.")
    return ExitStatus.done
  }

  /// Asks where there is somebody to ask.
  private static func isConfirmed() throws -> Bool {
    guard Terminal.isOutput, isatty(STDIN_FILENO) == 1 else { return false }
    FileHandle.standardOutput.write(Data("Post them? Type yes: ".utf8))
    return readLine()?.trimmingCharacters(in: .whitespaces).lowercased() == "yes"
  }
}

import Engine
import Foundation
import JSON
import Ledger
import Loyalty
import Postgres
import Reports
import Rules

/// `patron simulate`: what a change would have cost.
enum SimulateCommand: Command {
  static let name = "simulate"
  static let summary =
    "what a program would have given for past transactions, beside what was given"
  static let usage = "simulate PATH --from DATE [--to DATE] [--json]"
  static let help = """
    Rates the stored transactions of those days (both included, in the program's time zone) with the
    program of PATH beside the published one: each account from the state in which it was on the
    first day, its transactions in their own order. Tells what either gives, by rule, month, tier
    and funder, in points and in money, and who gains and loses most. It writes nothing.
    The published program's side is compared with the ledger, event by event.
    Reviews of tiers by rank are made again on the days on which they were made, where the program
    has another rank or another share.
    Exit status: 0 done, 1 when the published program does not reproduce the ledger, 2 when PATH has
    errors.
    """
  static let options = [
    Option("from", "DATE", "the first day, 2025-01-01"),
    Option("to", "DATE", "the last day (default: the day of the last rated transaction)"),
    Option("workers", "N", "threads, each with a connection (default 2)"), Asking.language,
    Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let path = try arguments.next("PATH")
    try arguments.end()
    let workers = try arguments.number("workers", in: 1...64, default: 2)
    let folder = try ProgramFolder(path: path)
    guard let program = CheckCommand.checked(folder) else { return ExitStatus.errors }
    let settings = try Database.settings()
    let store = try Store(settings)
    let days = try days(arguments, program, store)
    let simulation = try Simulation(program, days: days, store)
    let result = try run(simulation, settings, workers)
    let report = try SimulationReport(
      simulation, result.tally, store, language: Asking.language(arguments))
    if arguments.has("json") {
      print(SimulationJSON.text(report))
    } else {
      SimulationText(report).show()
    }
    return report.disagreeing == 0 ? ExitStatus.done : ExitStatus.failed
  }

  static func run(
    _ simulation: Simulation, _ settings: ConnectionSettings, _ workers: Int
  ) throws -> Simulation.Result {
    var bar = ProgressBar("simulating", unit: "transactions")
    defer { bar.end() }
    return try simulation.run(settings, lanes: workers) { bar.show(Int($0), of: Int($1)) }
  }

  static func days(
    _ arguments: Arguments, _ program: ProgramSyntax, _ store: borrowing Store
  ) throws -> ClosedRange<CivilDate> {
    guard let from = try Asking.date(arguments, "from") else {
      throw UsageFailure("--from is missing: which transactions are to be looked at?")
    }
    guard let last = try store.latestClock(), let zone = ZoneTable.zone(program.timezone.value)
    else { throw EngineError("nothing is rated yet: `patron run --once` first") }
    let to = try Asking.date(arguments, "to") ?? max(from, zone.date(of: last))
    guard from <= to else { throw UsageFailure("--to \(to) is before --from \(from)") }
    return from...to
  }
}

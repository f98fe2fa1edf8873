import Engine
import Foundation
import Ledger

/// `patron run`: the engine.
enum RunCommand: Command {
  static let name = "run"
  static let summary = "rate what waits, and keep doing so"
  static let usage = "run [--once] [--workers N] [--batch N]"
  static let help = """
    Takes in what lies in the inbox and rates waiting transactions, exactly once, until it is
    stopped (Ctrl-C). With --once it ends when nothing waits. Any number of engines may run at the
    same time. What lies behind a day on which tiers by rank are reviewed is rated after the review:
    once that day is over and all before it is rated, the engine holds it.
    """
  static let options = [
    Option("once", "end when nothing waits"),
    Option("workers", "N", "threads that rate, each with a connection (default 2)"),
    Option("batch", "N", "transactions of one commit (default 2000)"),
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let workers = try arguments.number("workers", in: 1...64, default: 2)
    let batch = try arguments.number("batch", in: 1...100_000, default: 2_000)
    let settings = try Database.settings()
    let store = try Store(settings)
    guard try !ProgramSet(store).isEmpty else {
      Terminal.error(
        "no program is published yet; `patron publish PATH --from INSTANT` publishes one")
      return ExitStatus.failed
    }
    let waiting = Int(try store.waiting().events)
    let runner = Runner(
      settings, workers: workers, limits: BatchLimits(events: batch),
      once: arguments.has("once"))
    let signals = StopSignals { runner.stop() }
    defer { signals.cancel() }
    let start = Date()
    var bar = ProgressBar("rating", unit: "transactions")
    try runner.run { bar.show(runner.rated, of: max(waiting, runner.rated)) }
    bar.end()
    let seconds = max(0.001, Date().timeIntervalSince(start))
    let rate = Terminal.grouped(Int(Double(runner.rated) / seconds))
    print("Rated \(CheckCommand.counted(runner.rated, "transaction")) (\(rate) a second).")
    return ExitStatus.done
  }
}

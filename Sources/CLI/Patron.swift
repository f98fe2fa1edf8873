import Foundation
import Postgres

/// The commands, in the order in which a newcomer meets them.
var commands: [any Command.Type] {
  [
    DemoCommand.self, InitCommand.self, DbCommand.self, CheckCommand.self, TestCommand.self,
    PublishCommand.self, WithdrawCommand.self, LoadCommand.self, SegmentCommand.self,
    PostCommand.self, RunCommand.self, RelayCommand.self, SimulateCommand.self, RerateCommand.self,
    CloseCommand.self, ReviewCommand.self, MemberCommand.self, BalanceCommand.self,
    BalancesCommand.self, HistoryCommand.self, LiabilityCommand.self, HoldoutCommand.self,
    ExplainCommand.self, StatusCommand.self, ParkedCommand.self, ConflictsCommand.self,
    ResolveCommand.self, ClaimCommand.self, HoldCommand.self, CaptureCommand.self,
    ReleaseCommand.self, RefundCommand.self, PerksCommand.self, OrdersCommand.self,
    RedemptionsCommand.self, AuditCommand.self,
    TryCommand.self, DiffCommand.self, TermsCommand.self, SchemaCommand.self, StopCommand.self,
    BenchCommand.self,
  ]
}

@main
struct Patron {
  static func main() {
    // A reader that goes away (`patron balances | head`) ends the program quietly.
    signal(SIGPIPE, SIG_DFL)
    exit(run(Array(CommandLine.arguments.dropFirst())))
  }

  static func run(_ words: [String]) -> Int32 {
    guard let first = words.first, first != "--help", first != "-h", first != "help" else {
      return help(about: words.dropFirst().first)
    }
    guard let command = commands.first(where: { $0.name == first }) else {
      let near = Names.nearest(to: first, among: commands.map { $0.name })
      Terminal.error(
        "there is no command `\(first)`" + (near.map { "; did you mean `\($0)`?" } ?? ""))
      return ExitStatus.usage
    }
    if words.contains("--help") || words.contains("-h") { return help(about: command.name) }
    do {
      var arguments = try Arguments(Array(words.dropFirst()), command.options)
      return try command.run(&arguments)
    } catch let failure as UsageFailure {
      Terminal.error(failure.message)
      Terminal.note("usage: patron \(command.usage)")
      return ExitStatus.usage
    } catch {
      Terminal.error(Failure.text(error))
      return ExitStatus.failed
    }
  }

  static func help(about name: String?) -> Int32 {
    if let command = commands.first(where: { $0.name == name }) {
      print("usage: patron \(command.usage)\n\n\(command.help)")
      if !command.options.isEmpty {
        print("\nOptions:")
        let width = command.options.map(\.heading.count).max() ?? 0
        for option in command.options {
          print(
            "  " + option.heading.padding(toLength: width, withPad: " ", startingAt: 0)
              + "  " + option.help)
        }
      }
      return ExitStatus.done
    }
    print(
      """
      patron: a loyalty engine on your own PostgreSQL.

      usage: patron COMMAND …

      """)
    for command in commands {
      print(
        "  " + command.name.padding(toLength: 12, withPad: " ", startingAt: 0) + command.summary)
    }
    print(
      """

      `patron COMMAND --help` tells more. The database is DATABASE_URL or libpq's PGHOST,
      PGSERVICE …; without either, a private one in .patron/, started when it is needed.
      """)
    return ExitStatus.done
  }
}

enum ExitStatus {
  static let done: Int32 = 0
  static let failed: Int32 = 1
  /// The files or the feed have errors.
  static let errors: Int32 = 2
  static let usage: Int32 = 64
}

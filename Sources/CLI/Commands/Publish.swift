import Engine
import Ledger
import Loyalty
import Rules

/// `patron publish`: makes a checked program the one in force from an instant on.
enum PublishCommand: Command {
  static let name = "publish"
  static let summary = "put a program into force from an instant on"
  static let usage = "publish PATH --from INSTANT"
  static let help = """
    Checks the program, runs its examples, and stores its files whole as a new version that holds
    from INSTANT on (2026-03-01, or 2026-03-01T06:00; the program's time zone). Nothing is published
    while there is an error or an example fails. A version cannot begin before anything already
    rated, nor count in another money than those before it. Counters that the new version needs
    (of purchases, of points earned, of limits) are filled from history; where that was interrupted,
    the same command goes on with it.
    """
  static let options = [
    Option("from", "INSTANT", "from when the version holds"),
    Option("skip-examples", "publish although examples fail (for takeovers; think twice)"),
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let path = try arguments.next("PATH")
    try arguments.end()
    guard let from = arguments.value("from") else {
      throw UsageFailure("--from is missing: from when is the program to hold?")
    }
    let folder = try ProgramFolder(path: path)
    guard let program = CheckCommand.checked(folder) else { return ExitStatus.errors }
    guard let zone = ZoneTable.zone(program.timezone.value) else { return ExitStatus.errors }
    let begins = try Instant.read(from, option: "from", zone: zone)
    if !arguments.has("skip-examples") {
      let failed = TestCommand.failures(folder, program, zone)
      guard failed.isEmpty else {
        for failure in failed { Terminal.note(failure) }
        Terminal.error(
          "nothing is published: \(CheckCommand.counted(failed.count, "example")) failed")
        return ExitStatus.errors
      }
    }
    let store = try Store(try Database.settings())
    let changed = try SuccessionCheck.check(program, store)
    CheckCommand.report(changed, folder)
    guard !changed.contains(where: { $0.severity == .error }) else { return ExitStatus.errors }
    let text = begins.text(offset: zone.offset(at: begins))
    switch try Publisher.publish(folder, program, begins: begins, store) {
    case .already(let version):
      let wasFilled = try fill(version, store)
      let what = wasFilled ? "its counters are now filled" : "nothing was changed"
      print("This program holds from \(text) already (version \(version)); \(what).")
    case .published(let version):
      try fill(version, store)
      print("Published version \(version) of \(program.key.value); it holds from \(text).")
    }
    return ExitStatus.done
  }

  /// False where they were filled before.
  @discardableResult
  private static func fill(_ version: Int32, _ store: borrowing Store) throws -> Bool {
    var bar = ProgressBar("filling counters", unit: "shards")
    defer { bar.end() }
    return try Publisher.fillCounters(ofVersion: version, store) { bar.show($0, of: $1) }
  }
}

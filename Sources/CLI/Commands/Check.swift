import Engine
import Ledger
import Postgres
import Rules
import YAML

/// `patron check`: every mistake of a program at once.
enum CheckCommand: Command {
  static let name = "check"
  static let summary = "find the mistakes in a program's files"
  static let usage = "check PATH [--json]"
  static let help = """
    Reads the rule files of PATH (a program's folder, or one file) and tells every mistake at once,
    each with its place, the reason and a remedy. Warnings are for what is legal but surely not
    meant. Where a database is configured, or the private one of this folder runs, categories, SKUs,
    stores and regions that none of its products and stores has are named as well, and what the
    versions that are published there do not allow to change.
    Exit status: 0 without errors, 2 with errors.
    """
  static let options = [Option("json", "the same as JSON")]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let path = try arguments.next("PATH")
    try arguments.end()
    let folder = try ProgramFolder(path: path)
    let (program, diagnostics) = folder.check(today: .today)
    let unknown = program.map { unknownNames($0) } ?? []
    let isWrong = program == nil || unknown.contains { $0.severity == .error }
    report(diagnostics + unknown, folder, json: arguments.has("json"))
    if let program, !isWrong, !arguments.has("json") {
      print(
        "\(path): no errors; \(counted(program.rules.count, "rule")), "
          + "\(counted(program.tiers.count, "tier")), "
          + "\(counted(program.examples.count, "example"))")
    }
    return isWrong ? ExitStatus.errors : ExitStatus.done
  }

  /// What the database at hand does not know; a database that cannot be asked is no mistake of the
  /// program.
  private static func unknownNames(_ program: ProgramSyntax) -> [Diagnostic] {
    let configured = ConnectionSettings.configured()
    guard let settings = configured ?? Database.running() else { return [] }
    do {
      let store = try Store(settings)
      return try SuccessionCheck.check(program, store) + DirectoryCheck.check(program, store)
    } catch {
      // The private one may have no tables yet.
      guard configured != nil else { return [] }
      Terminal.note("(the database was not looked at: \(Failure.text(error)))")
      return []
    }
  }

  /// Diagnostics go to standard error, as JSON to standard output.
  static func report(_ diagnostics: [Diagnostic], _ folder: ProgramFolder, json: Bool = false) {
    let report = DiagnosticReport(diagnostics, sources: folder.files)
    if json {
      print(report.json)
    } else if !diagnostics.isEmpty {
      Terminal.note(report.text)
    }
  }

  static func counted(_ number: some BinaryInteger, _ word: String) -> String {
    "\(Terminal.grouped(number)) \(word)\(number == 1 ? "" : "s")"
  }

  /// The program of a folder, or nil after its mistakes were shown.
  static func checked(_ folder: ProgramFolder) -> ProgramSyntax? {
    let (program, diagnostics) = folder.check(today: .today)
    report(diagnostics, folder)
    return program
  }
}

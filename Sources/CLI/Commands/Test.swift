import Engine
import Loyalty
import Rules

/// `patron test`: runs the examples in the rule files.
enum TestCommand: Command {
  static let name = "test"
  static let summary = "run the examples in a program's files"
  static let usage = "test PATH"
  static let help = """
    Runs the examples of the program in PATH with the very function that rates transactions. A
    failing one shows what was expected, what came, and why. Exit status: 0 when all pass, 2 when
    one fails.
    """

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let path = try arguments.next("PATH")
    try arguments.end()
    let folder = try ProgramFolder(path: path)
    guard let program = CheckCommand.checked(folder) else { return ExitStatus.errors }
    guard let zone = ZoneTable.zone(program.timezone.value) else { return ExitStatus.errors }
    let failed = failures(program, zone)
    for failure in failed { print(failure) }
    let passed = program.examples.count - failed.count
    print(
      CheckCommand.counted(program.examples.count, "example")
        + ": \(passed) passed, \(failed.count) failed"
    )
    return failed.isEmpty ? ExitStatus.done : ExitStatus.errors
  }

  /// One text for each example that fails.
  static func failures(_ syntax: ProgramSyntax, _ zone: Zone) -> [String] {
    ExampleRunner.run(syntax, zone: zone).compactMap { result in
      guard !result.passed else { return nil }
      var text = "\(result.place): example failed: \(result.title)"
      for difference in result.differences { text += "\n    " + difference }
      for line in result.explanation { text += "\n      " + line }
      return text
    }
  }
}

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
    failing one shows what was expected, what came, what each rule gave and why the others did not.
    Exit status: 0 when all pass, 2 when one fails.
    """

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let path = try arguments.next("PATH")
    try arguments.end()
    let folder = try ProgramFolder(path: path)
    guard let program = CheckCommand.checked(folder) else { return ExitStatus.errors }
    guard let zone = ZoneTable.zone(program.timezone.value) else { return ExitStatus.errors }
    let failed = failures(folder, program, zone)
    for failure in failed { print(failure) }
    let passed = program.examples.count - failed.count
    print(
      CheckCommand.counted(program.examples.count, "example")
        + ": \(passed) passed, \(failed.count) failed"
    )
    return failed.isEmpty ? ExitStatus.done : ExitStatus.errors
  }

  /// So many failing examples are explained in full; of more nobody reads the reasons.
  private static let mostExplained = 20

  /// One text for each example that fails.
  static func failures(
    _ folder: ProgramFolder, _ syntax: ProgramSyntax, _ zone: Zone
  ) -> [String] {
    let results = ExampleRunner.run(syntax, zone: zone)
    let failed = results.indices.filter { !results[$0].passed }
    return failed.enumerated().map { number, index in
      let result = results[index]
      var text = "\(result.place): example failed: \(result.title)"
      for difference in result.differences { text += "\n    " + difference }
      let example = syntax.examples[index]
      let steps =
        number < mostExplained
        ? ExampleRunner.trial(folder.files, example, zone: zone) : nil
      for step in steps ?? [] { text += explanation(step) }
      if steps == nil { text += result.explanation.map { "\n      " + $0 }.joined() }
      return text
    }
  }

  /// What the rules made of a step, those that did not match with their reason.
  private static func explanation(_ step: TrialStep) -> String {
    var text = "\n    \(step.at) (\(step.weekday))" + (step.tierBefore.map { ", as \($0)" } ?? "")
    if let refused = step.refused { text += "\n      it is refused: \(refused)" }
    let width = (step.lines.map(\.explanation.key) + step.silent.map(\.rule)).map(\.count).max()
    let amounts = step.lines.map(\.amount.count).max() ?? 0
    func padded(_ word: String, _ width: Int) -> String {
      word + String(repeating: " ", count: max(0, width - word.count))
    }
    for line in step.lines {
      let told = line.explanation
      let place = told.place.map { " (\($0.file):\($0.line))" } ?? ""
      let head = padded(told.key, width ?? 0) + "  " + padded(line.amount, amounts)
      text += "\n      \(head)  \(told.sentence)\(place)"
    }
    for silent in step.silent {
      let place = "(\(silent.place.file):\(silent.place.line))"
      text += "\n      \(padded(silent.rule, width ?? 0))  \(silent.reason) \(place)"
    }
    for (name, reason) in step.refusals { text += "\n      \(name) is refused: \(reason.text)" }
    return text
  }
}

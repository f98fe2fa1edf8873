import Engine
import Foundation
import Loyalty
import Rules

/// `patron try`: what a made-up purchase would bring.
enum TryCommand: Command {
  static let name = "try"
  static let summary = "what a made-up purchase would bring, and why"
  static let usage = "try PATH PHRASE|FILE [--lang LANGUAGE] [--json]"
  static let help = """
    Rates a made-up purchase under the program in PATH with the very function that rates
    transactions, tells which rules gave what and why the others did not, what is taken off the bill
    and left to pay, and writes it as an example to be pasted into the program. No database is
    asked.

    PHRASE names what matters, in any order:

        patron try config/gold-crown "gold, Saturday 10:30, 3 cards"
        patron try config/gold-crown "birthday, 40.00, paid with own-card, 2026-05-20"

    tiers; weekdays, dates, months, holidays and rules (a day of theirs); times; stores and
    channels; quantities or amounts with sets, categories or SKUs (`3 cards 14.97`, `2 toys at 5.00
    each`, `31.5 litres of fuel`); coupons; `new`, `birthday` (week, month), `joined 2024-03-01`;
    `100 points` that are there already; declared events and attributes (`survey 5 stars`).

    FILE is a basket: an example as rule files have it (or the lines of its basket alone), or
    transactions as NDJSON, which follow each other on one account.
    Exit status: 0 when it was rated, 2 when the program, the phrase or the file has mistakes.
    """
  static let options = [Asking.language, Asking.json]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let path = try arguments.next("PATH")
    let what = try arguments.next("a phrase or a file")
    let more = arguments.words
    while arguments.nextOrNil() != nil {}
    let folder = try ProgramFolder(path: path)
    guard let program = CheckCommand.checked(folder) else { return ExitStatus.errors }
    guard let zone = ZoneTable.zone(program.timezone.value) else { return ExitStatus.errors }
    let isFile = more.isEmpty && FileManager.default.fileExists(atPath: what)
    let trials =
      try isFile
      ? BasketFile.examples(what, folder, program, zone)
      : phrase(([what] + more).joined(separator: " "), program, zone)
    guard let trials else { return ExitStatus.errors }
    let language = Asking.language(arguments)
    var rated: [RatedTrial] = []
    for trial in trials {
      guard
        let steps = ExampleRunner.trial(folder.files, trial, zone: zone, language: language)
      else { return ExitStatus.errors }
      let text = ExampleText.text(trial, expect: steps.map(\.expect), program)
      rated.append(RatedTrial(title: trial.title.value, steps: steps, text: text))
    }
    if arguments.has("json") {
      print(RatedTrial.json(rated, program))
    } else {
      show(rated, program.money.value)
    }
    return ExitStatus.done
  }

  /// Nil after it was told what was not understood.
  private static func phrase(_ text: String, _ program: ProgramSyntax, _ zone: Zone)
    -> [ExampleSyntax]?
  {
    let reading = TrialPhrase.read(text, program, today: zone.date(of: .now))
    for problem in reading.problems { Terminal.error(problem) }
    guard let example = reading.example else {
      Terminal.note("(`patron try --help` tells what a phrase may name)")
      return nil
    }
    for note in reading.notes { Terminal.note("(\(note))") }
    return [example]
  }

  private static func show(_ trials: [RatedTrial], _ money: MoneyUnit) {
    for (index, trial) in trials.enumerated() {
      if index > 0 { print() }
      if trials.count > 1 { print(Terminal.styled(trial.title, .bold)) }
      for (place, step) in trial.steps.enumerated() {
        if place > 0 { print() }
        show(step, money)
      }
      Terminal.heading("As an example, to be pasted under `examples:`")
      print(trial.text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
    }
  }

  private static func show(_ step: TrialStep, _ money: MoneyUnit) {
    var head = "\(step.at) (\(step.weekday))"
    if let tier = step.tierBefore { head += ", rated as \(tier)" }
    print(Terminal.styled(head, .bold))
    if let refused = step.refused { print("It is refused: \(refused).") }
    if step.lines.isEmpty { print("No rule matched.") }
    var table = Table([.left, .right, .left])
    for line in step.lines {
      let told = line.explanation
      let place = told.place.map { " (\($0.file):\($0.line))" } ?? ""
      let isLost = [.lost, .nothing, .refused].contains(told.kind)
      table.add(
        [told.key, line.amount, told.sentence + Terminal.styled(place, .dim)],
        [isLost ? .dim : .cyan, .bold])
    }
    table.show()
    showSum(step, money)
    guard !step.silent.isEmpty else { return }
    Terminal.heading("Did not apply")
    var others = Table([.left, .left])
    for silent in step.silent {
      let place = Terminal.styled(" (\(silent.place.file):\(silent.place.line))", .dim)
      others.add([silent.rule, silent.reason + place], [.dim])
    }
    others.show()
  }

  private static func showSum(_ step: TrialStep, _ money: MoneyUnit) {
    showBill(step, money)
    for change in step.changes {
      var text = "\(Asking.signed(change.amount, change.decimals)) \(change.currency)"
      text += ", \(Asking.points(change.balance, change.decimals)) available afterwards"
      if let day = change.lastDay { text += ", last day of use \(day)" }
      print(text)
    }
    if step.changes.isEmpty { print("nothing is earned") }
    if let tier = step.tierAfter, tier != step.tierBefore {
      print("tier: \(step.tierBefore ?? "none") → \(tier)")
    }
    if !step.coupons.isEmpty { print("coupons: " + step.coupons.joined(separator: ", ")) }
  }

  private static func showBill(_ step: TrialStep, _ money: MoneyUnit) {
    if step.off != .zero {
      var text = "\(money.text(step.off)) \(money.code) off"
      if let pay = step.pay { text += ", \(money.text(pay)) \(money.code) left to pay" }
      print(text)
    }
    if step.paidOut != .zero { print("\(money.text(step.paidOut)) \(money.code) paid out") }
    for (name, reason) in step.refusals { print("\(name) is refused: \(reason.text)") }
  }
}

import Engine
import Foundation
import Ledger
import Loyalty
import Rules
import YAML

/// `patron stop`: ends a rule now.
enum StopCommand: Command {
  static let name = "stop"
  static let summary = "end a rule now, as a new version of the published program"
  static let usage = "stop RULE [--yes]"
  static let help = """
    Ends a rule of the published program at this instant: publishes the version in force anew, with
    a last day written into the rule that is over, and everything else as it was, comments and
    layout too. Versions that have not begun yet and have the rule are published anew with it, each
    from its own beginning. Purchases before this instant that arrive later still earn by the rule.
    What it counted and the limits it used stay under its name, should it come back.

    Without --yes it only shows what it would do. The files on your disk are not touched: change
    them likewise, or the next `patron publish` brings the rule back.
    """
  static let options = [Option("yes", "do it; without it, it is only shown")]

  /// A version that is published again.
  private struct Change {
    var version: Version
    var files: [SourceFile]
    var place: Place
    var begins: Instant
    var program: ProgramSyntax
  }

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let rule = try arguments.next("RULE")
    try arguments.end()
    let store = try Asking.store()
    let now = try max(Instant.now, store.latestClock().map { $0 + 1 } ?? .distantPast)
    guard let changes = try changes(rule, now, store) else { return ExitStatus.failed }
    for change in changes { show(change, rule) }
    let clock = Instant.now
    if let first = changes.first, first.begins > clock + 1, first.version.begins <= clock {
      Terminal.note("(transactions are rated up to then already)")
    }
    guard arguments.has("yes") else {
      Terminal.note("Nothing is done yet: `patron stop \(rule) --yes` does it.")
      return ExitStatus.done
    }
    for change in changes { try publish(change, store) }
    print("The rule \(rule) is ended.")
    if let place = changes.first?.place {
      print("Change \(place.file) likewise, or the next publication brings it back.")
    }
    return ExitStatus.done
  }

  /// Of the version in force and of those that will be; nil after it was told why there is none.
  private static func changes(_ rule: String, _ now: Instant, _ store: borrowing Store) throws
    -> [Change]?
  {
    guard let current = try store.version(inForceAt: now) else {
      throw ProgramFailure(message: "no program is published yet")
    }
    let later = try store.versions().filter { $0.begins > now && $0.id != current.id }
    var changes: [Change] = []
    var answer: RuleEnd.Answer?
    for version in [current] + later {
      let found = try change(rule, version, max(now, version.begins), &answer)
      if let found { changes.append(found) }
    }
    if changes.isEmpty, let answer { tell(answer, rule) }
    return changes.isEmpty ? nil : changes
  }

  private static func change(
    _ rule: String, _ version: Version, _ begins: Instant, _ answer: inout RuleEnd.Answer?
  ) throws -> Change? {
    let files = version.files.map { SourceFile(name: $0.path, text: $0.body) }
    guard
      let zone = ProgramReader.read(files).program.flatMap({ ZoneTable.zone($0.timezone.value) })
    else {
      throw ProgramFailure(
        message: "version \(version.id) was published by a Patron that reads more than this one")
    }
    // A store far in the west may still have the day before.
    let ended = RuleEnd.end(rule, in: files, lastDay: zone.date(of: begins) - 2)
    guard case .ended(let changed, let place) = ended else {
      answer = answer ?? ended
      return nil
    }
    guard let program = ProgramReader.read(changed).program else {
      answer = .cannot(place)
      return nil
    }
    return Change(version: version, files: changed, place: place, begins: begins, program: program)
  }

  private static func tell(_ answer: RuleEnd.Answer, _ rule: String) {
    switch answer {
    case .ended: break
    case .over(let day): Terminal.error("the rule `\(rule)` ended on \(day) already")
    case .unknown(let near):
      Terminal.error(
        "the published program has no rule `\(rule)`"
          + (near.map { "; did you mean `\($0)`?" } ?? ""))
    case .cannot(let place):
      Terminal.error("\(place): this rule cannot be changed as a text; publish a corrected program")
    }
  }

  private static func show(_ change: Change, _ rule: String) {
    let offset = ZoneTable.zone(change.program.timezone.value)?.offset(at: change.begins) ?? 0
    print(
      "Version \(change.version.id) anew, from \(change.begins.text(offset: offset)) on: "
        + "\(change.place.file):\(change.place.line)")
    let line = change.files.first { $0.name == change.place.file }.flatMap { file in
      let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
      return lines.indices.contains(change.place.line - 1) ? lines[change.place.line - 1] : nil
    }
    if let line { print("    " + line) }
    let old = change.version.files.map { SourceFile(name: $0.path, text: $0.body) }
    for difference in ProgramDiff(old: old, new: change.files).differences {
      print(
        "  \(difference.kind) \(difference.name): " + difference.sentences.joined(separator: "; "))
    }
  }

  private static func publish(_ change: Change, _ store: borrowing Store) throws {
    let folder = ProgramFolder(files: change.files)
    switch try Publisher.publish(folder, change.program, begins: change.begins, store) {
    case .already(let version): print("Version \(version) says so already.")
    case .published(let version):
      try Publisher.fillCounters(ofVersion: version, store) { _, _ in }
      print("Published version \(version).")
    }
  }
}

import Engine
import Foundation
import JSON
import Ledger
import Loyalty
import Rules
import YAML

/// `patron diff`: what one state of a program says that another does not.
enum DiffCommand: Command {
  static let name = "diff"
  static let summary = "what changed between two states of a program, in words"
  static let usage = "diff [OLD] NEW [--json]"
  static let help = """
    Tells in sentences what was added, removed and changed, rule by rule, tier by tier. OLD and NEW
    are each a program's folder, a file, or the number of a published version (`patron status` lists
    them); without OLD it is the version in force now. Comments, layout and the order in which names
    stand do not count, except for tiers, groups, and discounts of a group that is `compound`.
    Exit status: 0 whether or not something differs, 2 where a file cannot be read as YAML.
    """
  static let options = [Option("json", "the same as JSON")]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let first = try arguments.next("NEW")
    let second = arguments.nextOrNil()
    try arguments.end()
    let old = try second == nil ? inForce() : files(first)
    let new = try files(second ?? first)
    let problems = (old + new).flatMap { TextParser.parse($0).diagnostics }
    guard !problems.contains(where: { $0.severity == .error }) else {
      Terminal.note(DiagnosticReport(problems, sources: old + new).text)
      return ExitStatus.errors
    }
    let diff = ProgramDiff(old: old, new: new)
    if arguments.has("json") { print(json(diff)) } else { show(diff) }
    return ExitStatus.done
  }

  private static func files(_ what: String) throws -> [SourceFile] {
    guard let number = Int32(what), !FileManager.default.fileExists(atPath: what) else {
      return try ProgramFolder(path: what).files
    }
    let store = try Asking.store()
    guard let version = try store.version(number) else {
      throw ProgramFailure(message: "there is no version \(number); `patron status` lists them")
    }
    return files(of: version)
  }

  private static func inForce() throws -> [SourceFile] {
    let store = try Asking.store()
    guard let version = try store.version(inForceAt: .now) else {
      throw ProgramFailure(message: "no program is published yet; name two states to compare")
    }
    return files(of: version)
  }

  private static func files(of version: Version) -> [SourceFile] {
    version.files.map { SourceFile(name: "version \(version.id), \($0.path)", text: $0.body) }
  }

  private static func show(_ diff: ProgramDiff) {
    if diff.differences.isEmpty { print("They say the same.") }
    var table = Table([.left, .left, .left])
    for difference in diff.differences {
      let style: Terminal.Style =
        switch difference.what {
        case .added: .green
        case .removed: .red
        case .changed: .yellow
        }
      for (index, sentence) in difference.sentences.enumerated() {
        table.add(
          [index == 0 ? difference.kind : "", index == 0 ? difference.name : "", sentence],
          [.dim, style])
      }
    }
    table.show(indent: 0)
  }

  private static func json(_ diff: ProgramDiff) -> String {
    var json = JSONWriter()
    json.array { json in
      for difference in diff.differences {
        json.object { json in
          json.member("kind", difference.kind)
          json.member("name", difference.name)
          json.member("what", difference.what.rawValue)
          json.memberArray("sentences") { json in
            for sentence in difference.sentences { json.value(sentence) }
          }
        }
      }
    }
    return json.text
  }
}

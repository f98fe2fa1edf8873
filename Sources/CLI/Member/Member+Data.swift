import Engine
import Foundation
import Ledger
import Loyalty
import Reports

/// What is stored of a person.
extension MemberCommand {
  static func export(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("WHO")
    try arguments.end()
    let desk = try desk()
    print(try ExportReport.json(try desk.member(who), desk.store).indented())
    return ExitStatus.done
  }

  static func forget(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("WHO")
    try arguments.end()
    var desk = try desk()
    let member = try desk.member(who)
    guard arguments.has("yes") else {
      let isAlone = try desk.store.codes(of: member.owner).count == 1
      let end =
        isAlone
        ? "The account is closed and its points are forfeited."
        : "The shared account stays with the others."
      tell(
        "nothing", member.code,
        """
        \(member.code) would be forgotten for ever: name, cards, numbers, contacts, and what sales \
        say of the person. \(end)
        """, arguments)
      Terminal.note("Nothing is done yet: `patron member forget \(who) --yes` does it.")
      return ExitStatus.done
    }
    try desk.forget(member, at: try instant(arguments, desk))
    Deed("forgotten", "Forgotten. The ledger stays whole and names nobody.").tell(arguments)
    return ExitStatus.done
  }

  static func statement(_ arguments: inout Arguments) throws -> Int32 {
    let who = arguments.nextOrNil()
    try arguments.end()
    guard let first = try Asking.date(arguments, "from"),
      let last = try Asking.date(arguments, "to"),
      first <= last
    else { throw UsageFailure("a statement needs its days: --from DATE --to DATE") }
    let desk = try desk()
    let key = try who.map { try desk.member($0).owner }
    let language = Asking.language(arguments)
    var text = ""
    let count = try StatementReport.stream(
      of: key, first...last, language: language, desk.store
    ) { line in
      text += line + "\n"
      guard text.utf8.count > 1 << 16 else { return }
      FileHandle.standardOutput.write(Data(text.utf8))
      text = ""
    }
    FileHandle.standardOutput.write(Data(text.utf8))
    if who == nil { Terminal.note(CheckCommand.counted(count, "statement")) }
    return ExitStatus.done
  }
}

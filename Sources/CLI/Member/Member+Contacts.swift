import Engine
import Ledger
import Loyalty
import Reports

/// What was said to members, or heard of them.
extension MemberCommand {
  static func note(_ arguments: inout Arguments) throws -> Int32 {
    let (who, text) = (try arguments.next("WHO"), try arguments.next("TEXT"))
    try arguments.end()
    let kind = arguments.value("kind") ?? "note"
    guard Contact.kinds.contains(kind) else {
      throw UsageFailure("`--kind \(kind)` is not one of \(Contact.kinds.joined(separator: ", "))")
    }
    let desk = try desk()
    let member = try desk.member(who)
    let id = try desk.store.insert(
      Contact(
        member: member.member, kind: kind, text: text, operatorName: operatorName(arguments),
        at: try instant(arguments, desk) ?? .now))
    var deed = Deed("noted", "Contact \(id) of \(member.code) is noted.")
    deed.add("contact", id)
    deed.add("member", member.code)
    deed.add("kind", kind)
    deed.tell(arguments)
    return ExitStatus.done
  }

  static func contacts(_ arguments: inout Arguments) throws -> Int32 {
    let who = arguments.nextOrNil()
    try arguments.end()
    let desk = try desk()
    let member = try who.map { try desk.member($0) }
    let found = try desk.store.contacts(of: member?.member)
    if arguments.has("json") {
      for contact in found { print(MemberReport.json(contact).text) }
    } else if found.isEmpty {
      print(who == nil ? "No complaint is open." : "Nothing was noted.")
    } else {
      list(found)
    }
    return ExitStatus.done
  }

  static func settle(_ arguments: inout Arguments) throws -> Int32 {
    let id = try number(&arguments)
    let outcome = try arguments.next("OUTCOME")
    try arguments.end()
    let store = try Asking.store()
    let isDone = try store.settle(
      contact: id, outcome: outcome, by: operatorName(arguments), at: .now)
    guard isDone else {
      throw ReportFailure("contact \(id) is not there, or was settled before")
    }
    var deed = Deed("settled", "Contact \(id) is settled.")
    deed.add("contact", id)
    deed.add("outcome", outcome)
    deed.tell(arguments)
    return ExitStatus.done
  }

  static func list(_ contacts: [Contact]) {
    var table = Table([.right, .left, .left, .left, .left])
    for contact in contacts {
      table.add(
        [
          "\(contact.id)", String(contact.at.text(offset: 0).prefix(10)), contact.code ?? "",
          contact.kind + (contact.isOpen ? ", open" : ""),
          contact.text + (contact.outcome.map { " → \($0)" } ?? "") + "  (\(contact.operatorName))",
        ], [.bold, .dim, nil, contact.isOpen ? .yellow : nil])
    }
    table.show()
  }
}

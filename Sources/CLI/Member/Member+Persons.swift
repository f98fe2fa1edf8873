import Engine
import JSON
import Ledger
import Loyalty
import Reports

/// Persons and cards.
extension MemberCommand {
  static func enrol(_ arguments: inout Arguments) throws -> Int32 {
    var record = MemberRecord(member: try arguments.next("a CODE for the member"))
    try arguments.end()
    var desk = try desk()
    let change = try change(arguments)
    record.name = text(change.name)
    record.phone = text(change.phone)
    record.email = text(change.email)
    record.birthday = change.birthday ?? nil
    record.joined = (change.joined ?? nil) ?? desk.zone.date(of: .now)
    record.attributes = change.attributes
    if let card = arguments.value("card") { record.cards = [card] }
    let released = try desk.enrol(record)
    var deed = Deed("enrolled", "\(record.member) is enrolled.")
    deed.add("member", record.member)
    try tell(deed, released, arguments, desk.store)
    return ExitStatus.done
  }

  private static func text(_ value: String?) -> String? { value?.isEmpty == true ? nil : value }

  static func update(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("WHO")
    try arguments.end()
    guard arguments.value("card") == nil else {
      throw UsageFailure("`patron member card add \(who) CARD` gives somebody a card")
    }
    for other in ["reason", "expires", "into", "with"] where arguments.value(other) != nil {
      throw UsageFailure("`member update` has no --\(other)")
    }
    var desk = try desk()
    let member = try desk.member(who)
    try desk.update(member, try change(arguments))
    tell("changed", member.code, "\(member.code) is changed.", arguments)
    return ExitStatus.done
  }

  /// What the options say; an empty value takes a thing away.
  private static func change(_ arguments: Arguments) throws -> MemberChange {
    var change = MemberChange()
    change.name = arguments.value("name")
    change.phone = arguments.value("phone")
    change.email = arguments.value("email")
    func date(_ name: String) throws -> CivilDate?? {
      guard let text = arguments.value(name) else { return nil }
      return text.isEmpty ? .some(nil) : .some(try Asking.date(arguments, name))
    }
    change.birthday = try date("birthday")
    change.joined = try date("joined")
    for pair in (arguments.value("attributes") ?? "").split(separator: ",") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw UsageFailure("`\(pair)`: attributes are written NAME=VALUE,NAME=VALUE")
      }
      let name = parts[0].filter { $0 != " " || parts[0].first != " " }
      if parts[1].isEmpty {
        change.withoutAttributes.append(String(name))
      } else {
        change.attributes.append(Attribute(name: String(name), value: value(String(parts[1]))))
      }
    }
    return change
  }

  private static func value(_ text: String) -> Attribute.Value {
    switch text {
    case "yes", "true": .boolean(true)
    case "no", "false": .boolean(false)
    default: ExactDecimal(text).map { .number($0) } ?? .text(text)
    }
  }

  static func card(_ arguments: inout Arguments) throws -> Int32 {
    let what = try arguments.next("add, block, unblock or replace")
    var desk = try desk()
    switch what {
    case "add":
      let member = try desk.member(try arguments.next("WHO"))
      let card = try arguments.next("CARD")
      try arguments.end()
      let released = try desk.addCard(card, to: member)
      var deed = Deed("card added", "…\(card.suffix(4)) is a card of \(member.code).")
      deed.add("card", "…\(card.suffix(4))")
      deed.add("member", member.code)
      try tell(deed, released, arguments, desk.store)
    case "block", "unblock":
      let card = try arguments.next("CARD")
      try arguments.end()
      if what == "block" {
        try desk.block(card: card)
        var deed = Deed(
          "card blocked", "…\(card.suffix(4)) is blocked: sales on it are parked.")
        deed.add("card", "…\(card.suffix(4))")
        deed.tell(arguments)
      } else {
        let released = try desk.unblock(card: card)
        var deed = Deed("card unblocked", "…\(card.suffix(4)) is free again.")
        deed.add("card", "…\(card.suffix(4))")
        try tell(deed, released, arguments, desk.store)
      }
    case "replace":
      let (old, new) = (try arguments.next("OLD"), try arguments.next("NEW"))
      try arguments.end()
      let released = try desk.replace(card: old, by: new, keepingOld: arguments.has("keep"))
      var deed = Deed(
        "card replaced",
        "…\(new.suffix(4)) is the new card"
          + (arguments.has("keep") ? "." : "; …\(old.suffix(4)) is blocked."))
      deed.add("card", "…\(new.suffix(4))")
      deed.add("old card", "…\(old.suffix(4))")
      deed.add("old card is blocked", !arguments.has("keep"))
      try tell(deed, released, arguments, desk.store)
    default: throw UsageFailure("`card \(what)` is not one of add, block, unblock, replace")
    }
    return ExitStatus.done
  }

  static func find(_ arguments: inout Arguments) throws -> Int32 {
    let text = try arguments.next("TEXT")
    try arguments.end()
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw UsageFailure("say whom to find: a part of the name, code, e-mail or phone number")
    }
    let most = try arguments.number("limit", in: 1...10_000, default: 20)
    let store = try Asking.store()
    let found = try store.search(text, most: most)
    guard !found.isEmpty else {
      if arguments.has("json") {
        Terminal.note("nobody is found")
      } else {
        print("Nobody is found.")
      }
      return ExitStatus.failed
    }
    var table = Table([.left, .left, .left, .left, .left])
    for key in found {
      let details = try store.details(of: key.owner).first { $0.key == key }
      if arguments.has("json") {
        if let details { print(MemberReport.json(details).text) }
        continue
      }
      table.add(
        [
          key.code, details?.name ?? "", details?.phone ?? "", details?.email ?? "",
          details?.cards.map(\.card).joined(separator: " ") ?? "",
        ], [.bold])
    }
    table.show(indent: 0)
    return ExitStatus.done
  }

  static func show(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("WHO")
    try arguments.end()
    let desk = try desk()
    let report = try MemberReport(try desk.member(who), desk.store)
    if arguments.has("json") {
      print(report.json)
      return ExitStatus.done
    }
    for member in report.members { show(member, isMeant: member.key == report.key) }
    if report.status != .open {
      print("\n" + Terminal.styled("The account is \(report.status).", .yellow))
    }
    if !report.absorbed.isEmpty {
      let codes = report.absorbed.joined(separator: ", ")
      print("\nIt took in: \(codes)")
    }
    if !report.left.isEmpty {
      let codes = report.left.joined(separator: ", ")
      print("\nIt took in \(codes), who left again: what had come along stayed here.")
    }
    if !report.adjustments.isEmpty { Terminal.heading("Waiting adjustments") }
    for adjustment in report.adjustments {
      print("  \(adjustment.id)  by \(adjustment.operatorName): \(adjustment.reason)")
    }
    if !report.contacts.isEmpty { Terminal.heading("Contacts") }
    list(report.contacts)
    print("\n`patron balance \(report.key.code)` tells what is there.")
    return ExitStatus.done
  }

  private static func show(_ member: MemberDetails, isMeant: Bool) {
    let name = Terminal.styled(member.name ?? member.key.code, .bold)
    print("\(isMeant ? "" : "with ")\(name)  \(member.key.code)")
    var table = Table([.left, .left])
    func add(_ what: String, _ text: String?) { if let text { table.add([what, text], [.dim]) } }
    add("phone", member.phone)
    add("e-mail", member.email)
    add("birthday", member.birthday?.description)
    add("joined", member.joined?.description)
    for attribute in member.attributes { add(attribute.name, attribute.value.text) }
    for card in member.cards {
      add("card", card.card + (card.status == .active ? "" : ", \(card.status)"))
    }
    table.show()
  }
}

import Engine
import Ledger
import Loyalty
import Reports

/// Accounts that become one, part, pause and end.
extension MemberCommand {
  static func merge(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("WHO")
    try arguments.end()
    guard let other = arguments.value("into") else {
      throw UsageFailure("say who stays: `--into OTHER`")
    }
    var desk = try desk()
    let (source, target) = (try desk.member(who), try desk.member(other))
    let at = try instant(arguments, desk)
    let holds = try openHolds(of: source, beside: target, desk, at)
    let id = try desk.merge(source, into: target, at: at)
    var deed = Deed(
      "merged", "\(source.code) is \(target.code) now, with everything that was there (\(id)).")
    try add(source, to: target, as: "into", id, holds, desk, to: &deed)
    deed.tell(arguments)
    return ExitStatus.done
  }

  static func household(_ arguments: inout Arguments) throws -> Int32 {
    let what = try arguments.next("join or leave")
    let who = try arguments.next("WHO")
    try arguments.end()
    var desk = try desk()
    let member = try desk.member(who)
    switch what {
    case "join":
      guard let other = arguments.value("with") else {
        throw UsageFailure("say with whom: `--with OTHER`")
      }
      let target = try desk.member(other)
      let at = try instant(arguments, desk)
      let holds = try openHolds(of: member, beside: target, desk, at)
      let id = try desk.join(member, with: target, at: at)
      var deed = Deed(
        "joined", "\(member.code) shares the account of \(target.code) (\(id)).")
      try add(member, to: target, as: "with", id, holds, desk, to: &deed)
      deed.tell(arguments)
    case "leave":
      _ = try desk.leave(member)
      tell(
        "left", member.code,
        "\(member.code) has an account of her own; what was shared stays with the others.",
        arguments)
    default: throw UsageFailure("`household \(what)` is not one of join, leave")
    }
    return ExitStatus.done
  }

  /// What is held in an account that goes into another one.
  private static func openHolds(
    of source: MemberKey, beside target: MemberKey, _ desk: borrowing Desk, _ at: Instant?
  ) throws -> [Int64: String] {
    guard source.owner != target.owner else { return [:] }
    return try desk.store.openHolds(of: source.owner, at: at ?? .now)
  }

  /// Who went where, and what became of what was held.
  private static func add(
    _ source: MemberKey, to target: MemberKey, as role: String, _ id: String,
    _ holds: [Int64: String], _ desk: borrowing Desk, to deed: inout Deed
  ) throws {
    deed.add("member", source.code)
    deed.add(role, target.code)
    deed.add("id", id)
    let keys = holds.keys.sorted().map { HoldKey(owner: source.owner, seq: $0) }
    let moved = try desk.store.movedHolds(keys)
    let names = { (isMoved: Bool) in
      keys.filter { (moved[$0] != nil) == isMoved }.compactMap { holds[$0.seq] }
    }
    if !moved.isEmpty {
      let list = names(true).joined(separator: ", ")
      deed.say("What was held is held for \(target.code) now (hold \(list)).")
      deed.add("holds moved", names(true))
    }
    if moved.count < holds.count {
      let list = names(false).joined(separator: ", ")
      deed.say("What was held is free again (hold \(list)): hold it anew for \(target.code).")
      deed.add("holds released", names(false))
    }
  }

  static func pause(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("WHO")
    try arguments.end()
    var desk = try desk()
    let member = try desk.member(who)
    try desk.pause(member)
    tell(
      "paused", member.code,
      "The account of \(member.code) is paused: sales on its cards are parked.", arguments)
    return ExitStatus.done
  }

  static func resume(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("WHO")
    try arguments.end()
    var desk = try desk()
    let member = try desk.member(who)
    let released = try desk.resume(member)
    var deed = Deed("resumed", "The account of \(member.code) is open again.")
    deed.add("member", member.code)
    try tell(deed, released, arguments, desk.store)
    return ExitStatus.done
  }

  static func close(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("WHO")
    try arguments.end()
    var desk = try desk()
    let member = try desk.member(who)
    try desk.close(member, at: try instant(arguments, desk))
    tell(
      "closed", member.code,
      "The account of \(member.code) is closed; what was left of its points is forfeited.",
      arguments)
    return ExitStatus.done
  }
}

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
    print("\(source.code) is \(target.code) now, with everything that was there (\(id)).")
    tell(holds, letGoFor: target)
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
      print("\(member.code) shares the account of \(target.code) (\(id)).")
      tell(holds, letGoFor: target)
    case "leave":
      _ = try desk.leave(member)
      print("\(member.code) has an account of her own; what was shared stays with the others.")
    default: throw UsageFailure("`household \(what)` is not one of join, leave")
    }
    return ExitStatus.done
  }

  /// Holds that end with an account that goes into another one.
  private static func openHolds(
    of source: MemberKey, beside target: MemberKey, _ desk: borrowing Desk, _ at: Instant?
  ) throws -> [String] {
    guard source.owner != target.owner else { return [] }
    return try desk.store.openHolds(of: source.owner, at: at ?? .now)
  }

  private static func tell(_ holds: [String], letGoFor target: MemberKey) {
    guard !holds.isEmpty else { return }
    print(
      "What was held is free again (hold \(holds.joined(separator: ", "))): hold it anew for "
        + "\(target.code).")
  }

  static func pause(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("WHO")
    try arguments.end()
    var desk = try desk()
    let member = try desk.member(who)
    try desk.pause(member)
    print("The account of \(member.code) is paused: sales on its cards are parked.")
    return ExitStatus.done
  }

  static func resume(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("WHO")
    try arguments.end()
    var desk = try desk()
    let member = try desk.member(who)
    let released = try desk.resume(member)
    print("The account of \(member.code) is open again.")
    try tell(released, desk.store)
    return ExitStatus.done
  }

  static func close(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("WHO")
    try arguments.end()
    var desk = try desk()
    let member = try desk.member(who)
    try desk.close(member, at: try instant(arguments, desk))
    print("The account of \(member.code) is closed; what was left of its points is forfeited.")
    return ExitStatus.done
  }
}

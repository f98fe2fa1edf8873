import Ledger
import Loyalty
import Postgres
import Rules

/// What people do with members and their accounts: one act at a time, each whole or not at all.
///
/// What moves points is an event of its account, rated and booked at once, behind what waits there.
/// So history and explanation tell of it, and a simulation repeats it.
public struct Desk: ~Copyable {
  var worker: Worker

  public init(_ settings: ConnectionSettings) throws {
    worker = try Self.worker(settings)
  }

  private static func worker(_ settings: ConnectionSettings) throws -> Worker {
    var worker = try Worker(settings)
    worker.purse.drawsExactly = true
    try worker.programs.refresh(worker.store)
    return worker
  }

  /// The member behind a code, a card or a phone number; a number of several is not guessed at.
  public func member(_ text: String) throws -> MemberKey {
    let found = try worker.store.find(text).filter { !$0.code.isEmpty }
    var keys: [MemberKey] = []
    for member in found {
      let key = MemberKey(
        owner: CardOwner(shard: member.shard, account: member.account), member: member.member,
        code: member.code)
      if !keys.contains(key) { keys.append(key) }
    }
    guard let first = keys.first else {
      throw EngineError("nobody has the code, the card or the phone number `\(text)`")
    }
    guard keys.count == 1 else {
      throw EngineError(
        "`\(text)` leads to several members; ask for one by the code: "
          + keys.map(\.code).joined(separator: ", "))
    }
    return first
  }

  /// A currency of the program in force, or its only one where `key` is nil.
  public mutating func currency(_ key: String?) throws -> Currency {
    try worker.programs.refresh(worker.store)
    guard let program = worker.programs.current(at: .now) else {
      throw EngineError(
        "no program is published yet; `patron publish PATH --from INSTANT` publishes one")
    }
    guard let key else {
      guard program.currencies.count == 1 else {
        throw EngineError(
          "say which currency: "
            + program.currencies.map { "--currency \($0.key)" }.joined(separator: ", "))
      }
      return program.currencies[0]
    }
    guard let currency = program.currencies.first(where: { $0.key == key }) else {
      throw EngineError(
        "the program has no currency `\(key)`; it has "
          + program.currencies.map { "`\($0.key)`" }.joined(separator: ", "))
    }
    return currency
  }

  /// The time zone of the program in force.
  public var zone: Zone { worker.programs.current(at: .now)?.zone ?? .utc }

  /// The store behind it, for questions between acts.
  public var store: Store { _read { yield worker.store } }
}

extension Worker {
  /// Fails so that the act is tried again where a member has just gone to another account.
  func mustBeThere(_ members: MemberKey...) throws {
    for member in members where try !store.isThere(member) {
      throw EngineError("the member \(member.code) has just moved; look again")
    }
  }

  /// Not before anything that these accounts have seen.
  static func instant(_ at: Instant?, _ accounts: [Account]) -> Instant {
    accounts.reduce(at ?? .now) { max($0, $1.clock) }
  }

  /// Refuses where an account is not open.
  static func mustBeOpen(_ locked: [DeskAccount], _ what: String) throws {
    for account in locked {
      switch account.status {
      case .open: break
      case .paused:
        throw EngineError("the account is paused: nothing can be \(what) until it is resumed")
      case .closed: throw EngineError("the account is closed: nothing can be \(what)")
      case .merged: throw EngineError("the account went into another one; look again")
      }
    }
  }
}

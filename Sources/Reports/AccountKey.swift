import Ledger
import Loyalty

/// The account that was asked for.
public struct AccountKey: Sendable, Equatable {
  public var shard: Int16
  public var account: Int64

  public init(shard: Int16, account: Int64) {
    self.shard = shard
    self.account = account
  }

  /// Finds the account of a card, a phone number or a member's code. A number that leads to several
  /// is not guessed at.
  public init(_ text: String, _ store: borrowing Store) throws {
    let found = try store.find(text)
    var keys: [AccountKey] = []
    for member in found {
      let key = AccountKey(shard: member.shard, account: member.account)
      if !keys.contains(key) { keys.append(key) }
    }
    guard let first = keys.first else {
      throw ReportFailure(
        "nobody has a card, a phone number or a member's code `\(text)`. "
          + "A new card becomes known by `patron load members FILE`.")
    }
    guard keys.count == 1 else {
      let people = found.map { "  \($0.code)\($0.name.map { "  \($0)" } ?? "")" }
      throw ReportFailure(
        "`\(text)` leads to several members; ask for one by the code:\n"
          + people.joined(separator: "\n"))
    }
    self = first
  }
}

/// A question that has no answer, with what can be done.
public struct ReportFailure: Error, Sendable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }

  /// Nobody was ever held out of it.
  static func noHoldout(_ name: String) -> ReportFailure {
    ReportFailure(
      "no rule or campaign called `\(name)` has held out anybody; `patron holdout` lists all")
  }

  public static let nothingPublished = ReportFailure(
    "no program is published yet; `patron publish PATH --from INSTANT` publishes one")
}

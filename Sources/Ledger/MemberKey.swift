import Loyalty
import Postgres

/// One person, within the account.
public struct MemberKey: Sendable, Hashable {
  public var owner: CardOwner
  public var member: Int64
  public var code: String

  public init(owner: CardOwner, member: Int64, code: String) {
    self.owner = owner
    self.member = member
    self.code = code
  }

  var cells: [Cell] { [.int2(owner.shard), .int8(owner.account), .int8(member)] }
}

extension Store {
  /// Whether a member is still where it was found.
  public func isThere(_ key: MemberKey) throws -> Bool {
    let rows = try db.query(
      """
      SELECT FROM patron.members m
      JOIN patron.accounts a ON a.shard = m.shard AND a.account_id = m.account_id
      WHERE m.shard = $1 AND m.account_id = $2 AND m.member_id = $3 AND a.merged_into IS NULL
      """, key.cells)
    return rows.count == 1
  }

  /// The codes of those who share an account, its holder first.
  public func codes(of owner: CardOwner) throws -> [String] {
    let rows = try db.query(
      """
      SELECT code FROM patron.members WHERE shard = $1 AND account_id = $2
      ORDER BY place, member_id
      """, [.int2(owner.shard), .int8(owner.account)])
    return (0..<rows.count).map { rows.text($0, 0) }
  }
}

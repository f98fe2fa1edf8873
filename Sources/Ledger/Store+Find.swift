import Loyalty
import Postgres

/// Whom a card, a phone number or a member's code leads to.
public struct FoundMember: Sendable, Equatable {
  public enum Way: Int16, Sendable {
    case card = 1
    case member = 2
    case phone = 3
  }
  public var way: Way
  public var shard: Int16
  public var account: Int64
  public var member: Int64
  public var code: String
  public var name: String?
  /// The card that was asked for is blocked.
  public var isBlocked: Bool
}

/// An account's members and how far it is.
public struct AccountHead: Sendable {
  public struct Member: Sendable, Equatable {
    public var code: String
    public var name: String?
  }
  public var waiting: WaitingAccount
  public var members: [Member]
}

extension Store {
  /// Looks in the three directories at once; a phone number may lead to several.
  public func find(_ text: String) throws -> [FoundMember] {
    let digits = Phone.digits(text)
    let rows = try db.query(
      """
      SELECT f.way, f.shard, f.account_id, f.member_id, f.blocked, m.code, m.name FROM (
        SELECT 1::int2 AS way, shard, account_id, member_id, status <> 0 AS blocked
          FROM patron.cards WHERE card = $1
        UNION ALL
        SELECT 2::int2, shard, account_id, member_id, false FROM patron.member_codes WHERE code = $1
        UNION ALL
        SELECT 3::int2, shard, account_id, member_id, false FROM patron.phones WHERE phone = ANY($2)
      ) f
      LEFT JOIN patron.members m ON m.shard = f.shard AND m.account_id = f.account_id
        AND m.member_id = f.member_id
      ORDER BY f.way, f.account_id, f.member_id
      """, [.text(text), .textArray(digits.isEmpty ? [text] : [text, digits])])
    return (0..<rows.count).map { row in
      FoundMember(
        way: FoundMember.Way(rawValue: rows.int2(row, 0)) ?? .card, shard: rows.int2(row, 1),
        account: rows.int8(row, 2), member: rows.int8(row, 3), code: rows.textOrNil(row, 5) ?? "",
        name: rows.textOrNil(row, 6), isBlocked: rows.bool(row, 4))
    }
  }

  public func head(shard: Int16, account: Int64) throws -> AccountHead? {
    let rows = try db.query(
      """
      SELECT a.position, a.last_seq, a.clock, a.due, m.code, m.name
      FROM patron.accounts a LEFT JOIN patron.members m
        ON m.shard = a.shard AND m.account_id = a.account_id
      WHERE a.shard = $1 AND a.account_id = $2 ORDER BY m.place, m.member_id
      """, [.int2(shard), .int8(account)])
    guard rows.count > 0 else { return nil }
    let waiting = WaitingAccount(
      shard: shard, id: account, position: rows.int8(0, 0), last: rows.int8(0, 1),
      clock: Instant(microseconds: rows.instant(0, 2)),
      due: Instant(microseconds: rows.instant(0, 3)))
    var members: [AccountHead.Member] = []
    for row in 0..<rows.count where !rows.isNull(row, 4) {
      members.append(AccountHead.Member(code: rows.text(row, 4), name: rows.textOrNil(row, 5)))
    }
    return AccountHead(waiting: waiting, members: members)
  }
}

extension Store {
  /// The next accounts in the order of (shard, account), not locked: for those who only look.
  public func accounts(
    after last: (shard: Int16, account: Int64), most: Int
  ) throws -> [WaitingAccount] {
    let rows = try db.query(
      """
      SELECT shard, account_id, position, last_seq, clock, due FROM patron.accounts
      WHERE (shard, account_id) > ($1, $2) ORDER BY shard, account_id LIMIT $3
      """, [.int2(last.shard), .int8(last.account), .int(most)])
    return (0..<rows.count).map { row in
      WaitingAccount(
        shard: rows.int2(row, 0), id: rows.int8(row, 1), position: rows.int8(row, 2),
        last: rows.int8(row, 3), clock: Instant(microseconds: rows.instant(row, 4)),
        due: Instant(microseconds: rows.instant(row, 5)))
    }
  }
}

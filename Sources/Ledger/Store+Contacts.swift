import Loyalty
import Postgres

/// What was said to a member, or heard of one.
public struct Contact: Sendable, Equatable {
  public static let kinds = ["note", "call", "mail", "complaint"]
  public var id: Int64 = 0
  public var member: Int64
  public var kind: String
  public var text: String
  public var operatorName: String
  public var at: Instant
  public var closedAt: Instant?
  public var outcome: String?
  public var closedBy: String?
  /// Whose it is; nil where the member is not there any more.
  public var code: String?

  public init(member: Int64, kind: String, text: String, operatorName: String, at: Instant) {
    self.member = member
    self.kind = kind
    self.text = text
    self.operatorName = operatorName
    self.at = at
  }

  /// A complaint that has no outcome yet.
  public var isOpen: Bool { kind == "complaint" && closedAt == nil }
}

extension Store {
  public func insert(_ contact: Contact) throws -> Int64 {
    let rows = try db.query(
      """
      INSERT INTO patron.contacts (member_id, kind, text, operator, at)
      VALUES ($1, $2, $3, $4, $5) RETURNING contact_id
      """,
      [
        .int8(contact.member), .text(contact.kind), .text(contact.text),
        .text(contact.operatorName), contact.at.cell,
      ])
    return rows.int8(0, 0)
  }

  /// Ends a contact with its outcome; false where it is not there or was ended before.
  public func settle(
    contact id: Int64, outcome: String, by name: String, at instant: Instant
  ) throws -> Bool {
    let rows = try db.query(
      """
      UPDATE patron.contacts SET outcome = $2, closed_by = $3, closed_at = $4
      WHERE contact_id = $1 AND closed_at IS NULL RETURNING 1
      """, [.int8(id), .text(outcome), .text(name), instant.cell])
    return rows.count == 1
  }

  /// A member's contacts, or everybody's complaints that are open where `member` is nil; the oldest
  /// first.
  public func contacts(of member: Int64?) throws -> [Contact] {
    let rows = try db.query(
      """
      SELECT c.contact_id, c.member_id, c.kind, c.text, c.operator, c.at, c.closed_at, c.outcome,
        c.closed_by, (SELECT m.code FROM patron.members m WHERE m.member_id = c.member_id LIMIT 1)
      FROM patron.contacts c
      WHERE CASE WHEN $1::int8 IS NULL THEN c.kind = 'complaint' AND c.closed_at IS NULL
        ELSE c.member_id = $1 END
      ORDER BY c.contact_id
      """, [.int8(member)])
    return (0..<rows.count).map { row in
      var contact = Contact(
        member: rows.int8(row, 1), kind: rows.text(row, 2), text: rows.text(row, 3),
        operatorName: rows.text(row, 4), at: Instant(microseconds: rows.instant(row, 5)))
      contact.id = rows.int8(row, 0)
      contact.closedAt = rows.instantOrNil(row, 6).map { Instant(microseconds: $0) }
      contact.outcome = rows.textOrNil(row, 7)
      contact.closedBy = rows.textOrNil(row, 8)
      contact.code = rows.textOrNil(row, 9)
      return contact
    }
  }
}

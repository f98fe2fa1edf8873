import JSON
import Loyalty
import Postgres

/// What is to be known of a member from now on. Nil leaves a thing as it is; an empty text, or a
/// date that is nil inside, takes it away.
public struct MemberChange: Sendable {
  public var name: String?
  public var phone: String?
  public var email: String?
  public var birthday: CivilDate??
  public var joined: CivilDate??
  public var attributes: [Attribute] = []
  /// Names of attributes that are taken away.
  public var withoutAttributes: [String] = []
  public init() {}
}

/// A member with everything that stands at the person.
public struct MemberDetails: Sendable {
  public struct Card: Sendable, Equatable {
    public var card: String
    public var status: CardStatus
  }
  public var key: MemberKey
  public var name: String?
  public var phone: String?
  public var email: String?
  public var birthday: CivilDate?
  public var joined: CivilDate?
  public var attributes: [Attribute]
  public var cards: [Card]
  /// 0 is the account's holder.
  public var place: Int16
}

extension Store {
  /// Changes what is known of a member. Call within a transaction.
  public func update(_ key: MemberKey, _ change: MemberChange) throws {
    func date(_ change: CivilDate??) -> Cell { .date((change ?? nil)?.day) }
    try db.query(
      """
      UPDATE patron.members SET name = CASE WHEN $4::text IS NULL THEN name
          ELSE nullif($4, '') END,
        phone = CASE WHEN $5::text IS NULL THEN phone ELSE nullif($5, '') END,
        email = CASE WHEN $6::text IS NULL THEN email ELSE nullif($6, '') END,
        birthday = CASE WHEN $7 THEN $8 ELSE birthday END,
        joined = CASE WHEN $9 THEN $10 ELSE joined END,
        attributes = CASE WHEN $11::jsonb IS NULL AND cardinality($12::text[]) = 0 THEN attributes
          ELSE (coalesce(attributes, '{}') || coalesce($11::jsonb, '{}')) - $12::text[] END
      WHERE shard = $1 AND account_id = $2 AND member_id = $3
      """,
      key.cells + [
        .text(change.name), .text(change.phone), .text(change.email),
        .bool(change.birthday != nil), date(change.birthday), .bool(change.joined != nil),
        date(change.joined),
        .jsonb(change.attributes.isEmpty ? nil : EventDetails.json(change.attributes)),
        .textArray(change.withoutAttributes),
      ])
    guard let phone = change.phone else { return }
    try db.query(
      "DELETE FROM patron.phones WHERE shard = $1 AND account_id = $2 AND member_id = $3",
      key.cells)
    let digits = Phone.digits(phone)
    guard !digits.isEmpty else { return }
    try db.query(
      "INSERT INTO patron.phones (shard, account_id, member_id, phone) VALUES ($1, $2, $3, $4)",
      key.cells + [.text(digits)])
  }

  /// All members of an account, its holder first.
  public func details(of owner: CardOwner) throws -> [MemberDetails] {
    let rows = try db.query(
      """
      SELECT m.member_id, m.code, m.name, m.phone, m.email, m.birthday, m.joined, m.attributes,
        m.place, ARRAY(SELECT c.card FROM patron.cards c WHERE c.shard = m.shard
          AND c.account_id = m.account_id AND c.member_id = m.member_id ORDER BY c.card),
        ARRAY(SELECT c.status FROM patron.cards c WHERE c.shard = m.shard
          AND c.account_id = m.account_id AND c.member_id = m.member_id ORDER BY c.card)
      FROM patron.members m WHERE m.shard = $1 AND m.account_id = $2
      ORDER BY m.place, m.member_id
      """, [.int2(owner.shard), .int8(owner.account)])
    return try (0..<rows.count).map { row in
      MemberDetails(
        key: MemberKey(owner: owner, member: rows.int8(row, 0), code: rows.text(row, 1)),
        name: rows.textOrNil(row, 2), phone: rows.textOrNil(row, 3), email: rows.textOrNil(row, 4),
        birthday: rows.dateOrNil(row, 5).map { CivilDate(day: $0) },
        joined: rows.dateOrNil(row, 6).map { CivilDate(day: $0) },
        attributes: try rows.jsonbOrNil(row, 7).map { try EventDetails.attributes($0) } ?? [],
        cards: zip(rows.textArray(row, 9), rows.int2Array(row, 10)).map {
          MemberDetails.Card(card: $0, status: CardStatus(rawValue: $1) ?? .blocked)
        },
        place: rows.int2(row, 8))
    }
  }

  /// Members whose code, name, e-mail address, phone number or card holds a text, whatever its
  /// case; at most `most`.
  public func search(_ text: String, most: Int) throws -> [MemberKey] {
    let digits = Phone.digits(text)
    let rows = try db.query(
      """
      SELECT m.shard, m.account_id, m.member_id, m.code FROM patron.members m
      JOIN patron.accounts a ON a.shard = m.shard AND a.account_id = m.account_id
      WHERE a.status <> 3 AND (strpos(lower(m.code), lower($1)) > 0
        OR strpos(lower(m.name), lower($1)) > 0 OR strpos(lower(m.email), lower($1)) > 0
        OR (m.shard, m.account_id, m.member_id) IN (
          SELECT shard, account_id, member_id FROM patron.cards WHERE card = $1
          UNION ALL SELECT shard, account_id, member_id FROM patron.member_codes WHERE code = $1
          UNION ALL SELECT shard, account_id, member_id FROM patron.phones
            WHERE length($2) >= 4 AND strpos(phone, $2) > 0))
      ORDER BY m.name, m.code LIMIT $3
      """, [.text(text), .text(digits), .int(most)])
    return (0..<rows.count).map { row in
      MemberKey(
        owner: CardOwner(shard: rows.int2(row, 0), account: rows.int8(row, 1)),
        member: rows.int8(row, 2), code: rows.text(row, 3))
    }
  }

  // MARK: - Cards

  /// Adds a card to a member; false where somebody has it.
  public func addCard(_ card: String, to key: MemberKey, _ status: CardStatus) throws -> Bool {
    let rows = try db.query(
      """
      INSERT INTO patron.cards (shard, account_id, member_id, card, status)
      VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING card
      """, key.cells + [.text(card), .int2(status.rawValue)])
    return rows.count == 1
  }

  public func setStatus(_ status: CardStatus, ofCard card: String) throws {
    try db.query(
      "UPDATE patron.cards SET status = $2 WHERE card = $1",
      [.text(card), .int2(status.rawValue)])
  }

  /// A card with its status and its member; nil where nobody has it.
  public func card(_ card: String) throws -> (key: MemberKey, status: CardStatus)? {
    let rows = try db.query(
      """
      SELECT c.shard, c.account_id, c.member_id, m.code, c.status FROM patron.cards c
      JOIN patron.members m ON m.shard = c.shard AND m.account_id = c.account_id
        AND m.member_id = c.member_id
      WHERE c.card = $1
      """, [.text(card)])
    guard rows.count == 1 else { return nil }
    let key = MemberKey(
      owner: CardOwner(shard: rows.int2(0, 0), account: rows.int8(0, 1)),
      member: rows.int8(0, 2), code: rows.text(0, 3))
    return (key, CardStatus(rawValue: rows.int2(0, 4)) ?? .blocked)
  }

  /// All cards of an account.
  public func cards(of owner: CardOwner) throws -> [String] {
    let rows = try db.query(
      "SELECT card FROM patron.cards WHERE shard = $1 AND account_id = $2 ORDER BY card",
      [.int2(owner.shard), .int8(owner.account)])
    return (0..<rows.count).map { rows.text($0, 0) }
  }
}

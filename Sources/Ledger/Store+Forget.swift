import Loyalty
import Postgres

/// Who is to be forgotten, and where the person is found.
public struct Forgetting: Sendable {
  public var member: MemberKey
  /// The account, and those that went into it.
  public var accounts: [CardOwner]
  /// All of their events are this person's; otherwise those with one of the cards are.
  public var isAlone: Bool
  /// Accounts that were shared once, where the person's sales still stand.
  public var former: [CardOwner] = []
  public var cards: [String] = []
  /// The codes that lead to the person: her own, and those of members who were her all along.
  public var codes: [String] = []
  /// Cards, codes, phone numbers and e-mail addresses that are long enough to be looked for in
  /// texts.
  public var identifiers: [String] = []
  public var names: [String] = []

  /// Shorter ones are found in too many texts that have nothing to do with the person.
  static let shortestIdentifier = 4

  var cells: [Cell] { [.int8Array(accounts.map(\.account))] }

  /// The same person in the accounts that she has left.
  var before: Forgetting {
    var before = self
    before.accounts = former
    before.isAlone = false
    return before
  }
}

extension Store {
  /// Finds where a member stands. Her account must be locked.
  public func forgetting(_ member: MemberKey) throws -> Forgetting {
    let merged = try self.merged(into: [member.owner])[member.owner] ?? []
    var forgetting = Forgetting(
      member: member, accounts: [member.owner] + merged.map(\.owner),
      isAlone: try codes(of: member.owner).count == 1)
    forgetting.former = try former(member).filter { !forgetting.accounts.contains($0) }
    let everywhere: Cell = .int8Array(
      (forgetting.accounts + forgetting.former).map(\.account))
    let rows = try db.query(
      """
      WITH codes AS (SELECT code FROM patron.member_codes
        WHERE shard = $1 AND account_id = $2 AND member_id = $3),
      words AS (SELECT is_name, word FROM patron.former_words
        WHERE member_id = $3 OR member_id IN (SELECT member_id FROM patron.members
          WHERE account_id = ANY($4) AND code IN (SELECT code FROM codes)))
      SELECT ARRAY(SELECT card FROM patron.cards
          WHERE shard = $1 AND account_id = $2 AND member_id = $3),
        ARRAY(SELECT code FROM codes),
        ARRAY(SELECT t FROM patron.members m
          CROSS JOIN LATERAL
            unnest(ARRAY[phone, regexp_replace(phone, '[^0-9]', '', 'g'), email]) t
          WHERE m.account_id = ANY($4) AND m.code IN (SELECT code FROM codes) AND t <> ''
          UNION SELECT t FROM words
          CROSS JOIN LATERAL unnest(ARRAY[word,
            CASE WHEN word NOT LIKE '%@%' THEN regexp_replace(word, '[^0-9]', '', 'g') END]) t
          WHERE NOT is_name AND t <> ''),
        ARRAY(SELECT name FROM patron.members m
          WHERE m.account_id = ANY($4) AND m.code IN (SELECT code FROM codes) AND name <> ''
          UNION SELECT word FROM words WHERE is_name),
        ARRAY(SELECT phone FROM patron.phones
          WHERE shard = $1 AND account_id = $2 AND member_id = $3)
      """, member.cells + [everywhere])
    forgetting.cards = rows.textArray(0, 0)
    forgetting.codes = rows.textArray(0, 1)
    let all = forgetting.cards + forgetting.codes + rows.textArray(0, 2) + rows.textArray(0, 4)
    forgetting.identifiers = Set(all.filter { $0.count >= Forgetting.shortestIdentifier }).sorted()
    forgetting.names = rows.textArray(0, 3)
    return forgetting
  }

  /// Takes a person out of everything but the ledger itself, which names nobody then. Call within
  /// the transaction that locked her account.
  public func forget(_ person: Forgetting) throws {
    for one in [person, person.before] where !one.accounts.isEmpty {
      try forgetReferrals(one)
      try forgetEvents(one)
      try forgetIDs(one)
      try forgetArrivals(one)
      try forgetDesk(one)
      try forgetRows(one)
    }
    try db.query(
      "DELETE FROM patron.former_accounts WHERE member_id = $1", [.int8(person.member.member)])
  }

  /// The accounts that a member has left, where they are now, with those that went into them.
  private func former(_ member: MemberKey) throws -> [CardOwner] {
    let rows = try db.query(
      "SELECT account_id FROM patron.former_accounts WHERE member_id = $1",
      [.int8(member.member)])
    let left = (0..<rows.count).map { CardOwner(account: rows.int8($0, 0)) }
    let survivors = try survivors(of: left)
    let ends = Set(left.map { survivors[$0] ?? $0 }).sorted()
    return try ends + merged(into: ends).values.flatMap { $0.map(\.owner) }
  }

  /// Whether a text holds one of the identifiers in `$n`.
  private static func holds(_ text: String, _ n: Int) -> String {
    "EXISTS (SELECT FROM unnest($\(n)::text[]) needle WHERE strpos(\(text), needle) > 0)"
  }

  /// Attributes without their texts: those that a published program names say nothing of a person.
  private static func withoutTexts(_ attributes: String, _ n: Int) -> String {
    """
    (SELECT jsonb_object_agg(a.key, a.value) FROM jsonb_each(\(attributes)) a
      WHERE jsonb_typeof(a.value) <> 'string'
        OR NOT \(holds("a.value #>> '{}'", n)) AND length(a.value #>> '{}') > 1
          AND EXISTS (SELECT FROM patron.version_files f
            WHERE strpos(f.body, a.value #>> '{}') > 0))
    """
  }

  /// What others' events say of her as their referrer: found by her own side of them.
  private func forgetReferrals(_ person: Forgetting) throws {
    try db.query(
      """
      UPDATE patron.events o SET attributes = o.attributes - 'referrer'
      FROM patron.events e JOIN patron.claims c ON c.source = e.source
        AND c.external_id = left(e.external_id, -length('#referrer'))
      WHERE e.account_id = ANY($1) AND e.attributes ? 'for referrer'
        AND o.shard = c.shard AND o.account_id = c.account_id AND o.seq = c.seq
        AND o.attributes ->> 'referrer' = ANY($2)
      """, person.cells + [.textArray(person.cards + person.codes)])
  }

  private func forgetEvents(_ person: Forgetting) throws {
    let all: [Cell] = [.textArray(person.identifiers + person.names)]
    try db.query(
      Statement(
        "forget events",
        """
        UPDATE patron.events e SET card = NULL,
          attributes = CASE WHEN e.kind > 5 OR e.attributes IS NULL THEN e.attributes
            ELSE \(Self.withoutTexts("e.attributes", 3)) END,
          line_details = CASE WHEN \(Self.holds("e.line_details::text", 3)) THEN NULL
            ELSE e.line_details END
        WHERE e.account_id = ANY($1) AND ($4 OR e.card = ANY($2)
          OR \(Self.holds("e.attributes::text", 3)) OR \(Self.holds("e.line_details::text", 3)))
        """), person.cells + [.textArray(person.cards)] + all + [.bool(person.isAlone)])
  }

  /// Ids that hold a card number or the like get a number of their own.
  private func forgetIDs(_ person: Forgetting) throws {
    try db.query(
      Statement(
        "forget ids",
        """
        WITH old AS (
          SELECT e.shard, e.account_id, e.seq, e.source, e.external_id,
            'forgotten ' || md5(c.digest::text || e.external_id) AS new_id
          FROM patron.events e JOIN patron.claims c ON c.source = e.source
            AND c.external_id = e.external_id
          WHERE e.account_id = ANY($1) AND e.kind <= 5 AND \(Self.holds("e.external_id", 2))
        ), claims AS (
          UPDATE patron.claims c SET external_id = old.new_id FROM old
          WHERE c.source = old.source AND c.external_id = old.external_id
        )
        UPDATE patron.events e SET external_id = old.new_id FROM old
        WHERE e.shard = old.shard AND e.account_id = old.account_id AND e.seq = old.seq
        """), person.cells + [.textArray(person.identifiers)])
    try db.query(
      Statement(
        "forget originals",
        """
        UPDATE patron.events e SET original_id = NULL, original_source = NULL
        WHERE e.account_id = ANY($1) AND \(Self.holds("e.original_id", 2))
        """), person.cells + [.textArray(person.identifiers)])
  }

  /// What waits, in the inbox or parked, and what was in conflict.
  private func forgetArrivals(_ person: Forgetting) throws {
    let cells: [Cell] = [.textArray(person.identifiers), .textArray(person.cards)]
    try db.query(
      Statement(
        "forget parked rows",
        """
        WITH old AS (
          SELECT p.parked_id, p.source, p.external_id,
            CASE WHEN \(Self.holds("p.external_id", 1))
              THEN 'forgotten ' || md5(p.parked_id || p.external_id)
              ELSE p.external_id END AS new_id
          FROM patron.parked p
          WHERE p.card = ANY($2) OR p.cards && $2 OR \(Self.holds("p.body", 1))
            OR \(Self.holds("p.external_id", 1))
        ), claims AS (
          UPDATE patron.claims c SET external_id = old.new_id
          FROM old JOIN patron.symbols s ON s.text = old.source
          WHERE c.source = s.symbol AND c.external_id = old.external_id AND c.shard = -1
            AND c.account_id = old.parked_id AND old.new_id <> old.external_id
        )
        UPDATE patron.parked p SET reason = 'forgotten', detail = '', card = NULL, cards = NULL,
          body = '{}', external_id = old.new_id
        FROM old WHERE p.parked_id = old.parked_id
        """), cells)
    try db.query(
      Statement(
        "forget conflicts",
        """
        UPDATE patron.conflicts c SET body = '{}', replaced_body = NULL,
          reason = CASE WHEN reason IS NOT NULL THEN '' END,
          external_id = CASE WHEN \(Self.holds("c.external_id", 1))
            THEN 'forgotten ' || md5(c.conflict_id || c.external_id) ELSE c.external_id END
        WHERE \(Self.holds("c.body", 1))
          OR \(Self.holds("coalesce(c.replaced_body, '')", 1))
          OR \(Self.holds("c.external_id", 1))
          OR (c.source, c.external_id) IN (
            SELECT s.text, e.external_id FROM patron.events e
            JOIN patron.symbols s ON s.symbol = e.source WHERE e.account_id = ANY($2))
        """), [cells[0]] + person.cells)
    try db.query(
      Statement(
        "forget the inbox",
        """
        UPDATE patron.inbox i SET card = NULL, cards = NULL, attributes = NULL,
          id = CASE WHEN \(Self.holds("i.id", 1)) THEN 'forgotten ' || i.inbox_id ELSE i.id END
        WHERE i.card = ANY($2) OR \(Self.holds("to_jsonb(i)::text", 1))
        """), cells)
  }

  private func forgetDesk(_ person: Forgetting) throws {
    try db.query(
      "DELETE FROM patron.contacts WHERE member_id = $1", [.int8(person.member.member)])
    try db.query(
      Statement(
        "forget reasons",
        """
        UPDATE patron.adjustments a SET reason = '', request = NULL
        WHERE a.account_id = ANY($1) AND ($2 OR \(Self.holds("a.reason", 3)))
        """),
      person.cells + [
        .bool(person.isAlone), .textArray(person.identifiers + person.names),
      ])
    guard person.isAlone else { return }
    // Nothing of it must go out any more.
    for table in ["outbox", "undelivered", "dead_letters"] {
      try db.query(
        Statement(
          "forget \(table)", "DELETE FROM patron.\(table) WHERE account_id = ANY($1)"), person.cells
      )
    }
  }

  private func forgetRows(_ person: Forgetting) throws {
    try db.query(
      """
      DELETE FROM patron.former_words WHERE member_id IN (SELECT member_id FROM patron.members
        WHERE account_id = ANY($1) AND code = ANY($2))
      """, person.cells + [.textArray(person.codes)])
    try db.query(
      "DELETE FROM patron.members WHERE account_id = ANY($1) AND code = ANY($2)",
      person.cells + [.textArray(person.codes)])
    for table in ["cards", "member_codes", "phones"] {
      try db.query(
        Statement(
          "forget \(table)",
          """
          DELETE FROM patron.\(table) WHERE shard = $1 AND account_id = $2 AND member_id = $3
          """), person.member.cells)
    }
    try refillHolder(of: person.member.owner)
  }
}

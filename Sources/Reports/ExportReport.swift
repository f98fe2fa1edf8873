import JSON
import Ledger
import Loyalty
import Postgres

/// Everything that is stored of a person, as JSON.
public enum ExportReport {
  /// Of the account and those that went into it; of one that is shared the person's own sales, and
  /// what all share.
  public static func json(_ key: MemberKey, _ store: borrowing Store) throws -> JSONValue {
    try store.db.begin(.snapshot)
    defer { store.db.rollback() }
    let person = try store.forgetting(key)
    let cells: [Cell] = [
      .int8Array(person.accounts.map(\.account)), .textArray(person.cards),
      .textArray(person.codes), .int8(key.member), .bool(person.isAlone),
      .int8Array(person.former.map(\.account)),
    ]
    var members: [JSONValue.Member] = []
    for section in sections {
      let rows = try store.db.query(
        Statement(
          "export of \(section.name)",
          """
          WITH asked AS (
            SELECT $1::int8[] AS accounts, $2::text[] AS cards, $3::text[] AS codes,
              $4::int8 AS member, $5::bool AS alone, $6::int8[] AS former)
          SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(t))), '[]') FROM (
            \(section.sql)
          ) t
          """), cells)
      members.append(.init(section.name, try JSONValue(Array(rows.text(0, 0).utf8))))
    }
    return .object(members)
  }

  private static let sections: [(name: String, sql: String)] = [
    (
      "members",
      """
      SELECT DISTINCT ON (m.code) m.code AS member, m.name, m.phone, m.email, m.birthday, m.joined,
        m.attributes
      FROM patron.members m, asked
      WHERE m.account_id = ANY(asked.accounts) AND m.code = ANY(asked.codes)
      ORDER BY m.code, array_position(asked.accounts, m.account_id)
      """
    ),
    (
      "cards",
      """
      SELECT c.card, (ARRAY['active', 'blocked', 'paused', 'closed'])[c.status + 1] AS status
      FROM patron.cards c, asked WHERE c.card = ANY(asked.cards) ORDER BY c.card
      """
    ),
    (
      "phones",
      """
      SELECT p.phone FROM patron.phones p, asked
      WHERE p.account_id = ANY(asked.accounts) AND p.member_id = asked.member ORDER BY p.phone
      """
    ),
    (
      "known before as",
      """
      SELECT w.word, w.until FROM patron.former_words w, asked
      WHERE w.member_id = asked.member OR w.member_id IN (
        SELECT m.member_id FROM patron.members m
        WHERE m.account_id = ANY(asked.accounts) AND m.code = ANY(asked.codes))
      ORDER BY w.until, w.word
      """
    ),
    (
      "accounts",
      """
      SELECT a.account_id AS account, a.merged_into AS "merged into",
        (ARRAY['open', 'paused', 'closed', 'merged'])[a.status + 1] AS status, a.clock AS "rated to"
      FROM patron.accounts a, asked WHERE a.account_id = ANY(asked.accounts) ORDER BY a.account_id
      """
    ),
    (
      "balances",
      """
      SELECT b.account_id AS account, c.key AS currency, c.decimals, b.available, b.pending, b.held,
        b.debt, b.earned, b.reversed AS "taken back", b.spent, b.expired, b.adjusted, b.transferred
      FROM patron.balances b JOIN patron.currencies c ON c.currency = b.currency, asked
      WHERE b.account_id = ANY(asked.accounts) ORDER BY b.account_id, b.currency
      """
    ),
    (
      "lots",
      """
      SELECT l.account_id AS account, c.key AS currency, l.due, l.expires, l.granted, l.remaining
      FROM patron.lots l JOIN patron.currencies c ON c.currency = l.currency, asked
      WHERE l.account_id = ANY(asked.accounts) AND l.remaining + l.held > 0
      ORDER BY l.account_id, l.currency, l.expires, l.due
      """
    ),
    (
      "events",
      """
      SELECT e.account_id AS account, e.seq, src.text AS source, e.external_id AS id, e.at,
        (ARRAY['sale', 'return', 'void', 'exchange', 'event', 'review'])[e.kind] AS kind,
        n.text AS event, st.text AS store, ch.text AS channel, e.register, e.salesperson, e.card,
        e.coupons, e.attributes,
        (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('sku', l.sku, 'category', l.category,
            'quantity', l.quantity, 'total', l.total, 'tax', l.tax, 'details', l.details))
            ORDER BY l.n)
         FROM patron.event_lines l WHERE l.shard = e.shard AND l.account_id = e.account_id
           AND l.seq = e.seq) AS lines
      FROM patron.events e
      LEFT JOIN patron.symbols src ON src.symbol = e.source
      LEFT JOIN patron.symbols n ON n.symbol = e.name
      LEFT JOIN patron.symbols st ON st.symbol = e.store
      LEFT JOIN patron.symbols ch ON ch.symbol = e.channel, asked
      WHERE e.account_id = ANY(asked.accounts) AND (asked.alone OR e.card = ANY(asked.cards))
        OR e.account_id = ANY(asked.former) AND e.card = ANY(asked.cards)
      ORDER BY e.account_id, e.seq
      """
    ),
    (
      "postings",
      """
      SELECT p.account_id AS account, p.seq, p.at, c.key AS currency, p.amount, p.due, p.expires,
        b.name AS "from", d.name AS "to",
        ARRAY(SELECT r.key FROM unnest(p.part_rules) WITH ORDINALITY u (rule, n)
          JOIN patron.rules r ON r.rule = u.rule ORDER BY u.n) AS rules
      FROM patron.postings p JOIN patron.currencies c ON c.currency = p.currency
      JOIN (VALUES \(buckets)) b (bucket, name) ON b.bucket = p.debited
      JOIN (VALUES \(buckets)) d (bucket, name) ON d.bucket = p.credited, asked
      WHERE p.account_id = ANY(asked.accounts) ORDER BY p.account_id, p.seq, p.n
      """
    ),
    (
      "tiers",
      """
      SELECT s.account_id AS account, t.key AS tier, s.since, s.until
      FROM patron.standings s JOIN patron.tiers t ON t.tier = s.tier, asked
      WHERE s.account_id = ANY(asked.accounts) ORDER BY s.account_id, s.since
      """
    ),
    (
      "tier changes",
      """
      SELECT s.account_id AS account, f.key AS "from", t.key AS "to", s.at, s.until
      FROM patron.tier_changes s LEFT JOIN patron.tiers f ON f.tier = s.from_tier
      LEFT JOIN patron.tiers t ON t.tier = s.to_tier, asked
      WHERE s.account_id = ANY(asked.accounts) ORDER BY s.account_id, s.seq, s.n
      """
    ),
    (
      "segments",
      """
      SELECT s.account_id AS account, k.key AS segment, s.since
      FROM patron.segment_members s JOIN patron.segments k ON k.segment = s.segment, asked
      WHERE s.account_id = ANY(asked.accounts) ORDER BY s.account_id, k.key
      """
    ),
    (
      "coupons",
      """
      SELECT c.account_id AS account, t.key AS coupon, c.code, c.issued_at AS issued,
        c.valid_until AS "valid until", c.used
      FROM patron.coupons c JOIN patron.coupon_templates t ON t.template = c.template, asked
      WHERE c.account_id = ANY(asked.accounts) AND NOT c.moved ORDER BY c.account_id, c.seq, c.n
      """
    ),
    (
      "counters",
      """
      SELECT v.account_id AS account, k.key AS counter, v.bucket, v.value
      FROM patron.counter_values v JOIN patron.counters k ON k.counter = v.counter, asked
      WHERE v.account_id = ANY(asked.accounts) AND v.value <> 0
      ORDER BY v.account_id, k.key, v.bucket
      """
    ),
    (
      "benefits",
      """
      SELECT b.account_id AS account, b.seq, b.times, b.money, coalesce(r.key, t.key, w.key) AS by,
        (ARRAY['rule', 'coupon', 'reward'])[b.source] AS kind
      FROM patron.benefits b
      LEFT JOIN patron.rules r ON b.source = 1 AND r.rule = b.id
      LEFT JOIN patron.coupon_templates t ON b.source = 2 AND t.template = b.id
      LEFT JOIN patron.rewards w ON b.source = 3 AND w.reward = b.id, asked
      WHERE b.account_id = ANY(asked.accounts) ORDER BY b.account_id, b.seq, b.n
      """
    ),
    (
      "adjustments",
      """
      SELECT a.adjustment_id AS adjustment, a.account_id AS account, c.key AS currency, a.amount,
        a.reason, a.operator, a.made_at AS at, a.decided_by AS "decided by",
        (ARRAY['waiting', 'booked', 'refused'])[a.state + 1] AS state
      FROM patron.adjustments a JOIN patron.currencies c ON c.currency = a.currency, asked
      WHERE a.account_id = ANY(asked.accounts) ORDER BY a.adjustment_id
      """
    ),
    (
      "contacts",
      """
      SELECT k.contact_id AS contact, k.kind, k.at, k.text, k.operator, k.outcome,
        k.closed_at AS closed, k.closed_by AS "closed by"
      FROM patron.contacts k, asked WHERE k.member_id = asked.member ORDER BY k.contact_id
      """
    ),
    (
      "parked",
      """
      SELECT p.parked_id AS parked, p.reason, p.source, p.external_id AS id, p.at, p.body
      FROM patron.parked p, asked
      WHERE p.card = ANY(asked.cards) OR p.cards && asked.cards ORDER BY p.parked_id
      """
    ),
    (
      "messages",
      """
      SELECT o.message_id AS id, o.account_id AS account, o.seq, o.topic, o.body, o.refused
      FROM (
        SELECT message_id, account_id, seq, topic, body, NULL AS refused FROM patron.outbox
        UNION ALL
        SELECT message_id, account_id, seq, topic, body, error FROM patron.dead_letters
      ) o, asked
      WHERE o.account_id = ANY(asked.accounts) ORDER BY o.message_id
      """
    ),
  ]

  private static let buckets = """
    (1, 'available'), (2, 'pending'), (3, 'held'), (4, 'debt'), (11, 'issued'), (12, 'redeemed'),
    (13, 'expired'), (14, 'adjusted'), (15, 'transfer')
    """
}

import Loyalty
import Postgres

/// What goes with an account into another one besides what its events say.
extension Store {
  /// Cards, codes and numbers of an account lead to another one from now on; to one of its members,
  /// or to the same ones who go with them where `member` is nil.
  public func redirect(
    _ source: CardOwner, to target: CardOwner, member: Int64?, only one: Int64? = nil
  ) throws {
    let cells: [Cell] = [
      .int2(source.shard), .int8(source.account), .int2(target.shard), .int8(target.account),
      .int8(member), .int8(one),
    ]
    for table in ["cards", "member_codes"] {
      try db.query(
        Statement(
          "redirect \(table)",
          """
          UPDATE patron.\(table) SET shard = $3, account_id = $4,
            member_id = coalesce($5, member_id)
          WHERE shard = $1 AND account_id = $2 AND ($6 IS NULL OR member_id = $6)
          """), cells)
    }
    try db.query(
      """
      WITH gone AS (
        DELETE FROM patron.phones
        WHERE shard = $1 AND account_id = $2 AND ($6 IS NULL OR member_id = $6)
        RETURNING phone, member_id
      )
      INSERT INTO patron.phones (phone, shard, account_id, member_id)
      SELECT phone, $3, $4, coalesce($5, member_id) FROM gone ON CONFLICT DO NOTHING
      """, cells)
  }

  /// Coupons that can still be used are the other account's from now on: they stand beside what its
  /// event brought, from the number `first` on.
  public func moveCoupons(
    of source: CardOwner, to target: CardOwner, seq: Int64, from first: Int, at: Instant
  ) throws {
    try db.query(
      """
      WITH old AS (
        UPDATE patron.coupons SET moved = true
        WHERE shard = $1 AND account_id = $2 AND valid_until > $5 AND NOT moved RETURNING *
      ), new AS (
        INSERT INTO patron.coupons (shard, account_id, seq, n, issued_at, valid_until, template,
          tier, used, used_before, withdrawn, times, code)
        SELECT $3, $4, $6, $7 + row_number() OVER (ORDER BY seq, n) - 1, issued_at, valid_until,
          template, tier, used, used, withdrawn, times, code
        FROM old RETURNING code, seq, n
      )
      UPDATE patron.coupon_codes c SET shard = $3, account_id = $4, seq = new.seq, n = new.n
      FROM new WHERE c.code = new.code
      """,
      [
        .int2(source.shard), .int8(source.account), .int2(target.shard), .int8(target.account),
        at.cell, .int8(seq), .int4(Int32(first)),
      ])
  }

  /// Adjustments that wait go with the account.
  public func moveAdjustments(of source: CardOwner, to target: CardOwner) throws {
    try db.query(
      """
      UPDATE patron.adjustments SET shard = $2, account_id = $3
      WHERE account_id = $1 AND state = 0
      """, [.int8(source.account), .int2(target.shard), .int8(target.account)])
  }

  /// A member is one with another: what is not known of the one is taken from the other, who joined
  /// first is kept, and contacts go over. The other's own row stays with its old account.
  public func fold(_ source: MemberKey, into target: MemberKey) throws {
    try db.query(
      """
      UPDATE patron.members t SET name = coalesce(t.name, s.name),
        phone = coalesce(t.phone, s.phone), email = coalesce(t.email, s.email),
        birthday = coalesce(t.birthday, s.birthday), joined = least(t.joined, s.joined),
        attributes = CASE WHEN coalesce(s.attributes, t.attributes) IS NULL THEN NULL
          ELSE coalesce(s.attributes, '{}') || coalesce(t.attributes, '{}') END
      FROM patron.members s
      WHERE s.shard = $1 AND s.account_id = $2 AND s.member_id = $3
        AND t.shard = $4 AND t.account_id = $5 AND t.member_id = $6
      """, source.cells + target.cells)
    let members: [Cell] = [.int8(source.member), .int8(target.member)]
    try db.query("UPDATE patron.contacts SET member_id = $2 WHERE member_id = $1", members)
    try db.query(
      """
      INSERT INTO patron.former_accounts (member_id, account_id, left_at)
      SELECT $2, account_id, left_at FROM patron.former_accounts WHERE member_id = $1
      ON CONFLICT DO NOTHING
      """, members)
  }

  /// The same of two who share an account: the other's row goes, and somebody is the holder still.
  public func foldWithin(_ source: MemberKey, into target: MemberKey) throws {
    try fold(source, into: target)
    try keepWords(of: source, for: target)
    try db.query(
      "DELETE FROM patron.members WHERE shard = $1 AND account_id = $2 AND member_id = $3",
      source.cells)
    try refillHolder(of: target.owner)
  }

  /// What a member whose row goes was called is kept as what another one was called.
  private func keepWords(of source: MemberKey, for target: MemberKey) throws {
    try db.query(
      """
      INSERT INTO patron.former_words (member_id, is_name, word)
      SELECT $4, is_name, word FROM patron.former_words WHERE member_id = $3
      UNION
      SELECT $4, v.is_name, v.word FROM patron.members m
      CROSS JOIN LATERAL (VALUES (true, m.name), (false, m.phone), (false, m.email))
        v (is_name, word)
      WHERE m.shard = $1 AND m.account_id = $2 AND m.member_id = $3 AND v.word <> ''
      ON CONFLICT DO NOTHING
      """, source.cells + [.int8(target.member)])
    try db.query(
      "DELETE FROM patron.former_words WHERE member_id = $1", [.int8(source.member)])
  }

  /// A member has an account of her own from now on; that she shared the old one is noted.
  public func part(_ member: MemberKey, to target: CardOwner) throws {
    try move(member, to: target)
    try db.query(
      "DELETE FROM patron.members WHERE shard = $1 AND account_id = $2 AND member_id = $3",
      member.cells)
    try db.query(
      """
      INSERT INTO patron.former_accounts (member_id, account_id) VALUES ($1, $2)
      ON CONFLICT DO NOTHING
      """, [.int8(member.member), .int8(member.owner.account)])
  }

  /// A member is one of another account, too, behind those who are there. Her row stays beside the
  /// events of the old one, which were rated with what stands in it.
  public func move(_ member: MemberKey, to target: CardOwner) throws {
    try db.query(
      """
      WITH gone AS (
        SELECT * FROM patron.members WHERE shard = $1 AND account_id = $2 AND member_id = $3
      )
      INSERT INTO patron.members (shard, account_id, member_id, code, name, phone, email, birthday,
        joined, place, attributes)
      SELECT $4, $5, member_id, code, name, phone, email, birthday, joined,
        (SELECT coalesce(max(place) + 1, 0) FROM patron.members
         WHERE shard = $4 AND account_id = $5), attributes
      FROM gone
      """, member.cells + [.int2(target.shard), .int8(target.account)])
  }

  /// Somebody must be the holder of an account that has members.
  public func refillHolder(of owner: CardOwner) throws {
    try db.query(
      """
      UPDATE patron.members m SET place = 0
      WHERE m.shard = $1 AND m.account_id = $2 AND m.member_id = (
        SELECT member_id FROM patron.members WHERE shard = $1 AND account_id = $2
        ORDER BY place, member_id LIMIT 1)
      """, [.int2(owner.shard), .int8(owner.account)])
  }

  /// An account that nobody has yet.
  /// An account that begins at an instant: time brings it nothing from before.
  public func insertAccount(from clock: Instant) throws -> CardOwner {
    let owner = CardOwner(account: try numbers("account_ids", 1)[0])
    try db.query(
      "INSERT INTO patron.accounts (shard, account_id, clock) VALUES ($1, $2, $3)",
      [.int2(owner.shard), .int8(owner.account), clock.cell])
    return owner
  }
}

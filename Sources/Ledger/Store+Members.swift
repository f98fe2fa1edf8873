import JSON
import Loyalty
import Postgres

/// What became of one record of a load.
public enum LoadVerdict: Sendable, Equatable {
  case added
  case updated
  /// Refused with its reason; nothing of it was written.
  case refused(String)
}

extension Store {
  /// Enrols new members, each with an account of its own, and updates those whose code is there.
  /// Call within a transaction.
  public func load(_ records: [MemberRecord]) throws -> [LoadVerdict] {
    try db.execute("LOCK TABLE patron.member_codes IN SHARE ROW EXCLUSIVE MODE")
    var verdicts: [LoadVerdict] = Array(repeating: .added, count: records.count)
    refuseStrangeCards(records, try ownersOfCards(records), &verdicts)
    let known = try membersByCode(records.map(\.member))
    var new: [(MemberRecord, MemberPlace)] = []
    var old: [(MemberRecord, MemberPlace)] = []
    let fresh = records.indices.filter { known[records[$0].member] == nil }
    let accounts = try numbers("account_ids", fresh.count)
    let members = try numbers("member_ids", fresh.count)
    var next = 0
    for index in records.indices {
      if case .refused = verdicts[index] { continue }
      if let place = known[records[index].member] {
        verdicts[index] = .updated
        old.append((records[index], place))
      } else {
        new.append(
          (
            records[index],
            MemberPlace(
              shard: Account.shard(of: accounts[next]), account: accounts[next],
              member: members[next])
          ))
        next += 1
      }
    }
    try insert(new)
    try update(old)
    try addCardsAndPhones(new + old)
    return verdicts
  }

  /// Where a member lies.
  public struct MemberPlace: Sendable, Equatable {
    public var shard: Int16
    public var account: Int64
    public var member: Int64
  }

  public func membersByCode(_ codes: [String]) throws -> [String: MemberPlace] {
    let rows = try db.query(
      "SELECT code, shard, account_id, member_id FROM patron.member_codes WHERE code = ANY($1)",
      [.textArray(codes)])
    var places: [String: MemberPlace] = [:]
    for row in 0..<rows.count {
      places[rows.text(row, 0)] = MemberPlace(
        shard: rows.int2(row, 1), account: rows.int8(row, 2), member: rows.int8(row, 3))
    }
    return places
  }

  /// The member code behind each card that is taken.
  private func ownersOfCards(_ records: [MemberRecord]) throws -> [String: String] {
    let rows = try db.query(
      """
      SELECT c.card, m.code FROM patron.cards c
      JOIN patron.members m ON (m.shard, m.account_id, m.member_id)
        = (c.shard, c.account_id, c.member_id)
      WHERE c.card = ANY($1)
      """, [.textArray(records.flatMap(\.cards))])
    var owners: [String: String] = [:]
    for row in 0..<rows.count { owners[rows.text(row, 0)] = rows.text(row, 1) }
    return owners
  }

  /// A card has one owner: the first to bring it.
  private func refuseStrangeCards(
    _ records: [MemberRecord], _ owners: [String: String], _ verdicts: inout [LoadVerdict]
  ) {
    var owners = owners
    var codes: Set<String> = []
    for (index, record) in records.enumerated() {
      guard codes.insert(record.member).inserted else {
        verdicts[index] = .refused("member \(record.member) stands twice in this load")
        continue
      }
      for card in record.cards {
        if let owner = owners[card], owner != record.member {
          verdicts[index] = .refused("card …\(card.suffix(4)) belongs to another member")
        }
      }
      if case .refused = verdicts[index] { continue }
      for card in record.cards { owners[card] = record.member }
    }
  }

  private func insert(_ new: [(MemberRecord, MemberPlace)]) throws {
    guard !new.isEmpty else { return }
    try db.copyIn("COPY patron.accounts (shard, account_id) FROM STDIN (FORMAT binary)") { copy in
      for (_, place) in new {
        copy.row(fields: 2)
        copy.int2(place.shard)
        copy.int8(place.account)
      }
    }
    try db.copyIn(
      """
      COPY patron.members (shard, account_id, member_id, code, name, phone, email, birthday, joined,
        attributes) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for (record, place) in new {
        copy.row(fields: 10)
        copy.int2(place.shard)
        copy.int8(place.account)
        copy.int8(place.member)
        copy.text(record.member)
        copy.text(record.name)
        copy.text(record.phone)
        copy.text(record.email)
        copy.date(record.birthday?.day)
        copy.date(record.joined?.day)
        copy.jsonb(record.attributes.isEmpty ? nil : EventDetails.json(record.attributes))
      }
    }
    try db.copyIn(
      """
      COPY patron.member_codes (code, shard, account_id, member_id) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for (record, place) in new {
        copy.row(fields: 4)
        copy.text(record.member)
        copy.int2(place.shard)
        copy.int8(place.account)
        copy.int8(place.member)
      }
    }
  }

  /// What a record does not name stays as it is.
  private func update(_ old: [(MemberRecord, MemberPlace)]) throws {
    guard !old.isEmpty else { return }
    try db.query(
      """
      UPDATE patron.members m SET name = coalesce(b.name, m.name), phone = coalesce(b.phone,
      m.phone),
        email = coalesce(b.email, m.email), birthday = coalesce(b.birthday, m.birthday),
        joined = coalesce(b.joined, m.joined), attributes = coalesce(b.attributes, m.attributes)
      FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::text[], $5::text[], $6::text[],
      $7::date[],
        $8::date[], $9::jsonb[])
        AS b (shard, account_id, member_id, name, phone, email, birthday, joined, attributes)
      WHERE m.shard = b.shard AND m.account_id = b.account_id AND m.member_id = b.member_id
      """,
      [
        .int2Array(old.map(\.1.shard)), .int8Array(old.map(\.1.account)),
        .int8Array(old.map(\.1.member)), .textArray(old.map(\.0.name)),
        .textArray(old.map(\.0.phone)), .textArray(old.map(\.0.email)),
        .dateArray(old.map { $0.0.birthday?.day }), .dateArray(old.map { $0.0.joined?.day }),
        .jsonbArray(
          old.map { $0.0.attributes.isEmpty ? nil : EventDetails.json($0.0.attributes) }),
      ])
  }

  private func addCardsAndPhones(_ all: [(MemberRecord, MemberPlace)]) throws {
    let cards = all.flatMap { record, place in record.cards.map { ($0, place) } }
    if !cards.isEmpty {
      try db.query(
        """
        INSERT INTO patron.cards (card, shard, account_id, member_id, status)
        SELECT c.*, CASE a.status WHEN 0 THEN 0 WHEN 1 THEN 2 ELSE 3 END
        FROM unnest($1::text[], $2::int2[], $3::int8[], $4::int8[])
          AS c (card, shard, account_id, member_id)
        JOIN patron.accounts a ON a.shard = c.shard AND a.account_id = c.account_id
        ON CONFLICT DO NOTHING
        """,
        [
          .textArray(cards.map(\.0)), .int2Array(cards.map(\.1.shard)),
          .int8Array(cards.map(\.1.account)), .int8Array(cards.map(\.1.member)),
        ])
    }
    let phones = all.compactMap { record, place in record.phone.map { (Phone.digits($0), place) } }
      .filter { !$0.0.isEmpty }
    if !phones.isEmpty {
      try db.query(
        """
        INSERT INTO patron.phones (phone, shard, account_id, member_id)
        SELECT * FROM unnest($1::text[], $2::int2[], $3::int8[], $4::int8[]) ON CONFLICT DO NOTHING
        """,
        [
          .textArray(phones.map(\.0)), .int2Array(phones.map(\.1.shard)),
          .int8Array(phones.map(\.1.account)), .int8Array(phones.map(\.1.member)),
        ])
    }
  }

  /// Adds or updates products; `categories` and SKUs must have their numbers.
  public func load(
    _ records: [ProductRecord], symbols: [String: Symbol]
  ) throws -> [LoadVerdict] {
    let rows = try db.query(
      """
      INSERT INTO patron.products AS p (sku, category, name, attributes)
      SELECT DISTINCT ON (sku) sku, category, name, attributes
      FROM unnest($1::int4[], $2::int4[], $3::text[], $4::jsonb[])
        WITH ORDINALITY AS b (sku, category, name, attributes, n) ORDER BY sku, n DESC
      ON CONFLICT (sku) DO UPDATE SET category = coalesce(excluded.category, p.category),
        name = coalesce(excluded.name, p.name),
        attributes = coalesce(excluded.attributes, p.attributes)
      RETURNING sku, xmax = 0
      """,
      [
        .int4Array(records.map { symbols[$0.sku]?.id ?? 0 }),
        .int4Array(records.map { $0.category.flatMap { symbols[$0]?.id } }),
        .textArray(records.map(\.name)),
        .jsonbArray(
          records.map { $0.attributes.isEmpty ? nil : EventDetails.json($0.attributes) }),
      ])
    var added: Set<Int32> = []
    for row in 0..<rows.count where rows.bool(row, 1) { added.insert(rows.int4(row, 0)) }
    return records.map { added.contains(symbols[$0.sku]?.id ?? 0) ? .added : .updated }
  }

  public func load(_ records: [StoreRecord], symbols: [String: Symbol]) throws -> [LoadVerdict] {
    let rows = try db.query(
      """
      INSERT INTO patron.stores AS s (store, region, timezone, name)
      SELECT DISTINCT ON (store) store, region, timezone, name
      FROM unnest($1::int4[], $2::int4[], $3::text[], $4::text[])
        WITH ORDINALITY AS b (store, region, timezone, name, n) ORDER BY store, n DESC
      ON CONFLICT (store) DO UPDATE SET region = coalesce(excluded.region, s.region),
        timezone = coalesce(excluded.timezone, s.timezone), name = coalesce(excluded.name, s.name)
      RETURNING store, xmax = 0
      """,
      [
        .int4Array(records.map { symbols[$0.store]?.id ?? 0 }),
        .int4Array(records.map { $0.region.flatMap { symbols[$0]?.id } }),
        .textArray(records.map(\.timezone)), .textArray(records.map(\.name)),
      ])
    var added: Set<Int32> = []
    for row in 0..<rows.count where rows.bool(row, 1) { added.insert(rows.int4(row, 0)) }
    return records.map { added.contains(symbols[$0.store]?.id ?? 0) ? .added : .updated }
  }

  /// The time zone of each store that has one.
  public func storeZones() throws -> [String: String] {
    let rows = try db.query(
      """
      SELECT s.text, st.timezone FROM patron.stores st JOIN patron.symbols s ON s.symbol = st.store
      WHERE st.timezone IS NOT NULL
      """)
    var zones: [String: String] = [:]
    for row in 0..<rows.count { zones[rows.text(row, 0)] = rows.text(row, 1) }
    return zones
  }
}

/// A telephone number as its digits: people write them in many ways.
public enum Phone {
  public static func digits(_ text: String) -> String {
    String(
      decoding: text.utf8.filter { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") },
      as: UTF8.self)
  }
}

import Loyalty
import Postgres

/// Where a card leads.
public struct CardOwner: Sendable, Equatable {
  public var shard: Int16
  public var account: Int64
  public init(account: Int64) {
    self.init(shard: Account.shard(of: account), account: account)
  }
  public init(shard: Int16, account: Int64) {
    self.shard = shard
    self.account = account
  }
}

/// What was claimed under an external id.
public struct Claim: Sendable, Equatable {
  /// −1 where it is parked; `account` is the parked id then.
  public var shard: Int16
  public var account: Int64
  public var seq: Int64
  public var digest: UInt128
  public init(shard: Int16, account: Int64, seq: Int64, digest: UInt128) {
    self.shard = shard
    self.account = account
    self.seq = seq
    self.digest = digest
  }
}

/// An external id within its source.
public struct ClaimKey: Sendable, Hashable {
  public var source: Int32
  public var id: String
  public init(source: Int32, id: String) {
    self.source = source
    self.id = id
  }
}

/// A transaction that becomes an event, with the numbers of its texts. An object, for it is filled
/// in step by step and has many parts.
public final class NewEvent {
  public var shard: Int16
  public var account: Int64
  public var seq: Int64
  public var kind: EventKind
  public var name: Symbol
  public var source: Symbol
  public var store: Symbol
  public var channel: Symbol
  public var card: String?
  public var products: [Int32]
  public var categories: [Int32]
  public var units: [Int32]?
  /// By line, what the feed did not say of a product and its table does; nil is nothing.
  public var productAttributes: [[Attribute]]?
  public var tenderKinds: [Int32]
  public var originalSource: Symbol
  /// The number of what it brings something back of; 0: of nothing.
  public var originalSeq: Int64
  /// The account whose number that is, where it went into the event's; 0: the event's own.
  public var originalAccount: Int64
  /// The same, where that arrived in the same batch and has no number yet.
  public var originalEvent: NewEvent?
  public let transaction: Transaction

  public init(_ transaction: Transaction, kind: EventKind) {
    self.transaction = transaction
    self.kind = kind
    shard = 0
    account = 0
    seq = 0
    name = .none
    source = .none
    store = .none
    channel = .none
    products = []
    categories = []
    tenderKinds = []
    originalSource = .none
    originalSeq = 0
    originalAccount = 0
  }
}

/// Something that waits for a person or for what it lacks.
public struct NewParked: Sendable {
  public var id: Int64 = 0
  public var reason: String
  public var detail: String
  public var isClaimed: Bool
  public var source: String?
  public var externalID: String?
  public var cards: [String] = []
  /// What it waits for, where it names something that has not arrived.
  public var original: Transaction.Original?
  public var at: Instant?
  public var digest: UInt128?
  public var origin: String?
  public var body: String

  public init(reason: String, detail: String, isClaimed: Bool, body: String) {
    self.reason = reason
    self.detail = detail
    self.isClaimed = isClaimed
    self.body = body
  }
}

extension Store {
  /// The owners of active cards, and what keeps the others from being used.
  public func owners(
    _ cards: [String]
  ) throws -> (active: [String: CardOwner], stopped: [String: CardStatus]) {
    guard !cards.isEmpty else { return ([:], [:]) }
    let rows = try db.query(
      "SELECT card, shard, account_id, status FROM patron.cards WHERE card = ANY($1)",
      [.textArray(cards)])
    var owners: [String: CardOwner] = [:]
    var stopped: [String: CardStatus] = [:]
    owners.reserveCapacity(rows.count)
    for row in 0..<rows.count {
      switch CardStatus(rawValue: rows.int2(row, 3)) ?? .blocked {
      case .active:
        owners[rows.text(row, 0)] = CardOwner(
          shard: rows.int2(row, 1), account: rows.int8(row, 2))
      case let status: stopped[rows.text(row, 0)] = status
      }
    }
    return (owners, stopped)
  }

  /// Every card of an account that has several, with the first of them.
  public func cardsOfOneAccount(_ body: (_ card: String, _ first: String) -> Void) throws {
    let rows = try db.query(
      """
      SELECT c.card, a.first FROM (
        SELECT shard, account_id, min(card) AS first FROM patron.cards
        GROUP BY shard, account_id HAVING count(*) > 1) a
      JOIN patron.cards c USING (shard, account_id)
      WHERE c.card <> a.first
      """)
    for row in 0..<rows.count { body(rows.text(row, 0), rows.text(row, 1)) }
  }

  public func claims(_ keys: [ClaimKey]) throws -> [ClaimKey: Claim] {
    let rows = try db.query(
      """
      SELECT c.source, c.external_id, c.shard, c.account_id, c.seq, c.digest
      FROM unnest($1::int4[], $2::text[]) AS k (source, external_id)
      CROSS JOIN LATERAL (
        SELECT * FROM patron.claims c
        WHERE c.source = k.source AND c.external_id = k.external_id OFFSET 0
      ) c
      """, [.int4Array(keys.map(\.source)), .textArray(keys.map(\.id))])
    var claims: [ClaimKey: Claim] = [:]
    for row in 0..<rows.count {
      claims[ClaimKey(source: rows.int4(row, 0), id: rows.text(row, 1))] = Claim(
        shard: rows.int2(row, 2), account: rows.int8(row, 3), seq: rows.int8(row, 4),
        digest: rows.uuid(row, 5))
    }
    return claims
  }

  /// Fails with a unique violation where another has claimed one of the ids meanwhile: then the
  /// batch is done anew.
  public func insert(_ claims: [(ClaimKey, Claim)]) throws {
    guard !claims.isEmpty else { return }
    try db.copyIn(
      """
      COPY patron.claims (source, external_id, shard, account_id, seq, digest)
      FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for (key, claim) in claims {
        copy.row(fields: 6)
        copy.int4(key.source)
        copy.text(key.id)
        copy.int2(claim.shard)
        copy.int8(claim.account)
        copy.int8(claim.seq)
        copy.uuid(claim.digest)
      }
    }
  }

  /// For the rest of the transaction: what is asked for by key is looked up in the key's index, one
  /// after the other, whatever the planner believes of tables that were never analysed.
  public func preferIndexes() throws {
    try db.execute(
      """
      SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
      SET LOCAL enable_seqscan = off; SET LOCAL jit = off
      """)
  }

  /// Raises the accounts' last sequence numbers by `counts`, locking them in the order given, which
  /// must be sorted (`preferIndexes` keeps the order); gives the new last numbers. Of an account
  /// that was merged or closed meanwhile there is none.
  public func raise(
    _ owners: [CardOwner], by counts: [Int64]
  ) throws -> [CardOwner: Int64] {
    let rows = try db.query(
      """
      UPDATE patron.accounts a SET last_seq = a.last_seq + w.n
      FROM unnest($1::int2[], $2::int8[], $3::int8[]) AS w (shard, account_id, n)
      WHERE a.shard = w.shard AND a.account_id = w.account_id AND a.status < 2
      RETURNING a.shard, a.account_id, a.last_seq
      """,
      [
        .int2Array(owners.map(\.shard)), .int8Array(owners.map(\.account)), .int8Array(counts),
      ])
    var last: [CardOwner: Int64] = [:]
    last.reserveCapacity(rows.count)
    for row in 0..<rows.count {
      last[CardOwner(shard: rows.int2(row, 0), account: rows.int8(row, 1))] = rows.int8(row, 2)
    }
    return last
  }

  /// `count` numbers of a sequence (`parked_ids`, `nobody_seqs`, `account_ids`, `member_ids`).
  public func numbers(_ sequence: String, _ count: Int) throws -> [Int64] {
    guard count > 0 else { return [] }
    let rows = try db.query(
      Statement(
        "numbers of \(sequence)",
        "SELECT nextval('patron.\(sequence)') FROM generate_series(1, $1)"), [.int8(Int64(count))])
    return (0..<rows.count).map { rows.int8($0, 0) }
  }

  public func insert(_ parked: [NewParked]) throws -> Set<Int64> {
    guard !parked.isEmpty else { return [] }
    let rows = try db.query(
      """
      INSERT INTO patron.parked (parked_id, reason, detail, claimed, source, external_id, card, at,
        digest, origin, body, cards, original_source, original_id)
      SELECT parked_id, reason, detail, claimed, source, external_id, card, at, digest, origin,
        body, string_to_array(cards, E'\\x1f'), original_source, original_id
      FROM unnest($1::int8[], $2::text[], $3::text[], $4::bool[], $5::text[], $6::text[],
        $7::text[], $8::timestamptz[], $9::uuid[], $10::text[], $11::text[], $12::text[],
        $13::text[], $14::text[])
        AS p (parked_id, reason, detail, claimed, source, external_id, card, at, digest, origin,
          body, cards, original_source, original_id)
      ON CONFLICT DO NOTHING RETURNING parked_id
      """,
      [
        .int8Array(parked.map(\.id)), .textArray(parked.map(\.reason)),
        .textArray(parked.map(\.detail)), .boolArray(parked.map(\.isClaimed)),
        .textArray(parked.map(\.source)), .textArray(parked.map(\.externalID)),
        .textArray(parked.map(\.cards.first)), .instantArray(parked.map { $0.at?.microseconds }),
        .uuidArray(parked.map(\.digest)), .textArray(parked.map(\.origin)),
        .textArray(parked.map(\.body)),
        // An array of arrays would have to be rectangular; no card holds a control character.
        .textArray(
          parked.map { $0.cards.count > 1 ? $0.cards.joined(separator: "\u{1f}") : nil }),
        .textArray(parked.map(\.original?.source)), .textArray(parked.map(\.original?.id)),
      ])
    return Set((0..<rows.count).map { rows.int8($0, 0) })
  }

  /// The category of each product that has one.
  public func categories(_ products: [Int32]) throws -> [Int32: Int32] {
    guard !products.isEmpty else { return [:] }
    let rows = try db.query(
      "SELECT sku, category FROM patron.products WHERE sku = ANY($1) AND category IS NOT NULL",
      [.int4Array(products)])
    var categories: [Int32: Int32] = [:]
    for row in 0..<rows.count { categories[rows.int4(row, 0)] = rows.int4(row, 1) }
    return categories
  }
}

extension Store {
  /// The attributes of these names that products have.
  public func attributes(
    _ products: [Int32], named names: Set<String>
  ) throws -> [Int32: [Attribute]] {
    guard !products.isEmpty else { return [:] }
    let rows = try db.query(
      "SELECT sku, attributes FROM patron.products WHERE sku = ANY($1) AND attributes ?| $2",
      [.int4Array(products), .textArray(names.sorted())])
    var attributes: [Int32: [Attribute]] = [:]
    for row in 0..<rows.count {
      guard let json = rows.jsonbOrNil(row, 1) else { continue }
      let all = try EventDetails.attributes(json)
      attributes[rows.int4(row, 0)] = all.filter { names.contains($0.name) }
    }
    return attributes
  }
}

extension CardOwner: Hashable, Comparable {
  public static func < (a: CardOwner, b: CardOwner) -> Bool {
    (a.shard, a.account) < (b.shard, b.account)
  }
}

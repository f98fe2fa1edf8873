import Loyalty
import Postgres

extension Store {
  /// Takes visible rows of the inbox, oldest first, in the feed's own JSON. They are locked until
  /// the transaction ends.
  public func takeInbox(most: Int) throws -> [(id: Int64, json: String)] {
    let rows = try db.query(
      """
      SELECT inbox_id, json_strip_nulls(json_build_object(
        'source', source, 'id', id, 'kind', kind, 'at', at, 'store', store, 'register', register,
        'channel', channel, 'partner', partner, 'salesperson', salesperson,
        'currency', currency, 'card', card, 'cards', cards, 'lines', lines, 'tenders', tenders,
        'coupons', coupons,
        'original', original, 'training', training, 'status', status,
        'attributes', attributes))::text
      FROM patron.inbox ORDER BY inbox_id LIMIT $1 FOR UPDATE SKIP LOCKED
      """, [.int8(Int64(most))])
    return (0..<rows.count).map { (rows.int8($0, 0), rows.text($0, 1)) }
  }

  public func deleteInbox(_ ids: [Int64]) throws {
    try db.query("DELETE FROM patron.inbox WHERE inbox_id = ANY($1)", [.int8Array(ids)])
  }

  public func inboxIsEmpty() throws -> Bool {
    try db.query("SELECT 1 FROM patron.inbox LIMIT 1").isEmpty
  }

  /// The highest number in the inbox; 0 where it is empty.
  public func lastOfInbox() throws -> Int64 {
    try db.query("SELECT coalesce(max(inbox_id), 0) FROM patron.inbox").int8(0, 0)
  }

  /// Whether anything lies in the inbox up to a number.
  public func inboxHas(upTo last: Int64) throws -> Bool {
    try !db.query("SELECT FROM patron.inbox WHERE inbox_id <= $1 LIMIT 1", [.int8(last)]).isEmpty
  }

  /// A wake-up for engines that wait; they poll all the same.
  public func wake() throws { try db.execute("NOTIFY patron_arrivals") }
}

import Feed
import Ledger
import Loyalty
import Postgres

/// Parked rows on their second way in: what was missing may be there now.
public enum Release {
  /// Rows of one commit.
  static let batch = 1_000

  /// Which rows wait for one of these cards, in the order in which they were parked.
  public static func parkedIDs(cards: [String], _ store: borrowing Store) throws -> [Int64] {
    try store.parkedIDs(cards: cards)
  }

  /// Puts parked rows through intake again, in the order of `ids`; each row goes with its claim and
  /// comes back as
  /// an event, or is parked again under its old number. One verdict for each id: `already` where
  /// none is parked
  /// under it.
  ///
  /// Call outside a transaction. Each commit takes up to 1,000 rows; a row is never lost and never
  /// taken twice.
  public static func release(
    ids: [Int64], correcting correction: ClockCorrection? = nil, intake: inout Intake,
    context: FeedContext, store: borrowing Store, now: Instant = .now
  ) throws -> [Verdict] {
    var verdicts: [Int64: Verdict] = [:]
    var start = 0
    while start < ids.count {
      let some = Array(ids[start..<min(start + batch, ids.count)])
      try retrying(store) {
        let found = try release(some, correction, &intake, context, store, now)
        verdicts.merge(found) { first, _ in first }
      }
      try intake.releaseReturns(store, now)
      start += batch
    }
    return ids.map { verdicts[$0] ?? .already }
  }

  /// Another may claim an id at the same moment, or the server may ask to try again.
  static func retrying(_ store: borrowing Store, _ body: () throws -> Void) throws {
    var tries = 0
    while true {
      do {
        return try body()
      } catch let error as PostgresError {
        store.db.rollback()
        tries += 1
        guard error.isUnique || error.isRetryable, tries < 10 else { throw error }
        if store.db.isLost { try store.db.reset() }
      } catch {
        store.db.rollback()
        throw error
      }
    }
  }

  private static func release(
    _ ids: [Int64], _ correction: ClockCorrection?, _ intake: inout Intake, _ context: FeedContext,
    _ store: borrowing Store, _ now: Instant
  ) throws -> [Int64: Verdict] {
    var verdicts: [Int64: Verdict] = [:]
    var arrivals: [Int64: Arrival] = [:]
    var reader = TransactionReader(context)
    for row in try store.parked(ids) {
      switch read(row, correction, &reader) {
      case .success(let arrival): arrivals[row.id] = arrival
      case .failure(let unreadable): verdicts[row.id] = .unreadable(unreadable.text)
      }
    }
    let wanted = ids.filter { arrivals[$0] != nil }
    guard !wanted.isEmpty else { return verdicts }
    try intake.learn(wanted.compactMap { arrivals[$0] }, store)
    try store.db.begin()
    try store.preferIndexes()
    let taken = try store.takeParked(wanted)
    let order = wanted.filter { taken[$0] != nil }
    let again = try intake.takeWithin(order.compactMap { arrivals[$0] }, store, now: now)
    var waiting: [ParkedRow] = []
    for (id, verdict) in zip(order, again) {
      verdicts[id] = verdict
      if let row = taken[id] {
        switch verdict {
        case .parked, .unreadable: waiting.append(row)
        default: break
        }
      }
    }
    try store.keepNumbers(waiting)
    try store.db.commit()
    return verdicts
  }

  private struct Unreadable: Error { let text: String }

  /// What was claimed keeps its digest: the POS may send it again in its own words.
  private static func read(
    _ row: ParkedRow, _ correction: ClockCorrection?, _ reader: inout TransactionReader
  ) -> Result<Arrival, Unreadable> {
    let bytes = Array(row.body.utf8)
    switch reader.read(bytes) {
    case .transaction(let transaction):
      var form = CanonicalForm()
      let digest = row.digest ?? UInt128(bytes: form.digest(of: transaction))
      let corrected = correction?.applied(to: transaction) ?? transaction
      return .success(Arrival(corrected, digest: digest, origin: row.origin))
    case .unreadable(let source, let id, let problems):
      if row.isClaimed {
        return .failure(Unreadable(text: problems.map(\.description).joined(separator: "; ")))
      }
      return .success(
        Arrival(
          .unreadable(text: row.body, source: source, id: id, problems: problems),
          origin: row.origin))
    }
  }
}

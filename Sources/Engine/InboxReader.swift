import Feed
import Foundation
import Ledger
import Loyalty
import Postgres

/// Moves what a POS wrote into the inbox to events, in the order in which rows become visible.
public struct InboxReader: ~Copyable {
  public let store: Store
  private var programs = ProgramSet()
  private var intake: Intake?
  private var reader: TransactionReader?
  private var form = CanonicalForm()

  public init(_ settings: ConnectionSettings) throws { store = try Store(settings) }

  /// Rows of one commit.
  public static let batch = 2_000

  /// Takes one batch; gives how many rows it moved.
  public mutating func runBatch() throws -> Int {
    if try store.inboxIsEmpty() { return 0 }
    let stamp = programs.stamp
    try programs.refresh(store)
    guard !programs.isEmpty else { return 0 }
    if intake == nil || stamp != programs.stamp {
      intake = try Intake(programs)
      reader = TransactionReader(try programs.feedContext(store))
    }
    var tries = 0
    while true {
      do {
        let count = try tryBatch()
        try intake?.releaseReturns(store, .now)
        return count
      } catch let error as PostgresError {
        store.db.rollback()
        // Numbers given in the lost transaction are void.
        intake = try Intake(programs)
        tries += 1
        guard error.isUnique || error.isRetryable, tries < 12 else { throw error }
        usleep(UInt32(tries) * 5_000)
        if store.db.isLost { try store.db.reset() }
      } catch {
        store.db.rollback()
        intake = nil
        throw error
      }
    }
  }

  private mutating func tryBatch() throws -> Int {
    try store.db.begin()
    let rows = try store.takeInbox(most: InboxReader.batch)
    var arrivals: [Arrival] = []
    for row in rows {
      let bytes = Array(row.json.utf8)
      let origin = "inbox:\(row.id)"
      switch reader?.read(bytes) {
      case .transaction(let transaction)?:
        let digest = UInt128(bytes: form.digest(of: transaction))
        arrivals.append(Arrival(transaction, digest: digest, origin: origin))
      case .unreadable(let source, let id, let problems)?:
        arrivals.append(
          Arrival(
            .unreadable(text: row.json, source: source, id: id, problems: problems),
            origin: origin))
      case nil: break
      }
    }
    // Names get their numbers in this transaction: what is rolled back leaves them to the next try.
    try intake?.learn(arrivals, store)
    _ = try intake?.takeWithin(arrivals, store, now: .now)
    _ = try store.dropReread(arrivals.compactMap(\.readID))
    try store.deleteInbox(rows.map(\.id))
    try store.db.commit()
    return rows.count
  }
}

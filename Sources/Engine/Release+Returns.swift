import Ledger
import Loyalty
import Postgres

/// External ids of one batch.
struct TakenIDs: Sendable {
  var events: [String] = []
  /// Of originals that had not arrived.
  var waiting: [String] = []
}

/// Returns that came before what they return go on their way as soon as it is there.
extension Intake {
  /// Call after the commit of a batch: whoever commits last, of a return and its original, sees the
  /// other. Takes what it finds in commits of its own.
  mutating func releaseReturns(_ store: borrowing Store, _ now: Instant) throws {
    let ids = taken
    taken = TakenIDs()
    guard try store.waitsForOriginals() else { return }
    try Release.returns(of: ids.events + ids.waiting, &self, store, now)
  }
}

extension Release {
  /// Releases what waits for one of these originals, where that has arrived by now.
  static func returns(
    of ids: [String], _ intake: inout Intake, _ store: borrowing Store, _ now: Instant
  ) throws {
    guard !ids.isEmpty else { return }
    let rows = try store.parkedIDs(originals: ids)
    guard !rows.isEmpty else { return }
    // Each release looks for what waits for it in its turn.
    _ = try release(
      ids: rows, intake: &intake, context: try intake.programs.feedContext(store), store: store,
      now: now)
  }

  /// The same for all that waits: what a crash between two commits has left behind.
  static func sweepReturns(_ settings: ConnectionSettings) throws {
    let store = try Store(settings)
    guard try store.waitsForOriginals() else { return }
    let programs = try ProgramSet(store)
    guard !programs.isEmpty else { return }
    let rows = try store.parkedIDs(originals: nil)
    guard !rows.isEmpty else { return }
    var intake = try Intake(programs)
    _ = try release(
      ids: rows, intake: &intake, context: try programs.feedContext(store), store: store)
  }
}

import Foundation
import Ledger
import Loyalty
import Postgres
import Synchronization

/// Delivers the outbox: each message at least once, those of one account in their order.
///
/// Rating only adds to the outbox, and no lock of a relay is one that rating asks for: a receiver
/// that is slow, wrong or gone holds up its own messages and nothing else. A message that is not
/// taken holds up its account's, until it is taken or a dead letter. Any number of relays may run;
/// all of a database should have the same receiver.
public final class Relay: Sendable {
  public enum Target: Sendable {
    case webhook(Webhook)
    /// A path.
    case file(String)
  }

  public struct Tally: Sendable, Equatable {
    public var delivered = 0
    /// Messages that became dead letters.
    public var dead = 0
    /// Why the receiver cannot be reached now.
    public var lost: String?

    public init(delivered: Int = 0, dead: Int = 0, lost: String? = nil) {
      self.delivered = delivered
      self.dead = dead
      self.lost = lost
    }
  }

  private let settings: ConnectionSettings
  private let target: Target
  private let terms: RelayTerms
  private let lanes: Int
  private let once: Bool
  private let state = Mutex(Tally())
  private let crew = Crew()

  /// How often an idle lane looks. A wake-up with each message would cost more: commits that notify
  /// wait for each other, and rating must not.
  static let pollMilliseconds = 250
  /// Between two tries to reach a receiver that is gone, first and at the most.
  static let probeMilliseconds = 1_000...60_000

  /// With `once` it ends when nothing is due, or the receiver cannot be reached.
  public init(
    _ settings: ConnectionSettings, to target: Target, terms: RelayTerms = RelayTerms(),
    lanes: Int = 2, once: Bool
  ) {
    self.settings = settings
    self.target = target
    self.terms = terms
    // A file is written by one at a time.
    if case .file = target { self.lanes = 1 } else { self.lanes = lanes }
    self.once = once
  }

  public var tally: Tally { state.withLock { $0 } }

  /// Ends after the messages that are under way.
  public func stop() { crew.stop() }

  /// Delivers until nothing is due (`once`) or until `stop`; calls `tick` some times a second.
  /// Throws what ended it.
  public func run(tick: () -> Void = {}) throws {
    crew.start(lanes) { try self.work(at: $0) }
    try crew.wait(tick)
  }

  private func receiver() throws -> any MessageReceiver {
    switch target {
    case .webhook(let webhook): try WebhookReceiver(webhook)
    case .file(let path): FileReceiver(path)
    }
  }

  private func work(at place: Int) throws {
    let first = Int16(place * Int(Account.shards) / lanes)
    var lane = try RelayLane(settings, to: try receiver(), terms, from: first)
    var misses = 0
    // Whether all accounts were looked at since something was delivered.
    var isWhole = false
    while !crew.isStopping {
      let round = try lane.round(isProbing: misses > 0) { crew.isStopping }
      count(round)
      if round.lost != nil {
        if once { return }
        crew.pause(milliseconds: Self.pause(after: misses))
        misses = min(misses + 1, 16)
        continue
      }
      if round.reached > 0 { (misses, isWhole) = (0, false) }
      guard round.isLast else { continue }
      lane.restart()
      if isWhole {
        if once { return }
        crew.pause(milliseconds: Self.pollMilliseconds)
      }
      isWhole = true
    }
  }

  private static func pause(after misses: Int) -> Int {
    min(probeMilliseconds.upperBound, probeMilliseconds.lowerBound << misses)
  }

  private func count(_ round: borrowing RelayLane.Round) {
    state.withLock { tally in
      tally.delivered += round.delivered
      tally.dead += round.dead
      if round.lost != nil {
        tally.lost = round.lost
      } else if round.reached > 0 {
        tally.lost = nil
      }
    }
  }
}

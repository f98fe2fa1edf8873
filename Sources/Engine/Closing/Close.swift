import Foundation
import Ledger
import Loyalty
import Postgres
import Rules

/// Brings everything to the end of a local day: what waits is rated, then each account to which
/// time brings something gets the end of that day as an event; ranks are reviewed on their days,
/// and members are told of points that end soon.
///
/// Days that were missed are caught up in order, each account's at the end of each day on which
/// there was something: the same as if every day had been closed in its time. What an account's
/// `due` says is all that is remembered, so a close that is cut off is gone on with by the next
/// one, any number may run beside workers and tills, and the same day again finds nothing to do.
public struct Close: Sendable {
  public enum Answer: Sendable {
    /// All was closed up to this day before.
    case already(upTo: CivilDate)
    case closed(Result)
  }

  public struct Result: Sendable {
    public var day: CivilDate
    /// The day up to which all was closed before.
    public var last: CivilDate?
    /// An earlier close had been cut off.
    public var isResumed = false
    public var tally = CloseTally()
    /// The reviews of its days, whoever held them.
    public var reviews: [StoredReview] = []
    public var expiring: [Expiring] = []
    /// The program in force at the end of the day.
    public var program: Program
  }

  /// What members were told of a currency's points that end soon.
  public struct Expiring: Sendable {
    public var currency: CurrencyID
    public var accounts: Int64
    /// In the currency's smallest unit.
    public var amount: Int64
  }

  /// What a close does: one after the other, where there are reviews the first one several times.
  public enum Stage: Sendable {
    case accounts
    /// Telling members of points that end soon.
    case notices
  }

  /// How far a stage is: accounts that are done, of those that are to be.
  public typealias Progress = (_ stage: Stage, _ done: Int, _ total: Int) -> Void

  public let day: CivilDate
  private let settings: ConnectionSettings
  private let programs: ProgramSet
  private let place: Int
  private let warning: Int
  private let workers: Int

  /// Closes `day`, or the day before that of `now`. Members are told of points that end within
  /// `warning` days after it; 0: of none. Throws where the day is not over, or lies before the
  /// program.
  public init(
    _ settings: ConnectionSettings, day: CivilDate? = nil, warning: Int = 30, workers: Int = 2,
    now: Instant = .now
  ) throws {
    programs = try ProgramSet(Store(settings))
    guard let zone = programs.current(at: now)?.zone else {
      throw EngineError(
        "no program is published yet; `patron publish PATH --from INSTANT` publishes one")
    }
    let today = zone.date(of: now)
    self.day = day ?? today - 1
    guard self.day < today else {
      throw EngineError(
        self.day == today
          ? "\(today) is not over yet in \(zone.name)"
          : "\(self.day) lies in the future; it is \(today) in \(zone.name)")
    }
    guard let place = programs.place(at: zone.end(of: self.day) + (-1)) else {
      throw EngineError("no version of the program is in force on \(self.day)")
    }
    self.place = place
    self.settings = settings
    self.warning = warning
    self.workers = workers
  }

  /// How long to leave accounts alone that others have just now.
  private static let pauseMicroseconds: UInt32 = 20_000
  /// The source of the events of closes.
  static let source = "patron close"

  public func run(progress: Progress = { _, _, _ in }) throws -> Answer {
    let store = try Store(settings)
    let (last, begun) = try store.lastClose()
    if let last, day <= last { return .already(upTo: last) }
    var result = Result(day: day, last: last, program: programs.entries[place].rater.program)
    result.isResumed = begun.map { $0 > last ?? CivilDate(day: .min) } ?? false
    guard let source = try store.symbols([Self.source])[Self.source] else {
      throw EngineError("the source of closes has no number; run `patron audit`")
    }
    try store.beginClose(day)
    try takeInbox()
    for review in try reviewDays(after: last, store) {
      try hold(review, source, store, &result, progress)
    }
    try bring(to: day, source, store, &result, progress)
    result.reviews = try store.reviews(of: (last.map { $0 + 1 } ?? CivilDate(day: -719_162))...day)
    if warning > 0 { try warn(store, &result, progress) }
    _ = try store.finishClose(day, after: last, source: source)
    return .closed(result)
  }

  /// What a POS has written by now; what comes later may wait for the engine.
  private func takeInbox() throws {
    var inbox = try InboxReader(settings)
    while try inbox.runBatch() > 0 {}
  }

  private func end(of day: CivilDate) -> Instant {
    let zone = programs.entries[place].rater.program.zone
    return Instant(microseconds: zone.end(of: day).microseconds - 1)
  }

  /// Rates what waits and closes accounts, pass after pass, until nothing of the day is left:
  /// others may have had some of the accounts, and events may have come to them.
  private func bring(
    to day: CivilDate, _ source: Symbol, _ store: borrowing Store, _ result: inout Result,
    _ progress: Progress
  ) throws {
    let end = end(of: day)
    while true {
      let due = try store.dueCount(upTo: end)
      guard try due > 0 || store.hasWaiting(upTo: end) else { return }
      let done = result.tally.looked
      let pass = ClosePass(
        settings, upTo: end, due: due, source: source, lanes: workers)
      let tally = try pass.run { progress(.accounts, done + $0, done + max(Int(due), $0)) }
      result.tally.add(tally)
      if tally.looked == 0 { usleep(Self.pauseMicroseconds) }
    }
  }

  // MARK: - Ranks

  /// The days of reviews that nobody has held, in their order: of those since the last close, or
  /// since the program began.
  private func reviewDays(
    after last: CivilDate?, _ store: borrowing Store
  ) throws -> [ReviewDay] {
    guard programs.hasRanks else { return [] }
    let zone = programs.entries[place].rater.program.zone
    let start = programs.firstReviewable(after: last, zone)
    guard start <= day else { return [] }
    let held = try store.reviews(of: start...day)
    return (start.day...day.day).compactMap { number in
      let day = CivilDate(day: number)
      guard let due = programs.ranks(dueOn: day, zone) else { return nil }
      let known = held.filter { $0.day == day }.map(\.tier)
      let ranks = due.ranks.filter { !known.contains($0.tier) }
      guard !ranks.isEmpty else { return nil }
      return ReviewDay(day: day, at: zone.start(of: day), place: due.place, ranks: ranks)
    }
  }

  /// Brings everything to the end of the day before and holds a review, until it is held: something
  /// may arrive meanwhile, and workers come to it, too.
  private func hold(
    _ review: ReviewDay, _ source: Symbol, _ store: borrowing Store, _ result: inout Result,
    _ progress: Progress
  ) throws {
    var programs = programs
    for attempt in 1... {
      try bring(to: review.day - 1, source, store, &result, progress)
      do {
        if try Review.hold(review, isAsked: true, &programs, store) { return }
      } catch let error as PostgresError
        where error.isRetryable && !error.isConnectionLost && attempt < Worker.attempts
      {
        // A desk had locked the accounts in another order.
      }
      usleep(Self.pauseMicroseconds)
    }
  }

  // MARK: - Points that end soon

  private func warn(
    _ store: borrowing Store, _ result: inout Result, _ progress: Progress
  ) throws {
    let notices = ExpiryNotices(
      settings, programs.entries[place].rater, at: end(of: day), days: day + 1...day + warning,
      lanes: workers)
    result.expiring = try notices.tell(store) { progress(.notices, $0, $1) }.map {
      Expiring(currency: $0.key, accounts: $0.value.accounts, amount: $0.value.amount)
    }.sorted { $0.currency < $1.currency }
  }
}

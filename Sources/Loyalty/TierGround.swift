/// Why a tier is kept until an instant. An account's tier runs as long as the last one of its
/// grounds that stand; a return takes grounds away, in whatever order sales come back.
public struct TierGround: Sendable, Equatable {
  public enum Kind: Int16, Sendable {
    /// The goal was met; `cause` is the event that met it, or none: what is counted carries it.
    case goal = 1
    /// The goal was met when points fell due: the sales caused it whose points they were.
    case release = 2
    /// A rule gave it.
    case granted = 3
    /// A review, or what was there from the beginning: nothing that can come back.
    case given = 4
    /// Another tier's end left it behind, or its own end went on: it stands where `parent` was
    /// kept until then.
    case fell = 5
    /// The goal was met when a return of `cause` was undone.
    case undone = 6
  }

  /// What brings a ground about.
  public enum Cause: Sendable, Equatable {
    case event(account: Int64, seq: Int64)
    /// A return of that event was undone; `isBack` where others of it stand.
    case undone(account: Int64, seq: Int64, isBack: Bool)
    /// Points fell due.
    case release
    /// Time went on: what is counted carries the tier.
    case counts
  }

  public var tier: TierID
  public var kind: Kind
  /// The event that caused it, by the account in which it was rated; 0 is none.
  public var account: Int64 = 0
  public var seq: Int64 = 0
  /// The tier that ended; 0 is none.
  public var parent: TierID = 0
  /// The day on which the goal was met, in the program's time zone.
  public var day: CivilDate
  public var since: Instant
  public var until: Instant
  /// Something of its cause came back, or it has none: it stands while what is counted meets the
  /// goal.
  public var isBack = false
  /// The event that it was booked with, and the how manieth of its grounds it was.
  public var booked: Int64 = 0
  public var n: Int16 = 0

  public init(_ tier: TierID, _ kind: Kind, day: CivilDate, since: Instant, until: Instant) {
    self.tier = tier
    self.kind = kind
    self.day = day
    self.since = since
    self.until = until
  }
}

/// That something came back of a ground's cause, or that this was undone.
public struct TierGroundMark: Sendable, Equatable {
  public var booked: Int64
  public var n: Int16
  public var isBack: Bool
}

extension Account {
  /// Takes a ground in, where the account's are read: the next one of the event that is rated.
  mutating func keep(_ ground: TierGround) {
    guard groundsAreLoaded else { return }
    if grounds.isEmpty { grounds.reserveCapacity(Account.fewAtFirst) }
    var ground = ground
    ground.booked = position + 1
    ground.n = grounds.reduce(0) { $1.booked == ground.booked ? $0 + 1 : $0 }
    grounds.append(ground)
  }

  /// Notes which grounds an original had caused that something came back of, or goes again: those
  /// for which `isBack` says so.
  public mutating func mark(
    _ original: Original, _ outcome: inout Outcome, _ isBack: (TierGround) -> Bool
  ) {
    for place in grounds.indices where original.caused(grounds[place]) {
      mark(place, isBack(grounds[place]), &outcome)
    }
  }

  /// Notes that something came back of what caused some grounds.
  public mutating func mark(_ outcome: inout Outcome, _ isBack: (TierGround) -> Bool) {
    for place in grounds.indices where isBack(grounds[place]) { mark(place, true, &outcome) }
  }

  private mutating func mark(_ place: Int, _ now: Bool, _ outcome: inout Outcome) {
    guard grounds[place].isBack != now else { return }
    grounds[place].isBack = now
    outcome.groundMarks.append(
      TierGroundMark(booked: grounds[place].booked, n: grounds[place].n, isBack: now))
  }
}

extension Original {
  /// Whether a tier's ground is one of what it caused.
  func caused(_ ground: TierGround) -> Bool {
    guard ground.account == key.account else { return false }
    switch ground.kind {
    case .goal, .granted, .undone: return ground.seq == key.seq
    case .release: return awards.contains { $0.due == ground.since }
    case .given, .fell: return false
    }
  }
}

extension Outcome {
  /// Takes in why a tier is kept.
  public mutating func keep(_ ground: TierGround, in account: inout Account) {
    grounds.append(ground)
    account.keep(ground)
  }
}

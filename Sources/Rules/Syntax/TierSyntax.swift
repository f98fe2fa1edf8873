import Loyalty
import YAML

public struct TierSyntax: Sendable {
  public enum Falls: String, Sendable, CaseIterable {
    case none
    case oneStep = "one step"
    case toWhatWasEarned = "to what was earned"
  }
  /// How long a tier is kept once reached.
  public enum Keeps: Sendable, Equatable {
    case ever
    /// `end of calendar year` (0), `end of next calendar year` (1)
    case endOf(CalendarUnit, next: Int)
    case endOfMembershipYear(next: Int)
    /// `12 months`
    case lasting(DurationSyntax)
    /// As long as its goal is met.
    case whileItHolds
  }

  public var key: Written<String>
  public var name: LocalText?
  /// Tiers of one ladder exclude each other; nil is the program's main one.
  public var ladder: Written<String>?
  public var qualify: QualifySyntax?
  public var keeps: Written<Keeps>?
  /// What keeps it, where that is less than what reaches it.
  public var renew: QualifySyntax?
  /// `next calendar year`: it is reached now and holds from then on.
  public var begins: CalendarUnit?
  /// Nobody reaches it without being invited: a rule, or a person, grants it.
  public var isInvited = false
  public var falls: Falls?
  public var grace: DurationSyntax?
  /// `01-01`: the day of the year on which ranks are reviewed.
  public var review: (month: Int, day: Int)?
  public var gives: [GiftSyntax] = []
  /// `gives: {multiply: {points: 2}}`: a rule for those who have it.
  public var multiply: [MultiplySyntax] = []

  public init(key: Written<String>) { self.key = key }
}

public indirect enum QualifySyntax: Sendable {
  case all([QualifySyntax])
  case any([QualifySyntax])
  case not(QualifySyntax)
  case goal(GoalSyntax)
  /// `top 10% by spend`
  case rank(RankSyntax)
}

public struct RankSyntax: Sendable, Equatable {
  public enum Top: Sendable, Equatable {
    /// In millionths of the accounts with a purchase in the window: 10% is 100_000.
    case share(Int64)
    case count(Int)
  }
  public var top: Top
  public var by: MeasureSyntax
  public var window: WindowSyntax
  public var place: Place
  public init(top: Top, by: MeasureSyntax, window: WindowSyntax, place: Place) {
    self.top = top
    self.by = by
    self.window = window
    self.place = place
  }
  public static func == (a: Self, b: Self) -> Bool {
    a.top == b.top && a.by == b.by && a.window == b.window
  }
}

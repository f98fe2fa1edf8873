import Loyalty
import YAML

/// `at least 3`, `3 to 5`, `every 10`: which numbers a goal accepts. Both bounds are exact decimals
/// in the measure's own unit.
public struct RangeSyntax: Sendable, Equatable {
  public var least: ExactDecimal?
  /// `more than 3`: the least itself does not count.
  public var leastIsOutside = false
  public var most: ExactDecimal?
  public var mostIsOutside = false
  /// `every 10`: each multiple, for `reach` only.
  public var every: ExactDecimal?

  public init(
    least: ExactDecimal? = nil, leastIsOutside: Bool = false, most: ExactDecimal? = nil,
    mostIsOutside: Bool = false, every: ExactDecimal? = nil
  ) {
    self.least = least
    self.leastIsOutside = leastIsOutside
    self.most = most
    self.mostIsOutside = mostIsOutside
    self.every = every
  }
}

/// `100`, `1 per 20.00`, `1.25 per 1.00 pro rata`, `5 per unit`, `1 per 2 litres`, `1 per mile`.
public struct RateSyntax: Sendable, Equatable {
  public enum Basis: Sendable, Equatable {
    /// Once, whatever was bought.
    case once
    /// For each full amount of money.
    case money(Money)
    /// For each full quantity of what counts (`unit`, `2 litres`): of lines with that unit of
    /// measure, nil for any.
    case quantity(ExactDecimal, unit: String?)
    /// For each full amount of an event's number (`mile`).
    case attribute(ExactDecimal, name: String)
    /// For each full amount of an event's money (`1.00 of fare`).
    case eventMoney(Money, name: String)
  }
  /// In the currency's units: `1.25`.
  public var amount: ExactDecimal
  public var basis: Basis
  /// Parts of the basis count, too.
  public var proRata: Bool

  public init(amount: ExactDecimal, basis: Basis, proRata: Bool = false) {
    self.amount = amount
    self.basis = basis
    self.proRata = proRata
  }
}

public enum CalendarUnit: String, Sendable, CaseIterable {
  case day, week, month, quarter, year
}

/// Which time a goal looks at.
public enum WindowSyntax: Sendable, Hashable {
  /// `calendar year` and so on: the one in which the event falls, or with `last` the one before.
  case calendar(CalendarUnit, last: Bool)
  case membershipYear(last: Bool)
  /// `12 months`, up to and with the event's day.
  case rolling(Int, CalendarUnit)
  /// `each of 4 weeks`: the goal must hold in each one of the last four, this one's included.
  case eachOf(Int, CalendarUnit)
  case campaign
  /// `7 days after join`: up to and with the seventh day after the member opted in to the rule.
  case afterJoin(DurationSyntax)
  case transaction
  case ever
}

/// `1 per day`, `500 per month`, `once every 7 days`, `1 ever`.
public struct LimitSyntax: Sendable, Equatable {
  public enum Measure: Sendable, Equatable {
    /// How often the rule may apply.
    case times
    /// How much of a currency it may give, in its smallest units.
    case currency(String)
    /// How much money it may take off, in minor units.
    case money
    /// For how many units it may take something off, in millionths.
    case units
  }
  public var measure: Measure
  public var most: Int64
  public var window: WindowSyntax
  public var place: Place
  /// `or none`: what does not fit whole is refused whole.
  public var orNone = false

  public init(measure: Measure, most: Int64, window: WindowSyntax, place: Place) {
    self.measure = measure
    self.most = most
    self.window = window
    self.place = place
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.measure == b.measure && a.most == b.most && a.window == b.window && a.orNone == b.orNone
  }
}

/// `14 days`, `12 months`.
public struct DurationSyntax: Sendable, Hashable {
  public var count: Int
  public var unit: CalendarUnit
  public init(_ count: Int, _ unit: CalendarUnit) {
    self.count = count
    self.unit = unit
  }
}

/// `at least 2 years`, `less than 60 days`, `1 year to 3 years`: how long somebody has been a
/// member.
public struct SpanSyntax: Sendable, Equatable {
  public var least: DurationSyntax?
  public var leastIsOutside = false
  public var most: DurationSyntax?
  public var mostIsOutside = false
  public init() {}
}

/// When points end, always with a local day.
public enum ExpirySyntax: Sendable, Equatable {
  public enum Since: String, Sendable, CaseIterable { case earning, release, activity }
  case never
  /// `12 months after earning`
  case after(DurationSyntax, Since)
  /// `end of month 12 months after earning`
  case endOfUnitAfter(CalendarUnit, DurationSyntax, Since)
  /// `end of calendar year`, `end of next month` (`next` is 1)
  case endOf(CalendarUnit, next: Int)
  /// `12-31`: the next such day
  case yearly(month: Int, day: Int)
}

/// Days of the calendar, both included: a span of dates, or days of each year (`12-24 to 12-26`).
public enum DateRangeSyntax: Sendable, Equatable {
  case dates(CivilDate, CivilDate)
  case yearly(fromMonth: Int, fromDay: Int, toMonth: Int, toDay: Int)
}

/// `gold or above`, `gold only`, `[silver, gold]`.
public struct TierTestSyntax: Sendable, Equatable {
  public enum Form: Sendable, Equatable { case exactly, orAbove, orBelow }
  public var names: [Written<String>]
  public var form: Form
  /// `only` was written, so a plain `silver` is no slip.
  public var only: Bool

  public init(names: [Written<String>], form: Form, only: Bool = false) {
    self.names = names
    self.form = form
    self.only = only
  }
}

/// Which part of the payment counts.
public indirect enum TenderSyntax: Sendable, Equatable {
  case kinds([Written<String>])
  case not(TenderSyntax)
}

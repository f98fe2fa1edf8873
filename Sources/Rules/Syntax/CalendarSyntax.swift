import Loyalty

/// What the calendar brings by itself: it comes at the beginning of its day, before its sales.
public enum CalendarSyntax: Sendable, Equatable {
  /// `birthday` (the day), `birthday week`, `birthday month`: the first day of it.
  case birthday(BirthdayWindow)
  /// Each year on the day of joining.
  case anniversary
  /// The day of joining itself.
  case enrolment
  /// `{inactive: 60 days}`: so long after the last activity, once.
  case inactive(DurationSyntax)
  /// `{dates: [02-01, 05-01]}`
  case dates([DateRangeSyntax])
}

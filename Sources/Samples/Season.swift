import Loyalty

/// What people buy cards for in the course of an American year.
enum Season: Int, Sendable, CaseIterable {
  case everyday, valentine, easter, mothersDay, graduation, fathersDay, halloween, thanksgiving,
    christmas

  var name: String {
    switch self {
    case .mothersDay: "mothers-day"
    case .fathersDay: "fathers-day"
    default: "\(self)"
    }
  }

  /// How its goods are called: "Valentine card".
  var title: String {
    switch self {
    case .everyday: ""
    case .valentine: "Valentine"
    case .easter: "Easter"
    case .mothersDay: "Mother's Day"
    case .graduation: "Graduation"
    case .fathersDay: "Father's Day"
    case .halloween: "Halloween"
    case .thanksgiving: "Thanksgiving"
    case .christmas: "Christmas"
    }
  }

  /// First and last day of its trade.
  func days(in year: Int) -> ClosedRange<CivilDate> {
    switch self {
    case .everyday: SeasonalYear.date(year, 1, 1)...SeasonalYear.date(year, 12, 31)
    case .valentine: SeasonalYear.date(year, 1, 25)...SeasonalYear.date(year, 2, 14)
    case .easter: SeasonalYear.easter(year) - 16...SeasonalYear.easter(year) - 1
    case .mothersDay:
      SeasonalYear.sunday(2, 5, year) - 14...SeasonalYear.sunday(2, 5, year)
    case .graduation: SeasonalYear.date(year, 5, 12)...SeasonalYear.date(year, 6, 14)
    case .fathersDay:
      SeasonalYear.sunday(3, 6, year) - 10...SeasonalYear.sunday(3, 6, year)
    case .halloween: SeasonalYear.date(year, 10, 8)...SeasonalYear.date(year, 10, 31)
    case .thanksgiving:
      SeasonalYear.thanksgiving(year) - 9...SeasonalYear.thanksgiving(year)
    case .christmas: SeasonalYear.date(year, 11, 20)...SeasonalYear.date(year, 12, 31)
    }
  }

  /// How busy its last days are, in percent of an ordinary day.
  var peak: Int {
    switch self {
    case .everyday: 100
    case .valentine: 260
    case .easter: 165
    case .mothersDay: 230
    case .graduation: 125
    case .fathersDay: 140
    case .halloween: 145
    case .thanksgiving: 130
    case .christmas: 330
    }
  }
}

/// One year's days: which seasons run, and how many people come.
struct SeasonalYear: Sendable {
  static func date(_ year: Int, _ month: Int, _ day: Int) -> CivilDate {
    CivilDate(year: year, month: month, day: day) ?? CivilDate(day: 0)
  }

  /// The `count`th Sunday of a month.
  static func sunday(_ count: Int, _ month: Int, _ year: Int) -> CivilDate {
    let first = date(year, month, 1)
    return first + (6 - first.weekday) + 7 * (count - 1)
  }

  /// The fourth Thursday of November.
  static func thanksgiving(_ year: Int) -> CivilDate {
    let first = date(year, 11, 1)
    return first + (3 - first.weekday + 7) % 7 + 21
  }

  /// Easter Sunday (anonymous Gregorian algorithm; Nature, 20 April 1876).
  static func easter(_ year: Int) -> CivilDate {
    let a = year % 19
    let (b, c) = (year / 100, year % 100)
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7
    let m = (a + 11 * h + 22 * l) / 451
    let sum = h + l - 7 * m + 114
    return date(year, sum / 31, sum % 31 + 1)
  }

  /// Daylight-saving time of the United States, by the day: shops are closed when the clock
  /// changes.
  static func isSummerTime(_ day: CivilDate) -> Bool {
    let year = day.parts.year
    return day >= sunday(2, 3, year) && day < sunday(1, 11, year)
  }

  /// The season that goes with a line of a receipt, and its share of lines in percent.
  static func season(of day: CivilDate) -> [(season: Season, share: Int)] {
    let year = day.parts.year
    return Season.allCases.compactMap { season in
      guard season != .everyday else { return nil }
      let days = season.days(in: year)
      guard days.contains(day) else { return nil }
      return (season, 15 + 35 * Int(day.day - days.lowerBound.day) / days.dayCount)
    }
  }

  /// How many come, in units of no meaning: weekends, seasons, holidays.
  static func weight(of day: CivilDate) -> Int {
    let (year, month, dayOfMonth) = day.parts
    if month == 12, dayOfMonth == 25 { return 300 }
    if day == thanksgiving(year) || day == easter(year) { return 1_500 }
    let weekday = [80, 80, 84, 92, 118, 152, 112][day.weekday]
    var season = 100
    for running in Season.allCases where running != .everyday {
      let days = running.days(in: year)
      guard days.contains(day) else { continue }
      // It swells towards its end; after Christmas only the sale is left.
      let (passed, all) = (Int(day.day - days.lowerBound.day) + 1, days.dayCount)
      let height = 100 + (running.peak - 100) * passed * passed / (all * all)
      season = max(season, running == .christmas && dayOfMonth > 25 && month == 12 ? 150 : height)
    }
    if day == thanksgiving(year) + 1 { season = 300 }
    return weekday * season
  }
}

extension ClosedRange<CivilDate> {
  var dayCount: Int { Int(upperBound.day - lowerBound.day) + 1 }
}

/// The phrases of the language as patterns: near enough for an editor to say that one is none, and
/// never narrower than the reader.
enum PhraseForm: String, CaseIterable, Sendable {
  case range, rate, factor, money, share, off, worth, pays, window, limit, expiry, duration, kept
  case rank, date, time, days, hours, weekday, dayOfMonth, dayOfYear, number, amount, code, zone
  case unit, span

  private static let digits = "-?[0-9][0-9_]*([.][0-9]+)?"
  private static let length = "[0-9][0-9_]* (day|week|month|quarter|year)s?"
  private static let day = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
  private static let monthDay = "[0-9]{2}-[0-9]{2}"
  private static let since = " after (earning|release|activity)"

  /// A regular expression (ECMA 262) for the whole text; a space in it is any number of them.
  var pattern: String {
    let n = Self.digits
    let body: String =
      switch self {
      case .range: "((at least|at most|more than|less than|every) )?\(n)|\(n) to \(n)"
      case .rate: "\(n)( per (\(n)|(\(n) )?[^ ]+)( of [^ ]+)?)?( pro rata)?"
      case .factor, .number, .money: n
      case .share: "(at most )?\(n)%"
      case .off: "\(n)%?( per unit)?"
      case .worth: "\(n) per \(n)"
      case .pays: "\(n) per \(n) [^ ]+"
      case .window:
        "campaign|transaction|ever|(last )?membership year|(each of )?\(Self.length)( after join)?"
          + "|(last |next )?calendar (day|week|month|quarter|year)"
      case .limit: "(once every \(Self.length)|\(n) (ever|per [^ ].*))( or none)?"
      case .expiry:
        "never|\(Self.monthDay)|\(Self.length)(\(Self.since))?|end of (next )?(calendar )?"
          + "(day|week|month|quarter|year)( \(Self.length)\(Self.since))?"
      case .duration: Self.length
      case .kept:
        "ever|while it holds|\(Self.length)"
          + "|end of (next )?((calendar )?(day|week|month|quarter|year)|membership year)"
      case .rank: "top \(n)%? by [^ ]+"
      case .date: Self.day
      case .time:
        Self.day
          + "((T| )[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
      case .days: "\(Self.day)( to \(Self.day))?|\(Self.monthDay)( to \(Self.monthDay))?"
      case .hours: "[0-9]{2}:[0-9]{2} to [0-9]{2}:[0-9]{2}"
      case .weekday: "(mon|tue|wed|thu|fri|sat|sun)( to (mon|tue|wed|thu|fri|sat|sun))?"
      case .dayOfMonth: "[0-9]{1,2}|last"
      case .dayOfYear: Self.monthDay
      case .amount: "\(n)( [^ ]+)?"
      case .code: "[A-Z0-9#-]+"
      case .zone: "UTC|[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){1,2}"
      case .unit: "[A-Z]{3}"
      case .span:
        "((at least|at most|more than|less than) )?\(Self.length)|\(Self.length) to \(Self.length)"
      }
    return "^("
      + body.split(separator: " ", omittingEmptySubsequences: false).joined(separator: " +")
      + ")$"
  }

  /// What it looks like; editors offer these.
  var examples: [String] {
    switch self {
    case .range:
      ["at least 3", "at most 3", "more than 3", "less than 3", "3 to 5", "3", "every 10"]
    case .rate:
      [
        "1 per 1.00", "100", "1.25 per 1.00 pro rata", "5 per unit", "1 per 2 litres", "1 per mile",
      ]
    case .factor: ["2", "1.5", "0"]
    case .money: ["5.00"]
    case .share: ["10%"]
    case .off: ["5.00", "20%", "0.10 per unit"]
    case .worth: ["1.00 per 100"]
    case .pays: ["1.00 per 100 points"]
    case .window:
      [
        "calendar year", "last calendar year", "membership year", "12 months", "each of 4 weeks",
        "campaign", "ever",
      ]
    case .limit:
      ["1 per day", "500 per month", "once every 7 days", "1 ever", "100 per day or none"]
    case .expiry:
      [
        "never", "12 months after earning", "36 months after activity", "end of next month",
        "end of calendar year", "end of month 12 months after earning", "12-31",
      ]
    case .duration: ["14 days", "6 months"]
    case .kept: ["end of next calendar year", "end of membership year", "12 months", "ever"]
    case .rank: ["top 10% by spend", "top 100 by points"]
    case .date: ["2026-02-14"]
    case .time: ["2026-02-07T10:00"]
    case .days: ["2026-02-14", "2026-02-15 to 2026-02-23", "12-24 to 12-26"]
    case .hours: ["14:00 to 17:00", "22:00 to 02:00"]
    case .weekday: ["sat", "mon to fri"]
    case .dayOfMonth: ["8", "last"]
    case .dayOfYear: ["01-01"]
    case .number: ["3"]
    case .amount: ["100"]
    case .code: ["SPRING-########"]
    case .zone: ["America/Chicago", "Europe/London", "Asia/Shanghai"]
    case .unit: ["USD", "EUR", "GBP", "CNY"]
    case .span: ["at least 2 years", "less than 60 days"]
    }
  }
}

import Loyalty
import YAML

/// What is settled when all of a phrase was read.
extension TrialPhrase {
  mutating func dayOfYear(_ month: Int, _ number: Int) {
    let years = [today.parts.year, today.parts.year + 1]
    let dates = years.compactMap { CivilDate(year: $0, month: month, day: number) }
    guard let date = dates.first(where: { $0 >= today }) ?? dates.last else {
      reading.problems.append("there is no day \(number) in month \(month)")
      return
    }
    day.date(date)
  }

  /// `8日`: the next one.
  mutating func dayOfMonth(_ number: Int) {
    let days = (0..<62).map { [today] in today + $0 }
    guard let date = days.first(where: { $0.parts.day == number }) else {
      reading.problems.append("no month has a day \(number)")
      return
    }
    day.date(date)
  }

  /// `May`, `May 8`, `8月8日`, `May 2026`.
  mutating func month(_ month: Int) {
    guard (1...12).contains(month) else {
      reading.problems.append("there is no month \(month)")
      return
    }
    if case .number(let digits, false)? = next, let number = Int(digits) {
      skip()
      if at < tokens.count, case .names(let names) = tokens[at],
        case .dayOfMonth = names[0].meaning
      {
        skip()
      }
      if number <= 31 { return dayOfYear(month, number) }
      if let first = CivilDate(year: number, month: month, day: 1) {
        return day.within(first, first.endOfMonth)
      }
    }
    let years = [today.parts.year, today.parts.year + 1]
    let starts = years.compactMap { CivilDate(year: $0, month: month, day: 1) }
    if let first = starts.first(where: { $0.endOfMonth >= today }) {
      day.within(first, first.endOfMonth)
    }
  }

  mutating func holiday(_ name: String) {
    let ranges = program.holidays.first { $0.key.value == name }?.days ?? []
    let days = (0..<800).map { [today] in today + $0 }
    if let first = days.first(where: { date in ranges.contains { $0.contains(date) } }) {
      let last = (0..<60).map { first + $0 }.last { date in ranges.contains { $0.contains(date) } }
      return day.within(first, last)
    }
    if case .dates(let from, let to)? = ranges.last { day.within(from, to) }
  }

  mutating func finishDay() {
    guard let date = day.find(today: today) else {
      reading.problems.append("no day is all that was said of the day")
      return
    }
    let minutes = self.minutes ?? 600
    let clock = "\(Digits.padded(minutes / 60 % 24, 2)):\(Digits.padded(minutes % 60, 2))"
    step.at = WrittenTime("\(date)T\(clock)").map { Written($0, Self.place) }
    if let birthday, member.birthday == nil { member.birthday = birthDate(birthday, date) }
    if isNew { member.joined = date }
  }

  /// A day of birth whose day, week or month a purchase is made in; in a leap year, so that there
  /// is each day.
  private func birthDate(_ window: BirthdayWindow, _ date: CivilDate) -> CivilDate? {
    var day = date
    switch window {
    case .day: break
    case .week: day = date == date.startOfWeek ? date + 1 : date.startOfWeek
    // Not in the same week, where the month allows it.
    case .month: day = date.parts.day > 15 ? date.startOfMonth : date.startOfMonth + 27
    }
    return CivilDate(year: 1992, month: day.parts.month, day: day.parts.day)
  }

  /// `gold member`: where the lowest tier is called `member`, it is the word that says nothing.
  mutating func finishTiers() {
    let order = program.tiers.map(\.key.value)
    func ladder(_ name: String) -> String {
      program.tiers.first { $0.key.value == name }?.ladder?.value ?? ""
    }
    var kept: [String] = []
    let wanted = Set(member.tiers.map(\.value))
    for name in order.reversed() where wanted.contains(name) {
      if !kept.contains(where: { ladder($0) == ladder(name) }) {
        kept.append(name)
      } else if program.tiers.first(where: { $0.key.value == name })?.qualify != nil {
        reading.problems.append(
          "nobody is `\(kept.joined(separator: "` and `"))` and `\(name)` at once")
      }
    }
    member.tiers = kept.reversed().map { written($0) }
  }

  mutating func finishLines() {
    if let event {
      if !lines.isEmpty {
        reading.problems.append("`\(event.key.value)` is no purchase and has no items or amounts")
      }
      step.action = .event(event.key, eventValues)
      return
    }
    if lines.isEmpty, step.redeems != nil {
      step.action = .wait
      return
    }
    if lines.isEmpty {
      var line = Line(syntax: LineSyntax(sku: "ITEM", total: .zero))
      line.each = Money(minor: 10 * ExactDecimal.powers[money.decimals])
      lines = [line]
      reading.notes.append("nothing was said of what is bought: \(money.text(line.each!))")
    }
    var bought: [LineSyntax] = []
    for line in lines { bought.append(finished(line)) }
    step.action = .purchase(bought)
  }

  mutating func finished(_ line: Line) -> LineSyntax {
    var syntax = line.syntax
    syntax.quantity = line.quantity ?? Quantity(1)
    if let total = line.total {
      syntax.total = total
      return syntax
    }
    var each = line.each
    if each == nil {
      each = witness.price(of: syntax)
      let what = syntax.category ?? syntax.sku
      reading.notes.append("no amount was said for \(what): \(money.text(each!)) each")
    }
    let total = Int128(each!.minor) * Int128(syntax.quantity.millionths) / Int128(Quantity.scale)
    if total > Int128(Money.limit) { reading.problems.append("that is more money than there is") }
    syntax.total = Money(minor: Int64(clamping: min(total, Int128(Money.limit))))
    return syntax
  }

  mutating func finishTenders() {
    guard case .purchase(let lines) = step.action else { return }
    var left = lines.reduce(Money.zero) { $0 + $1.total }
    for (_, amount) in tenders { left = left - (amount ?? .zero) }
    for (kind, amount) in tenders {
      step.tenders.append((written(kind), amount ?? left))
      if amount == nil { left = .zero }
    }
    if !tenders.isEmpty, left > .zero { step.tenders.append((written("other"), left)) }
  }
}

import Loyalty

extension Rater {
  /// Whether a condition holds; what it asks of the account is noted among the facts.
  mutating func holds(
    _ node: Int32, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  )
    -> Bool
  {
    switch program.conditionNodes[Int(node)] {
    case .all(let range):
      for place in range
      where !holds(program.conditionChildren[place], event, &account, &outcome) { return false }
      return true
    case .any(let range):
      for place in range
      where holds(program.conditionChildren[place], event, &account, &outcome) { return true }
      return false
    case .not(let child): return !holds(child, event, &account, &outcome)
    case .dates(let range): return program.dateRanges[range].contains { $0.contains(moment.date) }
    case .weekdays(let mask): return mask & moment.weekdayBit != 0
    case .daysOfMonth(let mask): return isDayOfMonth(mask)
    case .hours(let range): return isHour(range)
    case .store(let set): return program.symbolSets[set].contains(event.store)
    case .region(let set): return program.symbolSets[set].contains(event.region)
    case .channel(let set): return program.symbolSets[set].contains(event.channel)
    case .tier(let mask): return mask & moment.tierMask != 0
    default: return asks(program.conditionNodes[Int(node)], event, &account, &outcome)
    }
  }

  private mutating func asks(
    _ node: ConditionNode, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) -> Bool {
    switch node {
    case .birthday(let window): return isBirthday(window, &account, &outcome)
    case .joined(let window):
      let joined = date(program.joinedFact, account.joined, &outcome)
      guard let joined, let days = days(of: window, nil, joined: joined) else { return false }
      return days.contains(joined)
    case .tenure(let span): return hasTenure(span, account, &outcome)
    case .age(let range): return hasAge(range, account, &outcome)
    case .segment(let segment, let fact):
      return note(fact, known(fact) ?? (account.isIn(segment) ? 1 : 0), &outcome) == 1
    case .consent(let texts, let fact):
      return note(fact, known(fact) ?? (account.consents(program.texts[texts]) ? 1 : 0), &outcome)
        == 1
    case .attribute(let test):
      return hasAttribute(program.attributeTests[test], event, &account, &outcome)
    case .balance(let currency, let range, let fact):
      return range.contains(
        note(fact, known(fact) ?? account.balance(currency).available, &outcome))
    case .coupons(let texts):
      return isShown(program.texts[texts], event)
    case .taken(let coupon): return isTaken(coupon)
    case .redeemed(let texts):
      return outcome.benefits.contains { use in
        use.source == .reward && (use.times > 0 || use.times == 0 && use.refusal == nil)
          && program.rewards.contains { $0.id == use.id && program.texts[texts] == [$0.key] }
      }
    case .tender(let test):
      return event.tenders.contains { shared.passes($0.kind, Int32(test)) }
    case .basket(let goal):
      return program.goals[goal].range.contains(now(program.goals[goal], event))
    case .history(let goal): return history(program.goals[goal], event, &account, &outcome)
    case .reach(let goal): return marksPassed(goal, event, &account, &outcome) > 0
    default: return false
    }
  }

  /// The transaction's or event's own attribute, or else the member's.
  private mutating func hasAttribute(
    _ test: AttributeTest, _ event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) -> Bool {
    if let own = event.attributes.first(where: { $0.name == test.name }) {
      return test.passes(own.value)
    }
    guard test.memberFact != 0 else { return false }
    let holds = account.attributes.contains { $0.name == test.name && test.passes($0.value) }
    return note(test.memberFact, known(test.memberFact) ?? (holds ? 1 : 0), &outcome) == 1
  }

  /// Looks up what tables ask of the member; a place among the words, or −1.
  mutating func askMember(_ account: inout Account, _ outcome: inout Outcome) {
    moment.memberWords.removeAll(keepingCapacity: true)
    for words in program.memberWords {
      var place = -1
      if !words.segments.isEmpty {
        place = words.segments.firstIndex { account.isIn($0) } ?? -1
      } else if let value = account.attributes.first(where: { $0.name == words.name })?.value {
        place = words.words.firstIndex { AttributeTest.matches(value, $0) } ?? -1
      }
      place = Int(note(words.fact, known(words.fact) ?? Int64(place), &outcome))
      moment.memberWords.append(place)
    }
  }

  private mutating func isDayOfMonth(_ mask: UInt32) -> Bool {
    let (year, month, day) = moment.date.parts
    if mask & (1 << UInt32(day)) != 0 { return true }
    return mask & 1 != 0 && day == CivilDate.days(inMonth: month, year: year)
  }

  private mutating func isHour(_ range: Range<Int>) -> Bool {
    let minute = Int32(moment.second / 60)
    return program.hourRanges[range].contains { from, to in
      from <= to ? minute >= from && minute < to : minute >= from || minute < to
    }
  }

  /// The local day, week (from Monday) or month of the birthday; 29 February falls on the 28th in
  /// other years.
  private mutating func isBirthday(
    _ window: BirthdayWindow, _ account: inout Account, _ outcome: inout Outcome
  ) -> Bool {
    guard let birthday = date(program.birthdayFact, account.birthday, &outcome) else {
      return false
    }
    let (_, month, day) = birthday.parts
    if window == .month { return moment.date.parts.month == month }
    let today = moment.date.parts
    for year in [today.year - 1, today.year, today.year + 1] {
      let last = CivilDate.days(inMonth: month, year: year)
      guard let here = CivilDate(year: year, month: month, day: min(day, last)) else { continue }
      if window == .day ? here == moment.date : here.startOfWeek == moment.date.startOfWeek {
        return true
      }
    }
    return false
  }

  /// Full months and years count from the day of joining; `at least 12 months` begins with the day
  /// that is its anniversary.
  private mutating func hasTenure(
    _ span: SpanSyntax, _ account: Account, _ outcome: inout Outcome
  ) -> Bool {
    guard let joined = date(program.joinedFact, account.joined, &outcome), joined <= moment.day
    else { return false }
    if let least = span.least {
      let since = joined.adding(least)
      guard span.leastIsOutside ? since < moment.day : since <= moment.day else { return false }
    }
    if let most = span.most {
      let until = joined.adding(most)
      guard span.mostIsOutside ? moment.day < until : moment.day <= until else { return false }
    }
    return true
  }

  /// A year is full on the birthday; of 29 February on the 28th in other years.
  private mutating func hasAge(
    _ range: ScaledRange, _ account: Account, _ outcome: inout Outcome
  ) -> Bool {
    guard let birthday = date(program.birthdayFact, account.birthday, &outcome) else {
      return false
    }
    var years = moment.day.parts.year - birthday.parts.year
    if birthday.adding(months: 12 * years) > moment.day { years -= 1 }
    return years >= 0 && range.contains(Int64(years))
  }

  /// A date of the member, kept among the facts as its day number; 0 is none known.
  private mutating func date(_ fact: CounterID, _ date: CivilDate?, _ outcome: inout Outcome)
    -> CivilDate?
  {
    let day = note(fact, known(fact) ?? Int64(date?.day ?? 0), &outcome)
    return day == 0 ? nil : CivilDate(day: Int32(day))
  }

  /// The answer from the first rating, where this is a second one; nil where it is the first.
  func known(_ fact: CounterID) -> Int64? {
    guard let replay else { return nil }
    return replay.facts[fact] ?? (replay.isWhole ? 0 : nil)
  }

  /// Keeps an answer of the account among the facts.
  mutating func note(_ fact: CounterID, _ value: Int64, _ outcome: inout Outcome) -> Int64 {
    for index in outcome.facts.indices where outcome.facts[index].id == fact { return value }
    outcome.facts.append(Fact(id: fact, value: value))
    return value
  }
}

extension Account {
  /// Whether the member agreed to one of these: her attribute `consent` is yes, or names it among
  /// others.
  func consents(_ words: [String]) -> Bool {
    guard let consent = attributes.first(where: { $0.name == "consent" })?.value else {
      return false
    }
    switch consent {
    case .boolean(let yes): return yes
    case .text(let text):
      return text == "yes"
        || text.split { $0 == " " || $0 == "," }.contains { words.contains(String($0)) }
    case .number: return false
    }
  }
}

extension DateRangeSyntax {
  func contains(_ date: CivilDate) -> Bool {
    switch self {
    case .dates(let from, let to): return from <= date && date <= to
    case .yearly(let fromMonth, let fromDay, let toMonth, let toDay):
      let (_, month, day) = date.parts
      let here = month * 100 + day
      let (from, to) = (fromMonth * 100 + fromDay, toMonth * 100 + toDay)
      return from <= to ? from <= here && here <= to : here >= from || here <= to
    }
  }
}

import Loyalty

/// What one rule earned by a rate or a table, before multipliers.
struct BasePart: Sendable {
  var earn: Int32
  var rule: Int32
  var rate: Int32
  var selector: Int32
  var tender: Int32
  var currency: Int32
  var amount: Int64
  /// Of a plain rate: minor units of money for which it gives `gives`; 0 is another rate.
  var per: Int64 = 0
  var gives: Int64 = 0
  var due: Instant
  var expires: Instant

  /// A plain rate on all that counts: what it gives for some lines, their sum tells.
  var isPlain: Bool { per > 0 && selector < 0 }
}

/// A multiplier that matched, for one currency.
struct Factor: Sendable {
  var multiply: Int32
  /// Its place among the rules that matched.
  var match: Int32
  var rule: Int32
  var selector: Int32
  var tender: Int32
  var group: Int32
  var currency: Int32
  /// Whether its rule has its own pending or expiry.
  var hasOwnTimes: Bool
  /// It acts on all of the payment, has the currency's times, and stands in a group that adds.
  var addsPlainly: Bool
  var id: RuleID
  /// The factor less one, in millionths.
  var extra: Int64

  init(_ place: Int, _ program: Program) {
    let rule = program.rules[program.multiplies[place].rule]
    multiply = Int32(place)
    match = -1
    self.rule = Int32(program.multiplies[place].rule)
    selector = program.multiplies[place].selector
    tender = rule.tender
    group = rule.group
    currency = Int32(program.multiplies[place].currency)
    hasOwnTimes = rule.pending >= 0 || rule.expiry >= 0
    addsPlainly =
      !hasOwnTimes && tender < 0 && group >= 0 && program.groups[Int(group)].policy == .add
    id = rule.id
    extra = program.multiplies[place].extra
  }
}

extension Rater {
  /// All that the matched rules earn and multiply, as parts.
  mutating func earn(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    bases.removeAll()
    for index in matched.indices {
      let rule = Int(matched[index].rule)
      for earn in program.rules[rule].earns { self.earn(earn, index, event, &outcome) }
      for multiply in program.rules[rule].multiplies { collect(multiply, index, event) }
    }
    if program.tracksGiven, !program.groups.isEmpty { settleBestEarns(&outcome) }
    if open.hasMultipliers || !factors.isEmpty { multiply(event, &outcome) }
    if !program.limits.isEmpty { cut(&outcome) }
    if !program.budgets.isEmpty { cutToBudgets(&outcome) }
  }

  private mutating func earn(
    _ place: Int, _ index: Int, _ event: Event, _ outcome: inout Outcome
  ) {
    let rule = program.rules[Int(matched[index].rule)]
    let earn = program.earns[place]
    let sums = basket.sums(earn.selector)
    let spend = basket.spend(earn.selector, event, shared, tender: rule.tender)
    let rateIndex = earn.table < 0 ? earn.rate : rate(earn.table, spend, event)
    guard rateIndex >= 0 || rateIndex == Rater.slices else { return }
    let rounding = program.currencies[earn.currency].rounding
    var amount: Int64
    var basis = spend
    if rateIndex == Rater.slices {
      amount = sliced(earn.table, spend, rounding)
    } else {
      let rate = program.rates[Int(rateIndex)]
      basis = self.basis(rate, spend, sums, earn.selector, event)
      amount = points(rate, basis, rounding)
      if rate.basis == .once {
        basis = matched[index].times
        amount = product(amount, basis)
      }
    }
    if amount < earn.least, basis >= 0 { amount = earn.least }
    guard amount != 0 else { return }
    let (due, expires) = times(Int(matched[index].rule), earn.currency)
    outcome.parts.append(
      Part(
        rule: rule.id, currency: program.currencies[earn.currency].id, amount: amount, basis: basis,
        effect: Int32(place),
        due: due, expires: expires))
    if program.tracksGiven { matched[index].given += amount }
    guard rateIndex == Rater.slices || program.rates[Int(rateIndex)].basis != .once else { return }
    var base = BasePart(
      earn: Int32(place), rule: matched[index].rule, rate: rateIndex, selector: earn.selector,
      tender: rule.tender, currency: Int32(earn.currency), amount: amount, due: due,
      expires: expires)
    if rateIndex >= 0, program.rates[Int(rateIndex)].isPlain, rule.tender < 0,
      program.countedTender < 0
    {
      base.per = program.rates[Int(rateIndex)].per
      base.gives = program.rates[Int(rateIndex)].amount
    }
    bases.append(base)
  }

  /// What a rate is reckoned from.
  private mutating func basis(
    _ rate: Rate, _ spend: Int64, _ sums: Sums, _ selector: Int32, _ event: Event
  ) -> Int64 {
    switch rate.basis {
    case .once: return 0
    case .money: return spend
    case .quantity:
      return rate.unit == .none ? sums.quantity : quantity(rate, selector, event)
    case .attribute: return event.number(program.texts[Int(rate.attribute)][0]) ?? 0
    }
  }

  /// The quantity of lines that are measured in a unit.
  private mutating func quantity(_ rate: Rate, _ selector: Int32, _ event: Event) -> Int64 {
    var sum: Int64 = 0
    for index in event.lines.indices where basket.contains(index, selector, event, shared) {
      let unit = event.lines[index].unit
      if unit == rate.unit || unit == rate.units { sum += basket.shares[index].quantity }
    }
    return sum
  }

  /// Full steps of the basis, or with `pro rata` its parts as well; rounded once.
  @inline(__always)
  mutating func points(_ rate: Rate, _ basis: Int64, _ rounding: Rounding) -> Int64 {
    if rate.basis == .once {
      return rate.scale == 0
        ? rate.amount : Int64(rounding.divide(Int128(rate.amount), by: Self.power(rate.scale)))
    }
    if !rate.isProRata {
      let (product, overflow) = (basis / rate.per).multipliedReportingOverflow(by: rate.amount)
      if rate.scale == 0, !overflow { return product }
      let wide = Int128(basis / rate.per) * Int128(rate.amount)
      return narrow(rounding.divide(wide, by: Self.power(rate.scale)))
    }
    let wide = Int128(basis) * Int128(rate.amount)
    return narrow(rounding.divide(wide, by: Int128(rate.per) * Self.power(rate.scale)))
  }

  static func power(_ scale: Int) -> Int128 { Int128(ExactDecimal.powers[scale]) }

  @inline(__always)
  mutating func narrow(_ amount: Int64) -> Int64 {
    guard amount.magnitude <= UInt64(Rater.mostPoints) else {
      hasOverflowed = true
      return 0
    }
    return amount
  }

  mutating func narrow(_ wide: Int128) -> Int64 {
    // Far below Int64's end, so that sums of what one event gives cannot pass it.
    if wide.magnitude > UInt128(Rater.mostPoints) {
      hasOverflowed = true
      return 0
    }
    return Int64(wide)
  }

  mutating func product(_ a: Int64, _ b: Int64) -> Int64 { narrow(Int128(a) * Int128(b)) }

  /// What one part may come to, either way.
  static let mostPoints: Int64 = 1_000_000_000_000_000

  /// Stands for "each slice by its own rate".
  static let slices: Int32 = -2

  /// The rate that a table gives: a place in `rates`, −1 for none, or `slices`.
  private mutating func rate(_ table: Int32, _ spend: Int64, _ event: Event) -> Int32 {
    if program.rateTables[Int(table)].by.first == .slice { return Rater.slices }
    return Int32(lookUp(table, spend, event) ?? -1)
  }

  /// The value that a table holds for this event.
  mutating func lookUp(_ table: Int32, _ spend: Int64, _ event: Event) -> Int64? {
    let table = program.rateTables[Int(table)]
    var row = table.root
    for key in table.by {
      switch row {
      case .value(let value): return value
      case .words(let words):
        let word = self.word(key, event)
        guard let found = words.first(where: { $0.word == word }) else { return nil }
        row = found.row
      case .steps(let steps):
        let number: Int64
        if case .attribute(let name) = key {
          number = event.number(name) ?? 0
        } else {
          number = spend
        }
        guard let found = steps.last(where: { $0.from <= number }) else { return nil }
        row = found.row
      }
    }
    if case .value(let value) = row { return value }
    return nil
  }

  private mutating func word(_ key: TableSyntax<RateSyntax>.Key, _ event: Event) -> String? {
    switch key {
    case .tier: return program.tiers.first { $0.id == moment.mainTier }?.key
    case .attribute(let name):
      if let own = event.attributes.first(where: { $0.name == name })?.value {
        switch own {
        case .text(let text): return text
        case .number(let number): return number.reduced.description
        case .boolean(let yes): return yes ? "yes" : "no"
        }
      }
      guard let place = program.memberWords.firstIndex(where: { $0.name == name }),
        place < moment.memberWords.count, moment.memberWords[place] >= 0
      else { return nil }
      return program.memberWords[place].words[moment.memberWords[place]]
    default: return nil
    }
  }

  /// Each slice of the spend by its own rate; fractions are added up and rounded once.
  private mutating func sliced(_ table: Int32, _ spend: Int64, _ rounding: Rounding) -> Int64 {
    guard case .steps(let steps) = program.rateTables[Int(table)].root else { return 0 }
    var millionths: Int128 = 0
    for (place, step) in steps.enumerated() where spend > step.from {
      guard case .value(let rateIndex) = step.row else { continue }
      let rate = program.rates[Int(rateIndex)]
      let end = place + 1 < steps.count ? min(spend, steps[place + 1].from) : spend
      let basis = rate.isProRata ? end - step.from : (end - step.from) / rate.per * rate.per
      millionths +=
        Int128(basis) * Int128(rate.amount) * 1_000_000
        / (Int128(rate.per) * Self.power(rate.scale))
    }
    return narrow(rounding.divide(millionths, by: 1_000_000))
  }

  /// When points of a rule, by its place, fall due and when they are gone.
  mutating func times(_ place: Int, _ currency: Int) -> (due: Instant, expires: Instant) {
    let slot = currency * Rater.cachedDays + Int(moment.day.day) & (Rater.cachedDays - 1)
    let (ownPending, ownExpiry) = (program.rules[place].pending, program.rules[place].expiry)
    let isOwn = ownPending >= 0 || ownExpiry >= 0
    if !isOwn, expiryDays[slot] == moment.day { return (dueCache[slot], expiryCache[slot]) }
    let pending =
      ownPending >= 0 ? program.durations[Int(ownPending)] : program.currencies[currency].pending
    let expiry =
      ownExpiry >= 0 ? program.expiries[Int(ownExpiry)] : program.currencies[currency].expiry
    var due = Instant.distantPast
    var expires = Instant.distantFuture
    if let pending { due = program.zone.end(of: moment.day.adding(pending)) }
    // A pot is told by its month.
    if program.currencies[currency].hasPots {
      due = program.zone.start(of: moment.day.startOfMonth)
    }
    if expiry != .never, !expiry.isByActivity {
      let released = pending.map { moment.day.adding($0) } ?? moment.day
      expires = program.zone.end(of: expiry.lastDay(earned: moment.day, released: released))
    }
    if !isOwn {
      expiryDays[slot] = moment.day
      dueCache[slot] = due
      expiryCache[slot] = expires
    }
    return (due, expires)
  }
}

extension ExpirySyntax {
  /// The lots then have no date of their own.
  public var isByActivity: Bool {
    switch self {
    case .after(_, .activity), .endOfUnitAfter(_, _, .activity): true
    default: false
    }
  }

  /// The last day on which points can be used. `after activity` begins with the day of earning.
  func lastDay(earned: CivilDate, released: CivilDate) -> CivilDate {
    switch self {
    case .never: return CivilDate(day: 2_932_896)
    case .after(let duration, let since):
      return (since == .release ? released : earned).adding(duration)
    case .endOfUnitAfter(let unit, let duration, let since):
      return (since == .release ? released : earned).adding(duration).end(of: unit)
    case .endOf(let unit, let next): return earned.end(of: unit, next: next)
    case .yearly(let month, let day):
      let year = earned.parts.year
      let last = { CivilDate.days(inMonth: month, year: $0) }
      let here = CivilDate(year: year, month: month, day: min(day, last(year))) ?? earned
      if here >= earned { return here }
      return CivilDate(year: year + 1, month: month, day: min(day, last(year + 1))) ?? earned
    }
  }
}

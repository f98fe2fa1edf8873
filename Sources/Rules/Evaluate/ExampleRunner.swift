import Loyalty
import YAML

/// What became of one example.
public struct ExampleResult: Sendable {
  public var title: String
  public var place: Place
  /// What came out other than expected, one sentence each.
  public var differences: [String]
  /// What each rule gave, for a failing one.
  public var explanation: [String]
  public var passed: Bool { differences.isEmpty }
}

/// Runs the examples inside rule files by the function that rates transactions.
public enum ExampleRunner {
  public static func run(_ syntax: ProgramSyntax, zone: Zone) -> [ExampleResult] {
    var registry = Registry()
    let program = Compiler.compile(syntax, zone: zone, registry: &registry)
    return syntax.examples.map { example in
      var run = ExampleRun(program, registry, example)
      return run.run()
    }
  }
}

/// One example on its way: an account, and step after step.
struct ExampleRun {
  let program: Program
  private(set) var registry: Registry
  let example: ExampleSyntax
  var rater: Rater
  var account = Account(shard: 1, id: 1)
  /// Where there are several: all of them, by their place; `current` is the one in `account`.
  var others: [Account] = []
  var current = 0
  var outcome = Outcome()
  var differences: [String] = []
  private var explanation: [String] = []
  private(set) var seq: Int64 = 0
  /// The steps that something may come back of, with whose they are.
  var originals: [String: (member: Int, original: Original)] = [:]
  /// Accounts that went into others, by their places.
  var mergedInto: [Int: Int] = [:]
  /// What redemptions spent, by their sequence.
  var redemptions: [Int64: [Original.Payment]] = [:]
  /// What the running step's redemption paid out, in minor units.
  private(set) var redeemed: Int64 = 0
  /// What rules gave in the running step beside the perks of tiers.
  private(set) var givenPerks: [String] = []
  /// Why it was not handed out.
  private(set) var refusedReward: BenefitUse?
  private(set) var last: Instant
  /// What is kept for somebody who asks for everything.
  var trial: Trial? {
    didSet { if trial != nil, rater.trace == nil { rater.trace = Trace() } }
  }

  init(_ program: Program, _ registry: Registry, _ example: ExampleSyntax) {
    self.program = program
    self.registry = registry
    self.example = example
    rater = Rater(program)
    rater.holdsOut = false
    rater.namesAreCodes = true
    // Where an example does not say what there is of a currency, what a tender of it paid with was
    // held before.
    let said = Set(example.balance.map(\.currency.value))
    rater.tendersAreHeld = Set(
      program.currencies.filter { !said.contains($0.key) }.map(\.id))
    last = program.zone.start(of: CivilDate(day: 20_454))
  }

  mutating func run() -> ExampleResult {
    setUp()
    for step in example.steps { run(step) }
    return ExampleResult(
      title: example.title.value, place: example.title.place, differences: differences,
      explanation: differences.isEmpty ? [] : explanation)
  }

  /// One account, or one for each of `members`.
  /// A tier that is there from the beginning.
  private mutating func give(_ tier: Tier, until: Instant) {
    account.standings.append(Standing(tier: tier.id, since: .distantPast, until: until))
    account.grounds.append(
      TierGround(
        tier.id, .given, day: program.zone.date(of: account.clock), since: .distantPast,
        until: until))
  }

  private mutating func setUp() {
    guard let first = example.members.first else { return setUp(example.member) }
    for (_, member) in example.members.dropFirst() {
      setUp(member)
      others.append(account)
      account = Account(shard: 1, id: Int64(others.count + 1))
    }
    setUp(first.member)
    others.insert(account, at: 0)
  }

  private mutating func setUp(_ member: MemberSyntax) {
    let first = example.steps.lazy.compactMap { $0.at?.value }.first.map { instant($0) } ?? last
    account.birthday = member.birthday
    account.joined = member.joined
    account.attributes = attributes(member.attributes)
    if !member.consent.isEmpty {
      let words = member.consent.map(\.value).joined(separator: " ")
      account.attributes.append(
        Attribute(name: "consent", value: words == "yes" ? .boolean(true) : .text(words)))
    }
    account.clock = first + (-1)
    for name in member.tiers {
      guard let tier = program.tiers.first(where: { $0.key == name.value }),
        tier.qualify != nil || tier.isInvited
      else { continue }
      let until = rater.until(tier, reached: program.zone.date(of: first), account)
      give(tier, until: until)
    }
    for name in member.floors {
      guard let tier = program.tiers.first(where: { $0.key == name.value }) else { continue }
      account.standings.removeAll { $0.tier == tier.id }
      give(tier, until: .distantFuture)
    }
    for (name, amount) in example.balance {
      guard let currency = program.currencies.first(where: { $0.key == name.value }) else {
        continue
      }
      let place = account.balanceIndex(currency.id)
      account.balances[place].available = amount
      account.balances[place].earned = amount
      var lot = Lot(currency: currency.id, due: .distantPast, expires: .distantFuture)
      lot.granted = amount
      lot.remaining = amount
      account.lots.append(lot)
    }
    for segment in member.segments {
      guard let known = program.segments.first(where: { $0.key == segment.value }) else { continue }
      account.segments.append(Membership(segment: known.id, since: account.clock))
    }
    account.refreshDue()
    if program.livesByCalendar { rater.beginExample(&account) }
  }

  /// Lays the running account back and takes the one of a step.
  private mutating func switchTo(_ step: StepSyntax) {
    guard !others.isEmpty else { return }
    let name = step.member?.value
    let place =
      owner(ofOriginal: step.action) ?? example.members.firstIndex { $0.key.value == name } ?? 0
    others[current] = account
    account = others[place]
    current = place
  }

  /// A referral happens to the referrer, too.
  private mutating func rateReferrer(_ event: Event, _ name: String) {
    guard program.referrals.contains(name),
      case .text(let text)? = event.attributes.first(where: { $0.name == "referrer" })?.value,
      let place = example.members.firstIndex(where: { $0.key.value == text }), place != current
    else { return }
    var own = event
    own.isForReferrer = true
    var gained = Outcome()
    rater.rate(own, &others[place], &gained)
  }

  private func instant(_ written: WrittenTime) -> Instant {
    if let offset = written.offset {
      return Zone(name: "", changes: [], offsets: [offset]).instant(of: written.civil)
    }
    return program.zone.instant(of: written.civil)
  }

  private mutating func run(_ step: StepSyntax) {
    if let at = step.at { last = instant(at.value) }
    switchTo(step)
    seq += 1
    let before = account.balances
    redeemed = 0
    refusedReward = nil
    givenPerks = []
    var vouchers: [String] = []
    if let redeems = step.redeems {
      vouchers = redeem(redeems, step, before)
      if case .wait = step.action { return compare(step, before) }
    }
    if let failure = move(step) {
      if let failure { differences.append("\(failure) (\(step.place.file):\(step.place.line))") }
      note(nil, before)
      return compare(step, before)
    }
    guard var event = event(of: step) else {
      outcome.removeAll()
      rater.advance(&account, to: last, &outcome)
      redeemed = paidOut
      note(nil, before)
      takeCoupons(Event(seq: seq, kind: .other, at: last, offset: 0))
      compare(step, before)
      return
    }
    event.store = symbol(step.store)
    event.channel = symbol(step.channel)
    event.tenders = step.tenders.map {
      EventTender(kind: symbol($0.kind.value), amount: $0.amount)
    }
    event.coupons = step.coupons.map(\.value) + vouchers
    event.attributes += attributes(step.attributes)
    rater.trace?.notes.removeAll()
    begin(step.action, &event)
    rater.rate(event, &account, &outcome)
    givenPerks = perksGiven()
    end(step, event)
    note(event, before, shown: event.coupons)
    takeCoupons(event)
    if case .event(let name, _) = step.action { rateReferrer(event, name.value) }
    for part in outcome.parts {
      explanation.append("\(ruleName(part.rule)): \(text(part.amount, part.currency))")
    }
    compare(step, before)
  }

  /// The perks of the rules that the rating has just applied.
  private func perksGiven() -> [String] {
    rater.matched.indices.filter { rater.matched[$0].isApplied }.flatMap { index in
      program.syntax.rules[Int(rater.matched[index].rule)].gives.filter { $0.kind == .perk }
        .map(\.name.value)
    }
  }

  /// Redeems a reward, before the purchase that stands beside it: gives the codes of what it
  /// brought.
  private mutating func redeem(
    _ redeems: (reward: Written<String>, times: Int64), _ step: StepSyntax, _ before: [Balance]
  ) -> [String] {
    let offset = step.at?.value.offset ?? program.zone.offset(at: last)
    if !program.syntax.rewards.contains(where: { $0.key.value == redeems.reward.value }) {
      use(redeems.reward.value, redeems.times, offset, step, before)
      return []
    }
    var event = Event(seq: seq, kind: .other, at: last, offset: offset)
    event.name = symbol("redeem")
    event.attributes = [
      Attribute(name: "name", value: .text(redeems.reward.value)),
      Attribute(name: "times", value: .number(ExactDecimal(units: redeems.times))),
    ]
    rater.rate(event, &account, &outcome)
    redeemed = paidOut
    refusedReward = outcome.benefits.first { $0.refusal != nil }
    if case .wait = step.action { note(event, before) }
    redemptions[seq] =
      Original(event, outcome, version: 1, in: account.shard, account.id).payments
    defer { seq += 1 }
    return takeCoupons(event)
  }

  /// Uses a perk so often, or not at all: each is held, then captured.
  private mutating func use(
    _ perk: String, _ times: Int64, _ offset: Int32, _ step: StepSyntax, _ before: [Balance]
  ) {
    var held: [Int64] = []
    for _ in 0..<times {
      var event = Event(seq: seq, kind: .hold, at: last, offset: offset)
      event.attributes = HoldRequest(.perk(perk)).attributes
      rater.rate(event, &account, &outcome)
      seq += 1
      refusedReward = outcome.benefits.first { $0.refusal != nil }
      if refusedReward != nil { break }
      held.append(event.seq)
    }
    for hold in held {
      var event = Event(
        seq: seq, kind: refusedReward == nil ? .capture : .release, at: last, offset: offset)
      event.original = hold
      rater.rate(event, &account, &outcome)
      seq += 1
    }
    if case .wait = step.action { note(nil, before) }
  }

  /// The money for which points were given up, on request or on its day.
  private var paidOut: Int64 {
    outcome.benefits.reduce(0) { $1.source == .reward ? $0 + $1.money : $0 }
  }

  /// Takes in the coupons that the outcome brought, under codes that nobody has.
  @discardableResult
  private mutating func takeCoupons(_ event: Event) -> [String] {
    let codes = outcome.coupons.indices.map { "example \(seq)-\(account.coupons.count + $0)" }
    account.take(outcome, codes: codes, of: event)
    return codes
  }

  private mutating func event(of step: StepSyntax) -> Event? {
    let offset = step.at?.value.offset ?? program.zone.offset(at: last)
    var event: Event
    switch step.action {
    case .purchase(let lines):
      event = Event(seq: seq, kind: .sale, at: last, offset: offset)
      fill(&event, lines)
    case .return(_, let lines):
      event = Event(seq: seq, kind: .return, at: last, offset: offset)
      fill(&event, lines)
    case .event(let name, let values):
      event = Event(seq: seq, kind: .other, at: last, offset: offset)
      event.name = symbol(name.value)
      event.attributes = attributes(values, of: name.value)
    case .void: return Event(seq: seq, kind: .void, at: last, offset: offset)
    case .transfer, .merge, .wait: return nil
    }
    return event
  }

  private mutating func fill(_ event: inout Event, _ lines: [LineSyntax]) {
    var costs = event.costs
    var attributes = event.lineAttributes
    for (index, written) in lines.enumerated() {
      var line = Line(
        product: symbol(written.sku), category: symbol(written.category),
        quantity: written.quantity, total: written.total)
      line.unit = symbol(written.unit)
      line.tax = written.tax
      line.storeDiscount = written.storeDiscount
      line.manufacturerDiscount = written.manufacturerDiscount
      // `discounted: yes` says that there was a discount, and not how much.
      if written.discounted, line.storeDiscount == .zero { line.storeDiscount = Money(minor: 1) }
      event.lines.append(line)
      costs.append(written.cost?.minor ?? 0)
      for (key, text) in written.attributes {
        attributes.append(
          LineAttribute(
            line: Int32(index), attribute: Attribute(name: key.value, value: value(text))))
      }
    }
    event.costs = costs
    event.lineAttributes = attributes
  }

  private mutating func symbol(_ text: String?) -> Symbol { registry.symbol(text ?? "") }

  private func attributes(_ written: [(key: Written<String>, value: String)]) -> [Attribute] {
    written.map { Attribute(name: $0.key.value, value: value($0.value)) }
  }

  /// Numbers may be written with `_` between their digits, as everywhere in a program.
  private func attributes(
    _ written: [(key: Written<String>, value: Written<String>)], of event: String
  ) -> [Attribute] {
    let kinds = program.syntax.events.first { $0.key.value == event }?.attributes ?? []
    return written.map { key, text in
      switch kinds.first(where: { $0.key.value == key.value })?.kind {
      case .number, .money:
        Attribute(name: key.value, value: value(text.value.filter { $0 != "_" }))
      case .text: Attribute(name: key.value, value: .text(text.value))
      default: Attribute(name: key.value, value: value(text.value))
      }
    }
  }

  private func value(_ text: String) -> Attribute.Value {
    switch text {
    case "yes", "true": .boolean(true)
    case "no", "false": .boolean(false)
    default: ExactDecimal(text).map { .number($0) } ?? .text(text)
    }
  }

  private func ruleName(_ id: RuleID) -> String {
    registry.rules.first { $0.value == id }?.key ?? "rule \(id)"
  }

  func text(_ amount: Int64, _ currency: CurrencyID) -> String {
    ExactDecimal.text(amount, places: program.currencies[program.place(of: currency)].decimals)
  }
}

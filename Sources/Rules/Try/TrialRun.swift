import Loyalty
import YAML

/// What a step of a made-up purchase brought, and why.
public struct TrialStep: Sendable {
  public struct Silent: Sendable {
    public var rule: String
    public var place: Place
    public var reason: String
  }
  /// What a rule that matched did, with its amount: `+14`, or `-0.50 USD` off the bill.
  public struct Line: Sendable {
    public var explanation: ExplanationLine
    public var amount: String
    /// The currency's key, where it is points.
    public var currency: String?
    public var decimals = 0
  }
  public struct Change: Sendable {
    public var currency: String
    public var amount: Int64
    public var decimals: Int
    /// Available afterwards.
    public var balance: Int64
    public var lastDay: CivilDate?
  }
  public var at: String
  public var weekday: String
  public var tierBefore: String?
  public var tierAfter: String?
  /// What each rule did that matched.
  public var lines: [Line] = []
  /// The rules that did not match.
  public var silent: [Silent] = []
  public var changes: [Change] = []
  /// The coupons that it brought.
  public var coupons: [String] = []
  /// Taken off the bill.
  public var off = Money.zero
  /// Left to pay, without tax; nil where nothing was bought.
  public var pay: Money?
  /// Paid out for points.
  public var paidOut = Money.zero
  /// Coupons and rewards that were asked for and not taken, each once.
  public var refusals: [(name: String, reason: Refusal)] = []
  public var refused: String?
  /// What an example would expect: `{points: 128, rules: {base: 128}}`.
  public var expect = ""
}

extension ExampleRunner {
  /// Rates an example's steps and tells everything. Nil where the files have errors.
  public static func trial(
    _ files: [SourceFile], _ example: ExampleSyntax, zone: Zone, language: String = "en"
  ) -> [TrialStep]? {
    var probes = Probes()
    guard let syntax = probes.program(files) else { return nil }
    var registry = Registry()
    let program = Compiler.compile(syntax, zone: zone, registry: &registry)
    var run = ExampleRun(program, registry, example)
    run.trial = Trial(probes: probes, language: language)
    _ = run.run()
    return run.trial?.steps
  }
}

/// What a run keeps for somebody who asks.
struct Trial {
  var probes: Probes
  var language: String
  var steps: [TrialStep] = []

  init(probes: Probes, language: String) {
    self.probes = probes
    self.language = language
  }
}

extension ExampleRun {
  /// Call right after the rating of a step.
  mutating func note(_ event: Event?, _ before: [Balance], shown: [String] = []) {
    guard var trial else { return }
    let local = program.zone.local(last)
    var step = TrialStep(
      at: last.text(offset: program.zone.offset(at: last)),
      weekday: Reading.weekdayNames[local.date.weekday])
    step.tierBefore = program.tiers.first { $0.id == outcome.tier }?.key
    step.tierAfter = program.tier(of: account, at: max(last, account.clock))?.key
    step.refused = outcome.refused
    if let event {
      let all = rater.explanation(of: event, outcome, language: trial.language)
      step.lines = all.filter { !Probes.isProbe($0.key) }.map { line($0) }
      let told = step.lines.map(\.explanation).filter { $0.rule != 0 }.map(\.key)
      step.silent = silent(event, Set(told), trial.probes)
    }
    step.changes = changes(before)
    step.coupons = outcome.coupons.compactMap { issue in
      program.coupons.first { $0.id == issue.template }?.key
    }
    noteBill(event, shown, &step)
    step.expect = expect(step)
    trial.steps.append(step)
    self.trial = trial
  }

  private func noteBill(_ event: Event?, _ shown: [String], _ step: inout TrialStep) {
    step.off = Money(minor: outcome.moneyOff)
    step.paidOut = Money(minor: redeemed)
    if let event, event.kind == .sale {
      step.pay = Money(minor: event.lines.reduce(-outcome.moneyOff) { $0 + $1.total.minor })
    }
    for use in [refusedReward].compactMap(\.self) + outcome.benefits {
      guard let reason = use.refusal else { continue }
      let place = Int(use.shown)
      let name = shown.indices.contains(place) ? shown[place] : program.name(of: use)
      if !step.refusals.contains(where: { $0.name == name }) {
        step.refusals.append((name, reason))
      }
    }
  }

  private func line(_ line: ExplanationLine) -> TrialStep.Line {
    if line.kind == .off {
      let off = Money(minor: -line.money)
      return TrialStep.Line(
        explanation: line, amount: "\(program.money.text(off)) \(program.money.code)")
    }
    guard let currency = program.currencies.first(where: { $0.id == line.currency }) else {
      return TrialStep.Line(explanation: line, amount: "")
    }
    var amount = ExactDecimal.text(line.amount, places: currency.decimals)
    if line.amount > 0 { amount = "+" + amount }
    if program.currencies.count > 1 { amount += " " + currency.key }
    return TrialStep.Line(
      explanation: line, amount: amount, currency: currency.key, decimals: currency.decimals)
  }

  private func changes(_ before: [Balance]) -> [TrialStep.Change] {
    program.currencies.compactMap { currency in
      let old = before.first { $0.currency == currency.id }?.net ?? 0
      let now = account.balances.first { $0.currency == currency.id }
      let amount = (now?.net ?? 0) - old
      guard amount != 0 else { return nil }
      let expires = outcome.postings.first { $0.currency == currency.id && $0.expires != nil }?
        .expires
      return TrialStep.Change(
        currency: currency.key, amount: amount, decimals: currency.decimals,
        balance: (now?.available ?? 0) - (now?.debt ?? 0),
        lastDay: expires.flatMap { $0 == .distantFuture ? nil : program.zone.date(of: $0 + (-1)) })
    }
  }

  private func expect(_ step: TrialStep) -> String {
    var fields = step.changes.map {
      ($0.currency, ExactDecimal.text($0.amount, places: $0.decimals))
    }
    if fields.isEmpty, let first = program.currencies.first { fields = [(first.key, "0")] }
    let parts = ruleParts(step.lines.map(\.explanation).filter { $0.kind == .given })
    if !parts.isEmpty { fields.append(("rules", YAMLText.fields(parts))) }
    if let tier = step.tierAfter, tier != step.tierBefore {
      fields.append(("tier", YAMLText.scalar(tier)))
    }
    if !step.coupons.isEmpty {
      fields.append(
        ("coupons", "[" + step.coupons.map { YAMLText.scalar($0) }.joined(separator: ", ") + "]"))
    }
    return YAMLText.fields(fields + bill(step))
  }

  /// Each rule's own part; by currency where the rule gives several.
  private func ruleParts(_ given: [ExplanationLine]) -> [(String, String)] {
    var parts: [(String, String)] = []
    for key in given.map(\.key) where !parts.contains(where: { $0.0 == key }) {
      let amounts = given.filter { $0.key == key }.compactMap { line -> (String, String)? in
        program.currencies.first { $0.id == line.currency }.map {
          ($0.key, ExactDecimal.text(line.amount, places: $0.decimals))
        }
      }
      guard Set(amounts.map(\.0)).count == amounts.count, let first = amounts.first else {
        continue
      }
      let rule = program.syntax.rules.first { $0.key.value == key }
      let currencies = Set(
        (rule?.earn.map(\.currency.value) ?? []) + (rule?.multiply.map(\.currency.value) ?? []))
      parts.append((key, currencies.count > 1 ? YAMLText.fields(amounts) : first.1))
    }
    return parts
  }

  /// What an example expects of the bill, where something was to be taken off it.
  private func bill(_ step: TrialStep) -> [(String, String)] {
    let money = program.money
    var fields: [(String, String)] = []
    if step.off != .zero { fields.append(("off", money.text(step.off))) }
    if let pay = step.pay, step.off != .zero { fields.append(("pay", money.text(pay))) }
    if step.paidOut != .zero { fields.append(("money", money.text(step.paidOut))) }
    guard !step.refusals.isEmpty else { return fields }
    let refused = step.refusals.map { ($0.name, $0.reason.text) }
    return fields + [("refused", YAMLText.fields(refused))]
  }

  /// Why the others did not match.
  private mutating func silent(_ event: Event, _ told: Set<String>, _ probes: Probes) -> [TrialStep
    .Silent]
  {
    let held = Set(
      rater.matched.indices.map { program.syntax.rules[Int(rater.matched[$0].rule)].key.value })
    var failed: [String: [Probes.Probe]] = [:]
    for rule in program.syntax.rules
    where Probes.isProbe(rule.key.value) && !held.contains(rule.key.value) {
      guard let probe = probes.probe(rule.key.value) else { continue }
      failed[probe.rule, default: []].append(probe)
    }
    let rules = program.syntax.rules.filter { !$0.isImplied }
    return rules.compactMap { rule in
      let key = rule.key.value
      guard !Probes.isProbe(key), !told.contains(key) else { return nil }
      return TrialStep.Silent(
        rule: key, place: rule.key.place, reason: reason(rule, event, failed[key] ?? []))
    }
  }

  /// What the member has to opt in to first; nil where she has, or nothing is asked.
  private func notJoined(_ rule: RuleSyntax) -> String? {
    guard let place = program.syntax.rules.firstIndex(where: { $0.key.value == rule.key.value }),
      program.rules[place].join >= 0
    else { return nil }
    let joining = program.joinings[Int(program.rules[place].join)]
    let day = program.zone.date(of: last)
    return account.lastBucket(of: joining.counter, upTo: day) == nil ? joining.name : nil
  }

  private mutating func reason(
    _ rule: RuleSyntax, _ event: Event, _ failed: [Probes.Probe]
  ) -> String {
    if case .event(let name) = rule.trigger {
      if registry.symbols[name] != event.name { return "waits for `\(name)`" }
    } else if rule.trigger != .purchase {
      return "waits for another event"
    } else if event.kind == .other {
      return "does not wait for this event"
    }
    if event.kind == .return { return "does not rate returns without their receipt" }
    if rater.basket.total.spend < 0 { return "rates no basket below zero" }
    if failed.contains(where: { $0.kind == .days }) {
      let date = event.at.local(offset: event.offset).date
      if let from = rule.from, date < from.value { return "begins on \(from.value)" }
      if let to = rule.to, date > to.value { return "ended on \(to.value)" }
    }
    if let join = notJoined(rule) { return "not joined: `join: \(join)`" }
    let conditions = failed.filter { $0.kind == .condition }.map { unmet($0, event) }
    if !conditions.isEmpty {
      return conditions.joined(separator: " and ") + (conditions.count == 1 ? " does" : " do")
        + " not hold"
    }
    if failed.contains(where: { $0.kind == .items }) {
      return "nothing in the basket is of its `items`"
    }
    if failed.contains(where: { $0.kind == .tender }) {
      return "nothing was paid with its `tender`"
    }
    return "did not match"
  }

  /// A condition that does not hold, with how far it is where it asks for numbers.
  private mutating func unmet(_ probe: Probes.Probe, _ event: Event) -> String {
    let place = program.syntax.rules.firstIndex { $0.key.value == probe.key }
    let figures = place.map { self.figures(ofRule: $0, event) } ?? []
    return "`\(probe.text)`" + (figures.isEmpty ? "" : " (\(figures.joined(separator: "; ")))")
  }
}

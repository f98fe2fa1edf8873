import Loyalty
import YAML

/// What came of a step beside what is expected of it.
extension ExampleRun {
  mutating func compare(_ step: StepSyntax, _ before: [Balance]) {
    let expected = step.expect
    for (name, amount) in expected.currencies {
      guard let currency = program.currencies.first(where: { $0.key == name.value }) else {
        continue
      }
      let old = before.first { $0.currency == currency.id } ?? Balance(currency: currency.id)
      let new = account.balance(currency.id)
      // What expired is told by a step that only lets time pass.
      let got = if case .wait = step.action { new.net - old.net } else { new.moved - old.moved }
      expect(name, text(amount, currency.id), text(got, currency.id))
    }
    for (name, amount) in expected.balance {
      guard let currency = program.currencies.first(where: { $0.key == name.value }) else {
        continue
      }
      let balance = account.balance(currency.id)
      expect(name, text(amount, currency.id), text(balance.available - balance.debt, currency.id))
    }
    for (name, amount) in expected.pending {
      guard let currency = program.currencies.first(where: { $0.key == name.value }) else {
        continue
      }
      expect(
        name, text(amount, currency.id), text(account.balance(currency.id).pending, currency.id))
    }
    for (rule, amount) in expected.rules ?? [] {
      guard let id = registry.rules[rule.value] else { continue }
      let asked = amount.currency.flatMap { key in program.currencies.first { $0.key == key }?.id }
      let parts = outcome.parts.filter { $0.rule == id && (asked == nil || $0.currency == asked) }
      let got = parts.reduce(0) { $0 + $1.amount }
      let currency = asked ?? parts.first?.currency ?? program.currencies.first?.id ?? 1
      let what = amount.currency.map { "\(rule.value), \($0)" }
      expect(rule, text(amount.units, currency), text(got, currency), what: what)
    }
    if let tier = expected.tier {
      let ladder = program.tiers.first { $0.key == tier.value }?.ladder ?? 0
      let got = program.tier(of: account, ladder: ladder, at: max(last, account.clock))
      expect(tier, tier.value, got >= 0 ? program.tiers[got].key : "none", what: "tier")
    }
    compareGifts(expected)
    compareBill(step)
    for (name, date) in expected.expires { compareExpiry(name, date) }
  }

  private mutating func compareGifts(_ expected: ExpectationSyntax) {
    if let coupons = expected.coupons {
      let got = outcome.coupons.compactMap { issue in
        program.coupons.first { $0.id == issue.template }?.shownKey
      }
      let wanted = coupons.map(\.value)
      if got.sorted() != wanted.sorted() {
        differences.append("coupons: expected \(list(wanted)), got \(list(got))")
      }
    }
    if let segments = expected.segments {
      let got = program.segments.filter { account.isIn($0.id) }.map(\.key)
      let wanted = segments.map(\.value)
      if got.sorted() != wanted.sorted() {
        differences.append("segments: expected \(list(wanted)), got \(list(got))")
      }
    }
    if let lines = expected.receipt {
      let printed = program.receipt(of: outcome)
      let got = printed.map { text in
        lines.first { line in text.byLanguage.values.contains(line.value) }?.value ?? text.text()
      }
      let wanted = lines.map(\.value)
      if got.sorted() != wanted.sorted() {
        differences.append("receipt: expected \(list(wanted)), got \(list(got))")
      }
    }
    if let perks = expected.perks {
      let got = program.perks(of: account, at: max(last, account.clock)) + givenPerks
      let wanted = perks.map(\.value)
      if got.sorted() != wanted.sorted() {
        differences.append("perks: expected \(list(wanted)), got \(list(got))")
      }
    }
  }

  private func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.sorted().joined(separator: ", ")
  }

  /// What was taken off, in all and by line, and what is left to pay.
  private mutating func compareBill(_ step: StepSyntax) {
    let expected = step.expect
    let money = program.money
    if let off = expected.off {
      expect(off, money.text(off.value), money.text(Money(minor: outcome.moneyOff)), what: "off")
    }
    if let paid = expected.money {
      expect(paid, money.text(paid.value), money.text(Money(minor: redeemed)), what: "money")
    }
    for (name, reason) in expected.refused { compareRefusal(name, reason, step) }
    guard case .purchase(let lines) = step.action else { return }
    if let pay = expected.pay {
      let left = lines.reduce(-outcome.moneyOff) { $0 + $1.total.minor }
      expect(pay, money.text(pay.value), money.text(Money(minor: left)), what: "pay")
    }
    for (sku, amount) in expected.lines {
      let got = outcome.lineOffs.reduce(0) { sum, off in
        lines[Int(off.line)].sku == sku.value ? sum + off.amount : sum
      }
      expect(sku, money.text(amount), money.text(Money(minor: got)), what: "line \(sku.value)")
    }
  }

  private mutating func compareRefusal(
    _ name: Written<String>, _ reason: Refusal, _ step: StepSyntax
  ) {
    let place = Int32(step.coupons.firstIndex { $0.value == name.value } ?? -2)
    let reward = refusedReward.flatMap { program.name(of: $0) == name.value ? $0 : nil }
    let use =
      reward
      ?? outcome.benefits.first {
        $0.source != .rule && ($0.shown == place || program.name(of: $0) == name.value)
      }
    let got = use?.refusal?.text ?? (use == nil ? "not shown" : "taken")
    expect(name, reason.text, got, what: name.value)
  }

  private mutating func compareExpiry(_ name: String?, _ date: Written<CivilDate?>) {
    let got = outcome.postings.first { posting in
      posting.expires != nil
        && (name == nil || program.currencies[program.place(of: posting.currency)].key == name)
    }?.expires
    var day = got.flatMap { $0 == .distantFuture ? nil : program.zone.date(of: $0 + (-1)) }
    if got == .distantFuture,
      let currency = program.currencies.first(where: { currency in
        name.map { $0 == currency.key }
          ?? outcome.postings.contains { $0.expires != nil && $0.currency == currency.id }
      })
    {
      day = rater.lastDayByActivity(of: currency.id, account)
    }
    expect(
      date, date.value?.description ?? "never",
      day?.description ?? (got == nil ? "nothing" : "never"),
      what: "expires")
  }

  private mutating func expect<T>(
    _ place: Written<T>, _ wanted: String, _ got: String, what: String? = nil
  ) {
    guard wanted != got else { return }
    let name = what ?? "\(place.value)"
    differences.append(
      "\(name): expected \(wanted), got \(got) (\(place.place.file):\(place.place.line))")
  }
}

extension Balance {
  /// What the account has of it in all, debt taken off.
  public var net: Int64 { available + pending + held - debt }

  /// What was earned, less what was spent or taken back; what expired is not taken off.
  var moved: Int64 { net + expired }
}

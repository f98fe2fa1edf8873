import Loyalty

/// Steps of examples in which two accounts matter.
extension ExampleRun {
  /// Does a step of these; nil where it is another one. Inside of the answer stands why it cannot
  /// be done.
  mutating func move(_ step: StepSyntax) -> String?? {
    switch step.action {
    case .transfer(let amounts, let name): .some(transfer(amounts, to: name.value))
    case .merge(let name): .some(merge(name.value))
    default: nil
    }
  }

  /// Gives points to another member; tells why, where that cannot be.
  private mutating func transfer(
    _ amounts: [(currency: Written<String>, amount: Int64)], to name: String
  ) -> String? {
    guard let other = place(of: name) else { return "there is no other member `\(name)`" }
    let wanted = amounts.compactMap { currency, amount in
      program.currencies.first { $0.key == currency.value }.map {
        Movement.Amount(currency: $0.id, amount: amount)
      }
    }
    let movement = Movement(.give, account: others[other].id, amounts: wanted)
    rater.rate(event(movement), &account, &outcome)
    if let refused = outcome.refused { return refused }
    var gained = Outcome()
    let back = event(Movement.receive(outcome, of: account.id))
    rater.rate(back, &others[other], &gained)
    return nil
  }

  /// Takes another member's account into this one.
  private mutating func merge(_ name: String) -> String? {
    guard let other = place(of: name) else { return "there is no other member `\(name)`" }
    var lost = Outcome()
    rater.advance(&others[other], to: last, &lost)
    let before = others[other]
    rater.rate(event(Movement(.leave, account: account.id)), &others[other], &lost)
    var brought = Outcome()
    rater.advance(&account, to: last, &brought)
    let movement = Movement.absorb(
      lost, of: before, into: account, days: program.dayCounters)
    rater.rate(event(movement), &account, &outcome)
    account.coupons += others[other].coupons
    others[other].coupons.removeAll()
    mergedInto[other] = current
    return nil
  }

  private func place(of name: String) -> Int? {
    let place = example.members.firstIndex { $0.key.value == name }
    return place.flatMap { $0 != current && others.indices.contains($0) ? $0 : nil }
  }

  private func event(_ movement: Movement) -> Event {
    var event = Event(
      seq: seq, kind: movement.kind, at: last, offset: program.zone.offset(at: last))
    event.movement = movement
    return event
  }
}

import Loyalty

/// Steps that bring something back of earlier ones.
extension ExampleRun {
  /// Whose step it was that something comes back of.
  func owner(ofOriginal action: StepSyntax.Action) -> Int? {
    id(ofOriginal: action).flatMap { originals[$0]?.member }
  }

  private func id(ofOriginal action: StepSyntax.Action) -> String? {
    switch action {
    case .return(let of, _): of?.value
    case .void(let of): of.value
    case .purchase, .event, .transfer, .merge, .wait: nil
    }
  }

  /// Reckons what the event takes back, before it is rated.
  mutating func begin(_ action: StepSyntax.Action, _ event: inout Event) {
    rater.reversal = nil
    guard let id = id(ofOriginal: action), let original = originals[id]?.original else { return }
    event.original = original.event.seq
    rater.reversal = rater.reversal(of: original, by: event)
  }

  /// Keeps what may come back later, and what came back now.
  mutating func end(_ step: StepSyntax, _ event: Event) {
    rater.reversal = nil
    if let id = id(ofOriginal: step.action), let record = outcome.returned {
      originals[id]?.original.returns.append(record)
    }
    guard let id = step.id else { return }
    var original = Original(event, outcome, version: 1)
    for place in original.used.indices {
      original.used[place].payments = redemptions[original.used[place].key.seq] ?? []
    }
    originals[id] = (current, original)
  }
}

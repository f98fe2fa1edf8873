import Loyalty

/// Steps that bring something back of earlier ones.
extension ExampleRun {
  /// Whose step it was that something comes back of; of a merged member, who has it all now.
  func owner(ofOriginal action: StepSyntax.Action) -> Int? {
    var owner = id(ofOriginal: action).flatMap { originals[$0]?.member }
    while let next = owner.flatMap({ mergedInto[$0] }) { owner = next }
    return owner
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
    rater.reversals = []
    guard let id = id(ofOriginal: action), let named = originals[id]?.original else { return }
    event.original = named.key.seq
    event.originalAccount = named.key.account
    let key = OriginalKey(shard: account.shard, account: account.id, seq: event.seq)
    var reversals = Reversal.all(by: event, key) { key in
      originals.values.first { $0.original.key == key }?.original
    } program: { _ in
      program
    }
    for index in reversals.indices { rater.settle(&reversals[index]) }
    rater.reversals = reversals
  }

  /// Keeps what may come back later, and what came back now.
  mutating func end(_ step: StepSyntax, _ event: Event) {
    rater.reversals = []
    for record in outcome.returned {
      if let id = originals.first(where: { $0.value.original.key == record.original })?.key {
        originals[id]?.original.returns.append(record)
      }
    }
    guard let id = step.id else { return }
    var original = Original(event, outcome, version: 1, in: account.shard, account.id)
    for place in original.used.indices {
      original.used[place].payments = redemptions[original.used[place].key.seq] ?? []
    }
    originals[id] = (current, original)
  }
}

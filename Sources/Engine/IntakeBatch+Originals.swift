import Ledger
import Loyalty

/// What names an earlier transaction goes where that one went, whoever's card is shown.
extension IntakeBatch {
  /// Looks up what returns, voids and exchanges of the batch name.
  mutating func findOriginals(_ store: borrowing Store) throws {
    var keys: Set<ClaimKey> = []
    var holds: Set<ClaimKey> = []
    for place in fresh {
      guard let transaction = readable(place)?.transaction, transaction.returnsSomething,
        let key = originalKey(transaction, place)
      else { continue }
      keys.insert(key)
      if transaction.isStepOfAHold { holds.insert(key) }
    }
    guard !keys.isEmpty else { return }
    wanted = keys
    originals = try store.claims(Array(keys)).filter { $0.value.shard >= 0 }
    let owners = Set(originals.values.map { CardOwner(shard: $0.shard, account: $0.account) })
    survivors = try store.survivors(of: owners.sorted())
    closed = try store.ended(Set(owners.map { survivors[$0] ?? $0 }).sorted())
    movedHolds = try store.movedHolds(
      holds.compactMap { originals[$0].map(HoldKey.init) }.filter { survivors[$0.owner] != nil })
  }

  private func originalKey(_ transaction: Transaction, _ place: Int) -> ClaimKey? {
    guard let original = transaction.original, let draft = drafts[place] else { return nil }
    return ClaimKey(source: draft.originalSource.id, id: original.id)
  }

  /// Notes an event of this batch that others of it may name.
  mutating func note(_ event: NewEvent) {
    guard !wanted.isEmpty else { return }
    let key = ClaimKey(source: event.source.id, id: event.transaction.id)
    if wanted.contains(key) { ownOriginals[key] = event }
  }

  /// Puts a return into its original's account, or into the one that this went into; parks it where
  /// the original has not arrived. Of a closed account nothing is left that it could change: it is
  /// taken in as nobody's.
  mutating func addReturn(_ transaction: Transaction, _ place: Int) {
    guard let original = transaction.original, let event = drafts[place],
      let key = originalKey(transaction, place)
    else { return }
    if let own = ownOriginals[key] {
      event.originalEvent = own
      add(place, CardOwner(shard: own.shard, account: own.account))
    } else if let claim = originals[key] {
      let owner = CardOwner(shard: claim.shard, account: claim.account)
      let survivor = survivors[owner] ?? owner
      let isClosed = closed.contains(survivor)
      let moved = transaction.isStepOfAHold ? movedHolds[HoldKey(claim)] : nil
      event.originalSeq = moved?.seq ?? claim.seq
      if isClosed || survivor != owner && moved == nil { event.originalAccount = claim.account }
      if isClosed { decide(place, .closed) }
      add(place, isClosed ? .nobody : survivor)
    } else {
      park(
        transaction, place, "original unknown",
        "\(original.source)/\(original.id) has not arrived", original: original)
      waiting.append(original.id)
    }
  }

  /// What is to be looked at once the batch is committed.
  var taken: TakenIDs { TakenIDs(events: events.map(\.transaction.id), waiting: waiting) }
}

extension Transaction {
  /// Whether it brings something back of an earlier transaction that it names.
  var returnsSomething: Bool {
    guard original != nil, !isSuspended else { return false }
    switch kind {
    case .return, .void: return true
    case .sale, .exchange: return lines.contains { $0.quantity.millionths < 0 || $0.total < .zero }
    case .event: return EventKind(kind).isOfAHold
    }
  }

  /// Whether it is about something that was held.
  fileprivate var isStepOfAHold: Bool {
    if case .event = kind { EventKind(kind).isOfAHold } else { false }
  }
}

extension HoldKey {
  fileprivate init(_ claim: Claim) {
    self.init(
      owner: CardOwner(shard: claim.shard, account: claim.account), seq: claim.seq)
  }
}

extension CardOwner {
  /// Sales without a card.
  static let nobody = CardOwner(shard: 0, account: 0)

  var isNobody: Bool { account == 0 }
}

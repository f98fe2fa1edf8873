import Digests
import Feed
import Ledger
import Loyalty
import Postgres

/// One commit's arrivals on their way from what was sent to events, parked rows and conflicts.
struct IntakeBatch {
  private let intake: Intake
  private let arrivals: [Arrival]
  /// For each arrival that can be read, the event that it may become.
  let drafts: [NewEvent?]
  private let now: Instant
  /// One for each arrival; nil until it is decided.
  private var decided: [Verdict?]
  /// Arrivals that are new and readable, by their place.
  private(set) var fresh: [Int] = []
  private(set) var events: [NewEvent] = []
  /// For each event, its arrival.
  private var eventArrivals: [Int] = []
  private var parked: [NewParked] = []
  private var parkedArrivals: [Int] = []
  private var claims: [(ClaimKey, Claim)] = []
  /// Where what something comes back of was taken in before.
  var originals: [ClaimKey: Claim] = [:]
  /// Holds that went with accounts that were merged, and where they are.
  var movedHolds: [HoldKey: HoldKey] = [:]
  /// Where accounts of originals went that were merged, and which of the last ones are closed.
  var survivors: [CardOwner: CardOwner] = [:]
  var closed: Set<CardOwner> = []
  /// The events of this batch that something comes back of, by their ids.
  var ownOriginals: [ClaimKey: NewEvent] = [:]
  /// The ids that something comes back of, and those among them that are not there.
  var wanted: Set<ClaimKey> = []
  var waiting: [String] = []
  private var conflicts: [Int] = []

  init(_ arrivals: [Arrival], _ drafts: [NewEvent?], _ intake: Intake, _ now: Instant) {
    self.arrivals = arrivals
    self.drafts = drafts
    self.intake = intake
    self.now = now
    decided = Array(repeating: nil, count: arrivals.count)
  }

  var verdicts: [Verdict] { decided.map { $0 ?? .accepted } }

  func readable(_ place: Int) -> Arrival.Readable? {
    guard case .transaction(let readable) = arrivals[place].content else { return nil }
    return readable
  }

  private func key(_ place: Int, _ readable: Arrival.Readable) -> ClaimKey {
    ClaimKey(source: drafts[place]?.source.id ?? 0, id: readable.transaction.id)
  }

  /// Sorts out what is unreadable, already there or in conflict. Gives whether an id was there.
  mutating func claim(_ store: borrowing Store, lookingUp: Bool) throws -> Bool {
    var keys: [ClaimKey] = []
    keys.reserveCapacity(arrivals.count)
    for place in arrivals.indices {
      if let readable = readable(place) {
        keys.append(key(place, readable))
      } else {
        parkUnreadable(place)
      }
    }
    var known = lookingUp ? try store.claims(keys).mapValues(\.digest) : [:]
    let isKnown = !known.isEmpty
    known.reserveCapacity(keys.count)
    fresh.reserveCapacity(keys.count)
    var next = 0
    for place in arrivals.indices {
      guard let digest = readable(place)?.digest else { continue }
      let key = keys[next]
      next += 1
      let claimed = known.updateValue(digest, forKey: key)
      guard let claimed else {
        fresh.append(place)
        continue
      }
      known[key] = claimed
      if claimed == digest {
        decided[place] = .already
      } else {
        conflicts.append(place)
      }
    }
    return isKnown
  }

  private mutating func parkUnreadable(_ place: Int) {
    guard case .unreadable(let text, let source, let id, let problems) = arrivals[place].content
    else { return }
    let line = arrivals[place].line
    let detail = problems.map { $0.described(behindLine: line) }.joined(separator: "; ")
    var row = NewParked(reason: "unreadable", detail: detail, isClaimed: false, body: text)
    row.source = source
    row.externalID = id
    row.digest = UInt128(bytes: SHA256.digest(Array(text.utf8)))
    add(row, place)
    decided[place] = .unreadable(detail)
  }

  private mutating func add(_ row: NewParked, _ place: Int) {
    var row = row
    row.origin = arrivals[place].origin
    parked.append(row)
    parkedArrivals.append(place)
  }

  /// Finds the account, the product facts, or the reason why it must wait.
  mutating func resolve(_ store: borrowing Store) throws {
    var cards: Set<String> = []
    for place in fresh {
      for card in readable(place)?.transaction.cards ?? [] { cards.insert(card) }
    }
    let (owners, stopped) = try store.owners(Array(cards))
    let referrers = try intake.referrals.isEmpty ? [:] : referrers(store)
    try findOriginals(store)
    for place in fresh {
      guard let readable = readable(place) else { continue }
      let owner = readable.transaction.cards.lazy.compactMap { owners[$0] }.first
      if readable.transaction.isSuspended {
        // Nothing that it lacks is waited for.
        if let (reason, detail) = reasonToWait(readable.transaction, owner ?? .nobody, stopped) {
          park(readable.transaction, place, reason, detail)
        } else {
          add(place, owner)
        }
        continue
      }
      let isReturn = readable.transaction.returnsSomething
      if let (reason, detail) = reasonToWait(
        readable.transaction, isReturn ? .nobody : owner, stopped)
      {
        park(readable.transaction, place, reason, detail)
      } else if isReturn {
        addReturn(readable.transaction, place)
      } else if let name = referrer(of: readable.transaction), owner != nil {
        if let referrer = referrers[name] {
          add(place, owner)
          if referrer != owner { addReferrer(referrer, readable.transaction, place) }
        } else {
          park(
            readable.transaction, place, "unknown referrer", "…\(name.suffix(4))",
            waitsFor: [name])
        }
      } else {
        add(place, owner)
      }
    }
    try categorise(store)
    if !intake.itemAttributes.isEmpty { try describe(store) }
  }

  /// Whom an event names that happens to the referrer, too.
  private func referrer(of transaction: Transaction) -> String? {
    guard case .event(let name) = transaction.kind, intake.referrals.contains(name),
      case .text(let text)? = transaction.attributes.first(where: { $0.name == "referrer" })?.value
    else { return nil }
    return text
  }

  /// The accounts behind the member codes and cards of referrers.
  private func referrers(_ store: borrowing Store) throws -> [String: CardOwner] {
    let names = Set(fresh.compactMap { readable($0).flatMap { referrer(of: $0.transaction) } })
    guard !names.isEmpty else { return [:] }
    var found = try store.owners(Array(names)).active
    for (code, place) in try store.membersByCode(Array(names)) {
      found[code] = CardOwner(shard: place.shard, account: place.account)
    }
    let ended = try store.ended(Array(found.values))
    return ended.isEmpty ? found : found.filter { !ended.contains($0.value) }
  }

  /// The referrer's side: an event of her own account, under an id of its own.
  private mutating func addReferrer(
    _ referrer: CardOwner, _ transaction: Transaction, _ place: Int
  ) {
    guard let draft = drafts[place] else { return }
    var own = transaction
    own.id += "#referrer"
    own.cards = []
    own.attributes.append(Attribute(name: Event.referrerMark, value: .boolean(true)))
    let event = NewEvent(own, kind: draft.kind)
    event.name = draft.name
    event.source = draft.source
    event.store = draft.store
    event.channel = draft.channel
    event.shard = referrer.shard
    event.account = referrer.account
    events.append(event)
    eventArrivals.append(place)
  }

  /// What the feed does not say of a product, its table does.
  private func categorise(_ store: borrowing Store) throws {
    var products: Set<Int32> = []
    for event in events {
      for line in event.products.indices where event.categories[line] == Intake.asked {
        products.insert(event.products[line])
      }
    }
    let categories = try store.categories(Array(products))
    for event in events {
      for line in event.products.indices where event.categories[line] == Intake.asked {
        event.categories[line] = categories[event.products[line]] ?? 0
      }
    }
  }

  /// The same for attributes that programs ask for; what the feed says of a line goes first.
  private func describe(_ store: borrowing Store) throws {
    let products = Set(events.flatMap(\.products)).subtracting([0])
    let known = try store.attributes(Array(products), named: intake.itemAttributes)
    if known.isEmpty { return }
    for event in events where event.products.contains(where: { known[$0] != nil }) {
      event.productAttributes = event.products.indices.map { line in
        let told = event.transaction.lines[line].attributes
        return (known[event.products[line]] ?? []).filter { attribute in
          !told.contains { $0.name == attribute.name }
        }
      }
    }
  }

  /// In order of precedence.
  private func reasonToWait(
    _ transaction: Transaction, _ owner: CardOwner?, _ stopped: [String: CardStatus]
  ) -> (reason: String, detail: String)? {
    if transaction.at > now + Intake.futureSeconds {
      return ("date in the future", "\(transaction.at.text(offset: transaction.offset))")
    }
    if transaction.at < intake.begins {
      let begins = intake.begins.text(offset: 0)
      return ("before the program", "the first version of the program begins at \(begins)")
    }
    if let currency = transaction.currency, currency != intake.money.code {
      return ("other currency", "\(currency) where the program counts \(intake.money.code)")
    }
    switch transaction.kind {
    case .event(let name) where !intake.events.contains(name):
      let near = intake.nearEvent(to: name).map { "; did you mean `\($0)`?" } ?? ""
      return ("unknown event", "the program declares no event `\(name)`\(near)")
    case .event(let name):
      if let fault = intake.fault(of: name, transaction) { return ("wrong attribute", fault) }
    default: break
    }
    if owner == nil, let card = transaction.cards.first(where: { stopped[$0] != nil }),
      let reason = stopped[card]?.reason
    {
      return (reason, "…\(card.suffix(4))")
    }
    if owner == nil, let card = transaction.cards.first {
      return ("unknown card", "…\(card.suffix(4))")
    }
    return nil
  }

  mutating func park(
    _ transaction: Transaction, _ place: Int, _ reason: String, _ detail: String,
    waitsFor cards: [String]? = nil, original: Transaction.Original? = nil
  ) {
    let body = String(
      decoding: TransactionWriter.bytes(of: transaction, intake.money), as: UTF8.self)
    var row = NewParked(reason: reason, detail: detail, isClaimed: true, body: body)
    row.source = transaction.source
    row.externalID = transaction.id
    row.cards = cards ?? transaction.cards
    row.original = original
    row.at = transaction.at
    add(row, place)
    decided[place] = .parked(reason: reason, detail: detail)
  }

  mutating func add(_ place: Int, _ owner: CardOwner?) {
    guard let event = drafts[place] else { return }
    if let owner, !owner.isNobody {
      event.shard = owner.shard
      event.account = owner.account
    } else if decided[place] == nil {
      decided[place] = .nobody
    }
    events.append(event)
    eventArrivals.append(place)
    note(event)
  }

  mutating func decide(_ place: Int, _ verdict: Verdict) { decided[place] = verdict }

  mutating func write(_ store: borrowing Store) throws {
    try number(store)
    claims.reserveCapacity(fresh.count)
    for (event, place) in zip(events, eventArrivals) {
      guard let readable = readable(place) else { continue }
      claims.append(
        (
          ClaimKey(source: event.source.id, id: event.transaction.id),
          Claim(
            shard: event.shard, account: event.account, seq: event.seq, digest: readable.digest)
        ))
    }
    let ids = try store.numbers("parked_ids", parked.count)
    for (index, id) in ids.enumerated() {
      parked[index].id = id
      guard let readable = readable(parkedArrivals[index]) else { continue }
      claims.append(
        (
          key(parkedArrivals[index], readable),
          Claim(shard: -1, account: id, seq: 0, digest: readable.digest)
        ))
    }
    try store.insert(claims)
    try store.insert(events, receivedAt: now)
    let written = try store.insert(parked)
    for (index, row) in parked.enumerated() where !written.contains(row.id) {
      decided[parkedArrivals[index]] = .already
    }
    for place in conflicts { try writeConflict(place, store) }
  }

  /// Gives the events their accounts' next numbers, in the order of their arrival.
  private mutating func number(_ store: borrowing Store) throws {
    var counts: [CardOwner: Int64] = [:]
    var nobodys: [Int] = []
    for (index, event) in events.enumerated() {
      if event.account == 0 {
        nobodys.append(index)
      } else {
        counts[CardOwner(shard: event.shard, account: event.account), default: 0] += 1
      }
    }
    for (index, seq) in zip(nobodys, try store.numbers("nobody_seqs", nobodys.count)) {
      events[index].seq = seq
      events[index].shard = Account.shard(of: seq)
    }
    guard !counts.isEmpty else { return }
    let owners = counts.keys.sorted()
    var next = try store.raise(owners, by: owners.map { counts[$0] ?? 0 })
    for (owner, last) in next { next[owner] = last - (counts[owner] ?? 0) }
    for index in events.indices where events[index].account != 0 {
      let owner = CardOwner(shard: events[index].shard, account: events[index].account)
      guard let last = next[owner] else {
        // Merged or closed since its card was looked up: the next try finds where it went.
        throw PostgresError(
          .serializationFailure,
          "account \(owner.account) of a card is not there, or ends just now; where this stays so, "
            + "run `patron audit`")
      }
      next[owner] = last + 1
      events[index].seq = last + 1
    }
  }

  private mutating func writeConflict(_ place: Int, _ store: borrowing Store) throws {
    guard let readable = readable(place) else { return }
    let transaction = readable.transaction
    let digest = readable.digest
    let differs = try Differences.fields(of: transaction, intake.symbol(transaction.source), store)
    let body = String(
      decoding: TransactionWriter.bytes(of: transaction, intake.money), as: UTF8.self)
    let isOpen = try store.insertConflict(
      source: transaction.source, id: transaction.id, digest: digest, differs: differs,
      origin: arrivals[place].origin, body: body)
    decided[place] = isOpen ? .conflict(differs) : .already
  }
}

extension EventKind {
  init(_ kind: Transaction.Kind) {
    switch kind {
    case .sale: self = .sale
    case .return: self = .return
    case .void: self = .void
    case .exchange: self = .exchange
    case .event("hold"): self = .hold
    case .event("capture"): self = .capture
    case .event("release"): self = .release
    case .event("refund"): self = .refund
    case .event: self = .other
    }
  }
}

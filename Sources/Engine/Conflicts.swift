import Digests
import Feed
import Ledger
import Loyalty
import Postgres

/// Ids that came again with other content: the first counts until a person says otherwise.
public struct Conflicts: ~Copyable {
  /// A conflict, with what a person needs to settle it.
  public struct Shown: Sendable {
    public var conflict: OpenConflict
    /// Empty where both say the same of when, who, where and what.
    public var differences: [Difference]
    /// The number of the parked row that the first one is, where it is parked.
    public var parked: Int64?
  }

  private let store: Store
  private let programs: ProgramSet
  private let intake: Intake

  public init(_ settings: ConnectionSettings) throws {
    let opened = try Store(settings)
    let published = try ProgramSet(opened)
    intake = try Intake(published)
    programs = published
    store = opened
  }

  /// The oldest ones.
  public func list(most: Int) throws -> [Shown] {
    var reader = TransactionReader(try programs.feedContext(store))
    let conflicts = try store.openConflicts(most: most)
    let sources = try store.symbols(Set(conflicts.map(\.source)))
    return try conflicts.map { conflict in
      var shown = Shown(conflict: conflict, differences: [])
      guard case .transaction(let second) = reader.read(Array(conflict.body.utf8)),
        let source = sources[conflict.source]
      else { return shown }
      let key = ClaimKey(source: source.id, id: conflict.externalID)
      guard let claim = try store.claims([key])[key] else { return shown }
      var first: Differences.Side?
      if claim.shard >= 0 {
        first = try store.summary(claim.shard, claim.account, claim.seq).map(Differences.Side.init)
      } else {
        shown.parked = claim.account
        if let row = try store.parked([claim.account]).first,
          case .transaction(let parked) = reader.read(Array(row.body.utf8))
        {
          first = Differences.Side(parked)
        }
      }
      if let first {
        shown.differences = Differences.between(first, Differences.Side(second), intake.money)
      }
      return shown
    }
  }

  /// What was taken first is right. The other one, should it come again, is told that all is there.
  public func keepFirst(_ id: Int64, by name: String, reason: String) throws {
    guard try store.keepFirst(ofConflict: id, by: name, reason: reason) else {
      throw Self.notOpen(id)
    }
  }

  /// What came second is right: the first one is voided, where it was booked, and the second taken
  /// in its stead, under the id of both; all at once. Gives what became of the second.
  ///
  /// The first one is called `ID#replaced N` from then on, its void `ID#void N`.
  public func takeSecond(
    _ id: Int64, by name: String, reason: String, now: Instant = .now
  ) throws -> Verdict {
    guard let conflict = try store.openConflict(id) else { throw Self.notOpen(id) }
    var reader = TransactionReader(try programs.feedContext(store))
    guard case .transaction(let second) = reader.read(Array(conflict.body.utf8)) else {
      throw EngineError("what came second cannot be read any more; send it under an id of its own")
    }
    let arrival = Arrival(second, digest: conflict.digest, origin: conflict.origin)
    let void = Self.void(of: conflict, second, by: name, reason: reason, now)
    var intake = intake
    try intake.learn([void, arrival], store)
    var verdict = Verdict.already
    try Release.retrying(store) {
      try store.db.begin()
      try store.preferIndexes()
      guard try store.openConflict(id) != nil else { throw Self.notOpen(id) }
      verdict = try replace(conflict, void, arrival, by: name, reason: reason, &intake, now)
      try store.db.commit()
    }
    try intake.releaseReturns(store, now)
    return verdict
  }

  private func replace(
    _ conflict: OpenConflict, _ void: Arrival, _ second: Arrival, by name: String, reason: String,
    _ intake: inout Intake, _ now: Instant
  ) throws -> Verdict {
    let key = ClaimKey(source: intake.symbol(conflict.source).id, id: conflict.externalID)
    guard let claim = try store.lockClaim(key) else {
      throw EngineError("nothing is taken under \(conflict.externalID); run `patron audit`")
    }
    var body: String?
    var arrivals = [second]
    if claim.shard < 0 {
      body = try store.takeParked([claim.account])[claim.account]?.body
    } else {
      try mustBeReplaceable(claim, conflict)
      try store.rename(key, claim, to: Self.replacedID(conflict))
      arrivals = [void, second]
    }
    let verdicts = try intake.takeWithin(arrivals, store, now: now)
    if arrivals.count == 2, ![.accepted, .nobody].contains(verdicts[0]) {
      throw EngineError("the first one cannot be voided: \(verdicts[0].detail)")
    }
    try store.tookSecond(
      ofConflict: conflict.id, by: name, reason: reason, replaced: claim.digest, body: body)
    return verdicts[verdicts.count - 1]
  }

  /// Only a sale of which nothing came back is voided whole.
  private func mustBeReplaceable(_ claim: Claim, _ conflict: OpenConflict) throws {
    let first = try store.summary(claim.shard, claim.account, claim.seq)
    guard first?.kind == .sale else {
      throw EngineError(
        "what was taken first is no sale and cannot be voided; `patron member adjust` corrects it")
    }
    let owner = CardOwner(shard: claim.shard, account: claim.account)
    let survivor = try store.survivors(of: [owner])[owner]
    if try store.cameBack(claim, survivor: survivor) {
      throw EngineError(
        "something of what was taken first came back already; `patron member adjust` corrects it")
    }
    if try !store.ended([survivor ?? owner]).isEmpty {
      throw EngineError("the account of what was taken first was closed")
    }
  }

  private static func replacedID(_ conflict: OpenConflict) -> String {
    "\(conflict.externalID)#replaced \(conflict.id)"
  }

  private static func void(
    of conflict: OpenConflict, _ second: Transaction, by name: String, reason: String,
    _ now: Instant
  ) -> Arrival {
    var void = Transaction(
      source: conflict.source, id: "\(conflict.externalID)#void \(conflict.id)", kind: .void,
      at: now, offset: second.offset)
    void.store = second.store
    void.original = Transaction.Original(source: conflict.source, id: replacedID(conflict))
    void.attributes = [
      Attribute(name: "operator", value: .text(name)),
      Attribute(name: "reason", value: .text(reason)),
    ]
    var form = CanonicalForm()
    return Arrival(
      void, digest: UInt128(bytes: form.digest(of: void)), origin: "conflict \(conflict.id)")
  }

  private static func notOpen(_ id: Int64) -> EngineError {
    EngineError("no conflict \(id) is open; `patron conflicts` lists them")
  }
}

import Engine
import Ledger
import Loyalty
import Postgres
import Rules

/// Counters, counted anew from events and postings, some accounts at a time.
extension Audit {
  /// Accounts whose counters are in memory at a time.
  static let accountsAtATime = 500

  mutating func checkCounters(_ programs: inout ProgramSet, _ store: borrowing Store) throws {
    let names = try store.names().counters
    let keys = Dictionary(names.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    let counted = programs.recountable
    var check = Check(name: "counters are what events and postings say", wrong: 0, findings: [])
    var last: (shard: Int16, account: Int64) = (-1, -1)
    while true {
      let waiting = try store.accounts(after: last, most: Self.accountsAtATime)
      guard !waiting.isEmpty else { break }
      last = (waiting[waiting.count - 1].shard, waiting[waiting.count - 1].id)
      let kept = try store.load(
        waiting[...], needs: Array(repeating: AccountNeeds(), count: waiting.count),
        withMembers: false)
      let again = try recount(kept, &programs, store)
      for (kept, again) in zip(kept, again) {
        compare(kept, again, counted, keys, &check)
      }
    }
    checks.append(check)
    try tellOthers(counted, keys, store)
  }

  /// The same accounts with nothing but the counters that their rated events fill.
  private func recount(
    _ kept: [Account], _ programs: inout ProgramSet, _ store: borrowing Store
  ) throws -> [Account] {
    var accounts = kept.map { account in
      var empty = Account(shard: account.shard, id: account.id)
      empty.joined = account.joined
      empty.birthday = account.birthday
      empty.attributes = account.attributes
      empty.position = account.position
      return empty
    }
    try programs.recount(&accounts, store)
    return accounts
  }

  private struct Bucket: Hashable, Comparable {
    var counter: CounterID
    var bucket: CivilDate
    static func < (a: Bucket, b: Bucket) -> Bool {
      (a.counter, a.bucket) < (b.counter, b.bucket)
    }
  }

  private func compare(
    _ kept: Account, _ again: Account, _ counted: Set<CounterID>, _ keys: [CounterID: String],
    _ check: inout Check
  ) {
    var differences: [Bucket: (again: Int64, kept: Int64)] = [:]
    for value in again.counters {
      differences[Bucket(counter: value.counter, bucket: value.bucket), default: (0, 0)].again +=
        value.value
    }
    for value in kept.counters where counted.contains(value.counter) {
      differences[Bucket(counter: value.counter, bucket: value.bucket), default: (0, 0)].kept +=
        value.value
    }
    for (place, values) in differences.sorted(by: { $0.key < $1.key })
    where values.again != values.kept {
      check.wrong += 1
      guard check.findings.count < Self.mostListed else { continue }
      let name = keys[place.counter] ?? "counter \(place.counter)"
      check.findings.append(
        Finding(
          account: kept.id,
          what:
            "\(name), from \(place.bucket): events and postings give \(values.again), "
            + "kept is \(values.kept)"
        ))
    }
  }

  /// Counters of versions that were withdrawn: nothing looks at them.
  private mutating func tellOthers(
    _ counted: Set<CounterID>, _ keys: [CounterID: String], _ store: borrowing Store
  ) throws {
    let rows = try store.db.query(
      "SELECT DISTINCT counter FROM patron.counter_values ORDER BY counter")
    for row in 0..<rows.count {
      let id = rows.int4(row, 0)
      if !counted.contains(id) { notRecomputed.append(keys[id] ?? "counter \(id)") }
    }
  }
}

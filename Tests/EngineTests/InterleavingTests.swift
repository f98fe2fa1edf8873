import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import Reports
import TestSupport
import Testing

/// Any way in that keeps each account's arrivals in their order leaves the same ledger, row by row.
@Suite(.serialized)
struct InterleavingTests {
  static let seed =
    ProcessInfo.processInfo.environment["PATRON_SEED"].flatMap { UInt64($0) }
    ?? UInt64.random(in: 0...UInt64.max)
  static let members = 24

  /// What arrives until a day is closed.
  private struct Stretch {
    var arrivals: [Transaction]
    var day: String
  }

  @Test(arguments: [Trade.program, CloseTests.program])
  func `interleaved, doubled and cut anyhow, the same arrivals leave the same ledger`(
    _ program: String
  ) throws {
    print("PATRON_SEED=\(Self.seed)")
    var random = SeededGenerator(seed: Self.seed)
    let stretches = Self.stretches(700, seed: random.next())
    let plain = try made(program)
    for stretch in stretches {
      try plain.post(stretch.arrivals)
      try plain.run()
      try plain.close(stretch.day, workers: 1)
    }
    let expected = try plain.ledger()
    #expect(try plain.number("SELECT count(*) FROM patron.reversals") > 5)
    #expect(try plain.number("SELECT count(*) FROM patron.events WHERE kind = 7") > 0)
    for round in 0..<3 {
      let other = try made(program)
      try bring(stretches, other, &random)
      let ledger = try other.ledger()
      let more = Set(ledger).subtracting(expected).sorted().prefix(4)
      let less = Set(expected).subtracting(ledger).sorted().prefix(4)
      #expect(
        ledger == expected,
        "PATRON_SEED=\(Self.seed), round \(round): too many: \(more); missing: \(less)")
      let audit = try Audit(Store(other.settings))
      #expect(audit.checks.flatMap(\.findings).map(\.what) == [], "PATRON_SEED=\(Self.seed)")
    }
  }

  private func made(_ program: String) throws -> TestStore {
    let store = try TestStore(program)
    try store.load(CloseTests.members(Self.members))
    return store
  }

  /// Five months of sales and returns, some late, some returns naming what they bring back of; and
  /// the days that are closed between them.
  private static func stretches(_ count: Int, seed: UInt64) -> [Stretch] {
    var random = SeededGenerator(seed: seed)
    var all = Trade.transactions(count, members: members, seed: random.next())
    for place in all.indices where all[place].kind == .return {
      let sales = all[..<place].filter {
        $0.kind == .sale && $0.cards == all[place].cards && !$0.isTraining && $0.at <= all[place].at
      }
      guard let sale = sales.randomElement(using: &random), random.next() % 4 != 0 else { continue }
      all[place].original = .init(source: sale.source, id: sale.id)
      all[place].isTraining = false
      all[place].lines = Array(sale.lines.prefix(1 + Int(random.next() % 2)))
    }
    let days = ["2025-01-24", "2025-02-16", "2025-03-10", "2025-04-03", "2025-05-31"]
    return days.indices.map { index in
      let part = all[all.count * index / days.count..<all.count * (index + 1) / days.count]
      return Stretch(arrivals: Array(part), day: days[index])
    }
  }

  private func bring(
    _ stretches: [Stretch], _ store: TestStore, _ random: inout SeededGenerator
  ) throws {
    var before: [Transaction] = []
    for stretch in stretches {
      let arrivals = interleaved(stretch.arrivals, &random)
      var start = 0
      while start < arrivals.count {
        let end = min(arrivals.count, start + 1 + Int(random.next() % 90))
        var some = Array(arrivals[start..<end])
        let ways = WayIn.isFit(forFile: some) ? WayIn.allCases : [.post, .inbox]
        before += some
        for _ in 0..<random.next() % 12 {
          // What was sent before is sent again, anywhere behind its first time.
          let old = Int(random.next() % UInt64(before.count))
          let first = some.firstIndex { $0.id == before[old].id } ?? 0
          some.insert(
            before[old], at: Int.random(in: min(first + 1, some.count)...some.count, using: &random)
          )
        }
        try ways.randomElement(using: &random)?.bring(some, store, &random)
        if random.next() % 2 == 0 {
          try store.run(workers: 1 + Int(random.next() % 4), batch: 1 + Int(random.next() % 60))
        }
        start = end
      }
      try store.close(stretch.day, workers: 1 + Int(random.next() % 3))
    }
  }

  /// Another order, in which each card's transactions stand as they stood.
  private func interleaved(
    _ transactions: [Transaction], _ random: inout SeededGenerator
  ) -> [Transaction] {
    var queues = Dictionary(grouping: transactions) { $0.cards.first ?? "" }
      .sorted { $0.key < $1.key }.map { $0.value[...] }
    var mixed: [Transaction] = []
    while !queues.isEmpty {
      let place = Int(random.next() % UInt64(queues.count))
      // Now and then a run of one card.
      for _ in 0...(random.next() % 3) {
        if let next = queues[place].popFirst() { mixed.append(next) }
      }
      if queues[place].isEmpty { queues.remove(at: place) }
    }
    return mixed
  }
}

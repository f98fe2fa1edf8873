import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// Redemptions are done once, whatever is killed between their steps, and wherever a connection is
/// lost: the ledger of an undisturbed run, row by row.
@Suite(.serialized) struct HoldCrashTests {
  static let seed = CrashTests.seed
  static let members = 12
  /// What one member has cannot keep another from having it.
  static let program = HoldPartTests.program.replacing("stock: 5", with: "stock: 99999")
    .replacing("stock: 9}", with: "stock: 99999}")

  private func made(_ transactions: [Transaction]) throws -> TestStore {
    let shop = try TestStore(Self.program)
    try shop.load(Trade.members(Self.members))
    try shop.post(transactions)
    return shop
  }

  private var sales: [Transaction] {
    (0..<Self.members).map { HoldTests.sale("S\($0)", 90_000, day: 0, card: "C\($0)") }
  }

  /// The rows that only one of them has.
  private func expectSame(_ shop: TestStore, _ plain: TestStore) throws {
    let (rows, expected) = (try shop.ledger(), try plain.ledger())
    let more = Set(rows).subtracting(expected).sorted().prefix(5)
    let less = Set(expected).subtracting(rows).sorted().prefix(5)
    #expect(rows == expected, "too many: \(Array(more)); missing: \(Array(less))")
    #expect(try HoldTests.findings(shop) == [])
  }

  // MARK: - A till that asks again

  /// A till that asks once more where it has no answer.
  private struct Till: ~Copyable {
    let settings: ConnectionSettings
    var desk: Desk

    init(_ settings: ConnectionSettings) throws {
      self.settings = settings
      desk = try Desk(settings)
    }

    mutating func ask(_ body: (inout Desk) throws -> Void) throws {
      do { try body(&desk) } catch let error as PostgresError where error.isConnectionLost {
        desk = try Desk(settings)
        try body(&desk)
      }
    }
  }

  /// Holds, captures a part, gives a part and then the rest back, and holds in vain.
  private func act(_ till: inout Till, _ round: Int) throws {
    let (id, at) = ("H\(round)", HoldTests.at(1 + Int64(round)))
    let card = "C\(round % Self.members)"
    let what: [HoldRequest.What] = [
      .reward("mug", times: 3), .reward("swap", times: 2),
      .points(ExactDecimal(units: 30), currency: "points"), .reward("kettle", times: 1),
    ]
    func hold(_ what: HoldRequest.What, _ id: String, _ seconds: Int64) throws {
      try till.ask {
        _ = try $0.hold(HoldRequest(what), for: $0.member(card), id: id, at: at + seconds)
      }
    }
    try hold(what[round % 4], id, 0)
    try hold(.coupon("X"), "X\(round)", 1)
    switch round % 4 {
    case 0:
      try till.ask { _ = try $0.capture(id, times: 2, at: at + 2) }
      try till.ask { _ = try $0.refund(id, times: 1, id: "A\(round)", at: at + 3) }
    case 2:
      let (most, some) = (ExactDecimal(units: 20), ExactDecimal(units: 5))
      try till.ask { _ = try $0.capture(id, points: most, at: at + 2) }
      try till.ask { _ = try $0.refund(id, points: some, id: "A\(round)", at: at + 3) }
    default: try till.ask { _ = try $0.capture(id, at: at + 2) }
    }
    if round % 3 > 0 {
      try till.ask { _ = try $0.refund(id, id: "B\(round)", at: at + 4) }
    }
    try hold(.reward("cup", times: 1), "R\(id)", 5)
    try till.ask { _ = try $0.release("R\(id)", at: at + 6) }
  }

  @Test func `each step is done once, whichever statement's answer is lost`() throws {
    let (plain, other) = (try made(sales), try made(sales))
    try plain.run()
    try other.run()
    let proxy = try FaultProxy(other.settings)
    defer { proxy.end() }
    var till = try Till(proxy.settings)
    for round in 0..<12 { try act(&till, round) }
    var rounds = 12
    let words = ["UPDATE", "INSERT", "COPY", "COMMIT", "FOR NO KEY", "end of", "DELETE"]
    let texts = proxy.seen.filter { text in words.contains { text.contains($0) } }
    #expect(texts.contains { $0 == "COMMIT" })
    #expect(texts.contains { $0.hasPrefix("COPY patron.holds") })
    var lost = 0
    for text in texts {
      for moment in FaultProxy.Moment.allCases {
        // A statement may belong to one kind of step: the rounds go through all of them.
        proxy.arm(text, moment)
        for _ in 0..<4 {
          try act(&till, rounds)
          rounds += 1
        }
        if proxy.disarm() { lost += 1 }
      }
    }
    #expect(lost >= texts.count)
    var quiet = try Till(plain.settings)
    for round in 0..<rounds { try act(&quiet, round) }
    try expectSame(other, plain)
  }

  @Test func `a till's program killed by kill -9 is asked again and has done it once`() throws {
    print("seed \(Self.seed)")
    let (plain, other) = (try made(sales), try made(sales))
    try plain.run()
    try other.run()
    var random = SeededGenerator(seed: Self.seed)
    for round in 0..<6 {
      let commands = [
        ["hold", "C\(round)", "--reward", "mug", "--times", "2", "--id", "H\(round)"],
        ["capture", "H\(round)", "--times", "1"],
        ["refund", "H\(round)", "--id", "B\(round)"],
      ]
      for (step, command) in commands.enumerated() {
        let words = command + ["--at", "2025-07-0\(round + 1)T10:0\(step)"]
        for _ in 0..<2 {
          let till = try startPatron(words, other.settings)
          usleep(15_000 + UInt32(random.next() % 120_000))
          kill(till.processIdentifier, SIGKILL)
          till.waitUntilExit()
        }
        for shop in [other, plain] {
          let till = try startPatron(words, shop.settings)
          till.waitUntilExit()
          #expect(till.terminationStatus == 0, "\(words)")
        }
      }
    }
    #expect(try plain.number("SELECT count(*) FROM patron.holds WHERE state = 5") == 6)
    try expectSame(other, plain)
  }

  // MARK: - A feed

  /// Each member's holds, and what becomes of each, in the order of time.
  static func feed(_ count: Int, seed: UInt64) -> [Transaction] {
    var random = SeededGenerator(seed: seed)
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    func text(_ name: String, _ value: String) -> Attribute {
      Attribute(name: name, value: .text(value))
    }
    func number(_ name: String, _ value: Int) -> Attribute {
      Attribute(name: name, value: .number(ExactDecimal(units: Int64(value))))
    }
    var all: [Transaction] = []
    for place in 0..<count {
      let (id, card, minutes) = ("H\(place)", "C\(place % members)", Int64(place * 5))
      func step(_ name: String, _ kind: String, _ of: String?, _ attributes: [Attribute]) {
        var step = HoldTests.step(name, kind, minutes: minutes, of: of, attributes)
        step.at = step.at + Int64(all.count % 60)
        step.cards = [card]
        all.append(step)
      }
      let what = [
        [text("reward", "mug"), number("times", 2)], [text("reward", "swap")],
        [number("points", 5 + below(90)), text("currency", "points")], [text("reward", "cup")],
        [text("coupon", "X")],
      ][below(5)]
      step(id, "hold", nil, what)
      switch below(4) {
      case 0: step("L\(place)", "release", id, [])
      case 1: break
      default:
        step("K\(place)", "capture", id, below(3) == 0 ? [number("points", 1 + below(9))] : [])
        if below(2) == 0 { step("B\(place)", "refund", id, []) }
      }
    }
    return all
  }

  @Test func `holds in a feed are the same one by one, in batches, and by many workers`() throws {
    let feed = Self.feed(400, seed: Self.seed)
    let plain = try made(sales + feed)
    try plain.run(batch: 1)
    #expect(try plain.number("SELECT count(*) FROM patron.holds") > 200)
    #expect(try plain.number("SELECT count(DISTINCT state) FROM patron.holds") == 5)
    for (workers, batch) in [(1, 2_000), (3, 40)] {
      let other = try made(sales + feed)
      try other.run(workers: workers, batch: batch)
      try expectSame(other, plain)
    }
    #expect(try Counter(shop: plain).disagreements(Self.program) == 0)
  }

  @Test func `an engine killed by kill -9 between holds and their captures`() throws {
    print("seed \(Self.seed)")
    let feed = Self.feed(900, seed: Self.seed &+ 1)
    let (plain, other) = (try made(sales + feed), try made(sales + feed))
    try plain.run()
    var random = SeededGenerator(seed: Self.seed)
    var kills = 0
    let waiting = "SELECT coalesce(sum(last_seq - position), 0)::bigint FROM patron.accounts"
    while kills < 25, try other.number(waiting) > 60 {
      let engine = try startPatron(
        ["run", "--once", "--batch", "9", "--workers", "\(1 + kills % 2)"], other.settings)
      usleep(20_000 + UInt32(random.next() % 120_000))
      kill(engine.processIdentifier, SIGKILL)
      engine.waitUntilExit()
      kills += 1
    }
    #expect(kills >= 3)
    try other.run(workers: 2)
    try expectSame(other, plain)
  }
}

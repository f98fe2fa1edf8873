import Engine
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// A random history of a few members, told to the engine by the feed and the desk, and to the
/// reference model.
struct ReferenceHistory {
  let shop: TestStore
  /// What was done, a line each, for whoever looks for a difference.
  private(set) var story: [String] = []
  var accounts: [ReferenceAccount]
  var random: SeededGenerator
  private(set) var day = ReferenceTests.start
  private var number = 0
  /// Whose account a member's is now.
  private(set) var owner: [Int]
  private struct Sold {
    var id: String
    var account: Int
    var lines: [ReferenceAccount.Line]
    var isExchange = false
  }
  /// What may come back.
  private var sold: [Sold] = []
  /// Returns that may be voided, by the account of what came back.
  private var returned: [(id: String, account: Int)] = []
  /// Holds by the account that made them, and whether a till had posted them.
  var holds: [(id: String, account: Int, isPosted: Bool)] = []

  private var zone: Zone { ReferenceTests.zone }

  init(seed: UInt64) throws {
    shop = try TestStore(ReferenceProgram.text, from: "2025-01-01")
    try shop.load(Trade.members(ReferenceTests.members))
    random = SeededGenerator(seed: seed)
    accounts = (0..<ReferenceTests.members).map { _ in ReferenceAccount(ReferenceTests.zone) }
    owner = Array(0..<ReferenceTests.members)
  }

  mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  /// Later than everything before.
  mutating func now() -> Instant {
    number += 1
    return zone.start(of: day) + (36_000 + Int64(number))
  }

  mutating func tell(_ member: Int, _ what: String) {
    let names = Set([member, owner[member]]).sorted().map { "M\($0)" }.joined(separator: " ")
    story.append("\(day) \(names) \(what)")
  }

  // MARK: - Acts

  /// Does something to somebody.
  mutating func act() throws {
    if below(10) < 7 { day = day + 1 }
    let member = below(accounts.count)
    switch below(100) {
    case 0..<43: try buy(member)
    case 43..<55: try bringBack(member, isVoid: false)
    case 55..<57: try bringBack(member, isVoid: true)
    case 57..<60: try exchange()
    case 60..<62: try undo(member)
    case 62..<70: try hold(member)
    case 70..<80: try stepOfHold()
    case 80..<84: try redeem(member)
    case 84..<89: try adjust(member)
    case 89..<95: try transfer(member)
    case 95: try merge(member)
    default: try shop.run(workers: 1 + below(3), batch: 1 + below(20))
    }
  }

  /// Closes all days until now, and some more.
  mutating func close(days: Int = 0) throws {
    day = day + (1 + days)
    try shop.run()
    try shop.close("\(day - 1)")
    let end = Instant(microseconds: zone.start(of: day).microseconds - 1)
    for place in accounts.indices { accounts[place].advance(to: end) }
    story.append("\(day) closed")
  }

  mutating func transaction(_ kind: Transaction.Kind, _ member: Int, at: Instant)
    -> Transaction
  {
    var made = Transaction(
      source: "till", id: "T\(number)", kind: kind, at: at, offset: zone.offset(at: at))
    made.cards = ["C\(member)"]
    return made
  }

  private mutating func buy(_ member: Int) throws {
    var at = now()
    var account = accounts[owner[member]]
    account.advance(to: at)
    let mine = account.available(.points)
    let paysWithPoints = mine > 0 && below(8) == 0
    if !paysWithPoints, below(9) == 0 { at = at + (-86_400 * Int64(1 + below(9))) }
    var lines: [ReferenceAccount.Line] = []
    for place in 0..<(paysWithPoints ? 1 : 1 + below(3)) {
      let category = ["plain", "plain", "cards", "candles", "gift-cards"][below(5)]
      lines.append(
        .init(
          sku: "P\(place)", category: paysWithPoints ? "plain" : category,
          price: Int64(100 + below(7_000)), count: Int64(1 + below(3))))
    }
    let price = lines.reduce(0) { $0 + $1.price * $1.count }
    let paid = paysWithPoints ? min(Int64(1 + below(Int(mine))), price) : 0
    var sale = transaction(.sale, member, at: at)
    sale.lines = lines.map { line(of: $0, $0.count) }
    if paid > 0 {
      sale.tenders = [
        .init(kind: "points", amount: Money(minor: paid)),
        .init(kind: "cash", amount: Money(minor: price - paid)),
      ]
    }
    sold.append(Sold(id: sale.id, account: owner[member], lines: lines))
    try shop.post([sale])
    accounts[owner[member]].buy(sale.id, at: at, lines, paid: paid)
    let told = lines.map { "\($0.count) \($0.category) at \($0.price)" }
    tell(member, "\(sale.id) buys on \(zone.date(of: at)): \(told), \(paid) with points")
  }

  private func line(of line: ReferenceAccount.Line, _ count: Int64) -> TransactionLine {
    var written = TransactionLine(sku: line.sku, total: Money(minor: line.price * count))
    written.category = line.category
    written.quantity = Quantity(count)
    return written
  }

  private mutating func bringBack(_ carrier: Int, isVoid: Bool) throws {
    // An account that went into another one is history.
    let open = sold.filter { owner[$0.account] == $0.account }
    guard !open.isEmpty else { return }
    let recent = open.suffix(25)
    let sale = recent[recent.startIndex + below(recent.count)]
    var back = transaction(isVoid ? .void : .return, carrier, at: now())
    back.original = .init(source: "till", id: sale.id)
    var pieces: [String: Int64]?
    if !isVoid, below(3) > 0 {
      pieces = [:]
      for line in sale.lines where below(2) == 0 {
        let count = Int64(1 + below(Int(line.count)))
        pieces?[line.sku] = count
        back.lines.append(self.line(of: line, count))
      }
      if back.lines.isEmpty { return }
    }
    try shop.post([back])
    accounts[sale.account].bringBack(back.id, of: sale.id, at: back.at, pieces)
    // The void of an exchange undoes what this brought back, too.
    if isVoid, sale.isExchange { accounts[sale.account].undo(sale.id, at: back.at) }
    if !isVoid || !sale.isExchange { returned.append((back.id, sale.account)) }
    let what = pieces.map { "\($0.sorted { $0.key < $1.key })" } ?? "all"
    tell(sale.account, "\(back.id) \(isVoid ? "void" : "return") of \(sale.id): \(what)")
  }

  /// Something that came back did not.
  private mutating func undo(_ carrier: Int) throws {
    let open = returned.filter { owner[$0.account] == $0.account }.suffix(12)
    guard !open.isEmpty else { return }
    let back = open[open.startIndex + below(open.count)]
    var void = transaction(.void, carrier, at: now())
    void.original = .init(source: "till", id: back.id)
    try shop.post([void])
    accounts[back.account].undo(back.id, at: void.at)
    tell(back.account, "\(void.id) voids \(back.id)")
  }

  /// Some pieces come back, and others are bought with the same receipt.
  private mutating func exchange() throws {
    let open = sold.filter { owner[$0.account] == $0.account }.suffix(25)
    guard !open.isEmpty else { return }
    let sale = open[open.startIndex + below(open.count)]
    var made = transaction(.exchange, sale.account, at: now())
    made.original = .init(source: "till", id: sale.id)
    let back = sale.lines[below(sale.lines.count)]
    let count = Int64(1 + below(Int(back.count)))
    var gone = line(of: back, count)
    (gone.quantity, gone.total) = (Quantity(-count), Money(minor: -back.price * count))
    let bought = ReferenceAccount.Line(
      sku: "X", category: ["plain", "candles"][below(2)], price: Int64(100 + below(9_000)),
      count: Int64(1 + below(3)))
    made.lines = [gone, line(of: bought, bought.count)]
    try shop.post([made])
    accounts[sale.account].bringBack(made.id, of: sale.id, at: made.at, [back.sku: count])
    accounts[sale.account].buy(made.id, at: made.at, [bought])
    sold.append(Sold(id: made.id, account: sale.account, lines: [bought], isExchange: true))
    tell(sale.account, "\(made.id) \(count) \(back.sku) of \(sale.id) for \(bought)")
  }

  private mutating func redeem(_ member: Int) throws {
    var event = transaction(.event("redeem"), member, at: now())
    event.attributes = [Attribute(name: "name", value: .text("voucher"))]
    try shop.post([event])
    accounts[owner[member]].redeemVoucher(at: event.at)
    tell(member, "\(event.id) redeems a voucher")
  }

  private mutating func adjust(_ member: Int) throws {
    let (at, amount) = (now(), Int64(below(2) == 0 ? 1 + below(90) : -1 - below(60)))
    try atDesk { desk in
      let key = try desk.member("M\(member)")
      let currency = try desk.currency("points").id
      _ = try desk.adjust(
        Adjustment(
          owner: key.owner, currency: currency, amount: amount, reason: "r", operatorName: "o"),
        at: at)
    }
    accounts[owner[member]].adjust(amount, at: at)
    tell(member, "is given \(amount)")
  }

  private mutating func transfer(_ member: Int) throws {
    let (other, at, amount) = (below(accounts.count), now(), Int64(1 + below(70)))
    let (source, target) = (owner[member], owner[other])
    guard source != target else { return }
    try atDesk { desk in
      let currency = try desk.currency("points").id
      _ = try desk.transfer(
        amount, currency, from: try desk.member("M\(member)"), to: try desk.member("M\(other)"),
        at: at)
    }
    var receiver = accounts[target]
    accounts[source].transfer(amount, to: &receiver, at: at)
    accounts[target] = receiver
    tell(member, "gives M\(target) \(amount) points")
  }

  private mutating func merge(_ member: Int) throws {
    let (other, at) = (below(accounts.count), now())
    let (source, target) = (owner[member], owner[other])
    guard source != target, Set(owner).count > accounts.count - 2 else { return }
    try atDesk { desk in
      _ = try desk.merge(try desk.member("M\(source)"), into: try desk.member("M\(target)"), at: at)
    }
    var receiver = accounts[target]
    accounts[source].merge(into: &receiver, at: at)
    accounts[target] = receiver
    owner = owner.map { $0 == source ? target : $0 }
    tell(member, "M\(source) goes into M\(target) ")
  }

  /// What is refused is refused whole, and by the model, too.
  func atDesk(_ act: (inout Desk) throws -> Void) throws {
    var desk = try Desk(shop.settings)
    do { try act(&desk) } catch is EngineError {}
  }
}

import Engine
import Foundation
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// `patron relay` as it is run: killed in the middle, stopped, and asked what is dead.
@Suite(.serialized) struct RelayTests {
  static let program = """
    program: relay
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: never}
    rules:
      told: {give: {notice: {en: Thank you}}, earn: {points: 1 per 1.00}}
    """

  private func shop(members: Int, sales: Int) throws -> TestStore {
    let shop = try TestStore(Self.program)
    try shop.load(
      (0..<members).map { number in
        var member = MemberRecord(member: "M\(number)")
        member.cards = ["C\(number)"]
        return member
      })
    var transactions: [Transaction] = []
    for number in 0..<members * sales {
      var sale = Transaction(
        source: "till", id: "\(number)", kind: .sale,
        at: Instant(seconds: 1_750_000_000 + Int64(number)), offset: 0)
      sale.cards = ["C\(number % members)"]
      sale.lines = [TransactionLine(sku: "A", total: Money(minor: 1_000))]
      transactions.append(sale)
    }
    try shop.post(transactions)
    try shop.run()
    return shop
  }

  private func environment(_ shop: TestStore) -> [String: String] {
    ["DATABASE_URL": shop.settings.url]
  }

  @Test func `a relay killed by kill -9 again and again loses nothing and overtakes nothing`()
    throws
  {
    let seed = UInt64(ProcessInfo.processInfo.environment["PATRON_SEED"] ?? "") ?? 5
    print("seed \(seed)")
    let shop = try shop(members: 30, sales: 40)
    let receiver = try TestReceiver { _ in
      wait(milliseconds: 2)
      return .status(200)
    }
    defer { receiver.end() }
    var kills = 0
    var random = seed
    while kills < 12, try shop.number("SELECT count(*) FROM patron.outbox") > 0 {
      let relay = try startPatron(["relay", "--webhook", receiver.url, "--once"], shop.settings)
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      wait(milliseconds: 50 + UInt32(random >> 33) % 250)
      kill(relay.processIdentifier, SIGKILL)
      relay.waitUntilExit()
      kills += 1
    }
    let last = try startPatron(["relay", "--webhook", receiver.url, "--once"], shop.settings)
    last.waitUntilExit()
    #expect(last.terminationStatus == 0)
    #expect(try shop.number("SELECT count(*) FROM patron.outbox") == 0)
    var seen: [String: [Int]] = [:]
    for post in receiver.taken {
      let account = post.body.components(separatedBy: "\"account\":")[1].prefix { $0.isNumber }
      let id = try #require(Int(post.headers["webhook-id"] ?? ""))
      if seen[String(account)]?.contains(id) != true {
        seen[String(account), default: []].append(id)
      }
    }
    #expect(seen.count == 30)
    for ids in seen.values {
      #expect(ids.count == 40)
      #expect(ids == ids.sorted())
    }
  }

  @Test func `a relay that stays ends on a wish, with what it had in hand delivered`() throws {
    let shop = try shop(members: 5, sales: 2)
    let receiver = try TestReceiver()
    defer { receiver.end() }
    let relay = try startPatron(["relay", "--webhook", receiver.url], shop.settings)
    try #require(
      try waitUntil { try shop.number("SELECT count(*) FROM patron.outbox") == 0 })
    kill(relay.processIdentifier, SIGTERM)
    relay.waitUntilExit()
    #expect(relay.terminationReason == .exit)
    #expect(relay.terminationStatus == 0)
    #expect(receiver.received.count == 10)
  }

  @Test func `what was refused is listed, sent again and dropped`() throws {
    let shop = try shop(members: 2, sales: 1)
    let receiver = try TestReceiver { _ in .status(404, "who?") }
    defer { receiver.end() }
    let words = ["relay", "--webhook", receiver.url, "--once", "--tries", "1"]
    let refused = try runPatron(words, env: environment(shop))
    #expect(refused.status == 0)
    #expect(refused.stdout.contains("2 dead letters; `patron relay --dead` lists them."))
    let listed = try runPatron(["relay", "--dead"], env: environment(shop))
    #expect(listed.stdout.contains("account 1  1×  notice  answered 404: who?"))
    let status = try runPatron(["status"], env: environment(shop))
    #expect(status.stdout.contains("dead letters; `patron relay --dead`"))
    let json = try runPatron(["status", "--json"], env: environment(shop))
    #expect(
      json.stdout.contains("\"outbox\":{\"waiting\":0,\"late accounts\":0,\"dead letters\":2}"))
    let ids = try Connection(shop.settings).query(
      "SELECT message_id FROM patron.dead_letters ORDER BY 1")
    let dropped = try runPatron(["relay", "--drop", "\(ids.int8(0, 0))"], env: environment(shop))
    #expect(dropped.stdout == "The message \(ids.int8(0, 0)) is dropped.\n")
    let again = try runPatron(["relay", "--again", "all"], env: environment(shop))
    #expect(again.stdout == "1 will be sent at once.\n")
    #expect(try shop.number("SELECT count(*) FROM patron.outbox") == 1)
    #expect(try runPatron(["relay", "--again", "999999"], env: environment(shop)).status == 1)
  }

  @Test func `a relay without a receiver, or with two, is a mistake; one that is gone, a failure`()
    throws
  {
    let shop = try shop(members: 1, sales: 1)
    #expect(try runPatron(["relay"], env: environment(shop)).status == 64)
    let two = ["relay", "--file", "x", "--webhook", "https://example.com"]
    #expect(try runPatron(two, env: environment(shop)).status == 64)
    let receiver = try TestReceiver()
    receiver.end()
    let gone = try runPatron(
      ["relay", "--webhook", receiver.url, "--once"], env: environment(shop))
    #expect(gone.status == 1)
    #expect(gone.stderr.contains("the receiver cannot be reached"))
  }
}

import Digests
import Engine
import Foundation
import JSON
import Ledger
import Loyalty
import Postgres
import Synchronization
import TestSupport
import Testing

/// The outbox on its way to a receiver: at least once, in order of each account, whatever the
/// receiver does.
@Suite struct RelayTests {
  static let program = """
    program: relay
    timezone: UTC
    money: EUR
    currencies:
      points: {expires: never}
    rules:
      base: {earn: {points: 1 per 1.00}}
      thanks: {when: {basket: {spend: at least 1.00}}, give: {coupon: five}}
      told: {give: {notice: {en: Thank you}}}
    coupons:
      five: {off: 5.00, valid: 10 days}
    """

  /// A shop whose members have bought so often; each sale tells two messages.
  static func shop(members: Int = 4, sales: Int = 3) throws -> TestStore {
    let shop = try TestStore(program)
    try shop.load(Trade.members(members))
    var transactions: [Transaction] = []
    for number in 0..<sales {
      for member in 0..<members {
        var sale = Transaction(
          source: "till", id: "\(member)-\(number)", kind: .sale,
          at: Instant(seconds: 1_750_000_000 + Int64(number)), offset: 0)
        sale.cards = ["C\(member)"]
        sale.lines = [TransactionLine(sku: "A", total: Money(minor: 1_000))]
        transactions.append(sale)
      }
    }
    try shop.post(transactions)
    try shop.run()
    return shop
  }

  /// Tries again at once.
  static var eager: RelayTerms {
    var terms = RelayTerms()
    (terms.tries, terms.firstDelay, terms.longestDelay) = (3, 1, 1)
    return terms
  }

  static func relay(
    _ shop: TestStore, _ url: String, secrets: String = "", terms: RelayTerms = eager,
    lanes: Int = 2, timeout: Int = 10_000
  ) throws -> Relay {
    Relay(
      shop.settings,
      to: .webhook(try Webhook(url, secrets: secrets, timeoutMilliseconds: timeout)),
      terms: terms, lanes: lanes, once: true)
  }

  static func waiting(_ shop: TestStore) throws -> Int64 {
    try shop.number("SELECT count(*) FROM patron.outbox")
  }

  /// Relays until nothing waits.
  static func drain(_ shop: TestStore, _ url: String) throws {
    for _ in 0..<200 where try waiting(shop) > 0 { try relay(shop, url).run() }
  }

  private func value(_ post: TestReceiver.Post) throws -> JSONValue {
    try JSONValue(Array(post.body.utf8))
  }

  /// The ids that each account's messages came with, in the order in which they were taken.
  private func ids(_ posts: [TestReceiver.Post]) throws -> [String: [Int64]] {
    var ids: [String: [Int64]] = [:]
    for post in posts {
      let message = try value(post)
      guard case .number(let id)? = message["id"], case .number(let account)? = message["account"]
      else { throw TestFailure("no id: \(post.body)") }
      ids[account, default: []].append(Int64(id) ?? 0)
    }
    return ids
  }

  /// No message comes before an earlier one of its account; the same one may come again.
  private func expectOrder(_ posts: [TestReceiver.Post], accounts: Int, each: Int) throws {
    let ids = try ids(posts)
    #expect(ids.count == accounts)
    for (account, ids) in ids {
      var seen: [Int64] = []
      for id in ids where !seen.contains(id) { seen.append(id) }
      #expect(seen == seen.sorted(), "account \(account)")
      #expect(seen.count == each, "account \(account)")
    }
  }

  @Test func `every message arrives once, in its account's order, and is gone`() throws {
    let shop = try Self.shop()
    let receiver = try TestReceiver()
    defer { receiver.end() }
    let relay = try Self.relay(shop, receiver.url)
    try relay.run()
    #expect(relay.tally == Relay.Tally(delivered: 24))
    #expect(receiver.received.count == 24)
    try expectOrder(receiver.taken, accounts: 4, each: 6)
    #expect(try Self.waiting(shop) == 0)
  }

  @Test func `a message says its id, version, topic, account, members and instant`() throws {
    let shop = try Self.shop(members: 1, sales: 1)
    let receiver = try TestReceiver()
    defer { receiver.end() }
    try Self.relay(shop, receiver.url).run()
    #expect(receiver.taken.count == 2)
    for post in receiver.taken {
      let message = try value(post)
      #expect(message["id"] == .number(post.headers["webhook-id"] ?? ""))
      #expect(message["version"] == .number("1"))
      #expect(message["account"] == .number("1"))
      #expect(message["members"] == .array([.text("M0")]))
      #expect(message["at"] == .text("2025-06-15T15:06:40Z"))
      #expect(post.headers["content-type"] == "application/json")
      #expect(post.headers["webhook-signature"] == nil)
    }
    let topics = try receiver.taken.map { try value($0)["topic"] }
    #expect(topics == [.text("notice"), .text("coupon")])
    #expect(try value(receiver.taken[1])["coupon"] == .text("five"))
  }

  /// HMAC by its definition (RFC 2104), for keys up to the block's 64 bytes.
  private func code(_ text: String, key: [UInt8]) -> String {
    let padded = key + Array(repeating: 0, count: 64 - key.count)
    let inner = SHA256.digest(padded.map { $0 ^ 0x36 } + Array(text.utf8))
    return Data(SHA256.digest(padded.map { $0 ^ 0x5C } + inner)).base64EncodedString()
  }

  @Test func `each key signs the id, the second and the body`() throws {
    let shop = try Self.shop(members: 1, sales: 1)
    let receiver = try TestReceiver()
    defer { receiver.end() }
    let old = Array("the secret of last year".utf8)
    let new = Array(UInt8(0)..<32)
    let secrets = "the secret of last year\nwhsec_\(Data(new).base64EncodedString())\n"
    try Self.relay(shop, receiver.url, secrets: secrets).run()
    #expect(receiver.taken.count == 2)
    for post in receiver.taken {
      let id = try #require(post.headers["webhook-id"])
      let second = try #require(post.headers["webhook-timestamp"])
      let signed = "\(id).\(second).\(post.body)"
      #expect(
        post.headers["webhook-signature"]
          == "v1,\(code(signed, key: old)) v1,\(code(signed, key: new))")
    }
  }

  @Test func `a secret that is short or no base64, and a place that is none, are refused`() throws {
    #expect(throws: EngineError.self) { try Webhook("https://example.com", secrets: "short") }
    #expect(throws: EngineError.self) {
      try Webhook("https://example.com", secrets: "whsec_no base64 at all!")
    }
    for place in ["", "example.com", "ftp://example.com/x", "https://"] {
      #expect(throws: EngineError.self) { try Webhook(place) }
    }
  }

  @Test func `a refused message holds up its account only, and dies after its tries`() throws {
    let shop = try Self.shop()
    let first = try shop.number("SELECT min(message_id) FROM patron.outbox WHERE account_id = 2")
    let receiver = try TestReceiver {
      $0.headers["webhook-id"] == "\(first)" ? .status(422, "no such\nmember") : .status(200)
    }
    defer { receiver.end() }
    var terms = Self.eager
    (terms.firstDelay, terms.longestDelay) = (3_600_000, 3_600_000)
    try Self.relay(shop, receiver.url, terms: terms).run()
    #expect(receiver.taken.count == 18)
    #expect(try Self.waiting(shop) == 6)
    let store = try Store(shop.settings)
    let late = try store.lateMessages(most: 10)
    #expect(late.map(\.id) == [first])
    #expect(late.first?.error == "answered 422: no such member")
    let counts = try store.outboxCounts(most: 10)
    #expect([counts.waiting, counts.late, counts.dead] == [6, 1, 0])
    // Not before its time.
    try Self.relay(shop, receiver.url, terms: terms).run()
    #expect(receiver.received.count == 19)
    for _ in 0..<2 {
      try Connection(shop.settings).execute("UPDATE patron.undelivered SET next_try = now()")
      try Self.relay(shop, receiver.url, terms: terms).run()
    }
    #expect(receiver.received.filter { $0.headers["webhook-id"] == "\(first)" }.count == 3)
    #expect(try Self.waiting(shop) == 0)
    #expect(try store.deadLetters(most: 10).map(\.id) == [first])
    #expect(try store.deadLetters(most: 10).map(\.tries) == [3])
    #expect(try shop.number("SELECT count(*) FROM patron.undelivered") == 0)
  }

  @Test func `a dead letter is sent again or dropped, as a person says`() throws {
    let shop = try Self.shop(members: 2, sales: 1)
    let refuses = Mutex(true)
    let receiver = try TestReceiver { _ in
      refuses.withLock { $0 } ? .status(410) : .status(200)
    }
    defer { receiver.end() }
    try Self.drain(shop, receiver.url)
    let store = try Store(shop.settings)
    let dead = try store.deadLetters(most: 10).map(\.id)
    #expect(dead.count == 4)
    #expect(receiver.taken.isEmpty)
    refuses.withLock { $0 = false }
    #expect(try store.dropMessage(dead[3]))
    #expect(try store.dropMessage(dead[3]) == false)
    #expect(try store.tryAgain(dead[0]) == 1)
    #expect(try store.tryAgain(dead[0]) == 0, "it is on its way")
    #expect(try store.tryAgain(nil) == 2)
    try Self.drain(shop, receiver.url)
    #expect(
      Set(receiver.taken.compactMap { $0.headers["webhook-id"] })
        == Set(dead.prefix(3).map { "\($0)" }))
    #expect(try store.deadLetters(most: 10).isEmpty)
  }

  @Test(arguments: [408, 429, 502, 503, 504])
  func `a receiver that has no time is waited for as long as it takes`(status: Int) throws {
    let shop = try Self.shop(members: 1, sales: 1)
    let count = Mutex(0)
    let receiver = try TestReceiver { _ in
      count.withLock {
        $0 += 1
        return $0 <= 10 ? .status(status) : .status(200)
      }
    }
    defer { receiver.end() }
    try Self.drain(shop, receiver.url)
    #expect(receiver.taken.count == 2)
    #expect(try shop.number("SELECT count(*) FROM patron.dead_letters") == 0)
  }

  @Test func `a receiver that hangs up may have taken it: it comes again, in order`() throws {
    let shop = try Self.shop(members: 5, sales: 8)
    let count = Mutex(0)
    let receiver = try TestReceiver { _ in
      count.withLock {
        $0 += 1
        return $0 % 3 == 0 ? .hangUp : .status(200)
      }
    }
    defer { receiver.end() }
    try Self.drain(shop, receiver.url)
    try expectOrder(receiver.taken, accounts: 5, each: 16)
  }

  @Test func `a receiver that is slow for one account does not hold up another`() throws {
    let shop = try Self.shop(members: 20, sales: 2)
    let slow = "\"account\":7,"
    let receiver = try TestReceiver { post in
      if post.body.contains(slow) { wait(milliseconds: 3_000) }
      return .status(200)
    }
    defer { receiver.end() }
    var terms = Self.eager
    (terms.firstDelay, terms.longestDelay) = (3_600_000, 3_600_000)
    try Self.relay(shop, receiver.url, terms: terms, timeout: 700).run()
    #expect(try ids(receiver.taken.filter { !$0.body.contains(slow) }).count == 19)
    #expect(try Self.waiting(shop) == 4)
    #expect(try shop.number("SELECT refusals::bigint FROM patron.undelivered") == 0)
  }

  @Test func `a receiver that is gone blames no message, and rating goes on`() throws {
    let shop = try Self.shop(members: 2, sales: 1)
    let gone = try TestReceiver()
    gone.end()
    let relay = try Self.relay(shop, gone.url)
    try relay.run()
    #expect(relay.tally.lost != nil)
    #expect(try shop.number("SELECT count(*) FROM patron.undelivered") == 0)
    // A relay that stays, for a receiver that is not there, beside an engine.
    let staying = Relay(
      shop.settings, to: .webhook(try Webhook(gone.url)), terms: Self.eager, lanes: 2, once: false)
    let thread = Thread { try? staying.run() }
    thread.start()
    try #require(waitUntil { staying.tally.lost != nil })
    var sale = try Trade.sale("later", "C0", "2025-07-01", 2_000)
    sale.offset = 0
    try shop.post([sale])
    try shop.run()
    #expect(try Self.waiting(shop) == 6)
    let back = try TestReceiver(port: gone.port)
    defer { back.end() }
    try #require(try waitUntil { try Self.waiting(shop) == 0 })
    staying.stop()
    try #require(waitUntil { thread.isFinished })
    #expect(back.taken.count == 6)
    #expect(staying.tally == Relay.Tally(delivered: 6))
  }

  @Test func `many relays at once deliver in order, beside an engine`() throws {
    let shop = try Self.shop(members: 12, sales: 10)
    let receiver = try TestReceiver { _ in
      wait(milliseconds: UInt32.random(in: 0...3))
      return .status(200)
    }
    defer { receiver.end() }
    let url = receiver.url
    let threads = (0..<4).map { _ in
      Thread { try? Self.drain(shop, url) }
    }
    for thread in threads { thread.start() }
    try #require(waitUntil { threads.allSatisfy(\.isFinished) })
    try expectOrder(receiver.taken, accounts: 12, each: 20)
    #expect(receiver.received.count == 240, "nobody had what another had")
  }

  @Test func `what a merged account still tells comes with the members of where it went`() throws {
    let shop = try Self.shop(members: 2, sales: 1)
    var desk = try Desk(shop.settings)
    _ = try desk.merge(try desk.member("M0"), into: try desk.member("M1"))
    let receiver = try TestReceiver()
    defer { receiver.end() }
    try Self.drain(shop, receiver.url)
    let members = try receiver.taken.map { try value($0)["members"] }
    #expect(members.allSatisfy { $0 != .array([]) })
    #expect(receiver.taken.contains { $0.body.contains("merged") })
  }

  @Test func `every topic is told in the documents`() throws {
    let document = try String(
      contentsOfFile: packageFolder() + "/sql/README.md", encoding: .utf8)
    for topic in Topic.allCases { #expect(document.contains("| `\(topic.rawValue)` |")) }
  }
}

import Engine
import Feed
import Foundation
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// The ways in which tills bring transactions.
enum WayIn: CaseIterable {
  case post, file, inbox

  /// Brings them in this order, and leaves nothing in the inbox.
  func bring(
    _ transactions: [Transaction], _ store: TestStore, _ random: inout SeededGenerator
  ) throws {
    switch self {
    case .post: try store.post(transactions, batch: 1 + Int(random.next() % 60))
    case .file:
      let batch = 1 + Int(random.next() % 60)
      try Self.file(transactions, store, connections: 1 + Int(random.next() % 3), batch: batch)
    case .inbox:
      try Self.insert(transactions, store)
      var reader = try InboxReader(store.settings)
      while try reader.runBatch() > 0 {}
    }
  }

  private static func file(
    _ transactions: [Transaction], _ store: TestStore, connections: Int, batch: Int
  ) throws {
    let ledger = try Store(store.settings)
    let context = try ProgramSet(ledger).feedContext(ledger)
    let path = FileManager.default.temporaryDirectory.path + "/way-in-\(UUID().uuidString)"
    var lines: [UInt8] = []
    for transaction in transactions {
      lines += TransactionWriter.bytes(of: transaction, context.money) + [10]
    }
    try Data(lines).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let spool = try FileSpool.read(.file(path), .ndjson(context))
    try Poster.post(
      spool, file: "f", settings: store.settings, connections: connections, batch: batch
    ) { batch in #expect(!batch.hasProblems) }
  }

  private static func insert(_ transactions: [Transaction], _ store: TestStore) throws {
    let ledger = try Store(store.settings)
    let money = try ProgramSet(ledger).feedContext(ledger).money
    for transaction in transactions {
      let bytes = TransactionWriter.bytes(of: transaction, money)
      try ledger.db.query(insertIntoInbox, [.jsonb(String(decoding: bytes, as: UTF8.self))])
    }
  }

  static let insertIntoInbox = Statement(
    "insert into inbox",
    """
    INSERT INTO patron.inbox (source, id, kind, at, store, register, channel, salesperson,
      currency, card, cards, lines, tenders, coupons, original, training, attributes)
    SELECT source, id, kind, at, store, register, channel, salesperson, currency, card, cards,
      lines, tenders, coupons, original, training, attributes
    FROM jsonb_populate_record(NULL::patron.inbox, $1)
    """)

  /// Whether a file leaves each card's order as it is: it is published in the order of its times.
  static func isFit(forFile transactions: [Transaction]) -> Bool {
    var last: [String: Instant] = [:]
    for transaction in transactions {
      let card = transaction.cards.first ?? ""
      if let before = last[card], before > transaction.at { return false }
      last[card] = transaction.at
    }
    return true
  }
}

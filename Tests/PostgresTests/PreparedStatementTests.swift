import Postgres
import TestSupport
import Testing

@Suite struct PreparedStatementTests {
  private func connect(again: Bool) throws -> Connection {
    var settings = try TestCluster.shared.database()
    settings.looksUpByIndex = again
    return try Connection(settings)
  }

  /// What the server keeps for this connection.
  private func kept(_ db: borrowing Connection) throws -> Int {
    try db.query("SELECT count(*) FROM pg_prepared_statements").int(0, 0)
  }

  private static let half: Statement = "SELECT 100 / $1"

  @Test func aStatementThatComesAgainIsPreparedOnce() throws {
    let db = try connect(again: true)
    for number in 1...9 {
      #expect(try db.query(Self.half, [.int4(Int32(number))]).int4(0, 0) == Int32(100 / number))
    }
    #expect(try kept(db) == 1)
    // Other types of parameters are another statement.
    #expect(try db.query(Self.half, [.int8(50)]).int8(0, 0) == 2)
    #expect(try kept(db) == 2)
    #expect(throws: PostgresError.self) { try db.query(Self.half, [.int4(0)]) }
    #expect(try db.query(Self.half, [.int4(4)]).int4(0, 0) == 25)
  }

  @Test func aPipelinePreparesAndAnswersInOrder() throws {
    let db = try connect(again: true)
    for _ in 0..<2 {
      let rows = try db.pipeline([
        (Self.half, [.int4(2)]), ("SELECT $1::text", [.text("x")]), ("SELECT 7", []),
        (Self.half, [.int4(5)]),
      ])
      #expect(rows.map(\.count) == [1, 1, 1, 1])
      #expect(rows[0].int4(0, 0) == 50)
      #expect(rows[1].text(0, 0) == "x")
      #expect(rows[3].int4(0, 0) == 20)
    }
    #expect(try kept(db) == 2)
    #expect(throws: PostgresError.self) {
      try db.pipeline([(Self.half, [.int4(0)]), (Self.half, [.int4(2)])])
    }
    #expect(try db.query(Self.half, [.int4(2)]).int4(0, 0) == 50)
  }

  @Test func aNewConnectionPreparesAnew() throws {
    let db = try connect(again: true)
    #expect(try db.query(Self.half, [.int4(2)]).int4(0, 0) == 50)
    try db.reset()
    #expect(try kept(db) == 0)
    #expect(try db.query(Self.half, [.int4(2)]).int4(0, 0) == 50)
    #expect(try kept(db) == 1)
  }

  @Test func aTransactionThatWasRolledBackLeavesWhatItPrepared() throws {
    let db = try connect(again: true)
    try db.begin()
    #expect(try db.query(Self.half, [.int4(2)]).int4(0, 0) == 50)
    #expect(throws: PostgresError.self) { try db.query(Self.half, [.int4(0)]) }
    db.rollback()
    let half = try db.transaction { try db.query(Self.half, [.int4(2)]).int4(0, 0) }
    #expect(half == 50)
    #expect(try kept(db) == 1)
  }

  @Test func othersLeaveNothingBehind() throws {
    let db = try connect(again: false)
    for _ in 0..<3 { #expect(try db.query(Self.half, [.int4(2)]).int4(0, 0) == 50) }
    #expect(try kept(db) == 0)
  }
}

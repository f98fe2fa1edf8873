import Postgres
import TestSupport
import Testing

@Suite struct ConnectionTests {
  private func connect() throws -> Connection {
    try Connection(TestCluster.shared.database())
  }

  /// The error that `body` throws, which is asked for in every test of this suite.
  private func failure(_ body: () throws -> Void) -> PostgresError? {
    do {
      try body()
      return nil
    } catch {
      return error as? PostgresError
    }
  }

  @Test func aBrokenConstraintIsNamed() throws {
    let db = try connect()
    try db.execute(
      """
      CREATE TABLE cards (number text CONSTRAINT cards_pkey PRIMARY KEY,
        points int CONSTRAINT points_not_negative CHECK (points >= 0));
      INSERT INTO cards VALUES ('1', 0)
      """)
    let twice = failure {
      try db.query(Statement("insert card", "INSERT INTO cards VALUES ($1, 1)"), ["1"])
    }
    #expect(twice?.isUnique == true)
    #expect(twice?.constraint == "cards_pkey")
    #expect(twice?.table == "cards")
    #expect(twice?.statement == "insert card")
    #expect(twice?.isRetryable == false)
    #expect(twice?.detail?.contains("(1)") == true)
    let negative = failure { try db.query("INSERT INTO cards VALUES ('2', -1)") }
    #expect(negative?.code == .checkViolation)
    #expect(negative?.constraint == "points_not_negative")
    let unknown = failure { try db.execute("SELECT * FROM nothing") }
    #expect(unknown?.code == .undefinedTable)
    #expect(unknown?.position == 15)
    #expect(try db.query("SELECT count(*) FROM cards").int(0, 0) == 1)
  }

  @Test func aServerThatIsNotThereIsAnErrorOfItsOwn() throws {
    let nowhere = ConnectionSettings("host=/nowhere port=1")
    do {
      _ = try Connection(nowhere)
      Issue.record("connected to nowhere")
    } catch {
      #expect(error.code == .cannotConnect)
      #expect(error.isRetryable)
      #expect(error.message.contains("/nowhere"))
    }
  }

  @Test func aConnectionThatTheServerEndedIsLostUntilReset() throws {
    let settings = try TestCluster.shared.database()
    let db = try Connection(settings)
    let other = try Connection(settings)
    try other.query("SELECT pg_terminate_backend($1)", [.int4(db.process)])
    let error = failure { try db.query("SELECT 1") }
    #expect(error?.isConnectionLost == true)
    #expect(error?.isRetryable == true)
    #expect(db.isLost == true)
    #expect(db.status == .lost)
    try db.reset()
    #expect(try db.query("SELECT 1").int(0, 0) == 1)
  }

  @Test func aConnectionLostWithinATransactionSaysSo() throws {
    let settings = try TestCluster.shared.database()
    let db = try Connection(settings)
    let other = try Connection(settings)
    let error = failure {
      try db.transaction {
        try other.query("SELECT pg_terminate_backend($1)", [.int4(db.process)])
        try db.query("SELECT 1")
      }
    }
    #expect(error?.isConnectionLost == true)
  }

  @Test func aTransactionCommitsOrLeavesNothing() throws {
    struct Refused: Error {}
    let db = try connect()
    try db.execute("CREATE TABLE t (n int)")
    try db.transaction { try db.query("INSERT INTO t VALUES (1)") }
    #expect(throws: Refused.self) {
      try db.transaction {
        try db.query("INSERT INTO t VALUES (2)")
        throw Refused()
      }
    }
    #expect(db.status == .idle)
    #expect(try db.query("SELECT sum(n)::int FROM t").int(0, 0) == 1)
  }

  @Test func aCommitThatTheServerTurnedIntoARollbackIsAnError() throws {
    let db = try connect()
    let error = failure {
      try db.transaction { _ = failure { try db.execute("SELECT 1/0") } }
    }
    #expect(error?.code == .failedTransaction)
    #expect(db.status == .idle)
  }

  @Test func limitsAndPathHoldWithinTheTransaction() throws {
    var settings = try TestCluster.shared.database()
    settings.statementTimeoutMilliseconds = 50
    settings.lockTimeoutMilliseconds = 20
    settings.searchPath = ["odd \"name"]
    let db = try Connection(settings)
    let error = failure { try db.transaction { _ = try db.query("SELECT pg_sleep(5)") } }
    #expect(error?.code == .queryCanceled)
    try db.transaction {
      #expect(try db.query("SHOW lock_timeout").text(0, 0) == "20ms")
      #expect(try db.query("SHOW search_path").text(0, 0) == "\"odd \"\"name\"")
      try db.setLocal(statementTimeoutMilliseconds: 9_000, lockTimeoutMilliseconds: 8_000)
      #expect(try db.query("SHOW lock_timeout").text(0, 0) == "8s")
      try db.setLocal("work_mem", "8MB")
      #expect(try db.query("SHOW work_mem").text(0, 0) == "8MB")
    }
    #expect(try db.query("SHOW lock_timeout").text(0, 0) == "0")
  }

  @Test func aPipelineGivesEachStatementItsRows() throws {
    let db = try connect()
    try db.execute("CREATE TABLE t (n int)")
    let answers = try db.pipeline([
      ("INSERT INTO t SELECT generate_series(1, $1)", [.int4(3)]),
      ("SELECT n FROM t ORDER BY n", []),
      ("SELECT $1::text", [.text(String(repeating: "x", count: 1_000_000))]),
    ])
    #expect(answers.map(\.affected) == [3, 3, 1])
    #expect(answers[1].int(2, 0) == 3)
    #expect(answers[2].text(0, 0).utf8.count == 1_000_000)
    #expect(try db.pipeline([]).isEmpty)
  }

  @Test func anErrorAmidAPipelineUndoesItAndLeavesTheConnectionUsable() throws {
    let db = try connect()
    try db.execute("CREATE TABLE t (n int)")
    let error = failure {
      _ = try db.pipeline([
        ("INSERT INTO t VALUES (1)", []),
        (Statement("divide", "SELECT 1 / $1"), [.int4(0)]),
        ("INSERT INTO t VALUES (2)", []),
      ])
    }
    #expect(error?.sqlstate == "22012")
    #expect(error?.statement == "divide")
    #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 0)
    #expect(db.status == .idle)
  }

  @Test func aPipelineOnALostConnectionEnds() throws {
    let settings = try TestCluster.shared.database()
    let db = try Connection(settings)
    let other = try Connection(settings)
    try other.query("SELECT pg_terminate_backend($1)", [.int4(db.process)])
    let error = failure { _ = try db.pipeline([("SELECT 1", []), ("SELECT 2", [])]) }
    #expect(error?.isConnectionLost == true)
  }

  @Test func noticesAreKeptAndNotPrinted() throws {
    let db = try connect()
    try db.execute("DO $$ BEGIN RAISE NOTICE 'careful'; END $$")
    #expect(db.takeNotices().map(\.message) == ["careful"])
    #expect(db.takeNotices().isEmpty)
  }

  @Test func notificationsArriveAndSilenceIsEmpty() throws {
    let settings = try TestCluster.shared.database()
    let db = try Connection(settings)
    let other = try Connection(settings)
    try db.listen("work")
    #expect(try db.poll(timeoutMilliseconds: 10).isEmpty)
    try other.execute("NOTIFY work, 'now'")
    let heard = try db.poll(timeoutMilliseconds: 2_000)
    #expect(heard.map(\.payload) == ["now"])
    #expect(heard.map(\.process) == [other.process])
  }

  @Test func namesAndConstantsAreQuoted() throws {
    let db = try connect()
    for text in ["it's", "back\\slash", "plain", "\"", "e\u{301}'"] {
      let rows = try db.query(
        Statement("quote", "SELECT \(Connection.literal(text)) AS \(Connection.identifier(text))"))
      #expect(rows.text(0, 0) == text)
      #expect(rows.columnName(0) == text)
    }
  }
}

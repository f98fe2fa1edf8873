import Engine
import Ledger
import Loyalty
import Postgres
import TestSupport
import Testing

/// Nothing that a POS sends is lost or counted twice.
@Suite(.serialized)
struct IntakeTests {
  private func sale(_ id: String, _ card: String?, _ minor: Int64 = 1_000) -> Transaction {
    var sale = Transaction(
      source: "till", id: id, kind: .sale, at: Instant(seconds: 1_740_000_000), offset: -21_600)
    if let card { sale.cards = [card] }
    sale.lines = [TransactionLine(sku: "A", total: Money(minor: minor))]
    return sale
  }

  private func store() throws -> TestStore {
    let store = try TestStore(Trade.program)
    try store.load(Trade.members(3))
    return store
  }

  @Test("each verdict, in the order of precedence")
  func verdicts() throws {
    let store = try store()
    var future = sale("F", "C1")
    future.at = Instant.now + 3 * 86_400
    var old = sale("O", "C1")
    old.at = Instant(seconds: 1_000_000_000)
    var other = sale("E", "C1")
    other.currency = "EUR"
    var correction = sale("R", "C1")
    correction.kind = .return
    correction.original = .init(source: "till", id: "Q")
    let survey = Transaction(
      source: "till", id: "S", kind: .event("survey"), at: sale("", nil).at, offset: 0)
    let verdicts = try store.post([
      sale("A", "C1"), sale("A", "C1"), sale("A", "C1", 999), sale("N", nil), sale("U", "X9999"),
      future, old, other, correction, survey,
    ])
    #expect(
      verdicts.map(\.word) == [
        "accepted", "already", "conflict", "no card", "parked", "parked", "parked", "parked",
        "parked", "parked",
      ])
    let reasons = verdicts.compactMap { verdict -> String? in
      if case .parked(let reason, _) = verdict { return reason }
      return nil
    }
    #expect(
      reasons == [
        "unknown card", "date in the future", "before the program", "other currency",
        "original unknown", "unknown event",
      ])
    #expect(try store.post([sale("A", "C1", 999)]).map(\.word) == ["conflict"])
    #expect(try store.number("SELECT count(*) FROM patron.conflicts") == 1)
    #expect(
      try store.post([sale("A", "C1", 998)])
        == [.conflict("lines.total")])
  }

  @Test(
    "a parked sale of an unknown card is taken when the card is enrolled, in the order of arrival")
  func enrolment() throws {
    let store = try store()
    try store.post([sale("U1", "X1"), sale("U2", "X1", 2_000)])
    var member = MemberRecord(member: "new")
    member.cards = ["X1"]
    try store.load([member])
    let ledger = try Store(store.settings)
    let programs = try ProgramSet(ledger)
    var intake = try Intake(programs)
    let ids = try Release.parkedIDs(cards: ["X1"], ledger)
    let verdicts = try Release.release(
      ids: ids, intake: &intake, context: try programs.feedContext(ledger), store: ledger)
    #expect(verdicts == [.accepted, .accepted])
    try store.run()
    #expect(try store.number("SELECT count(*) FROM patron.parked") == 0)
    #expect(
      try store.number(
        "SELECT count(*) FROM patron.events WHERE card = 'X1' AND external_id = 'U' || seq") == 2)
    #expect(try store.post([sale("U1", "X1")]) == [.already])
  }

  @Test("a parked sale with several cards is found by each, and taken when any of them is enrolled")
  func severalCards() throws {
    let store = try store()
    var both = sale("U1", "X1")
    both.cards = ["X1", "X2"]
    try store.post([both, sale("U2", "X3")])
    let ledger = try Store(store.settings)
    for card in ["X1", "X2"] {
      #expect(try ledger.parkedIDs(reason: nil, card: card) == [1])
      #expect(try ledger.parked(reason: nil, card: card, most: 5).map(\.externalID) == ["U1"])
      #expect(try Release.parkedIDs(cards: [card, "X9"], ledger) == [1])
    }
    #expect(try Release.parkedIDs(cards: ["X3"], ledger) == [2])
    var member = MemberRecord(member: "new")
    member.cards = ["X2"]
    try store.load([member])
    let programs = try ProgramSet(ledger)
    var intake = try Intake(programs)
    let context = try programs.feedContext(ledger)
    let verdicts = try Release.release(
      ids: try Release.parkedIDs(cards: ["X2"], ledger), intake: &intake, context: context,
      store: ledger)
    #expect(verdicts == [.accepted])
    #expect(try store.number("SELECT count(*) FROM patron.parked") == 1)
    #expect(try store.post([both]) == [.already])
  }

  @Test("what a POS inserts is taken in, the unreadable parked with its reason")
  func inbox() throws {
    let store = try store()
    let db = try Connection(store.settings)
    try db.execute(
      """
      SET ROLE patron_pos;
      INSERT INTO patron.inbox (source, id, kind, at, card, lines) VALUES
        ('sql', '1', 'sale', '2025-03-01 10:00:00-06', 'C1', '[{"sku": "A", "total": "12.00"}]'),
        ('sql', '2', 'sale', 'yesterday', 'C1', '[{"sku": "A", "total": "12.00"}]'),
        ('sql', '1', 'sale', '2025-03-01 10:00:00-06', 'C1', '[{"sku": "A", "total": "12.00"}]'),
        (NULL, NULL, NULL, NULL, NULL, NULL);
      RESET ROLE
      """)
    try store.run()
    #expect(try store.number("SELECT count(*) FROM patron.inbox") == 0)
    #expect(try store.number("SELECT count(*) FROM patron.events") == 1)
    #expect(
      try store.number("SELECT count(*) FROM patron.parked WHERE reason = 'unreadable'") == 2)
    #expect(try store.number("SELECT sum(pending + available)::bigint FROM patron.balances") == 12)
  }

  @Test("the role of a POS may insert and nothing else")
  func role() throws {
    let store = try store()
    for sql in [
      "SELECT * FROM patron.inbox", "DELETE FROM patron.inbox", "SELECT * FROM patron.members",
      "INSERT INTO patron.cards VALUES ('x', 1, 1, 1, 0)",
    ] {
      let db = try Connection(store.settings)
      try db.execute("SET ROLE patron_pos")
      #expect(throws: PostgresError.self) { try db.execute(sql) }
    }
  }

  @Test("several intakes of the same transactions at once count each once")
  func concurrent() async throws {
    let store = try store()
    let transactions = Trade.transactions(400, members: 3, seed: 3)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for turn in 0..<4 {
        group.addTask {
          let mine = turn % 2 == 0 ? transactions : transactions.reversed()
          return try store.post(mine, batch: 13).filter { $0 == .accepted }.count
        }
      }
      var accepted = 0
      for try await count in group { accepted += count }
      #expect(accepted == 400)
    }
    try store.run(workers: 2, batch: 10)
    #expect(try store.number("SELECT count(*) FROM patron.outcomes") == 400)
    #expect(
      try store.number(
        "SELECT count(*) FROM patron.accounts WHERE last_seq <> position") == 0)
  }
}

import Postgres
import TestSupport
import Testing

@Suite struct MigratorTests {
  private let first = Migration(1, "cards", "CREATE TABLE cards (number text)")
  private let second = Migration(2, "points", "ALTER TABLE cards ADD points int;")

  private func failure(_ migrations: [Migration], _ db: borrowing Connection) -> MigrationError? {
    do {
      _ = try Migrator(schema: "gold crown", migrations: migrations).migrate(db)
      return nil
    } catch {
      return error
    }
  }

  private func expect(_ report: Migrator.Report, applied: [Migration], already: Int) {
    #expect(report.applied == applied)
    #expect(report.already == already)
  }

  @Test func eachMigrationIsAppliedOnce() throws {
    let db = try Connection(TestCluster.shared.database())
    let one = try Migrator(schema: "gold crown", migrations: [first]).migrate(db)
    expect(one, applied: [first], already: 0)
    let both = Migrator(schema: "gold crown", migrations: [first, second])
    #expect(try both.pending(db) == [second])
    expect(try both.migrate(db), applied: [second], already: 1)
    expect(try both.migrate(db), applied: [], already: 2)
    let rows = try db.query("SELECT count(points) FROM \"gold crown\".cards")
    #expect(rows.int(0, 0) == 0)
    #expect(try db.query("SELECT count(*) FROM \"gold crown\".migrations").int(0, 0) == 2)
  }

  @Test func schemasAreApart() throws {
    let db = try Connection(TestCluster.shared.database())
    for schema in ["one", "two"] {
      let report = try Migrator(schema: schema, migrations: [first]).migrate(db)
      #expect(report.applied == [first])
    }
  }

  @Test func aChangedTextIsRefused() throws {
    let db = try Connection(TestCluster.shared.database())
    #expect(failure([first], db) == nil)
    let error = failure([Migration(1, "cards", first.sql + " "), second], db)
    #expect(error?.code == .changed)
    #expect(error?.migration == 1)
    #expect(try db.query("SELECT count(*) FROM \"gold crown\".migrations").int(0, 0) == 1)
  }

  @Test func aDatabaseThatIsNewerThanTheProgramIsRefused() throws {
    let db = try Connection(TestCluster.shared.database())
    #expect(failure([first, second], db) == nil)
    #expect(failure([first], db)?.code == .unknown)
    #expect(failure([Migration(0, "late", "SELECT 1"), first, second], db)?.code == .outOfOrder)
  }

  @Test func aFailingMigrationNamesItsLineAndLeavesNothing() throws {
    let db = try Connection(TestCluster.shared.database())
    let broken = Migration(2, "broken", "CREATE TABLE a (n int);\nCREATE TABLE b (n nothing);")
    let error = failure([first, broken], db)
    #expect(error?.code == .failed)
    #expect(error?.message.hasPrefix("migration 2 broken, line 2: ") == true)
    #expect(error?.cause?.sqlstate == "42704")
    #expect(db.status == .idle)
    #expect(try db.query("SELECT to_regclass('\"gold crown\".a') IS NULL").bool(0, 0))
    #expect(failure([first, second], db) == nil)
  }

  @Test func twoAtOnceTakeTurns() async throws {
    let settings = try TestCluster.shared.database()
    let (first, second) = (first, second)
    let applied = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let db = try Connection(settings)
          let migrator = Migrator(schema: "turns", migrations: [first, second])
          return try migrator.migrate(db).applied.count
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(applied == 2)
  }
}

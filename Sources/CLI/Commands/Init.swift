import Ledger
import Postgres
import Schema

/// `patron init`: makes the tables, or brings them up to this version.
enum InitCommand: Command {
  static let name = "init"
  static let summary = "make Patron's tables in the database, or bring them up to date"
  static let usage = "init"
  static let help = """
    Makes Patron's tables in the schema `patron` of the database, or brings them up to this version
    by the migrations that are missing. Running it again changes nothing. It also makes the role
    `patron_pos`, which may insert into the inbox and do nothing else, where the user may make
    roles.
    """

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let db = try Connection(try Database.settings())
    let report = try initialize(db)
    if report.applied.isEmpty {
      print("The tables are up to date (\(report.already) migrations).")
    } else {
      for migration in report.applied { print("applied \(migration.number) \(migration.name)") }
    }
    return ExitStatus.done
  }

  @discardableResult
  static func initialize(_ db: borrowing Connection) throws -> Migrator.Report {
    try Migrator(schema: "patron", migrations: Migrations.all).migrate(db)
  }
}

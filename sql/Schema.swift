import Postgres

/// The migrations that make Patron's tables, in order. SwiftPM names an embedded file after
/// itself, with `_` for its first digit and for every dot.
public enum Migrations {
  public static let all = [
    Migration(1, "tables", utf8: PackageResources._001_tables_sql)
  ]
}

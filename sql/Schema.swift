import Postgres

/// The migrations that make Patron's tables, in order. SwiftPM names an embedded file after
/// itself, with `_` for its first digit and for every dot.
public enum Migrations {
  public static let all = [
    Migration(1, "tables", utf8: PackageResources._001_tables_sql),
    Migration(2, "views and roles", utf8: PackageResources._002_views_and_roles_sql),
    Migration(3, "segments", utf8: PackageResources._003_segments_sql),
    Migration(4, "rerates", utf8: PackageResources._004_rerates_sql),
  ]
}

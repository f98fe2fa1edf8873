import Postgres

/// The migrations that make Patron's tables, in order. SwiftPM names an embedded file after
/// itself, with `_` for its first digit and for every dot.
public enum Migrations {
  public static let all = [
    Migration(1, "program and feed", utf8: PackageResources._001_program_and_feed_sql),
    Migration(2, "ledger", utf8: PackageResources._002_ledger_sql),
    Migration(3, "views and roles", utf8: PackageResources._003_views_and_roles_sql),
    Migration(4, "members", utf8: PackageResources._004_members_sql),
    Migration(5, "redemption", utf8: PackageResources._005_redemption_sql),
  ]
}

import Loyalty
import Postgres

/// One version with its files, in one round trip.
extension Store {
  /// The version in force at an instant, or the first one that will be; nil where none is
  /// published.
  public func version(inForceAt instant: Instant) throws -> Version? {
    try version(
      """
      withdrawn_at IS NULL
      ORDER BY begins <= $1 DESC, CASE WHEN begins <= $1 THEN begins END DESC,
        CASE WHEN begins <= $1 THEN version END DESC, begins, version
      """, .instant(instant.microseconds))
  }

  /// A version by its number, withdrawn or not.
  public func version(_ id: Int32) throws -> Version? { try version("version = $1", .int4(id)) }

  private func version(_ which: String, _ parameter: Cell) throws -> Version? {
    let rows = try db.query(
      Statement(
        "one version",
        """
        WITH chosen AS (SELECT * FROM patron.versions WHERE \(which) LIMIT 1)
        SELECT v.version, v.program, v.digest, v.begins, v.published_at, v.published_by,
          f.path, f.body, v.filled_at IS NOT NULL
        FROM chosen v LEFT JOIN patron.version_files f ON f.version = v.version ORDER BY f.position
        """), [parameter])
    guard rows.count > 0 else { return nil }
    var version = Version(
      id: rows.int4(0, 0), program: rows.text(0, 1), digest: rows.text(0, 2),
      begins: Instant(microseconds: rows.instant(0, 3)),
      publishedAt: Instant(microseconds: rows.instant(0, 4)), publishedBy: rows.text(0, 5),
      isFilled: rows.bool(0, 8))
    for row in 0..<rows.count where !rows.isNull(row, 6) {
      version.files.append(VersionFile(path: rows.text(row, 6), body: rows.text(row, 7)))
    }
    return version
  }

  /// The numbers of those texts that have one.
  public func knownSymbols(_ texts: [String]) throws -> [String: Symbol] {
    let rows = try db.query(
      "SELECT text, symbol FROM patron.symbols WHERE text = ANY($1)", [.textArray(texts)])
    var symbols: [String: Symbol] = [:]
    for row in 0..<rows.count { symbols[rows.text(row, 0)] = Symbol(id: rows.int4(row, 1)) }
    return symbols
  }
}

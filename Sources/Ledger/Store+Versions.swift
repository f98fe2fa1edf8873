import Loyalty
import Postgres

/// A published version of the program: its files whole, and from when they hold.
public struct Version: Sendable, Equatable {
  public var id: Int32
  public var program: String
  public var digest: String
  public var begins: Instant
  public var publishedAt: Instant
  public var publishedBy: String
  /// Whether the counters that it brought are filled from history.
  public var isFilled: Bool
  public var files: [VersionFile] = []

  public init(
    id: Int32, program: String, digest: String, begins: Instant, publishedAt: Instant,
    publishedBy: String, isFilled: Bool
  ) {
    self.id = id
    self.program = program
    self.digest = digest
    self.begins = begins
    self.publishedAt = publishedAt
    self.publishedBy = publishedBy
    self.isFilled = isFilled
  }
}

public struct VersionFile: Sendable, Equatable {
  public var path: String
  public var body: String
  public init(path: String, body: String) {
    self.path = path
    self.body = body
  }
}

extension Store {
  /// All versions that were not withdrawn, by the instant from which they hold.
  public func versions(withFiles: Bool = true) throws -> [Version] {
    let rows = try db.query(
      """
      SELECT version, program, digest, begins, published_at, published_by,
        filled_at IS NOT NULL
      FROM patron.versions WHERE withdrawn_at IS NULL ORDER BY begins, version
      """)
    var versions: [Version] = []
    for row in 0..<rows.count {
      versions.append(
        Version(
          id: rows.int4(row, 0), program: rows.text(row, 1), digest: rows.text(row, 2),
          begins: Instant(microseconds: rows.instant(row, 3)),
          publishedAt: Instant(microseconds: rows.instant(row, 4)), publishedBy: rows.text(row, 5),
          isFilled: rows.bool(row, 6)))
    }
    guard withFiles else { return versions }
    let files = try db.query(
      """
      SELECT version, path, body FROM patron.version_files
      WHERE version = ANY($1) ORDER BY version, position
      """, [.int4Array(versions.map(\.id))])
    for row in 0..<files.count {
      guard let place = versions.firstIndex(where: { $0.id == files.int4(row, 0) }) else {
        continue
      }
      versions[place].files.append(VersionFile(path: files.text(row, 1), body: files.text(row, 2)))
    }
    return versions
  }

  /// What changes whenever a version is published or withdrawn: read in each batch, after its
  /// locks.
  public func versionStamp() throws -> Int64 {
    let rows = try db.query(
      """
      SELECT coalesce(sum(version::bigint * (1 + (withdrawn_at IS NOT NULL)::int)), 0)::bigint
      FROM patron.versions
      """
    )
    return rows.int8(0, 0)
  }

  /// Stores a version. Call within a transaction, under `lockVersions`.
  public func insert(
    program: String, digest: String, begins: Instant, files: [VersionFile]
  ) throws -> Int32 {
    let rows = try db.query(
      """
      INSERT INTO patron.versions (version, program, digest, begins)
      SELECT coalesce(max(version), 0) + 1, $1, $2, $3 FROM patron.versions RETURNING version
      """, [.text(program), .text(digest), begins.cell])
    let id = rows.int4(0, 0)
    for (position, file) in files.enumerated() {
      try db.query(
        "INSERT INTO patron.version_files VALUES ($1, $2, $3, $4)",
        [.int4(id), .int4(Int32(position)), .text(file.path), .text(file.body)])
    }
    return id
  }

  /// Notes that the counters which a version brought are filled from history.
  public func markFilled(version: Int32) throws {
    try db.query(
      "UPDATE patron.versions SET filled_at = now() WHERE version = $1", [.int4(version)])
  }

  /// One publisher at a time.
  public func lockVersions() throws {
    try db.execute("LOCK TABLE patron.versions IN SHARE ROW EXCLUSIVE MODE")
  }

  /// Withdraws a version that has not begun; false where it has, or is not there.
  public func withdraw(_ version: Int32, now: Instant) throws -> Bool {
    let rows = try db.query(
      """
      UPDATE patron.versions SET withdrawn_at = now()
      WHERE version = $1 AND begins > $2 AND withdrawn_at IS NULL RETURNING version
      """, [.int4(version), now.cell])
    return rows.count == 1
  }

  public func setting(_ key: String) throws -> String? {
    let rows = try db.query("SELECT value FROM patron.settings WHERE key = $1", [.text(key)])
    return rows.count == 1 ? rows.text(0, 0) : nil
  }
}

extension Store {
  /// The latest instant up to which any account was brought; nil where nothing was rated.
  public func latestClock() throws -> Instant? {
    let rows = try db.query("SELECT max(clock) FROM patron.accounts WHERE position > 0")
    return rows.instantOrNil(0, 0).map { Instant(microseconds: $0) }
  }

  /// Locks accounts of a shard that have rated events, in their order, behind `after`.
  public func lockRated(shard: Int16, after: Int64, most: Int) throws -> [WaitingAccount] {
    let rows = try db.query(
      """
      SELECT account_id, position, last_seq, clock, due FROM patron.accounts
      WHERE shard = $1 AND account_id > $2 AND position > 0
      ORDER BY account_id LIMIT $3 FOR NO KEY UPDATE
      """, [.int2(shard), .int8(after), .int8(Int64(most))])
    return (0..<rows.count).map { row in
      WaitingAccount(
        shard: shard, id: rows.int8(row, 0), position: rows.int8(row, 1), last: rows.int8(row, 2),
        clock: Instant(microseconds: rows.instant(row, 3)),
        due: Instant(microseconds: rows.instant(row, 4)))
    }
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a private database lies, and who owns it.
///
/// Usually that is `.patron/` in the project's folder. For root, whose server runs as the user
/// `postgres`, and where the socket's path would be too long, it is a folder under /var/tmp named
/// after a digest of the project's folder; `.patron/place` names it then.
struct ClusterPlace {
  /// What a socket's address holds, without the zero at its end.
  #if canImport(Glibc)
    static let longestSocket = 107
  #else
    static let longestSocket = 103
  #endif

  /// `.patron/` itself, with the lock and the name of the place.
  let patron: String
  /// Holds `data/`, the socket and the log.
  let folder: String
  /// Who runs the server, if that is not us.
  let user: (user: UInt32, group: UInt32)?

  var data: String { folder + "/data" }
  var unfinished: String { folder + "/data.new" }
  var log: String { folder + "/postgresql.log" }
  var lock: String { patron + "/lock" }
  private var marker: String { patron + "/place" }
  private var project: String { folder + "/project" }

  /// Finds the place without making anything.
  init(project: String) throws(ClusterError) {
    let project = System.real(project)
    patron = project + "/.patron"
    let isRoot = geteuid() == 0
    let existing = System.owner(patron + "/data")
    let isShort =
      "\(patron)/.s.PGSQL.5432".utf8.count <= Self.longestSocket
      && !patron.contains(where: { ",'\"\n".contains($0) })
    if isShort, !isRoot || (existing.map { $0.user != 0 } ?? false) {
      folder = patron
      user = isRoot ? existing.map { ($0.user, $0.group) } : nil
      return
    }
    user = isRoot ? System.user(named: "postgres") : nil
    if isRoot, user == nil {
      throw ClusterError(
        .missingUser, "PostgreSQL does not run as root, and there is no user `postgres`",
        remedy: "run `make setup`, or install Debian's package `postgresql`, or set DATABASE_URL")
    }
    folder = Self.elsewhere(project: project, patron: patron)
  }

  /// The place that `.patron/place` names, unless that is another project's of which this one is a
  /// copy; else a new one.
  private static func elsewhere(project: String, patron: String) -> String {
    let own = "/var/tmp/patron-\(digest("\(geteuid()):\(project)"))"
    guard let named = System.read(patron + "/place")?.split(separator: "\n").first else {
      return own
    }
    let place = String(named)
    guard place.hasPrefix("/var/tmp/patron-"), let other = System.read(place + "/project") else {
      return own
    }
    let owner = String(other.split(separator: "\n").first ?? "")
    let isMoved = owner == project || !System.exists(owner + "/.patron/place")
    return isMoved ? place : own
  }

  /// FNV-1a, 64 bits: a name, no secret.
  private static func digest(_ text: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Makes the folders. The place under /var/tmp, where anybody writes, must be ours alone.
  func prepare() throws(ClusterError) {
    try makePatron()
    guard folder != patron else { return }
    let owner = user?.user ?? geteuid()
    if mkdir(folder, 0o700) == 0 {
      if let user { _ = chown(folder, user.user, user.group) }
    } else if errno != EEXIST {
      throw ClusterError(.folder, "\(folder) cannot be made: \(System.lastError())")
    }
    guard let found = System.owner(folder), System.isFolder(found.mode), found.user == owner,
      found.mode & 0o077 == 0
    else {
      throw ClusterError(
        .folder, "\(folder) is not a folder of the database's user alone",
        remedy: "look who made it, and remove it")
    }
    let home = String(patron.dropLast("/.patron".count))
    guard System.write(home + "\n", to: project), System.write(folder + "\n", to: marker) else {
      throw ClusterError(.folder, "\(marker) cannot be written: \(System.lastError())")
    }
  }

  private func makePatron() throws(ClusterError) {
    if mkdir(patron, 0o700) != 0, errno != EEXIST {
      throw ClusterError(.folder, "\(patron) cannot be made: \(System.lastError())")
    }
    guard access(patron, W_OK) == 0 else {
      throw ClusterError(
        .folder, "\(patron) belongs to another user",
        remedy: "run Patron as that user, or set DATABASE_URL")
    }
  }

  /// The lock that root made is the owner's to take, too.
  func shareLock() {
    if folder == patron, let user { _ = chown(lock, user.user, user.group) }
  }

  /// Removes everything, the database included.
  func remove() {
    _ = System.run("/bin/rm", ["-rf", patron] + (folder == patron ? [] : [folder]))
  }
}

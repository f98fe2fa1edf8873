#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A PostgreSQL server of the project's own, for when no database is configured: a unix socket,
/// no port, no password; only its owner can enter its folder.
///
/// It outlives the process that started it, until `stop`. Any number of processes may start it at
/// once.
public struct PrivateCluster: Sendable {
  /// The owner of everything in it, and the database that is made with it.
  static let name = "patron"
  /// A crash may leave gigabytes of log to be read again before the first connection.
  private static let patienceSeconds = 600

  private let project: String
  private let isDurable: Bool

  public enum Status: Sendable, Equatable {
    case absent
    case stopped
    case running(process: Int32)
  }

  public enum StopMode: String, Sendable {
    /// Waits for all sessions to end.
    case smart
    /// Ends all sessions.
    case fast
    /// Like a crash: the next start reads the log again.
    case immediate
  }

  /// The cluster of the project in `folder`. What is not durable is for tests: a crash of the
  /// machine may spoil it.
  public init(folder: String = ".", isDurable: Bool = true) {
    project = folder
    self.isDurable = isDurable
  }

  /// Starts the server unless it runs, making it first if there is none. Idempotent.
  public static func start(folder: String = ".") throws(ClusterError) -> ConnectionSettings {
    try PrivateCluster(folder: folder).start()
  }

  /// `report` hears what takes time: making the database, starting the server.
  public func start(
    report: (String) -> Void = { _ in }
  ) throws(ClusterError) -> ConnectionSettings {
    let place = try ClusterPlace(project: project)
    let settings = Self.settings(place)
    if Self.isOpen(place) { return settings }
    try place.prepare()
    guard let lock = FileLock(place.lock) else {
      throw ClusterError(.folder, "\(place.lock) cannot be made: \(System.lastError())")
    }
    defer { _ = lock }
    place.shareLock()
    if Self.isOpen(place) { return settings }
    if !Self.isAnswering(place) {
      let programs = try ServerPrograms(as: place.user)
      if !System.exists(place.data) {
        report("making a private database in \(place.folder)")
        try create(place, programs)
      }
      report("starting the private database")
      try run(place, programs)
    }
    try Self.makeDatabase(settings)
    return settings
  }

  /// Stops the server. False: it was not running.
  @discardableResult
  public func stop(mode: StopMode = .fast) throws(ClusterError) -> Bool {
    guard case .running = try status() else { return false }
    let place = try ClusterPlace(project: project)
    let lock = FileLock(place.lock)
    defer { _ = lock }
    let said = try ServerPrograms(as: place.user).run(
      "pg_ctl",
      ["stop", "-D", place.data, "-m", mode.rawValue, "-w", "-t", "\(Self.patienceSeconds)"])
    guard said.status == 0 else {
      throw ClusterError(.stop, "the private database could not be stopped", log: said.output)
    }
    return true
  }

  public func status() throws(ClusterError) -> Status {
    let place = try ClusterPlace(project: project)
    guard System.exists(place.data) else { return .absent }
    guard let process = Self.process(place) else { return .stopped }
    return Self.isOurs(process, place) || Self.isAnswering(place)
      ? .running(process: process) : .stopped
  }

  /// Stops the server and removes the database for good.
  public func remove() throws(ClusterError) {
    let place = try ClusterPlace(project: project)
    try stop(mode: .immediate)
    place.remove()
  }

  /// The folder that holds the data, the socket and the server's log.
  public func folder() throws(ClusterError) -> String {
    try ClusterPlace(project: project).folder
  }
}

extension PrivateCluster {
  private static func settings(_ place: ClusterPlace) -> ConnectionSettings {
    let host = place.folder.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] }
    return ConnectionSettings(
      "host='\(String(host))' port=5432 user=\(name) dbname=\(name) password=''")
  }

  /// The database is made first in the cluster's life; a start that broke off before is made good.
  private static func makeDatabase(_ settings: ConnectionSettings) throws(ClusterError) {
    do throws(PostgresError) {
      var first = settings
      first.database = "postgres"
      let db = try Connection(first)
      let found = try db.query("SELECT count(*) FROM pg_database WHERE datname = $1", [.text(name)])
      if found.int(0, 0) == 0 { try db.execute("CREATE DATABASE \(name)") }
    } catch {
      throw ClusterError(.start, "the private database does not let us in: \(error.message)")
    }
  }

  /// initdb beside the final name, so that what broke off is never taken for a database.
  private func create(_ place: ClusterPlace, _ programs: ServerPrograms) throws(ClusterError) {
    _ = System.run("/bin/rm", ["-rf", place.unfinished])
    var arguments = [
      "-D", place.unfinished, "-U", Self.name, "--auth=trust", "--encoding=UTF8",
      "--no-instructions",
    ]
    #if os(Linux)
      arguments.append("--locale=C.UTF-8")
    #else
      arguments.append("--locale=C")
    #endif
    if !isDurable { arguments.append("--no-sync") }
    let said = programs.run("initdb", arguments)
    guard said.status == 0,
      System.write(
        "\ninclude 'patron.conf'\n", to: place.unfinished + "/postgresql.conf", appending: true),
      rename(place.unfinished, place.data) == 0
    else {
      throw ClusterError(
        .initdb, "the private database could not be made in \(place.folder)", log: said.output)
    }
  }

  private func run(_ place: ClusterPlace, _ programs: ServerPrograms) throws(ClusterError) {
    Self.clearStaleLocks(place)
    guard System.write(configuration(place), to: place.data + "/patron.conf") else {
      throw ClusterError(.folder, "\(place.data)/patron.conf cannot be written")
    }
    let said = programs.run(
      "pg_ctl",
      ["start", "-D", place.data, "-l", place.log, "-w", "-s", "-t", "\(Self.patienceSeconds)"])
    guard said.status == 0 else {
      throw ClusterError(
        .start, "the private database did not start", remedy: "its log is \(place.log)",
        log: said.output + Self.tail(of: place.log))
    }
  }

  /// For a loyalty store on a small machine. It is written anew at each start, for the folder may
  /// have moved.
  private func configuration(_ place: ClusterPlace) -> String {
    """
    # Written by patron at each start; own settings go into postgresql.auto.conf (ALTER SYSTEM).
    listen_addresses = ''
    unix_socket_directories = '"\(place.folder)"'
    unix_socket_permissions = 0700
    port = 5432
    max_connections = 250
    shared_buffers = 256MB
    max_wal_size = 4GB
    checkpoint_timeout = 15min
    jit = off
    timezone = 'UTC'
    log_timezone = 'UTC'
    lc_messages = 'C'
    log_checkpoints = off

    """ + (isDurable ? "" : "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n")
  }

  private static func tail(of log: String) -> String {
    let lines = (System.read(log) ?? "").split(separator: "\n")
    return lines.suffix(10).joined(separator: "\n")
  }

  /// The server's process as its own file names it.
  private static func process(_ place: ClusterPlace) -> Int32? {
    System.read(place.data + "/postmaster.pid")?.split(separator: "\n").first.flatMap { Int32($0) }
  }

  /// The database itself takes connections, which the server does a moment earlier.
  private static func isOpen(_ place: ClusterPlace) -> Bool {
    guard process(place) != nil else { return false }
    do throws(PostgresError) {
      _ = try Connection(settings(place))
      return true
    } catch {
      return false
    }
  }

  private static func isAnswering(_ place: ClusterPlace) -> Bool {
    process(place) != nil && Connection.isAnswering(settings(place))
  }

  /// A server works in its data folder. Where that cannot be seen, a living process counts.
  private static func isOurs(_ process: Int32, _ place: ClusterPlace) -> Bool {
    guard kill(process, 0) == 0 || errno == EPERM else { return false }
    #if os(Linux)
      return System.real("/proc/\(process)/cwd") == System.real(place.data)
    #else
      return true
    #endif
  }

  /// After a crash the number of the old server's process may be another program's, which
  /// PostgreSQL would take for a running server.
  private static func clearStaleLocks(_ place: ClusterPlace) {
    guard let process = process(place), !isOurs(process, place) else { return }
    unlink(place.data + "/postmaster.pid")
    unlink(place.folder + "/.s.PGSQL.5432.lock")
    unlink(place.folder + "/.s.PGSQL.5432")
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The few things that a private database needs from the operating system.
enum System {
  /// Beyond this, files that we inherited stay open in a child.
  private static let openFilesLimit: Int32 = 1_024

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
  static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

  /// The path without links, or as it is when there is nothing.
  static func real(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  static func owner(_ path: String) -> (user: uid_t, group: gid_t, mode: mode_t)? {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return nil }
    return (facts.st_uid, facts.st_gid, facts.st_mode)
  }

  static func isFolder(_ mode: mode_t) -> Bool { mode & S_IFMT == S_IFDIR }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  static func user(named name: String) -> (user: uid_t, group: gid_t)? {
    guard let entry = getpwnam(name) else { return nil }
    return (entry.pointee.pw_uid, entry.pointee.pw_gid)
  }

  static func lastError() -> String { String(cString: strerror(errno)) }

  static func read(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    return read(file)
  }

  private static func read(_ file: UnsafeMutablePointer<FILE>) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 8_192)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a file anew, readable for all who can enter its folder. False: see `lastError`.
  static func write(_ text: String, to path: String, appending: Bool = false) -> Bool {
    guard let file = fopen(path, appending ? "ae" : "we") else { return false }
    let isWritten = fputs(text, file) >= 0
    return fclose(file) == 0 && isWritten
  }

  /// Runs a program to its end, without standard input, its output and errors together.
  static func run(_ program: String, _ arguments: [String]) -> (status: Int32, output: String) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return (-1, lastError()) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let spawned = spawn(program, arguments, output: ends[1])
    close(ends[1])
    guard let file = fdopen(ends[0], "r") else { return (-1, lastError()) }
    let output = read(file)
    fclose(file)
    guard let spawned else { return (127, "\(program) cannot be started") }
    var status: Int32 = 0
    while waitpid(spawned, &status, 0) == -1, errno == EINTR {}
    let isExit = status & 0x7F == 0
    return (isExit ? (status >> 8) & 0xFF : 128 + (status & 0x7F), output)
  }

  /// The child has none of our variables, for PGDATA, LANG and their like would change what tools
  /// do; none of our files, for a server would keep a lock that somebody gave us; and it works in
  /// /, for another user may not enter our folder.
  private static func spawn(_ program: String, _ arguments: [String], output: Int32) -> pid_t? {
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    for descriptor in 3..<openFilesLimit where fcntl(descriptor, F_GETFD) >= 0 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    let path = environment("PATH") ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    let shell = ["/bin/sh", "-c", "cd / && exec \"$0\" \"$@\"", program]
    var words = copies(shell + arguments)
    var variables = copies(["PATH=\(path)", "LC_ALL=C", "TZ=UTC"])
    defer { for text in words + variables { free(text) } }
    var child: pid_t = 0
    return posix_spawn(&child, "/bin/sh", &actions, nil, &words, &variables) == 0 ? child : nil
  }

  /// The texts as C wants them; their owner frees them.
  private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { text in strdup(text) } + [nil]
  }
}

/// A file that one process at a time holds; closing it lets go, and so does the process's end.
struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Waits for the others. `nil`: the file cannot be made.
  init?(_ path: String) {
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return nil }
    while flock(descriptor, LOCK_EX) == -1, errno == EINTR {}
  }

  deinit {
    close(descriptor)
  }
}

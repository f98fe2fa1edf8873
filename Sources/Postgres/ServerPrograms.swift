/// Where PostgreSQL's server programs are, and as whom they run.
struct ServerPrograms {
  let folder: String
  /// Words in front of each program, to run it as another user.
  let prefix: [String]

  func run(_ program: String, _ arguments: [String]) -> (status: Int32, output: String) {
    let words = prefix + ["\(folder)/\(program)"] + arguments
    return System.run(words[0], Array(words.dropFirst()))
  }

  init(as user: (user: UInt32, group: UInt32)?) throws(ClusterError) {
    guard let folder = Self.find() else {
      throw ClusterError(
        .missingServer, "PostgreSQL's server programs (initdb, pg_ctl) were not found",
        remedy: "run `make setup`, or install Debian's package `postgresql`, or set DATABASE_URL")
    }
    self.folder = folder
    guard let user else {
      prefix = []
      return
    }
    guard let prefix = Self.words(toRunAs: user) else {
      throw ClusterError(
        .missingUser, "no program was found that runs PostgreSQL as its own user",
        remedy: "install Debian's package `util-linux`, or do not run Patron as root")
    }
    self.prefix = prefix
  }

  /// What pg_config says; the newest version where Debian puts them; the PATH.
  private static func find() -> String? {
    var folders: [String] = []
    if let tool = onPath("pg_config") {
      let said = System.run(tool, ["--bindir"])
      if said.status == 0 { folders.append(String(said.output.prefix { !$0.isNewline })) }
    }
    folders += (10...30).reversed().flatMap { version in
      [
        "/usr/lib/postgresql/\(version)/bin", "/usr/pgsql-\(version)/bin",
        "/opt/homebrew/opt/postgresql@\(version)/bin", "/usr/local/opt/postgresql@\(version)/bin",
      ]
    }
    if let tool = onPath("initdb") { folders.append(String(tool.dropLast("/initdb".count))) }
    return folders.first {
      System.isExecutable("\($0)/initdb") && System.isExecutable("\($0)/pg_ctl")
        && System.isExecutable("\($0)/postgres")
    }
  }

  private static func onPath(_ program: String) -> String? {
    let folders =
      (System.environment("PATH") ?? "").split(separator: ":").map(String.init)
      + ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    return folders.map { "\($0)/\(program)" }.first(where: System.isExecutable)
  }

  private static func words(toRunAs user: (user: UInt32, group: UInt32)) -> [String]? {
    if let tool = onPath("setpriv") {
      return [tool, "--reuid=\(user.user)", "--regid=\(user.group)", "--clear-groups", "--"]
    }
    if let tool = onPath("runuser") { return [tool, "-u", "postgres", "--"] }
    if let tool = onPath("su") {
      return [tool, "-s", "/bin/sh", "postgres", "-c", "exec \"$0\" \"$@\"", "--"]
    }
    return nil
  }
}

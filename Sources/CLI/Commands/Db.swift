import Postgres

/// `patron db`: the private database.
enum DbCommand: Command {
  static let name = "db"
  static let summary = "start, stop or look at the private database"
  static let usage = "db start|stop|status|url"
  static let help = """
    The private PostgreSQL that Patron uses where none is configured: in .patron/ of this folder,
    or, for root and for long paths, in a folder under /var/tmp. It listens on a unix socket only.
      start    starts it (commands do so by themselves)
      stop     ends it
      status   says whether it runs
      url      prints its connection string, for psql
    """

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let what = try arguments.next("start, stop, status or url")
    try arguments.end()
    let cluster = PrivateCluster()
    switch what {
    case "start":
      let settings = try cluster.start { Terminal.note($0) }
      print("running: \(settings.location)")
    case "stop": print(try cluster.stop() ? "stopped" : "it was not running")
    case "status":
      switch try cluster.status() {
      case .absent: print("there is none yet")
      case .stopped: print("stopped")
      case .running(let process): print("running (process \(process))")
      }
    case "url": print(try cluster.start { Terminal.note($0) }.location)
    default: throw UsageFailure("`\(what)` is not one of start, stop, status, url")
    }
    return ExitStatus.done
  }
}

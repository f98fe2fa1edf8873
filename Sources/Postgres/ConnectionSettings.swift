#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a database is and how patient to be with it.
public struct ConnectionSettings: Sendable, Equatable {
  /// A libpq connection string or URI; empty: libpq's own variables (PGHOST, PGSERVICE…).
  public var location: String
  /// Another database on the same server.
  public var database: String?
  public var applicationName = "patron"
  public var connectTimeoutSeconds = 10
  /// Unacknowledged data may be this old before TCP gives the connection up.
  public var tcpUserTimeoutMilliseconds = 30_000
  /// These three hold in each transaction that `begin` opens, by SET LOCAL, for a pooler such as
  /// pgbouncer hands one server connection to many clients and takes no startup options.
  public var statementTimeoutMilliseconds: Int?
  public var lockTimeoutMilliseconds: Int?
  public var searchPath: [String] = []
  /// Transactions look up what they name, by index, whatever the planner thinks of the tables: for
  /// batches that touch few rows of tables whose statistics may be old. Holds as the three above.
  /// Such plans stay right, so the server keeps them, where no pooler stands before it.
  public var looksUpByIndex = false

  public init(_ location: String = "", database: String? = nil) {
    self.location = location
    self.database = database
  }

  /// The database that the environment names (DATABASE_URL, or libpq's own variables), if any.
  public static func configured() -> ConnectionSettings? {
    func variable(_ name: String) -> String? {
      guard let value = getenv(name), value.pointee != 0 else { return nil }
      return String(cString: value)
    }
    if let url = variable("DATABASE_URL") { return ConnectionSettings(url) }
    let names = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGPORT", "PGDATABASE"]
    return names.contains { variable($0) != nil } ? ConnectionSettings() : nil
  }

  /// libpq's keywords in order: what comes later prevails, `dbname` stands for all of `location`.
  var keywords: [(String, String)] {
    var pairs = [
      ("fallback_application_name", applicationName),
      ("tcp_user_timeout", String(tcpUserTimeoutMilliseconds)),
    ]
    if getenv("PGCONNECT_TIMEOUT") == nil {
      pairs.append(("connect_timeout", String(connectTimeoutSeconds)))
    }
    if !location.isEmpty { pairs.append(("dbname", location)) }
    if let database { pairs.append(("dbname", database)) }
    pairs.append(("client_encoding", "UTF8"))
    return pairs
  }
}

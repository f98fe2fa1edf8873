/// Why the private database could not be started or stopped, and what a person can do.
public struct ClusterError: Error, Sendable, CustomStringConvertible {
  public enum Code: Sendable {
    /// PostgreSQL's server programs are not installed.
    case missingServer
    /// Run as root, and there is no user `postgres` to run the server.
    case missingUser
    /// A folder cannot be made or used.
    case folder
    case initdb
    case start
    case stop
  }

  public let code: Code
  public let message: String
  /// What to do, as a sentence.
  public let remedy: String?
  /// What PostgreSQL's own tools said.
  public let log: String

  init(_ code: Code, _ message: String, remedy: String? = nil, log: String = "") {
    self.code = code
    self.message = message
    self.remedy = remedy
    self.log = log
  }

  public var description: String {
    var text = message
    if let remedy { text += "; " + remedy }
    if !log.isEmpty { text += "\n" + log }
    return text
  }
}

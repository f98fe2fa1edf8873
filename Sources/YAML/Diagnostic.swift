/// What is wrong (or surely not meant) in something that a person wrote, and what to do about it.
public struct Diagnostic: Sendable, Hashable, Error {
  public enum Severity: String, Sendable { case error, warning }

  /// Stable; `R012`. `patron explain R012` tells more.
  public var code: String
  public var severity: Severity
  public var place: Place
  /// One sentence without a full stop: what is wrong.
  public var message: String
  /// One sentence without a full stop: what to do.
  public var help: String?

  public init(
    _ code: String, _ severity: Severity = .error, at place: Place, _ message: String,
    help: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.place = place
    self.message = message
    self.help = help
  }
}

/// A named SQL text. The name is for errors and logs only: every statement goes to the server
/// unnamed, so that transaction pooling works.
public struct Statement: Sendable, Hashable, ExpressibleByStringLiteral {
  public let name: String
  public let sql: String

  public init(_ name: String, _ sql: String) {
    self.name = name
    self.sql = sql
  }

  /// A text that is its own name, cut to its first words.
  public init(_ sql: String) {
    self.init(String(sql.prefix(60)), sql)
  }

  public init(stringLiteral sql: String) {
    self.init(sql)
  }
}

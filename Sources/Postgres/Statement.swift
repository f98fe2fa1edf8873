/// A named SQL text. The name is for errors and logs only: what the server has prepared has names
/// of its own, and behind a pooler every statement goes unnamed.
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

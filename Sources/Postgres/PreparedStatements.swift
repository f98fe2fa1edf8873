/// What a connection's server process has prepared: for connections whose statements come again
/// and again, so that each is read and planned once.
///
/// Only where the connection leads to that process alone. A pooler such as pgbouncer hands one
/// process to many clients, and names prepared by one would not be there for the next; behind it
/// every statement goes unnamed.
final class PreparedStatements {
  private struct Key: Hashable {
    let sql: String
    /// Of the parameters, by their OIDs.
    let types: [UInt32]
  }
  private var names: [Key: String] = [:]
  /// Whether the connection leads to its process alone; nil: not asked yet.
  var isDirect: Bool?

  func name(_ statement: Statement, _ types: [UInt32]) -> String? {
    names[Key(sql: statement.sql, types: types)]
  }

  /// Nil where so many are kept that more would not come again.
  var nextName: String? { names.count < Self.most ? "patron_\(names.count + 1)" : nil }

  static let most = 256

  func keep(_ name: String, _ statement: Statement, _ types: [UInt32]) {
    names[Key(sql: statement.sql, types: types)] = name
  }

  func forget() {
    names = [:]
    isDirect = nil
  }
}

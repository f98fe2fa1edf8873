/// What is wrong with one field of one row of a feed, and what to do about it. A row is told all
/// its problems at once.
public struct FeedProblem: Error, Sendable, Hashable {
  /// Stable, stored with what is parked.
  public enum Code: String, Sendable, CaseIterable {
    /// Not JSON, not CSV, not UTF-8.
    case unreadable
    case missing
    case unknownField = "unknown field"
    case standsTwice = "stands twice"
    case wrongType = "wrong type"
    case badText = "bad text"
    case badAmount = "bad amount"
    case badNumber = "bad number"
    case badDate = "bad date"
    case badValue = "bad value"
    case otherCurrency = "other currency"
    case tooLarge = "too large"
    case tooMany = "too many"
  }

  public var code: Code
  /// `lines[2].total`, counted from 0 as JSONPath does; the column's name in a CSV; empty for the
  /// row as a whole.
  public var field: String
  /// One sentence without a full stop.
  public var reason: String
  /// What to do about it; empty where nothing can be said.
  public var remedy: String
  /// The file's line, where the problem is of one line of several that make a transaction.
  public var line: Int?

  public init(
    _ code: Code, _ field: String, _ reason: String, remedy: String = "", line: Int? = nil
  ) {
    self.code = code
    self.field = field
    self.reason = reason
    self.remedy = remedy
    self.line = line
  }
}

extension FeedProblem {
  /// As it is told behind the place of its transaction, which may be the problem's own.
  public func described(behindLine line: Int) -> String {
    var own = self
    if own.line == line { own.line = nil }
    return own.description
  }
}

extension FeedProblem: CustomStringConvertible {
  /// `lines[2].total: 12.345 has more than 2 decimals (write it with 2)`
  public var description: String {
    let place = [line.map { "line \($0)" }, field.isEmpty ? nil : field].compactMap(\.self)
    let name = place.isEmpty ? "" : place.joined(separator: ", ") + ": "
    return name + reason + (remedy.isEmpty ? "" : " (\(remedy))")
  }
}

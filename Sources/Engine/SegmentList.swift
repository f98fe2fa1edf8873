import Ledger
import Loyalty
import Rules

/// A segment whose members another system knows.
public enum SegmentList {
  public struct Result: Sendable {
    public var entered: Int
    public var left: Int
    /// What is neither a member's code nor a card.
    public var unknown: [String]
  }

  /// One member's code or card a line; what stands behind a comma, and a head, are passed over.
  public static func load(
    _ key: String, _ text: String, _ store: borrowing Store, now: Instant = .now
  ) throws -> Result {
    let programs = try ProgramSet(store)
    let declared = programs.entries.flatMap(\.rater.program.segments).filter { $0.key == key }
    guard let segment = declared.last else {
      throw EngineError("the program declares no segment `\(key)`")
    }
    guard segment.isList else {
      throw EngineError(
        "who is in `\(key)` is asked by its condition; only a segment that is `by list` is loaded")
    }
    let names = text.split(whereSeparator: \.isNewline).compactMap { line -> String? in
      let first = line.prefix { $0 != "," && $0 != ";" }
      let name = first.filter { $0 != "\"" && $0 != " " && $0 != "\u{FEFF}" }
      return name.isEmpty || ["member", "card"].contains(String(name)) ? nil : String(name)
    }
    try store.db.begin()
    do {
      let result = try store.replaceList(segment.id, key: key, with: names, at: now)
      try store.db.commit()
      return Result(entered: result.entered, left: result.left, unknown: result.unknown)
    } catch {
      store.db.rollback()
      throw error
    }
  }
}

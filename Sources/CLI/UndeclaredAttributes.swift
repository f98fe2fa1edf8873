import Engine
import Loyalty
import Rules

/// What a file's events carry and the program does not declare. It is no mistake of the till's, and
/// no reason to lose an event; but no rule reads it, and often it is a slip in a name.
struct UndeclaredAttributes {
  private struct Name: Hashable {
    var event: String
    var attribute: String
  }
  private let declared: DeclaredValues?
  private var counts: [Name: Int] = [:]
  /// More names than anybody reads: they are made up, one for each event.
  private static let mostNames = 20

  /// By the newest version of the program.
  init(_ programs: ProgramSet) {
    declared = programs.entries.last.map { DeclaredValues($0.rater.program) }
  }

  mutating func add(_ event: Transaction) {
    guard let declared else { return }
    for name in declared.undeclared(of: event.kind.text, event.attributes) {
      let key = Name(event: event.kind.text, attribute: name)
      if counts[key] != nil || counts.count < Self.mostNames { counts[key, default: 0] += 1 }
    }
  }

  /// A line for each name.
  var lines: [String] {
    counts.sorted { ($0.key.event, $0.key.attribute) < ($1.key.event, $1.key.attribute) }.map {
      let (event, name) = ($0.key.event, $0.key.attribute)
      let near = declared?.near(name, of: event).map { "did you mean `\($0)`? " } ?? ""
      let count = $0.value == 1 ? "1 event" : "\(Terminal.grouped($0.value)) events"
      return "`\(name)` of the event `\(event)` is not declared, so no rule reads it (\(count)): "
        + near + "declare it, or let the till leave it out"
    }
  }
}

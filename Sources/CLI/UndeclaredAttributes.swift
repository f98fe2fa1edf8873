import Engine
import Loyalty
import Rules

/// What a file's transactions carry and the program does not declare. It is no mistake of the
/// till's, and no reason to lose anything; but no rule reads it, and often it is a slip in a name.
struct UndeclaredAttributes {
  private enum Place: Hashable {
    case event(String)
    case transaction
    case line

    var words: String {
      switch self {
      case .event(let name): "of the event `\(name)`"
      case .transaction: "of the transaction"
      case .line: "of a line"
      }
    }
  }
  private struct Name: Hashable {
    var place: Place
    var attribute: String
  }
  private let declared: DeclaredValues?
  /// How many events, transactions or lines carry it.
  private var counts: [Name: Int] = [:]
  /// More names than anybody reads: they are made up, one for each event.
  private static let mostNames = 20

  /// By the newest version of the program.
  init(_ programs: ProgramSet) {
    declared = programs.entries.last.map { DeclaredValues($0.rater.program) }
  }

  mutating func add(_ transaction: Transaction) {
    guard let declared else { return }
    if case .event(let event) = transaction.kind {
      for name in declared.undeclared(of: event, transaction.attributes) {
        count(Name(place: .event(event), attribute: name))
      }
      return
    }
    for name in declared.undeclared(ofTransaction: transaction.attributes) {
      count(Name(place: .transaction, attribute: name))
    }
    for line in transaction.lines where !line.attributes.isEmpty {
      for name in declared.undeclared(ofLine: line.attributes) {
        count(Name(place: .line, attribute: name))
      }
    }
  }

  private mutating func count(_ name: Name) {
    if counts[name] != nil || counts.count < Self.mostNames { counts[name, default: 0] += 1 }
  }

  /// A line for each name.
  var lines: [String] {
    counts.sorted {
      ($0.key.place.words, $0.key.attribute) < ($1.key.place.words, $1.key.attribute)
    }
    .map { line($0.key, $0.value) }
  }

  private func line(_ name: Name, _ count: Int) -> String {
    let (near, what): (String?, String) =
      switch name.place {
      case .event(let event): (declared?.near(name.attribute, of: event), "event")
      case .transaction: (declared?.near(ofTransaction: name.attribute), "transaction")
      case .line: (declared?.near(ofLine: name.attribute), "line")
      }
    return "`\(name.attribute)` \(name.place.words) is not declared, so no rule reads it "
      + "(\(CheckCommand.counted(count, what))): " + (near.map { "did you mean `\($0)`? " } ?? "")
      + "declare it, or let the till leave it out"
  }
}

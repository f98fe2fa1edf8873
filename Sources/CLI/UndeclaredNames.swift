import Engine
import Loyalty
import Rules

/// Events and attributes of a file that the program does not declare. It is no mistake of the
/// till's, and no reason to lose anything; but such an event is parked and such an attribute read
/// by no rule, and often it is a slip in a name.
struct UndeclaredNames {
  private enum Place: Hashable {
    case kind
    case event(String)
    case transaction
    case line

    var words: String {
      switch self {
      case .kind: ""
      case .event(let name): "of the event `\(name)`"
      case .transaction: "of the transaction"
      case .line: "of a line"
      }
    }
  }
  private struct Name: Hashable {
    var place: Place
    var text: String
  }
  private let declared: DeclaredValues?
  private let intake: Intake?
  /// How many events, transactions or lines carry it.
  private var counts: [Name: Int] = [:]
  /// More names than anybody reads: they are made up, one for each event.
  private static let mostNames = 20

  /// Attributes by the newest version of the program, events by all of them.
  init(_ programs: ProgramSet) {
    intake = try? Intake(programs)
    declared = programs.entries.last.map { DeclaredValues($0.rater.program) }
  }

  mutating func add(_ transaction: Transaction) {
    guard let declared else { return }
    if case .event(let event) = transaction.kind {
      if intake?.declares(event: event) == false { count(Name(place: .kind, text: event)) }
      for name in declared.undeclared(of: event, transaction.attributes) {
        count(Name(place: .event(event), text: name))
      }
      return
    }
    for name in declared.undeclared(ofTransaction: transaction.attributes) {
      count(Name(place: .transaction, text: name))
    }
    for line in transaction.lines where !line.attributes.isEmpty {
      for name in declared.undeclared(ofLine: line.attributes) {
        count(Name(place: .line, text: name))
      }
    }
  }

  private mutating func count(_ name: Name) {
    if counts[name] != nil || counts.count < Self.mostNames { counts[name, default: 0] += 1 }
  }

  /// A line for each name.
  var lines: [String] {
    counts.sorted {
      ($0.key.place.words, $0.key.text) < ($1.key.place.words, $1.key.text)
    }
    .map { line($0.key, $0.value) }
  }

  private func line(_ name: Name, _ count: Int) -> String {
    let (near, what): (String?, String) =
      switch name.place {
      case .kind: (intake?.nearEvent(to: name.text), "transaction")
      case .event(let event): (declared?.near(name.text, of: event), "event")
      case .transaction: (declared?.near(ofTransaction: name.text), "transaction")
      case .line: (declared?.near(ofLine: name.text), "line")
      }
    let shown = "`\(name.text)`"
    let meant = near.map { "did you mean `\($0)`? " } ?? ""
    let counted = CheckCommand.counted(count, what)
    guard name.place == .kind else {
      return "\(shown) \(name.place.words) is not declared, so no rule reads it (\(counted)): "
        + meant + "declare it, or let the till leave it out"
    }
    return "the program declares no event \(shown), so it waits parked (\(counted)): " + meant
      + "declare it and `patron parked release`, or send it again by its right name, under an id "
      + "of its own"
  }
}

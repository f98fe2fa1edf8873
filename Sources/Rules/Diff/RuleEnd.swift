import Loyalty
import YAML

/// Ends a rule in its files by a last day that is over, and changes nothing else: its name, and
/// with it counters, limits and what groups and examples say of it, stays.
public enum RuleEnd {
  public enum Answer: Sendable {
    /// The files with the rule ended, and the place that was changed.
    case ended([SourceFile], at: Place)
    /// It ended before.
    case over(CivilDate)
    /// No rule has this name; the nearest one.
    case unknown(near: String?)
    /// The rule is not written as lines that can be changed.
    case cannot(Place)
  }

  /// `lastDay` is to be over everywhere: the day before the day before, for stores lie in other
  /// zones.
  public static func end(_ rule: String, in files: [SourceFile], lastDay: CivilDate) -> Answer {
    var names: [String] = []
    for (index, file) in files.enumerated() {
      let rules = TextParser.parse(file).root?["rules"]?.entries ?? []
      names += rules.map(\.name)
      guard let found = rules.first(where: { $0.name == rule }) else { continue }
      if let to = found.value["to"]?.text.flatMap({ CivilDate($0) }), to <= lastDay {
        return .over(to)
      }
      guard let ended = ended(found, file, lastDay) else { return .cannot(found.key.place) }
      var files = files
      files[index] = ended.0
      return .ended(files, at: ended.1)
    }
    return .unknown(near: NearName.of(rule, among: names))
  }

  private static func ended(_ rule: Node.Entry, _ file: SourceFile, _ day: CivilDate)
    -> (SourceFile, Place)?
  {
    guard let first = rule.value.entries?.first?.key.place else { return nil }
    var file = file
    // From behind, so that places before a change hold.
    var changes: [(Place, (SourceFile) -> SourceFile?)] = []
    if let from = rule.value["from"],
      from.text.flatMap({ CivilDate($0) }).map({ $0 > day }) ?? false
    {
      changes.append((from.place, { $0.replacing(from.place, with: "\(day)") }))
    }
    if let to = rule.value["to"] {
      changes.append((to.place, { $0.replacing(to.place, with: "\(day)") }))
    } else if file.written(
      at: Place(
        file: file.name, line: rule.value.place.line, column: rule.value.place.column, length: 1))
      == "{"
    {
      changes.append((first, { $0.inserting("to: \(day), ", before: first) }))
    } else {
      let indent = String(repeating: " ", count: first.column - 1)
      changes.append((first, { $0.inserting("to: \(day)\n\(indent)", before: first) }))
    }
    for (_, change) in changes.sorted(by: { $0.0 > $1.0 }) {
      guard let changed = change(file) else { return nil }
      file = changed
    }
    let place = rule.value["to"]?.place ?? first
    return (
      file, Place(file: file.name, line: place.line, column: place.column, length: place.length)
    )
  }
}

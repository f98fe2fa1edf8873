import YAML

/// Sets and conditions that lead back to themselves by their names.
enum Circles {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let sets = program.sets.map { key, items in
      var names: [String] = []
      items.walk { if case .set(let name) = $0 { names.append(name.value) } }
      return (key, names)
    }
    let conditions = program.conditions.map { key, condition in
      var names: [String] = []
      condition.walk { if case .named(let name) = $0 { names.append(name.value) } }
      return (key, names)
    }
    return circles("set", sets) + circles("condition", conditions)
  }

  private enum State { case open, closed }

  /// One diagnostic for each circle, at the name that closes it.
  private static func circles(_ kind: String, _ things: [(Written<String>, [String])])
    -> [Diagnostic]
  {
    let leads = Dictionary(things.map { ($0.0.value, $0) }, uniquingKeysWith: { first, _ in first })
    var states: [String: State] = [:]
    var found: [Diagnostic] = []
    for (key, _) in things where states[key.value] == nil {
      // Depth first with a stack of its own: chains of names may be long.
      var path: [(name: String, next: Int)] = [(key.value, 0)]
      states[key.value] = .open
      while let last = path.last {
        let names = leads[last.name]?.1 ?? []
        guard last.next < names.count else {
          states[last.name] = .closed
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let name = names[last.next]
        if states[name] == .open, let place = leads[last.name]?.0.place {
          found.append(
            Diagnostic(
              "R052", at: place, "the \(kind) `\(last.name)` leads back to itself by `\(name)`",
              help: "say at one place what it is"))
        } else if states[name] == nil, leads[name] != nil {
          states[name] = .open
          path.append((name, 0))
        }
      }
    }
    return found
  }
}

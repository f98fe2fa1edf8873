import YAML

/// Segments and `unless` are asked at any time: only of the member and her history.
enum StandingQuestions {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let members = Set(program.attributes.member.map(\.value))
    let conditions = Dictionary(
      program.conditions.map { ($0.key.value, $0.condition) }, uniquingKeysWith: { a, _ in a })
    var lists: Set<String> = []
    for segment in program.segments {
      if case .list = segment.source { lists.insert(segment.key.value) }
    }
    var found: [Diagnostic] = []
    func check(_ condition: ConditionSyntax, _ what: String, at place: Place) {
      condition.walk { part in
        if case .named(let name) = part, let inner = conditions[name.value] {
          check(inner, what, at: name.place)
        } else if let (word, at) = wrong(part, members, lists) {
          found.append(
            Diagnostic(
              "R091", at: at ?? place, "\(what) cannot ask for `\(word)`",
              help: "ask about the member, or about her purchases with `history`"))
        }
      }
    }
    for segment in program.segments {
      guard case .condition(let condition) = segment.source else { continue }
      check(condition, "a segment", at: segment.key.place)
    }
    for currency in program.currencies {
      guard let unless = currency.unless else { continue }
      check(unless, "`unless`", at: currency.key.place)
    }
    return found
  }

  /// A question about this purchase, its place or its hour, and where it stands.
  private static func wrong(
    _ condition: ConditionSyntax, _ members: Set<String>, _ lists: Set<String>
  ) -> (String, Place?)? {
    switch condition {
    case .hours(_, let place): ("hours", place)
    case .weekdays(_, let place): ("weekday", place)
    case .daysOfMonth(_, let place): ("day", place)
    case .dates(_, let place): ("date", place)
    case .holidays(let names): ("holiday", names.first?.place)
    case .stores(let names): ("store", names.first?.place)
    case .regions(let names): ("region", names.first?.place)
    case .channels(let names): ("channel", names.first?.place)
    case .partners(let names): ("partner", names.first?.place)
    case .coupons(let names): ("coupon", names.first?.place)
    case .tender(_, let place): ("tender", place)
    case .basket(let goals): ("basket", goals.first?.place)
    case .reach(let goal): ("reach", goal.place)
    case .segments(let names):
      names.first { !lists.contains($0.value) }.map { ($0.value, $0.place) }
    case .attribute(let name, _) where !members.contains(name.value): (name.value, name.place)
    default: nil
    }
  }
}

import YAML

/// What a member buys most of chooses lines; it cannot be summed up, for it changes with each sum.
enum FavouritePlaces {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let sets = Dictionary(
      program.sets.map { ($0.key.value, $0.items) }, uniquingKeysWith: { a, _ in a })
    var found: [Diagnostic] = []
    func look(_ items: ItemsSyntax?, _ what: String) {
      guard let items, let place = favourite(in: items, sets) else { return }
      found.append(
        Diagnostic(
          "R093", at: place, "`favourite` cannot stand in \(what)",
          help: "it chooses the lines of a rule, a coupon, a reward or a `basket`"))
    }
    look(program.counts.items, "`counts`")
    for tier in program.tiers {
      for goal in (tier.qualify?.goals ?? []) + (tier.renew?.goals ?? []) {
        look(goal.items, "`qualify`")
      }
    }
    program.forEachCondition { condition, _ in
      switch condition {
      case .history(let goals): for goal in goals { look(goal.items, "`history`") }
      case .reach(let goal): look(goal.items, "`reach`")
      default: break
      }
    }
    return found
  }

  private static func favourite(
    in items: ItemsSyntax, _ sets: [String: ItemsSyntax]
  ) -> Place? {
    var place: Place?
    items.walk { part in
      switch part {
      case .favourite(_, _, let at): place = place ?? at
      case .set(let name):
        if let inner = sets[name.value], favourite(in: inner, sets) != nil {
          place = place ?? name.place
        }
      default: break
      }
    }
    return place
  }
}

import Loyalty

extension Program {
  /// Segments that are lists loaded from elsewhere.
  public var lists: Set<SegmentID> { Set(segments.filter(\.isList).map(\.id)) }

  /// The facts that lie in no event and in nothing that rating keeps: what stands at the member,
  /// and on which lists she is.
  public var memberFacts: Set<CounterID> {
    var facts = tableFacts
    let lists = lists
    for case .segment(let segment, let fact) in conditionNodes where lists.contains(segment) {
      facts.insert(fact)
    }
    facts.formUnion(attributeTests.map(\.memberFact))
    facts.formUnion([birthdayFact, joinedFact])
    facts.remove(0)
    return facts
  }

  /// Where a budget did not reach, what was left of it: only the first rating knows.
  public var budgetFacts: Set<CounterID> { Set(budgets.map(\.fact)) }

  /// Of these, answers that are places among this program's own words: another version's mean
  /// something else.
  public var tableFacts: Set<CounterID> { Set(memberWords.map(\.fact)) }
}

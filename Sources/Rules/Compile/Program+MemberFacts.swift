import Loyalty

extension Program {
  /// The facts that lie in no event and in nothing that rating keeps: what stands at the member.
  public var memberFacts: Set<CounterID> {
    var facts = tableFacts
    facts.formUnion(attributeTests.map(\.memberFact))
    facts.formUnion([birthdayFact, joinedFact])
    facts.remove(0)
    return facts
  }

  /// Of these, answers that are places among this program's own words: another version's mean
  /// something else.
  public var tableFacts: Set<CounterID> { Set(memberWords.map(\.fact)) }
}

import Loyalty

/// What time alone brings: days of the calendar, segments, points that live by activity.
extension Compiler {
  /// Numbers first, for any condition may ask for a segment.
  mutating func nameSegments() {
    for segment in syntax.segments {
      segmentPlaces[segment.key.value] = program.segments.count
      program.segments.append(
        Segment(
          id: registry.segment(segment.key.value), key: segment.key.value, condition: -1,
          isList: true))
    }
  }

  mutating func addLife() {
    for (place, segment) in syntax.segments.enumerated() {
      guard case .condition(let condition) = segment.source else { continue }
      program.segments[place].condition = self.condition(condition, nil)
      program.segments[place].isList = false
      program.needsMember = true
    }
    for (place, currency) in syntax.currencies.enumerated() { addExpiry(currency, place) }
    let isInactivityAsked = syntax.rules.contains {
      if case .calendar(.inactive) = $0.trigger { return true }
      return false
    }
    if isInactivityAsked { program.inactivity = activity([]) }
    let reviewed = Set(program.earnedCounters.map(\.currency))
    let waits =
      program.currencies.contains { $0.pending != nil && reviewed.contains($0.id) }
      || program.rules.contains { rule in
        let given =
          program.earns[rule.earns].map(\.currency)
          + program.multiplies[rule.multiplies].map(\.currency)
        return rule.pending >= 0
          && given.contains { reviewed.contains(program.currencies[$0].id) }
      }
    program.livesByCalendar =
      waits || !program.calendar.isEmpty || !program.ownExpiries.isEmpty
      || program.segments.contains { !$0.isList } || !program.heldTiers.isEmpty
      || program.tiers.contains { $0.begins != nil }
    if program.livesByCalendar { program.needsMember = true }
  }

  private mutating func addExpiry(_ currency: CurrencySyntax, _ place: Int) {
    let expiry = program.currencies[place].expiry
    guard expiry.isByActivity || currency.unless != nil else { return }
    var own = OwnExpiry(currency: place, id: program.currencies[place].id, activity: 0, unless: -1)
    // What a day of the calendar gives lives as long as what a purchase gives.
    if expiry.isByActivity {
      own.activity = activity(currency.activity.map(\.value), orEarning: currency.key.value)
    }
    if let unless = currency.unless { own.unless = condition(unless, nil) }
    program.ownExpiries.append(own)
    program.ownExpiryIDs.append(own.id)
  }

  /// The counter that holds the day of the last activity; no words are all that members do.
  private mutating func activity(_ words: [String], orEarning key: String? = nil) -> CounterID {
    var text = words.isEmpty ? "any kind" : words.sorted().joined(separator: ", ")
    let place = words.isEmpty ? key.flatMap { currencyPlaces[$0] } : nil
    if let key, place != nil { text += " and of earning \(key)" }
    let id = counter("day of the last activity of \(text)")
    if !program.activityCounters.contains(where: { $0.id == id }) {
      let names = words.filter { $0 != "purchase" && $0 != "redemption" }
      program.activityCounters.append(
        ActivityCounter(
          id: id, isAny: words.isEmpty, countsPurchases: words.contains("purchase"),
          events: names.map { registry.symbol($0) },
          earned: place.map { program.currencies[$0].id } ?? 0))
    }
    return id
  }

  /// Where the segments of a table stand among what is asked of members: the first that she is in.
  mutating func segmentWords(_ words: [String]) -> String {
    let name = "segment of " + words.joined(separator: ", ")
    if !program.memberWords.contains(where: { $0.name == name }) {
      let ids = words.compactMap { segmentPlaces[$0].map { program.segments[$0].id } }
      program.memberWords.append(
        MemberWords(name: name, words: words, fact: counter(name), segments: ids))
    }
    return name
  }
}

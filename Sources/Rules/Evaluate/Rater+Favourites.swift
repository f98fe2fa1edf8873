import Loyalty

/// What a member has bought most of, before this purchase.
extension Rater {
  /// The answers for one event, kept among the facts; of equal ones the symbol that came first.
  func favourites(_ account: Account, _ outcome: inout Outcome) -> [Symbol] {
    program.favourites.map { favourite in
      var best: (symbol: Int32, quantity: Int64) = (0, 0)
      for value in account.counters where value.counter == favourite.id {
        let symbol = value.bucket.day
        let isFirst = value.value == best.quantity && symbol < best.symbol
        if value.value > best.quantity || (isFirst && value.value > 0) {
          best = (symbol, value.value)
        }
      }
      let fact = known(favourite.fact) ?? Int64(best.symbol)
      outcome.facts.append(Fact(id: favourite.fact, value: fact))
      return Symbol(id: Int32(truncatingIfNeeded: fact))
    }
  }

  /// Adds a basket to what was bought of each category or product.
  mutating func countFavourites(
    _ event: Event, _ account: inout Account, only: Set<CounterID>? = nil
  ) {
    for favourite in program.favourites {
      if let only, !only.contains(favourite.id) { continue }
      for index in event.lines.indices
      where basket.contains(index, favourite.selector, event, shared) {
        let symbol = favourite.symbol(of: event.lines[index])
        guard symbol != .none else { continue }
        account.count(favourite.id, CivilDate(day: symbol.id), basket.shares[index].quantity)
      }
    }
  }
}

import Loyalty

/// A line as a benefit finds it: what is left of its price, and what it holds.
struct OpenLine: Sendable {
  var left: Int64
  /// Millionths; above zero.
  var quantity: Int64
  /// Counted in whole pieces; anything else (a weighed line) is one piece.
  var isPieces: Bool

  var pieces: Int64 { isPieces ? quantity / Quantity.scale : 1 }
}

/// How many units are meant at most, in millionths, and which go first: the dearest, or the
/// cheapest.
struct UnitChoice: Sendable {
  var most: Int64
  var isCheapest: Bool
}

/// What a benefit would take off each line of a bill.
struct Offer: Sendable {
  /// Minor units and millionths of units, one a line.
  var amounts: [Int64]
  var units: [Int64]

  var total: Int64 { amounts.reduce(0, +) }

  /// Nothing off so many lines.
  init(nothing lines: Int) {
    amounts = Array(repeating: 0, count: lines)
    units = amounts
  }

  /// `lines` are those that are meant, the others nil; `mostUnits` are millionths; `cheapest`
  /// means only so many units of them.
  init(
    _ form: BenefitSyntax, times: Int64, mostUnits: Int64, _ lines: [OpenLine?],
    _ rounding: Rounding, cheapest: Int64 = 0
  ) {
    let places = lines.indices.filter { lines[$0] != nil }
    let meant = places.compactMap { lines[$0] }
    let choice =
      cheapest > 0
      ? UnitChoice(most: min(mostUnits, cheapest * times * Quantity.scale), isCheapest: true)
      : UnitChoice(most: mostUnits, isCheapest: false)
    let (cents, units) = Offer.reckon(form, times, choice, meant, rounding)
    amounts = Array(repeating: 0, count: lines.count)
    self.units = amounts
    for (index, place) in places.enumerated() {
      amounts[place] = min(cents[index], meant[index].left)
      self.units[place] = cents[index] > 0 ? units[index] : 0
    }
  }

  private static func reckon(
    _ form: BenefitSyntax, _ times: Int64, _ choice: UnitChoice, _ lines: [OpenLine],
    _ rounding: Rounding
  ) -> (cents: [Int64], units: [Int64]) {
    let mostUnits = choice.most
    switch form {
    case .off(.money(let money)) where choice.isCheapest:
      // The price of the chosen units is all that can come off.
      let (prices, taken) = reckon(.off(.share(Quantity.scale)), 1, choice, lines, rounding)
      let whole = prices.reduce(Int128(0)) { $0 + Int128($1) }
      let total = min(Int128(money.minor) * Int128(times), whole)
      let shares = LineShares(prices.map { Int128($0) * total }, over: max(whole, 1))
      return (shares.cents(adding: Int64(total)), taken)
    case .off(.money(let money)):
      let whole = lines.reduce(Int128(0)) { $0 + Int128($1.left) }
      let total = min(Int128(money.minor) * Int128(times), whole)
      let shares = LineShares(lines.map { Int128($0.left) * total }, over: whole)
      return (shares.cents(adding: Int64(total)), lines.map(\.quantity))
    case .free(let units, let cheapest):
      return chosen(
        lines,
        pieces(
          lines, min(units * times, mostUnits / Quantity.scale), cheapest || choice.isCheapest))
    case .bundle(let buy, let pay):
      return chosen(lines, bundled(lines, buy, pay, mostUnits / Quantity.scale))
    default:
      let taken = limited(lines, choice)
      let scale = Int128(Quantity.scale)
      let numerators = zip(lines, taken).map { line, units -> Int128 in
        let price = Int128(line.left) * scale
        switch form {
        case .off(.share(let share)): return price * Int128(share) / scale
        case .off(.perUnit(let money)):
          return min(Int128(money.minor) * Int128(units) * Int128(times), price)
        case .fixed(let money):
          return max(0, price - Int128(money.minor) * Int128(line.quantity))
        default: return 0
        }
      }
      // What goes by the line's price goes by the units of it that are meant.
      let isPrice = if case .off(.perUnit) = form { false } else { true }
      guard isPrice, taken != lines.map(\.quantity) else {
        return (LineShares(numerators, over: scale).cents(rounding), taken)
      }
      let shares = LineShares(
        zip(numerators, taken).map { $0 * Int128($1) },
        each: lines.map { Int128($0.quantity) * scale })
      return (shares.cents(rounding), taken)
    }
  }

  /// Whole pieces, so many of each line.
  private static func chosen(_ lines: [OpenLine], _ pieces: [Int64]) -> (
    cents: [Int64], units: [Int64]
  ) {
    let shares = LineShares(
      zip(lines, pieces).map { Int128($0.left) * Int128($1) },
      each: lines.map { Int128(max($0.pieces, 1)) })
    let units = zip(lines, pieces).map { line, pieces in
      line.isPieces ? pieces * Quantity.scale : pieces > 0 ? line.quantity : 0
    }
    return (shares.cents(.down), units)
  }

  /// Lines by the price of a piece, the dearest first; of equal ones the first on the bill.
  private static func dearestFirst(_ lines: [OpenLine]) -> [Int] {
    lines.indices.sorted { a, b in
      let first = Int128(lines[a].left) * Int128(max(lines[b].pieces, 1))
      let second = Int128(lines[b].left) * Int128(max(lines[a].pieces, 1))
      return first != second ? first > second : a < b
    }
  }

  private static func pieces(_ lines: [OpenLine], _ most: Int64, _ cheapest: Bool) -> [Int64] {
    var pieces = lines.map { _ in Int64(0) }
    var left = most
    let order = dearestFirst(lines)
    for place in cheapest ? order.reversed() : order where left > 0 {
      pieces[place] = min(lines[place].pieces, left)
      left -= pieces[place]
    }
    return pieces
  }

  /// The pieces stand from the dearest to the cheapest; in each full group the last are free.
  private static func bundled(
    _ lines: [OpenLine], _ buy: Int64, _ pay: Int64, _ most: Int64
  ) -> [Int64] {
    let whole = lines.reduce(0) { $0 + $1.pieces } / buy * buy
    func free(upTo place: Int64) -> Int64 {
      let place = min(place, whole)
      return min(most, place / buy * (buy - pay) + max(0, place % buy - pay))
    }
    var pieces = lines.map { _ in Int64(0) }
    var place: Int64 = 0
    for index in dearestFirst(lines) {
      let end = place + lines[index].pieces
      pieces[index] = free(upTo: end) - free(upTo: place)
      place = end
    }
    return pieces
  }

  /// The quantity of each line that a limit of units leaves: of the dearest lines first, or of the
  /// cheapest where these are meant.
  private static func limited(_ lines: [OpenLine], _ choice: UnitChoice) -> [Int64] {
    guard lines.reduce(0, { $0 + $1.quantity }) > choice.most else { return lines.map(\.quantity) }
    var left = choice.most
    var taken = lines.map { _ in Int64(0) }
    let order = lines.indices.sorted { a, b in
      let first = Int128(lines[a].left) * Int128(lines[b].quantity)
      let second = Int128(lines[b].left) * Int128(lines[a].quantity)
      return first != second ? first > second : a < b
    }
    for place in choice.isCheapest ? order.reversed() : order where left > 0 {
      taken[place] = min(lines[place].quantity, left)
      left -= taken[place]
    }
    return taken
  }
}

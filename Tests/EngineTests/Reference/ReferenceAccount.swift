import Loyalty

/// The program that the reference model knows, and nothing else.
enum ReferenceProgram {
  static let text = """
    program: reference
    timezone: Europe/Berlin
    money: EUR
    currencies:
      points: {pending: 7 days, expires: 3 months after earning, returns: debt}
      stamps: {kind: stamps, expires: end of next month, returns: balance}
    counts:
      items: {not: {category: [gift-cards]}}
      tender: {not: points}
    tiers:
      basic:
      silver:
        qualify: {spend: at least 400.00, within: calendar quarter}
        keeps: end of next calendar quarter
    rules:
      base: {earn: {points: 1 per 2.00}}
      cards: {items: {category: cards}, earn: {points: 1 per 1.00}}
      silver-double: {when: {tier: silver}, multiply: {points: 2}}
      bonus:
        when: {basket: {items: {category: candles}, quantity: at least 2}}
        earn: {points: 30, stamps: 1}
        limit: {times: 2 per month}
    rewards:
      voucher: {price: {points: 80}, off: 5.00, valid: 6 months}
      pay: {pays: 1.00 per 100 points}
    """
  static let price: Int64 = 80
}

/// An account as a list of lots and of purchases, from which everything else is reckoned anew each
/// time. It follows config/README.md and shares nothing with the engine but days and the time zone.
struct ReferenceAccount {
  enum Currency: String, CaseIterable { case points, stamps }
  /// Points of one currency that fall due and end together.
  struct Lot {
    var currency: Currency
    /// From when they can be spent; the distant past where they never waited.
    var due: Instant
    /// The first instant at which they are gone.
    var expires: Instant
    var granted: Int64 = 0
    var spent: Int64 = 0
    var expired: Int64 = 0
    var reversed: Int64 = 0
    var held: Int64 = 0
    var left: Int64 { granted - spent - expired - reversed - held }
  }
  /// What the ledger tells of a currency beside its lots.
  struct Sums: Equatable {
    var debt: Int64 = 0
    var earned: Int64 = 0
    var reversed: Int64 = 0
    var spent: Int64 = 0
    var expired: Int64 = 0
    var adjusted: Int64 = 0
    var transferred: Int64 = 0
  }
  struct Line {
    var sku: String
    var category: String
    /// Of one piece, in cents.
    var price: Int64
    var count: Int64
  }
  struct Purchase {
    var id: String
    var at: Instant
    var day: CivilDate
    /// What was not brought back.
    var lines: [Line]
    /// Its price in all and what points paid of it, in cents, and the lots that paid, in their
    /// order.
    var price: Int64 = 0
    var paid: Int64 = 0
    var payments: [Lot] = []
    /// Of those points, what was given back.
    var givenBack: Int64 = 0
    var isSilver = false
    /// As it stands, and as it was bought.
    var hasBonus = false
    var hadBonus = false
    var due = Instant.distantPast
    var expires = Instant.distantPast
    var stampsExpire = Instant.distantPast
  }
  /// That a quarter's goal was met, and the purchase that met it.
  struct Ground {
    var quarter: CivilDate
    var cause: String
    var until: Instant
  }
  /// A time as silver.
  struct Silver {
    var since: Instant
    var until: Instant
  }
  /// What came back of a purchase, and what was taken for it.
  struct Return {
    var id: String
    var purchase: String
    var pieces: [String: Int64]
    /// Of each lot, in the order in which it was taken.
    var taken: [Lot] = []
    /// What was not there, and is not owed.
    var letGo: [Currency: Int64] = [:]
    var isVoid = false
  }

  /// Points that are set aside, or were.
  struct Hold {
    enum State { case open, captured, over }
    var id: String
    var until: Instant
    /// Of each lot that pays, in their order.
    var pieces: [Lot]
    /// A voucher so many times; 0: points as they are.
    var vouchers: Int64
    var state = State.open
    /// Made in an account that has gone into this one.
    var isOfAnother = false
  }

  let zone: Zone
  var holds: [Hold] = []
  var clock = Instant.distantPast
  var lots: [Lot] = []
  var sums: [Currency: Sums] = [.points: Sums(), .stamps: Sums()]
  var purchases: [Purchase] = []
  var returns: [Return] = []
  var grounds: [Ground] = []
  var silver: [Silver] = []

  init(_ zone: Zone) { self.zone = zone }

  // MARK: - Time

  /// Releases and ends lots up to and with an instant, in the order of time.
  mutating func advance(to instant: Instant) {
    while let next = nextInstant(upTo: instant) {
      for place in lots.indices where lots[place].due == next && next > clock { release(place) }
      clock = max(clock, next)
      for place in holds.indices where holds[place].state == .open && holds[place].until <= clock {
        free(holds[place].pieces)
        holds[place].state = .over
      }
      for place in lots.indices where lots[place].expires <= clock && lots[place].left > 0 {
        sums[lots[place].currency]!.expired += lots[place].left
        lots[place].expired += lots[place].left
      }
    }
    clock = max(clock, instant)
  }

  private func nextInstant(upTo instant: Instant) -> Instant? {
    let lapses = holds.filter { $0.state == .open }.map(\.until)
    let ends = lots.filter { $0.left > 0 }.flatMap { lot in
      [lot.due].filter { $0 > clock } + [max(lot.expires, clock)]
    }
    return (lapses + ends).filter { $0 <= instant }.min()
  }

  /// Points that fall due pay what is owed first.
  private mutating func release(_ place: Int) {
    let currency = lots[place].currency
    let paid = min(sums[currency]!.debt, lots[place].left)
    sums[currency]!.debt -= paid
    lots[place].spent += paid
  }

  func isPending(_ lot: Lot) -> Bool { lot.due > clock }

  func available(_ currency: Currency) -> Int64 {
    lots.filter { $0.currency == currency && !isPending($0) }.reduce(0) { $0 + $1.left }
  }

  func pending(_ currency: Currency) -> Int64 {
    lots.filter { $0.currency == currency && isPending($0) }.reduce(0) { $0 + $1.left }
  }

  // MARK: - Points

  /// Takes points in; what is owed is paid first, where they do not wait.
  mutating func receive(
    _ amount: Int64, _ currency: Currency, due: Instant, expires: Instant, at: Instant
  ) {
    var rest = amount
    if due <= max(clock, at) {
      let paid = min(rest, sums[currency]!.debt)
      sums[currency]!.debt -= paid
      rest -= paid
    }
    guard rest > 0 else { return }
    let known = lots.firstIndex {
      $0.currency == currency && $0.due == due && $0.expires == expires
    }
    let place = known ?? lots.count
    if known == nil { lots.append(Lot(currency: currency, due: due, expires: expires)) }
    lots[place].granted += rest
  }

  /// The lots that can be spent, the earliest end first; what came back after its end is gone.
  private func order(_ currency: Currency) -> [Int] {
    lots.indices.filter {
      lots[$0].currency == currency && lots[$0].left > 0 && !isPending(lots[$0])
        && lots[$0].expires > clock
    }.sorted { (lots[$0].expires, lots[$0].due) < (lots[$1].expires, lots[$1].due) }
  }

  /// Spends; gives what each lot paid, and leaves what is missing to the caller.
  mutating func spend(_ amount: Int64, _ currency: Currency) -> [Lot] {
    var (rest, taken): (Int64, [Lot]) = (amount, [])
    for place in order(currency) where rest > 0 {
      let used = min(rest, lots[place].left)
      lots[place].spent += used
      rest -= used
      var part = Lot(
        currency: currency, due: lots[place].due, expires: lots[place].expires)
      part.granted = used
      taken.append(part)
    }
    return taken
  }

  /// Takes back what a purchase had given: from its own lot, from others, into debt where the
  /// currency's `returns` is `debt`.
  mutating func takeBack(
    _ amount: Int64, _ currency: Currency, due: Instant, expires: Instant, owes: Bool,
    _ back: inout Return
  ) {
    var rest = amount
    let own = lots.indices.filter {
      lots[$0].currency == currency && lots[$0].due == due && lots[$0].expires == expires
        && lots[$0].left > 0 && lots[$0].expires > clock
    }
    for place in own + order(currency).filter({ !own.contains($0) }) where rest > 0 {
      let used = min(rest, lots[place].left)
      lots[place].reversed += used
      sums[currency]!.reversed += used
      rest -= used
      var piece = Lot(currency: currency, due: lots[place].due, expires: lots[place].expires)
      piece.granted = used
      back.taken.append(piece)
    }
    guard owes else {
      back.letGo[currency] = rest
      return
    }
    sums[currency]!.debt += rest
    sums[currency]!.reversed += rest
  }
}

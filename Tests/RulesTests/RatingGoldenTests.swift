import Loyalty
import Rules
import Testing
import YAML

/// Random events under a program that uses nearly everything: whatever is done to make rating fast,
/// what it says stays the
/// same to the last part. The number is re-recorded only where the meaning of the language changes.
@Suite struct RatingGoldenTests {
  @Test func whatRatingSaysStaysTheSame() throws {
    var digest = Digest()
    let result = ProgramReader.read([SourceFile(name: "golden.yaml", text: Self.program)])
    for diagnostic in result.diagnostics { Issue.record("\(diagnostic)") }
    var registry = Registry()
    let program = Compiler.compile(
      try #require(result.program), zone: Self.zone, registry: &registry)
    var rater = Rater(program)
    var outcome = Outcome()
    var random = Numbers(state: 20_250_101)
    var accounts = (0..<40).map { number in
      var account = Account(shard: Int16(number), id: Int64(number))
      account.birthday = CivilDate(year: 1980, month: 1 + number % 12, day: 1 + number % 28)
      account.joined = CivilDate(year: 2025, month: 1 + number % 3, day: 5)
      return account
    }
    var parts = 0
    for number in 0..<12_000 {
      let place = random.below(accounts.count)
      let event = self.event(number, &random, &registry)
      rater.rate(event, &accounts[place], &outcome)
      accounts[place].position += 1
      digest.add(outcome)
      parts += outcome.parts.count
    }
    for account in accounts { digest.add(account) }
    #expect(parts > 30_000)
    #expect(digest.value == Self.recorded)
  }

  private static let recorded: UInt64 = 12_863_757_823_424_497_354

  private func event(_ number: Int, _ random: inout Numbers, _ registry: inout Registry) -> Event {
    let kinds: [EventKind] = [.sale, .sale, .sale, .sale, .sale, .sale, .sale, .return, .exchange]
    // Two years, now and then a little late.
    var at = Instant(seconds: 1_735_740_000 + Int64(number) * 5_000)
    if random.below(20) == 0 { at = at + Int64(-86_400 * random.below(40)) }
    var event = Event(seq: Int64(number), kind: random.pick(kinds), at: at, offset: -6 * 3600)
    event.store = registry.symbol(random.pick(["1", "2", "3"]))
    event.channel = registry.symbol(random.pick(["store", "web"]))
    event.isTraining = random.below(50) == 0
    for _ in 0..<random.below(7) {
      var line = Line(
        product: registry.symbol("S\(random.below(12))"),
        category: registry.symbol(random.pick(["cards", "wrap", "candy", "stamps", "plush"])),
        quantity: Quantity(millionths: Int64(random.below(4_000)) * 1_000),
        total: Money(minor: Int64(random.below(6_000) - (random.below(30) == 0 ? 5_000 : 0))))
      line.storeDiscount = Money(minor: Int64(random.below(3) * 50))
      line.tax = Money(minor: Int64(random.below(300)))
      event.lines.append(line)
    }
    for _ in 0..<random.below(3) {
      event.tenders.append(
        EventTender(
          kind: registry.symbol(random.pick(["cash", "own-card", "points"])),
          amount: Money(minor: Int64(random.below(9_000)))))
    }
    if random.below(40) == 0 { event.coupons = ["SPRING"] }
    return event
  }

  /// Chicago, as far as 2025 and 2026 go.
  private static let zone = Zone(
    name: "America/Chicago",
    changes: [1_741_507_200, 1_762_066_800, 1_772_956_800, 1_793_516_400],
    offsets: [-21_600, -18_000, -21_600, -18_000, -21_600])

  private static let program = """
    program: golden
    timezone: America/Chicago
    money: USD

    currencies:
      points: {worth: 1.00 per 100, expires: end of month 6 months after earning}
      stars:
        kind: status
        decimals: 2
        rounds: half-up
        pending: 14 days
        expires: never
        returns: pending

    sets:
      cards: {category: cards, not: {sku: [S1]}}
      sweet: {any: [{category: candy}, {sku: [S3, S4]}]}

    counts:
      tender: {not: points}
      items: {not: {category: stamps}}

    tiers:
      member:
      silver:
        qualify: {spend: at least 300.00, within: calendar year}
        keeps: 3 months
        falls: one step
      gold:
        qualify:
          any:
            - {points: at least 1500, within: 6 months}
            - {visits: at least 40, within: calendar quarter}
        keeps: end of calendar month
        falls: one step
        grace: 1 week
        gives: {coupon: hello}

    groups:
      loud: best
      heap: add
      tower: compound
      turn: {first: [turn-b, turn-a]}
      prize: best

    rules:
      base:
        earn: {points: 1 per 1.00}
      stars:
        earn: {stars: 1.25 per 2.00 pro rata}
      sweets:
        items: sweet
        earn: {points: 3 per unit}
      slices:
        items: {category: plush}
        earn:
          points: {by: slice, table: {0.00: 1 per 5.00, 20.00: 1 per 2.00, 60.00: 1 per 1.00}}
      steps:
        when: {weekday: [mon, wed, fri]}
        earn:
          points: {by: spend, table: {30.00: 5, 70.00: 20}}
          stars: {by: tier, table: {member: 1, silver: 2.5, gold: 4}}
      own-card:
        tender: own-card
        earn: {points: 2 per 1.00}
      tiered:
        when: {tier: silver or above}
        multiply: {points: {by: tier, table: {silver: 1.5, gold: 2}}}
      cards-double:
        items: cards
        when: {hours: 08:00 to 20:00}
        multiply: {points: 2}
      own-card-triple:
        tender: own-card
        multiply: {points: 3}
      loud-a:
        items: {category: [cards, wrap]}
        multiply: {points: 1.5}
        group: loud
      loud-b:
        items: sweet
        multiply: {points: 2.5, stars: 2}
        group: loud
      heap-a:
        when: {basket: {spend: at least 40.00}, weekday: [sat, sun]}
        multiply: {points: 2}
        group: heap
      heap-b:
        items: {category: wrap}
        multiply: {points: 1.1}
        group: heap
      heap-c:
        items: {category: wrap}
        when: {channel: web}
        multiply: {points: 4}
        expires: 30 days after earning
        group: heap
      tower-a:
        items: {category: plush}
        multiply: {points: 1.3}
        group: tower
      tower-b:
        items: {sku: [S5, S6, S7]}
        multiply: {points: 1.7}
        group: tower
      turn-a:
        multiply: {points: 1.2}
        group: turn
      turn-b:
        when: {store: [1, 2]}
        multiply: {points: 1.4}
        group: turn
      prize-a:
        when: {basket: {items: cards, quantity: at least 3}}
        earn: {points: 40}
        group: prize
      prize-b:
        when: {basket: {items: sweet, spend: 10.00 to 60.00}}
        earn: {points: 1 per 1.00}
        group: prize
      birthday:
        when: {birthday: month}
        earn: {points: 25}
        limit: {times: 1 per month}
      limited:
        when: {not: {store: 3}}
        earn: {points: 1 per 3.00}
        limit: {points: 60 per week}
      marks:
        when: {reach: {spend: every 100.00, within: calendar month}}
        earn: {points: 10}
        give: {coupon: hello}
      steady:
        when: {history: {visits: at least 1, within: each of 3 weeks}}
        earn: {points: 7}
      back:
        when: {history: {visits: 0, within: 14 days}, joined: 12 months}
        earn: {points: 9}

    coupons:
      hello: {off: 1.00, valid: 30 days}
    """
}

/// FNV-1a over whole numbers.
private struct Digest {
  var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ numbers: Int64...) {
    for number in numbers {
      value = (value ^ UInt64(bitPattern: number)) &* 0x100_0000_01b3
      value ^= value >> 29
    }
  }

  mutating func add(_ outcome: Outcome) {
    add(Int64(outcome.tier), Int64(outcome.parts.count), Int64(outcome.facts.count))
    for part in outcome.parts {
      add(Int64(part.rule), Int64(part.currency), part.amount, part.basis, Int64(part.effect))
      add(part.due.microseconds, part.expires.microseconds)
    }
    for posting in outcome.postings {
      add(Int64(posting.currency), Int64(posting.from.rawValue), Int64(posting.to.rawValue))
      add(posting.amount, posting.at.microseconds, Int64(posting.reason.rawValue))
      add(posting.due?.microseconds ?? 1, posting.expires?.microseconds ?? 1)
      add(Int64(posting.firstShare), Int64(posting.endShare))
    }
    for share in outcome.shares { add(Int64(share.rule), share.basis, share.sum) }
    for use in outcome.lotUses {
      add(Int64(use.posting), use.due.microseconds, use.expires.microseconds, use.amount)
    }
    for change in outcome.tierChanges {
      add(
        Int64(change.from), Int64(change.to), change.at.microseconds, Int64(change.reason.rawValue))
    }
    for coupon in outcome.coupons {
      add(Int64(coupon.template), Int64(coupon.rule), coupon.validUntil.microseconds)
    }
    for fact in outcome.facts { add(Int64(fact.id), fact.value) }
    add(outcome.refused == nil ? 0 : 1)
  }

  mutating func add(_ account: Account) {
    add(account.clock.microseconds, account.due.microseconds)
    for balance in account.balances {
      add(balance.available, balance.pending, balance.debt, balance.earned, balance.expired)
    }
    for lot in account.lots { add(lot.granted, lot.remaining, lot.expires.microseconds) }
    for counter in account.counters {
      add(Int64(counter.counter), Int64(counter.bucket.day), counter.value)
    }
    for standing in account.standings { add(Int64(standing.tier), standing.until.microseconds) }
  }
}

import Loyalty

/// A member of the club, and the habits that her year follows.
struct Shopper: Sendable {
  let record: MemberRecord
  /// The place of the shop where she mostly goes.
  let home: Int
  /// How often she comes, beside the others.
  let weight: Int
  /// The days between which she shops: from joining, to when she lapses.
  let from: CivilDate
  let to: CivilDate

  func shops(on day: CivilDate) -> Bool { from <= day && day <= to }

  /// How people differ: a few come every week, most a few times a year, some stop.
  static func make(
    _ number: Int, _ shops: WeightedChoice, _ year: ClosedRange<CivilDate>,
    _ random: inout SplitMix64
  ) -> Shopper {
    let home = shops.pick(&random)
    var record = MemberRecord(member: "M" + Digits.padded(number + 1, 6))
    record.name = PeopleNames.pick(&random)
    record.phone = phone(number, Shop.all[home])
    if random.chance(70, in: 100) { record.email = "m\(number + 1)@example.com" }
    if random.chance(85, in: 100) {
      let born = SeasonalYear.date(random.number(1940...2005), 1, 1) + random.below(365)
      record.birthday = born
    }
    var from = year.lowerBound
    if random.chance(12, in: 100) {
      from = year.lowerBound + random.below(year.dayCount)
      record.joined = from
    } else {
      record.joined = year.lowerBound - random.number(1...3_600)
    }
    record.cards = [card(number * 2)]
    if random.chance(8, in: 100) { record.cards.append(card(number * 2 + 1)) }
    let weight: Int
    switch random.below(100) {
    case ..<8: weight = random.number(16...48)
    case ..<38: weight = random.number(6...14)
    default: weight = random.number(1...5)
    }
    var to = year.upperBound
    if random.chance(15, in: 100) { to = from + random.below(max(1, year.dayCount * 2 / 3)) }
    return Shopper(record: record, home: home, weight: weight, from: from, to: to)
  }

  /// An exchange of 555 rings nowhere; no two members share a number.
  private static func phone(_ number: Int, _ shop: Shop) -> String {
    let area = shop.isWeb ? "785" : shop.areaCode
    return "+1 \(area) \(555 + number / 10_000) "
      + Digits.padded(number % 10_000 * 7_919 % 10_000, 4)
  }

  /// Sixteen digits, the last a check digit (ISO/IEC 7812-1, annex B).
  static func card(_ number: Int) -> String {
    let digits = "603571" + Digits.padded(number * 37 + 11, 9)
    var sum = 0
    for (place, byte) in digits.utf8.reversed().enumerated() {
      let digit = Int(byte - UInt8(ascii: "0")) * (place % 2 == 0 ? 2 : 1)
      sum += digit > 9 ? digit - 9 : digit
    }
    return digits + String((10 - sum % 10) % 10)
  }
}

import Loyalty

/// What is rung up in one go: lines, discounts, taxes, tenders.
struct Receipt {
  let store: Shop
  let date: CivilDate
  var mostLines = 12

  init(store: Shop, date: CivilDate) {
    self.store = store
    self.date = date
  }

  mutating func fill(
    _ transaction: inout Transaction, _ catalogue: Catalogue,
    _ seasons: [(season: Season, share: Int)], _ random: inout SplitMix64
  ) {
    // Five on average, from one to nine; now and then a whole party.
    var count = 1 + random.below(5) + random.below(5)
    if random.chance(2, in: 100) { count += random.below(6) }
    for number in 1...min(count, mostLines) {
      var season = Season.everyday
      for running in seasons where random.chance(running.share, in: 100) { season = running.season }
      transaction.lines.append(
        line(number, catalogue.pick(season, &random), transaction.kind == .sale, &random))
    }
    transaction.tenders = tenders(transaction.lines, &random)
  }

  private func line(
    _ number: Int, _ item: Item, _ isSale: Bool, _ random: inout SplitMix64
  ) -> TransactionLine {
    var quantity = 1
    if item.category == "greeting-cards", random.chance(20, in: 100) {
      quantity = random.number(2...4)
    }
    let full = item.price * quantity
    var off = 0
    if isSale, item.isTaxed {
      let sale = date.parts.month == 12 && date.parts.day > 25 && item.season == .christmas
      if sale { off = full / 2 } else if random.chance(6, in: 100) { off = full / 5 }
    }
    var line = TransactionLine(sku: item.sku, total: Money(minor: Int64(full - off)))
    line.number = Int32(number)
    line.quantity = Quantity(Int64(quantity))
    line.price = Int64(item.price) * 10_000
    if off > 0 { line.discounts = [.init(kind: .store, amount: Money(minor: Int64(off)))] }
    // Half a cent is rounded up.
    if item.isTaxed { line.tax = Money(minor: Int64(((full - off) * store.tax + 5_000) / 10_000)) }
    return line
  }

  private func tenders(
    _ lines: [TransactionLine], _ random: inout SplitMix64
  ) -> [Transaction.Tender] {
    let due = lines.reduce(Money.zero) { $0 + $1.total + $1.tax }
    switch random.below(100) {
    case ..<70: return [.init(kind: "card", amount: due)]
    case ..<90 where !store.isWeb: return [.init(kind: "cash", amount: due)]
    case ..<94: return [.init(kind: "gift-card", amount: due)]
    case ..<98:
      let part = Money(minor: min(due.minor, [1_000, 1_500, 2_500][random.below(3)]))
      if part == due { return [.init(kind: "gift-card", amount: due)] }
      return [.init(kind: "gift-card", amount: part), .init(kind: "card", amount: due - part)]
    default:
      let part = Money(minor: due.minor / 2)
      return [.init(kind: "cash", amount: part), .init(kind: "card", amount: due - part)]
    }
  }
}

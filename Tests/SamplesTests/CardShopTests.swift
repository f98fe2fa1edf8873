import Loyalty
import Samples
import Testing

@Suite struct CardShopTests {
  private let shop = CardShop(seed: 7, members: 2_000, transactions: 20_000)

  @Test func theSameSeedIsTheSameFeed() {
    let again = CardShop(seed: 7, members: 2_000, transactions: 20_000)
    #expect(again.members == shop.members)
    #expect(again.products == shop.products)
    #expect(Array(again.transactions.prefix(3_000)) == Array(shop.transactions.prefix(3_000)))
  }

  @Test func anotherSeedIsAnotherFeed() {
    let other = CardShop(seed: 8, members: 2_000, transactions: 20_000)
    #expect(Array(other.transactions.prefix(10)) != Array(shop.transactions.prefix(10)))
  }

  @Test func theFeedHasWhatRealOnesHave() {
    var lines = 0
    var sent = 0
    var ids: [String: Transaction] = [:]
    var (same, other, returns, unknown, training, named, withoutCard) = (0, 0, 0, 0, 0, 0, 0)
    let cards = Set(shop.members.flatMap(\.cards))
    let days = shop.days
    for transaction in shop.transactions {
      sent += 1
      lines += transaction.lines.count
      #expect(days.contains(transaction.at.local(offset: transaction.offset).date))
      if let known = ids[transaction.source + transaction.id] {
        if known == transaction { same += 1 } else { other += 1 }
        continue
      }
      ids[transaction.source + transaction.id] = transaction
      if transaction.original != nil {
        named += 1
      } else if transaction.kind == .return {
        returns += 1
      }
      if transaction.isTraining { training += 1 }
      if transaction.cards.isEmpty { withoutCard += 1 }
      if let card = transaction.cards.first, !cards.contains(card) { unknown += 1 }
    }
    #expect(ids.count == 20_000)
    #expect((95_000...105_000).contains(lines), "\(lines)")
    #expect((60...140).contains(same), "\(same)")
    #expect((1...20).contains(other), "\(other)")
    #expect((140...260).contains(returns), "\(returns)")
    #expect((1...60).contains(named), "\(named)")
    #expect((1...40).contains(training), "\(training)")
    #expect((30...100).contains(unknown), "\(unknown)")
    #expect((4_000...7_000).contains(withoutCard), "\(withoutCard)")
  }

  @Test func membersAreTheirOwn() {
    let members = CardShop(members: 10_000, transactions: 0).members
    #expect(Set(members.compactMap(\.phone)).count == 10_000)
    #expect(Set(members.flatMap(\.cards)).count == members.flatMap(\.cards).count)
    #expect(members.contains { $0.name?.contains("王") == true })
    #expect(members.contains { $0.name?.contains("é") == true })
  }

  @Test func goodsAreAsManyAsInAShop() {
    let products = shop.products
    #expect((550...650).contains(products.count), "\(products.count)")
    #expect(Set(products.map(\.sku)).count == products.count)
    #expect(Set(products.compactMap(\.category)).count == 11)
  }

  @Test func salesComeInTheOrderOfTimeButForThoseSentAgain() {
    var seen: Set<String> = []
    var last = Instant.distantPast
    for transaction in shop.transactions
    where seen.insert(transaction.source + transaction.id).inserted {
      #expect(transaction.at >= last)
      last = transaction.at
    }
  }
}

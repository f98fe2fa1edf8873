import Loyalty

/// Something that the program took off, as a POSLog tells it: line by line, summed up, or both.
struct POSLogReward {
  var promotion: String
  var off: Money
  var isSummary: Bool
  /// The line that it belongs to, by its `OperatorSequence`.
  var operatorSequence: String?
}

/// How a till's amounts are to be read, where the standard leaves it open.
struct POSLogWay {
  /// Rewards come off the lines' amounts; otherwise these are reduced already.
  var takesRewards: Bool
  /// So does a line's `ExtendedDiscountAmount`.
  var takesDiscounts: Bool
  /// Taxes come on top of the lines' amounts.
  var addsTax: Bool

  /// The likeliest first.
  static let all = [true, false].flatMap { takesRewards in
    [false, true].flatMap { takesDiscounts in
      [true, false].map { addsTax in
        POSLogWay(takesRewards: takesRewards, takesDiscounts: takesDiscounts, addsTax: addsTax)
      }
    }
  }
}

extension POSLogBasket {
  // MARK: - What is read

  mutating func addTender(_ part: XMLPart, _ path: String) {
    let kind = part["TenderType"] ?? part.text("TenderID") ?? "other"
    var paid = amount(part, "Amount", path)
    if part["TypeCode"]?.lowercased() == "refund" { paid = Money(minor: -abs(paid.minor)) }
    tenders.append((kind, paid))
    guard let change = part.part("TenderChange") else { return }
    let back = amount(change, "Amount", path).magnitude
    // Some tills write the change as a tender of its own, below zero already.
    if paid > .zero, back != .zero {
      tenders.append((change["TenderType"] ?? "Cash", Money(minor: -back.minor)))
    }
  }

  /// The receipt's total, or what was paid where it has none.
  mutating func readTotal(_ retail: XMLPart) {
    let grand = retail.parts("Total").first { $0["TotalType"] == "TransactionGrandAmount" }
    if let grand {
      total = money(grand.text, "Total[TransactionGrandAmount]")
    } else if !tenders.isEmpty {
      total = Money(minor: tenders.reduce(0) { $0 + $1.amount.minor })
    }
  }

  /// Nil for messages and for offers that took nothing off.
  mutating func reward(_ part: XMLPart, _ path: String) -> POSLogReward? {
    guard part.text("RewardCategory") ?? "Monetary" == "Monetary" else { return nil }
    let field = path + ".LoyaltyReward.ExtendedRewardAmount"
    let extended = money(part.text("ExtendedRewardAmount"), field)
    let off = extended.map { Money(minor: -$0.minor) } ?? amount(part, "Amount", path)
    return POSLogReward(
      promotion: part.text("PromotionID") ?? "", off: off,
      isSummary: part.says("summarizedActivity") || !part.says("detailedData"),
      operatorSequence: part.text("OperatorSequenceReference"))
  }

  // MARK: - What belongs to which line

  /// Puts what concerns the whole receipt on its lines, and finds the way that makes its total.
  mutating func settle() {
    putRewards()
    if cuts != .zero { share(cuts, \.share) }
    putTaxes()
    guard let total else { return take(POSLogWay.all[0]) }
    let wanted = isReturn ? total.magnitude : total
    if let way = POSLogWay.all.first(where: { sum($0) == wanted }) { return take(way) }
    let named = strange.isEmpty ? "" : "; not read: " + strange.sorted().joined(separator: ", ")
    problems.append(
      FeedProblem(
        .badAmount, "Total[TransactionGrandAmount]",
        "the lines, rewards and taxes come to \(money.text(sum(POSLogWay.all[0]))), the receipt's "
          + "total is \(money.text(wanted))\(named)",
        remedy: "nothing is guessed at: see which line item the till writes in a way of its own"))
  }

  /// Rewards come line by line and summed up: they are taken once, where they belong. One that a
  /// line's own amount knows is not taken again.
  private mutating func putRewards() {
    let known = lines.reduce(into: Set<String>()) { $0.formUnion($1.promotions) }
    let rewards = rewards.filter { $0.promotion.isEmpty || !known.contains($0.promotion) }
    var whole: [String: Money] = [:]
    for reward in rewards where reward.isSummary {
      if let place = place(of: reward) {
        lines[place].rewards = lines[place].rewards + reward.off
      } else {
        whole[reward.promotion, default: .zero] = (whole[reward.promotion] ?? .zero) + reward.off
      }
    }
    for (promotion, off) in whole.sorted(by: { $0.key < $1.key }) {
      let details = rewards.filter { !$0.isSummary && $0.promotion == promotion }
      let places = details.compactMap { place(of: $0) }
      let sum = details.reduce(Money.zero) { $0 + $1.off }
      guard sum == off, places.count == details.count, !places.isEmpty else {
        share(off, \.rewards)
        continue
      }
      for (reward, place) in zip(details, places) {
        lines[place].rewards = lines[place].rewards + reward.off
      }
    }
  }

  private func place(of reward: POSLogReward) -> Int? {
    guard let sequence = reward.operatorSequence, sequence != "0" else { return nil }
    return lines.firstIndex { $0.operatorSequence == sequence }
  }

  /// Taxes of the whole receipt go to the lines that are marked for them, where lines have none of
  /// their own.
  private mutating func putTaxes() {
    guard !lines.contains(where: { $0.tax != .zero }) else { return }
    for (id, amount) in taxes where amount != .zero {
      let mark = "Tax" + (id ?? "")
      let isMarked = lines.contains { $0.taxes.contains(mark) }
      share(isReturn ? amount.magnitude : amount, \.tax) { !isMarked || $0.taxes.contains(mark) }
    }
  }

  /// In proportion to what lines came to; of an exchange, only those that were bought.
  private mutating func share(
    _ amount: Money, _ field: WritableKeyPath<POSLogLine, Money>,
    among isMeant: (POSLogLine) -> Bool = { _ in true }
  ) {
    let leavesReturns = isExchange
    let weights = lines.map {
      isMeant($0) && !(leavesReturns && $0.isReturn) ? $0.amount.minor : 0
    }
    let shares = POSLogShares.spread(isReturn ? amount.magnitude : amount, over: weights)
    for (index, part) in shares.enumerated() {
      lines[index][keyPath: field] = lines[index][keyPath: field] + part
    }
  }

  // MARK: - The total

  private func sum(_ way: POSLogWay) -> Money {
    let counts = isExchange
    let sum = lines.reduce(Int64(0)) { sum, line in
      let amount = self.amount(line, way).minor + line.tax.minor
      return counts && line.isReturn ? sum - amount : sum + amount
    }
    return Money(minor: sum)
  }

  /// What a line comes to after its discounts, without tax.
  private func amount(_ line: POSLogLine, _ way: POSLogWay) -> Money {
    var amount = line.amount - line.share
    if way.takesRewards { amount = amount - line.rewards }
    if way.takesDiscounts { amount = amount - line.namedDiscount }
    return way.addsTax ? amount : amount - line.tax
  }

  private mutating func take(_ way: POSLogWay) {
    for index in lines.indices {
      let line = lines[index]
      lines[index].amount = amount(line, way)
      lines[index].loyalty = line.loyalty + line.rewards
      lines[index].store = line.store + line.share
      // The same discount may stand in detail, too.
      let isNamedOnly = line.store + line.manufacturer + line.loyalty == .zero
      if way.takesDiscounts || isNamedOnly {
        lines[index].store = lines[index].store + line.namedDiscount
      }
    }
  }
}

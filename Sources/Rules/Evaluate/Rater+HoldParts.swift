import Loyalty

/// Parts of redemptions, and what they had brought when they are given back.
extension Rater {
  /// How much of a hold an event wants; nil, with a refusal, where that cannot be. A reward has no
  /// other parts than its times: nobody redeems half a mug.
  func part(_ event: Event, _ hold: Hold, _ outcome: inout Outcome) -> HoldPart? {
    let (points, times) = (event.pointsWanted, event.timesWanted)
    guard points != nil || times != nil else { return .whole }
    do throws(PartFault) {
      guard points == nil || times == nil else { throw PartFault("say `points` or `times`") }
      switch hold.source {
      case .reward: return try part(ofReward: hold, points, times)
      case .points where points != nil: return try part(ofPoints: hold, points)
      default: throw PartFault("it has no such part: redeem it whole")
      }
    } catch {
      outcome.refused = error.text
      return nil
    }
  }

  private func part(
    ofPoints hold: Hold, _ wanted: ExactDecimal?
  ) throws(PartFault) -> HoldPart {
    guard let points = whole(wanted, of: hold), points > 0 else {
      throw PartFault("it has no such part: leave `points` out")
    }
    guard points <= hold.standing(hold.currencies[0]) else {
      throw PartFault("there are not so many points in it")
    }
    return .points(points)
  }

  private func part(
    ofReward hold: Hold, _ points: ExactDecimal?, _ times: ExactDecimal?
  ) throws(PartFault) -> HoldPart {
    var count = times?.exactly(places: 0)
    if let points {
      let one = hold.currencies.first.map { hold.standing($0) / hold.times } ?? 0
      guard let wanted = whole(points, of: hold), one > 0 else {
        throw PartFault("it has no such part: say `times`")
      }
      guard wanted % one == 0 else {
        let price = ExactDecimal.text(one, places: program.decimals(of: hold.currencies[0]))
        throw PartFault("a reward is redeemed whole: this one by \(price) points")
      }
      count = wanted / one
    }
    guard let count, count > 0 else { throw PartFault("`times` is no whole number above 0") }
    guard count <= hold.times else { throw PartFault("there are not so many in it") }
    return count == hold.times ? .whole : .times(count)
  }

  /// Points of a hold's only currency, in its smallest unit; nil where they are none.
  private func whole(_ wanted: ExactDecimal?, of hold: Hold) -> Int64? {
    guard let wanted, hold.currencies.count == 1 else { return nil }
    return wanted.exactly(places: program.decimals(of: hold.currencies[0]))
  }

  // MARK: - Given back

  mutating func refund(_ event: Event, _ account: inout Account, _ outcome: inout Outcome) {
    guard let place = place(ofHold: event, isRefund: true, account, &outcome) else { return }
    let hold = account.holds[place]
    guard let part = part(event, hold, &outcome) else { return }
    if let why = withdraw(part, hold, &account) {
      outcome.refused = why
      return
    }
    let taken = hold.awards.map { $0.share(of: part, hold.times) }
    for index in taken.indices { account.holds[place].awards[index].amount -= taken[index].amount }
    _ = account.refund(place, part, at: event.at, &outcome)
    takeBack(taken.filter { $0.amount > 0 }, event, &account, &outcome)
  }

  /// Tiers that the redemption had brought end where nothing else brought them.
  mutating func takeBackTiers(
    ofHold event: Event, _ account: inout Account, _ outcome: inout Outcome
  ) {
    guard outcome.refused == nil, !isReplaying, let place = account.holdPlace(event.original) else {
      return
    }
    let (owner, seq) = (account.id, account.holds[place].capturedBy)
    let isWhole = account.holds[place].state == .refunded
    let isBack = { (ground: TierGround) in
      ground.account == owner && ground.seq == seq
        && (ground.kind == .goal || ground.kind == .granted && isWhole)
    }
    account.mark(&outcome, isBack)
    if account.grounds.contains(where: isBack) { _ = settleTiers(event, &account, &outcome) }
    if !program.heldTiers.isEmpty {
      endUnmet(at: max(event.at, account.clock), &account, &outcome)
    }
  }

  /// Withdraws the coupons that the capture had brought, or what a part of it had; why it cannot,
  /// where they are used.
  private func withdraw(_ part: HoldPart, _ hold: Hold, _ account: inout Account) -> String? {
    if part != .whole, hold.source == .reward,
      program.rewards.contains(where: { $0.id == hold.id && $0.isThing })
    {
      return "a thing is given back whole: cancel its order"
    }
    let brought = account.coupons.indices.filter {
      hold.capturedBy != 0 && account.coupons[$0].seq == hold.capturedBy
        && account.coupons[$0].tier == 0 && !account.coupons[$0].isWithdrawn
    }
    if brought.contains(where: { account.coupons[$0].used > 0 }) {
      return "the coupon that it brought is used already"
    }
    for index in brought {
      if case .times(let count) = part, account.coupons[index].times > count {
        account.coupons[index].times -= count
      } else {
        account.coupons[index].isWithdrawn = true
      }
      account.coupons[index].isTouched = true
    }
    return nil
  }

  /// Points that rules had given for the redemption, as far as the program's policy reaches.
  private mutating func takeBack(
    _ awards: [Original.Award], _ event: Event, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    for award in awards {
      outcome.parts.append(
        Part(
          rule: award.rule, currency: award.currency, amount: -award.amount, basis: award.amount,
          effect: Self.reversal, due: award.due, expires: award.expires))
      account.takeBack(
        parts: outcome.parts.count - 1..<outcome.parts.count, total: award.amount,
        earnedAt: award.earnedAt, at: event.at, program.reach(of: award.currency), &outcome)
    }
  }

  /// What rules give for a redemption stands with it, so that it can be taken back.
  func noteAwards(by event: Event, _ account: inout Account, _ outcome: Outcome) {
    guard !isReplaying,
      let place = account.holds.firstIndex(where: {
        $0.capturedBy == event.seq && $0.source == .reward
      })
    else { return }
    for index in booked.postings..<outcome.postings.count {
      let posting = outcome.postings[index]
      guard posting.reason == .accrual, posting.at == event.at else { continue }
      var before: Int64 = 0
      for share in outcome.shares[Int(posting.firstShare)..<Int(posting.endShare)] {
        account.holds[place].add(share.rule, share.sum - before, posting)
        before = share.sum
      }
    }
  }
}

/// Why a part of a hold cannot be had.
private struct PartFault: Error {
  var text: String
  init(_ text: String) { self.text = text }
}

extension Original.Award {
  /// What of it goes with a part of what stands `times`.
  fileprivate func share(of part: HoldPart, _ times: Int64) -> Original.Award {
    guard case .times(let count) = part else { return self }
    var share = self
    share.amount = Int64(Int128(amount) * Int128(count) / Int128(times))
    return share
  }
}

extension Hold {
  /// A lot's points may have been booked in two pieces, of which one paid a debt.
  fileprivate mutating func add(_ rule: RuleID, _ amount: Int64, _ posting: Posting) {
    isTouched = true
    if let place = awards.firstIndex(where: {
      $0.rule == rule && $0.currency == posting.currency
    }) {
      awards[place].amount += amount
      if let due = posting.due, let expires = posting.expires {
        (awards[place].due, awards[place].expires) = (due, expires)
      }
      return
    }
    awards.append(
      Original.Award(
        rule: rule, currency: posting.currency, amount: amount, due: posting.due ?? .distantPast,
        expires: posting.expires ?? .distantPast,
        earnedAt: posting.to == .pending ? posting.due ?? posting.at : posting.at))
  }
}

extension Program {
  fileprivate func decimals(of currency: CurrencyID) -> Int {
    currencies.first { $0.id == currency }?.decimals ?? 0
  }
}

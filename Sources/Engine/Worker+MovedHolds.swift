import Ledger
import Loyalty
import Rules

/// What is held in an account that goes into another one is held there from then on.
extension Worker {
  /// A hold that goes along, and what asks for it anew.
  struct MovingHold {
    var seq: Int64
    var until: Instant
    var what: HoldRequest.What
  }

  /// What an account holds open at an instant. It is let go where it stands by `releaseHolds`, and
  /// taken up again by `holdAgain`.
  func movingHolds(of account: Account, at: Instant) -> [MovingHold] {
    guard let program = programs.current(at: at) else { return [] }
    return account.holds.filter { $0.isOpen && $0.until > at }.compactMap { hold in
      hold.what(program, account).map { MovingHold(seq: hold.seq, until: hold.until, what: $0) }
    }
  }

  /// Coupons that can still be used are the other account's: under the numbers that
  /// `Store.moveCoupons` gives them.
  func moveCoupons(
    from source: Account, to target: inout Account, from first: Int, at: Instant
  ) {
    var n = first
    for var coupon in source.coupons.sorted(by: { ($0.seq, $0.n) < ($1.seq, $1.n) })
    where coupon.validUntil > at {
      (coupon.seq, coupon.n, coupon.isTouched) = (target.position, Int16(n), false)
      target.coupons.append(coupon)
      n += 1
    }
  }

  /// Holds in `target` what `source` held, each as an event of its own, until the time that it had.
  /// What the program refuses by now stays free.
  mutating func holdAgain(
    _ moving: [MovingHold], of source: inout Account, in target: inout Account, _ id: String,
    _ at: Instant
  ) throws {
    for hold in moving {
      let left = hold.until.microseconds - at.microseconds
      let request = HoldRequest(hold.what, seconds: (left + 999_999) / 1_000_000)
      try bookStep(
        .hold, request.attributes, of: &target, id: "\(id) hold \(hold.seq)", at: at)
      guard outcome.refusalOfHold == nil, let place = source.holdPlace(hold.seq) else { continue }
      source.holds[place].state = .moved
      source.holds[place].movedTo = target.position
      source.holds[place].isTouched = true
    }
  }
}

extension Hold {
  /// What would ask for it; nil where nothing of that name is left.
  fileprivate func what(_ program: Program, _ account: Account) -> HoldRequest.What? {
    let name = program.name(of: BenefitUse(source: source, id: id))
    switch source {
    case .reward: return .reward(name, times: times)
    case .points where money > 0:
      return .pay(ExactDecimal(units: money, places: program.money.decimals))
    case .points:
      guard let currency = program.currencies.first(where: { $0.id == currencies.first }) else {
        return nil
      }
      return .points(
        ExactDecimal(units: amount, places: currency.decimals), currency: currency.key)
    case .coupon:
      guard let coupon else {
        return program.coupons.first { $0.id == id }?.publicCode.map { .coupon($0) }
      }
      return account.coupons.first { $0.seq == coupon.seq && $0.n == coupon.n }
        .map { .coupon($0.code) }
    case .perk: return .perk(name)
    case .rule: return nil
    }
  }
}

import Foundation
import Loyalty
import Testing

/// Random lives of an account beside a model that knows every single point: when it falls due,
/// when it ends, and nothing else.
@Suite struct AccountTests {
  struct Point: Equatable {
    var due: Instant
    var expires: Instant
  }

  struct Model {
    var points: [Point] = []
    var debt = 0
    var clock = Instant.distantPast

    var pending: Int { points.count { $0.due > clock } }
    var available: Int { points.count - pending }

    /// New points pay debt first, unless they wait.
    mutating func grant(_ count: Int, _ point: Point, at: Instant) {
      for _ in 0..<count {
        if point.due <= clock || point.due <= at, debt > 0 {
          debt -= 1
        } else {
          points.append(point)
        }
      }
    }

    /// Pending first, then available, then debt; of each the earliest expiry first.
    mutating func takeBack(_ count: Int) {
      for _ in 0..<count {
        let waiting = points.indices.filter { points[$0].due > clock }
        let rest = waiting.isEmpty ? Array(points.indices) : waiting
        let next = rest.min {
          (points[$0].expires, points[$0].due) < (points[$1].expires, points[$1].due)
        }
        if let next { points.remove(at: next) } else { debt += 1 }
      }
    }

    /// Instant by instant: releases, which pay debt; then ends.
    mutating func advance(to end: Instant) {
      while let next = (points.map(\.due).filter { $0 > clock } + points.map(\.expires))
        .filter({ $0 <= end }).min()
      {
        let released = points.indices.filter { points[$0].due == next && points[$0].due > clock }
          .sorted { points[$0].expires < points[$1].expires }
        clock = next
        let paying = Set(released.prefix(debt))
        debt -= paying.count
        points = points.enumerated().filter { !paying.contains($0.offset) }.map(\.element)
          .filter { $0.expires > next }
      }
      clock = max(clock, end)
    }
  }

  static let day: Int64 = 86_400
  static let seed =
    ProcessInfo.processInfo.environment["PATRON_SEED"].flatMap { UInt64($0) }
    ?? UInt64.random(in: 0...UInt64.max)

  @Test(arguments: 0..<60)
  func `whatever happens, the account has what single points would come to`(_ run: Int) {
    let seed = Self.seed &+ UInt64(run)
    var random = Numbers(state: seed)
    var account = Account(shard: 1, id: 1)
    var model = Model()
    var outcome = Outcome()
    var now = Instant(seconds: 1_767_225_600)
    account.clock = now
    model.clock = now
    var sums: [Bucket: Int64] = [:]
    for step in 0..<40 {
      outcome.removeAll()
      now = now + Self.day * Int64(random.below(9))
      account.settleLots(upTo: now, &outcome)
      model.advance(to: now)
      let count = 1 + random.below(12)
      if random.below(3) > 0 {
        let waits = random.below(3) == 0
        let due = waits ? now + Self.day * Int64(1 + random.below(10)) : Instant.distantPast
        let expires =
          random.below(4) == 0
          ? Instant.distantFuture : max(now, due) + Self.day * Int64(1 + random.below(30))
        book(Int64(count), due, expires, now, &account, &outcome)
        model.grant(count, Point(due: due, expires: expires), at: now)
      } else {
        book(-Int64(count), .distantPast, .distantFuture, now, &account, &outcome)
        model.takeBack(count)
      }
      for posting in outcome.postings {
        sums[posting.from, default: 0] -= posting.amount
        sums[posting.to, default: 0] += posting.amount
      }
      let place = "PATRON_SEED=\(seed), step \(step)"
      agree(account, model, place)
      addUp(account, outcome, sums, place)
    }
  }

  private func book(
    _ amount: Int64, _ due: Instant, _ expires: Instant, _ at: Instant, _ account: inout Account,
    _ outcome: inout Outcome
  ) {
    // Two rules gave it, so that postings have parts to share out.
    for amount in [amount / 3, amount - amount / 3] where amount != 0 {
      outcome.parts.append(
        Part(
          rule: 7, currency: 1, amount: amount, basis: 100, effect: 0, due: due, expires: expires))
    }
    account.book(
      parts: 0..<outcome.parts.count, total: amount, at: at, debtAllowed: true,
      balanceAllowed: true, &outcome)
  }

  private func agree(_ account: Account, _ model: Model, _ place: String) {
    let balance = account.balance(1)
    #expect(balance.available == Int64(model.available), "\(place): available")
    #expect(balance.pending == Int64(model.pending), "\(place): pending")
    #expect(balance.debt == Int64(model.debt), "\(place): debt")
    for lot in account.lots where lot.remaining > 0 {
      let alike = model.points.count { $0.expires == lot.expires && $0.due == lot.due }
      #expect(lot.remaining == Int64(alike), "\(place): a lot")
    }
    let next = model.points.map { $0.due > model.clock ? $0.due : $0.expires }.min()
    #expect(account.due <= next ?? .distantFuture, "\(place): due")
  }

  private func addUp(
    _ account: Account, _ outcome: Outcome, _ sums: [Bucket: Int64], _ place: String
  ) {
    let balance = account.balance(1)
    #expect(balance.available == sums[.available, default: 0], "\(place): postings")
    #expect(balance.pending == sums[.pending, default: 0], "\(place): postings")
    #expect(balance.debt == -sums[.debt, default: 0], "\(place): postings")
    #expect(
      balance.available + balance.pending - balance.debt
        == balance.earned - balance.reversed - balance.expired, "\(place): cumulative")
    for lot in account.lots {
      let used = lot.held + lot.spent + lot.expired + lot.reversed
      #expect(lot.granted == used + lot.remaining, "\(place): a lot adds up")
    }
    for posting in outcome.postings where posting.firstShare < posting.endShare {
      #expect(outcome.shares[Int(posting.endShare) - 1].sum == posting.amount, "\(place): shares")
    }
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Numbers {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }
}

import Engine
import Loyalty

/// Redemptions in steps, at the desk and in the feed.
extension ReferenceHistory {
  mutating func hold(_ member: Int) throws {
    let (at, isPosted) = (now(), below(2) == 0)
    let vouchers = below(3) == 0 ? Int64(1 + below(2)) : 0
    let points = vouchers > 0 ? vouchers * ReferenceProgram.price : Int64(1 + below(50))
    let days = Int64(1 + below(60))
    let what: HoldRequest.What =
      vouchers > 0
      ? .reward("voucher", times: vouchers)
      : .points(ExactDecimal(units: points), currency: "points")
    let request = HoldRequest(what, seconds: days * 86_400 + 1_800)
    var event = transaction(.event("hold"), member, at: at)
    if isPosted {
      event.attributes = request.attributes
      try shop.post([event])
    } else {
      try atDesk { desk in
        _ = try desk.hold(request, for: desk.member("M\(member)"), id: event.id, at: at)
      }
    }
    holds.append((event.id, owner[member], isPosted))
    accounts[owner[member]].hold(
      event.id, at: at, seconds: request.seconds, points: points, vouchers: vouchers)
    tell(member, "\(event.id) holds \(points) points for \(vouchers) vouchers and \(days) days")
  }

  mutating func stepOfHold() throws {
    guard !holds.isEmpty else { return }
    let recent = holds.suffix(8)
    let hold = recent[recent.startIndex + below(recent.count)]
    let kind = ["capture", "capture", "refund", "refund", "release"][below(5)]
    let isMerged = owner[hold.account] != hold.account
    let amounts = [1, 5, 20, ReferenceProgram.price]
    let points = kind == "release" || below(3) > 0 ? nil : amounts[below(amounts.count)]
    let at = now()
    // What comes back of an account that was merged is done at the desk.
    if hold.isPosted, !isMerged, below(2) == 0 {
      var event = transaction(.event(kind), hold.account, at: at)
      event.original = .init(source: "till", id: hold.id)
      if let points {
        event.attributes = [Attribute(name: "points", value: .number(ExactDecimal(units: points)))]
      }
      try shop.post([event])
    } else {
      try step(hold.isPosted ? "till/\(hold.id)" : hold.id, kind, points, at)
    }
    let account = owner[hold.account]
    switch kind {
    case "capture": accounts[account].capture(hold.id, at: at, points: points)
    case "refund": accounts[account].refund(hold.id, at: at, points: points)
    default: accounts[account].release(hold.id, at: at)
    }
    tell(account, "\(kind) of \(hold.id): \(points.map { "\($0) points" } ?? "all")")
  }

  private func step(_ name: String, _ kind: String, _ points: Int64?, _ at: Instant) throws {
    let part = points.map { ExactDecimal(units: $0) }
    try atDesk { desk in
      switch kind {
      case "capture": _ = try desk.capture(name, points: part, at: at)
      case "refund": _ = try desk.refund(name, points: part, at: at)
      default: _ = try desk.release(name, at: at)
      }
    }
  }
}

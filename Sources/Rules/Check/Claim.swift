import Loyalty
import YAML

/// A question in the form in which it can be seen that no answer fits: a condition, or a choice of
/// items.
indirect enum Claim {
  case all([Claim])
  case any([Claim])
  case not(Claim)
  /// A question with exactly one answer, and those that are right; the help where others are asked
  /// for beside them is about them all.
  case one(String, Set<String>, Place, why: String, help: @Sendable (Set<String>) -> String)
  /// A number within bounds.
  case number(String, RangeSyntax, Place)
  /// Hours of the day.
  case hours(DayMinutes, Place)
  /// A question of which only its wording is known.
  case same(String, Place)
  /// Nothing that could be compared.
  case open

  /// Where what is asked side by side excludes itself: at most one place for each branch of `any`.
  static func contradictions(in claims: [Claim]) -> [Contradiction] {
    var known = KnownClaims()
    return known.contradictions(claims)
  }
}

/// A question that can never be true, with the reason.
struct Contradiction {
  var place: Place
  var why: String
  var help: String
}

/// What is known to hold while a question is looked at.
private struct KnownClaims {
  private var allowed: [String: Set<String>] = [:]
  private var denied: [String: Set<String>] = [:]
  private var bounds: [String: RangeSyntax] = [:]
  private var hours = DayMinutes.all
  private var holding: Set<String> = []
  private var failing: Set<String> = []
  /// Alternatives: looked at when all that stands beside them is known.
  private var later: [[Claim]] = []

  mutating func contradictions(_ claims: [Claim]) -> [Contradiction] {
    for claim in claims {
      if let found = add(claim) { return [found] }
    }
    let branches = later
    later = []
    return branches.flatMap { $0 }.flatMap { branch in
      var copy = self
      return copy.contradictions([branch])
    }
  }

  private mutating func add(_ claim: Claim) -> Contradiction? {
    switch claim {
    case .all(let parts):
      for part in parts { if let found = add(part) { return found } }
      return nil
    case .any(let branches):
      later.append(branches)
      return nil
    case .not(let inner): return deny(inner)
    case .one(let key, let answers, let place, let why, let help):
      let before = allowed[key] ?? answers
      let both = before.intersection(answers)
      let left = both.subtracting(denied[key] ?? [])
      allowed[key] = left
      if both.isEmpty {
        return Contradiction(place: place, why: why, help: help(before.union(answers)))
      }
      return left.isEmpty ? Self.itself(place) : nil
    case .number(let key, let range, let place): return bound(key, range, place)
    case .hours(let asked, let place):
      hours = hours.intersection(asked)
      guard hours.isEmpty else { return nil }
      return Contradiction(
        place: place, why: "no time of the day is within all the hours that are asked here",
        help: "join them: `hours: [08:00 to 10:00, 16:00 to 18:00]`")
    case .same(let text, let place):
      holding.insert(text)
      return failing.contains(text) ? Self.itself(place) : nil
    case .open: return nil
    }
  }

  private mutating func deny(_ claim: Claim) -> Contradiction? {
    switch claim {
    case .not(let inner): return add(inner)
    case .any(let branches):
      for branch in branches { if let found = deny(branch) { return found } }
      return nil
    case .all(let parts):
      if parts.count == 1 { return deny(parts[0]) }
      later.append(parts.map { .not($0) })
      return nil
    case .one(let key, let answers, let place, _, _):
      denied[key, default: []].formUnion(answers)
      guard let left = allowed[key]?.subtracting(answers) else { return nil }
      allowed[key] = left
      return left.isEmpty ? Self.itself(place) : nil
    case .same(let text, let place):
      failing.insert(text)
      return holding.contains(text) ? Self.itself(place) : nil
    case .hours(let asked, let place):
      hours = hours.intersection(asked.inverted)
      return hours.isEmpty ? Self.itself(place) : nil
    case .number, .open: return nil
    }
  }

  private mutating func bound(_ key: String, _ range: RangeSyntax, _ place: Place)
    -> Contradiction?
  {
    let both = bounds[key]?.intersection(range) ?? range
    bounds[key] = both
    guard both.isEmpty else { return nil }
    return Contradiction(
      place: place, why: "no number is within all that is asked here",
      help: "correct one of the bounds")
  }

  private static func itself(_ place: Place) -> Contradiction {
    Contradiction(
      place: place, why: "it is asked for here, and ruled out beside it",
      help: "keep one of them, or join them with `any:`")
  }
}

extension RangeSyntax {
  fileprivate func intersection(_ other: RangeSyntax) -> RangeSyntax {
    var both = self
    if let least = other.least, both.least.map({ $0 <= least }) ?? true {
      both.leastIsOutside = other.leastIsOutside || (both.least == least && both.leastIsOutside)
      both.least = least
    }
    if let most = other.most, both.most.map({ $0 >= most }) ?? true {
      both.mostIsOutside = other.mostIsOutside || (both.most == most && both.mostIsOutside)
      both.most = most
    }
    return both
  }

  fileprivate var isEmpty: Bool {
    guard let least, let most else { return false }
    if leastIsOutside || mostIsOutside { return !(least < most) }
    return most < least
  }
}

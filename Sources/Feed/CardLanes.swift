/// Over which of several lanes the rows of a file go: always the same for the same first card, and
/// for the same id where there is no card; and one for all cards of an account that has several.
public struct CardLanes: Sendable {
  /// By a card's hash, another's of its account: up to one that stands for all of them. Cards that
  /// happen to have one hash go together, with all that goes with either.
  private var joined: [UInt32: UInt32] = [:]

  public init() {}

  /// Two cards lead to the same account.
  public mutating func join(_ card: String, _ other: String) {
    let (a, b) = (first(ParsedRows.hash(card)), first(ParsedRows.hash(other)))
    if a != b { joined[max(a, b)] = min(a, b) }
  }

  func lane(of hash: UInt32, among lanes: Int) -> Int { Int(first(hash)) % lanes }

  private func first(_ hash: UInt32) -> UInt32 {
    var hash = hash
    while let next = joined[hash] { hash = next }
    return hash
  }
}

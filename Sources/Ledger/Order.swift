import Loyalty

/// A thing that was redeemed, on its way to the member.
public struct Order: Sendable, Equatable {
  public enum State: Int16, Sendable {
    case ordered = 1
    case sent = 2
    case handedOver = 3
    case cancelled = 4

    public var word: String { self == .handedOver ? "handed over" : "\(self)" }
  }

  /// `ACCOUNT-SEQ`, by the event that redeemed it; `-N` where it is not the event's first.
  public struct Key: Sendable, Hashable {
    public var account: Int64
    public var seq: Int64
    public var n: Int16

    public init(account: Int64, seq: Int64, n: Int16) {
      self.account = account
      self.seq = seq
      self.n = n
    }

    /// Nil where the text is no order's.
    public init?(_ text: String) {
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2 || parts.count == 3, let account = Int64(parts[0]),
        let seq = Int64(parts[1]), account > 0, seq > 0,
        let n = parts.count == 3 ? Int16(parts[2]) : 0
      else { return nil }
      self.init(account: account, seq: seq, n: n)
    }

    public var text: String { "\(account)-\(seq)" + (n == 0 ? "" : "-\(n)") }
  }

  public var key: Key
  public var orderedAt: Instant
  public var changedAt: Instant
  public var reward: String
  public var times: Int64
  public var state: State
  /// Codes of the account's members.
  public var members: String
}

/// An event of an account that another one brings something back of.
public struct OriginalKey: Sendable, Hashable {
  public var shard: Int16
  public var account: Int64
  public var seq: Int64

  public init(shard: Int16, account: Int64, seq: Int64) {
    self.shard = shard
    self.account = account
    self.seq = seq
  }
}

extension Event {
  /// The event that something comes back of, by this one of an account: one of the account's own,
  /// or of an account that went into it. Nil where nothing is named.
  public func originalKey(in shard: Int16, _ account: Int64) -> OriginalKey? {
    guard returned != 0 else { return nil }
    guard originalAccount != 0, originalAccount != account else {
      return OriginalKey(shard: shard, account: account, seq: original)
    }
    return OriginalKey(
      shard: Account.shard(of: originalAccount), account: originalAccount, seq: original)
  }
}

import Loyalty

/// What coupons of one kind are: how codes are made, and what they are worth where.
public struct CouponTemplate: Sendable {
  public let id: CouponTemplateID
  public let key: String
  public let valid: DurationSyntax?
  /// `SPRING-########`
  public let pattern: String
  /// How often each may be used.
  public let uses: Int32
  /// One for everybody.
  public let publicCode: String?
  let isClaimed: Bool
  /// What the member can take for it: keys of rewards and coupons.
  public let choices: [String]
  /// On which local days it can be used, both included.
  let from: CivilDate
  let to: CivilDate
  /// What of a used one comes back with what it was used for.
  let returns: CouponSyntax.Returns
  /// At most this share of a bill is taken off, in millionths.
  let share: Int64?
  /// What else it asks; −1 is nothing.
  var condition: Int32 = -1
  var limits: Range<Int> = 0..<0
  /// Its place in `benefits`.
  var benefit: Int32 = -1

  /// What people wrote: of what a reward is worth the reward's name, of a choice what it offers.
  public var shownKey: String {
    for prefix in ["reward ", "choice "] where key.hasPrefix(prefix) {
      return String(key.dropFirst(prefix.count))
    }
    return key
  }
}

import JSON
import Ledger
import Loyalty

/// What a message is about. sql/README.md lists each with its members.
public enum Topic: String, CaseIterable, Sendable {
  case tier, segment, notice, perk, coupon
  case couponUsed = "coupon used"
  case couponWithdrawn = "coupon withdrawn"
  case couponGivenBack = "coupon given back"
  case couponRestored = "coupon restored"
  case couponUsedAgain = "coupon used again"
  case expiring, account, hold, order

  /// The version of the form of messages. Members may be added to a form; another meaning, or one
  /// member less, is another version.
  static let version = 1
}

extension Booking {
  /// Tells others of something that became true of an account at `at`, by its event `seq`.
  mutating func tell(
    _ topic: Topic, _ account: Account, seq: Int64, at: Instant,
    _ members: (inout JSONWriter) -> Void
  ) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("version", Topic.version)
      writer.member("topic", topic.rawValue)
      writer.member("account", account.id)
      writer.member("at", at.text(offset: 0))
      members(&writer)
    }
    tell(topic.rawValue, writer.text, account: account, seq: seq)
  }
}

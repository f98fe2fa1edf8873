import JSON
import Loyalty

/// What a member had in another system, as `patron load balances` reads it.
public struct BalanceRecord: Sendable, Equatable {
  /// A member's code, or else a card.
  public var who: String
  public var isCard: Bool
  /// Nil is the program's only one.
  public var currency: String?
  public var amount: ExactDecimal
  /// The last day on which it can be used; nil where it does not end.
  public var expires: CivilDate?
}

extension RecordReader {
  /// `member` or `card`, `currency`, `amount`, `expires`.
  public static func balances(
    _ input: FeedInput, _ format: Format, _ body: (Row<BalanceRecord>) throws -> Void
  ) throws { try read(input, format, balance, body) }

  private static func balance(_ row: inout FieldReader) throws(JSONError) -> BalanceRecord? {
    var member: String?
    var card: String?
    var currency: String?
    var amount: ExactDecimal?
    var expires: CivilDate?
    let names = ["member", "card", "currency", "amount", "expires"]
    try row.object(names) { row, index throws(JSONError) in
      switch index {
      case 0: member = try row.text("member")
      case 1: card = try row.text("card")
      case 2: currency = try row.text("currency")
      case 3: amount = try row.decimal("amount")
      default: expires = try row.date("expires")
      }
    }
    guard row.requires("member", (member ?? card)?.isEmpty == false),
      row.requires("amount", amount != nil), let amount
    else { return nil }
    return BalanceRecord(
      who: member ?? card ?? "", isCard: member == nil, currency: currency, amount: amount,
      expires: expires)
  }
}

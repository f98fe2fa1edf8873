import Loyalty

/// The right instant of a transaction whose clock was wrong, as a person says.
public struct ClockCorrection: Sendable {
  public var at: Instant
  public var operatorName: String
  public var reason: String

  public init(at: Instant, operatorName: String, reason: String) {
    self.at = at
    self.operatorName = operatorName
    self.reason = reason
  }

  /// The event keeps what the clock said, who corrected it, and why.
  func applied(to transaction: Transaction) -> Transaction {
    var corrected = transaction
    corrected.at = at
    corrected.attributes.removeAll { Self.names.contains($0.name) }
    corrected.attributes += zip(
      Self.names, [transaction.at.text(offset: transaction.offset), operatorName, reason]
    ).map { Attribute(name: $0, value: .text($1)) }
    return corrected
  }

  private static let names = ["clock said", "corrected by", "correction"]
}

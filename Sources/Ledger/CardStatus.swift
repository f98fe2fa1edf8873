/// Whether sales on a card are taken in.
public enum CardStatus: Int16, Sendable {
  case active = 0
  case blocked = 1
  /// Its account is paused.
  case paused = 2
  /// Its account is closed.
  case closed = 3

  /// Why a sale on it waits; nil where it does not.
  public var reason: String? {
    switch self {
    case .active: nil
    case .blocked: "card blocked"
    case .paused: "account paused"
    case .closed: "account closed"
    }
  }
}

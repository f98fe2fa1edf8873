import Loyalty

/// The oldest messages of one account, in the order in which they must go out.
public struct MessageQueue: Sendable {
  public struct Message: Sendable {
    public var id: Int64
    public var topic: String
    /// A JSON object without the message's id.
    public var body: String
  }

  public let owner: CardOwner
  /// The codes of its members; of an account that was merged, those of where it went.
  public var members: [String] = []
  public var messages: [Message] = []
  /// Its oldest message was not taken before …
  public var isLate = false
  /// … so often, and of these refused so often.
  public var failures: Int32 = 0
  public var refusals: Int32 = 0

  public init(_ owner: CardOwner) { self.owner = owner }
}

/// What became of the messages of a queue that were sent.
public struct Delivery: Sendable, Equatable {
  public struct Failure: Sendable, Equatable {
    /// The receiver looked at the message and does not want it, as opposed to having no time.
    public var isRefusal: Bool
    public var text: String
    public init(isRefusal: Bool, text: String) {
      self.isRefusal = isRefusal
      self.text = text
    }
  }
  /// So many were taken, from the first on.
  public var taken = 0
  /// Why the one behind them was not.
  public var failure: Failure?
  public init() {}
}

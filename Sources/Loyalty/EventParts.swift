/// Parts of an event that cost to read and that few programs ask for. Who rates leaves out those
/// that no program asks for: products and tenders are unknown then, each line is one piece, and no
/// store has a region. What comes back has them all the same.
public struct EventParts: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let products = EventParts(rawValue: 1)
  public static let quantities = EventParts(rawValue: 2)
  public static let tenders = EventParts(rawValue: 4)
  public static let regions = EventParts(rawValue: 8)
  /// How the POS numbered the lines, by which only what comes back names them.
  public static let numbers = EventParts(rawValue: 16)
  public static let all: EventParts = [.products, .quantities, .tenders, .regions, .numbers]
}

/// A JSON value whose members keep their order: what a schema consists of.
public indirect enum SchemaValue: Sendable, Equatable {
  case object([Member])
  case list([SchemaValue])
  case text(String)
  case number(Int)
  case flag(Bool)

  public struct Member: Sendable, Equatable {
    public var name: String
    public var value: SchemaValue

    public init(_ name: String, _ value: SchemaValue) {
      self.name = name
      self.value = value
    }
  }

  /// The member of this name, where this is an object that has one.
  public subscript(name: String) -> SchemaValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// This with one more member, which comes first.
  func with(_ name: String, _ value: SchemaValue) -> SchemaValue {
    guard case .object(let members) = self else { return self }
    return .object([Member(name, value)] + members)
  }

  static func texts(_ texts: some Sequence<String>) -> SchemaValue {
    .list(texts.map { .text($0) })
  }
}

extension SchemaValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .flag(value) }
  public init(integerLiteral value: Int) { self = .number(value) }
  public init(arrayLiteral elements: SchemaValue...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (String, SchemaValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}

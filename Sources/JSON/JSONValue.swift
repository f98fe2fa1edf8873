/// A whole JSON value as a tree, for rare uses; members keep their order, numbers their spelling.
public enum JSONValue: Sendable, Equatable {
  case object([Member])
  case array([JSONValue])
  case text(String)
  case number(String)
  case boolean(Bool)
  case null

  public struct Member: Sendable, Equatable {
    public var name: String
    public var value: JSONValue
    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  public init(_ bytes: [UInt8]) throws(JSONError) {
    var reader = JSONReader(bytes)
    self = try reader.value()
    try reader.finish()
  }

  /// The member of this name, where this is an object that has one.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
}

extension JSONReader {
  /// Reads the next value as a tree. A name that stands twice in one object is an error here.
  public mutating func value() throws(JSONError) -> JSONValue {
    switch try kind() {
    case .object: return .object(try members())
    case .array:
      var elements: [JSONValue] = []
      try beginArray()
      while try nextElement() { elements.append(try value()) }
      return .array(elements)
    case .text: return .text(string(try text()))
    case .number: return .number(String(decoding: bytes[try number()], as: UTF8.self))
    case .boolean: return .boolean(try boolean())
    case .null:
      _ = try takesNull()
      return .null
    }
  }

  private mutating func members() throws(JSONError) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    try beginObject()
    while let text = try nextName() {
      let name = string(text)
      guard names.insert(name).inserted else {
        throw error(.unexpected, "the name \(name) stands twice")
      }
      members.append(JSONValue.Member(name, try value()))
    }
    return members
  }
}

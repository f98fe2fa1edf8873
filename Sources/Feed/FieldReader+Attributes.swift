import JSON
import Loyalty

extension FieldReader {
  /// Reads `attributes`: names with a text, a number, or true or false each.
  mutating func attributes() throws(JSONError) -> [Attribute] {
    guard try beginsObject("attributes") else { return [] }
    var attributes: [Attribute] = []
    var count = 0
    while let text = try json.nextName() {
      count += 1
      let name = json.string(text)
      let field = "attributes." + Shown.text(name)
      if count > FeedLimit.attributes {
        try json.skipValue()
      } else if let fault = TextRule.check(name, mayHoldControls: text.isEscaped) {
        add(fault.code, field, fault.reason, fault.remedy)
        try json.skipValue()
      } else if attributes.contains(where: { $0.name == name }) {
        try standsTwice(field)
      } else if let value = try attribute(field) {
        attributes.append(Attribute(name: name, value: value))
      }
    }
    if count > FeedLimit.attributes {
      add(.tooMany, "attributes", "\(count) are more than the \(FeedLimit.attributes) allowed")
    }
    return attributes
  }

  private mutating func attribute(_ field: String) throws(JSONError) -> Attribute.Value? {
    switch try json.kind() {
    case .text: return try text(field, limit: FeedLimit.text).map { .text($0) }
    case .number: return try decimal(field).map { .number($0) }
    case .boolean: return .boolean(try json.boolean())
    case .null:
      _ = try json.takesNull()
      return nil
    case .object, .array:
      try refuse(field, wanted: "a text, a number, or true or false")
      return nil
    }
  }
}

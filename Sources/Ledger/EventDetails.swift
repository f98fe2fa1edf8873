import JSON
import Loyalty
import Postgres

/// Attributes as they lie in jsonb: of an event an object, of its lines an array with an object or
/// null for each.
public enum EventDetails {
  static func attributes(_ text: String) throws -> [Attribute] {
    attributes(try JSONValue(Array(text.utf8)))
  }

  static func lineAttributes(_ text: String) throws -> [LineAttribute] {
    guard case .array(let lines) = try JSONValue(Array(text.utf8)) else { return [] }
    return lines.enumerated().flatMap { line, details in
      (details["attributes"].map { attributes($0) } ?? []).map {
        LineAttribute(line: Int32(line), attribute: $0)
      }
    }
  }

  static func attributes(_ value: JSONValue) -> [Attribute] {
    guard case .object(let members) = value else { return [] }
    return members.compactMap { member in
      switch member.value {
      case .text(let text): Attribute(name: member.name, value: .text(text))
      case .boolean(let yes): Attribute(name: member.name, value: .boolean(yes))
      case .number(let digits):
        ExactDecimal(digits).map { Attribute(name: member.name, value: .number($0)) }
      default: nil
      }
    }
  }

  public static func json(_ attributes: [Attribute]) -> String {
    var writer = JSONWriter()
    write(attributes, &writer)
    return writer.text
  }

  private static func write(_ attributes: [Attribute], _ writer: inout JSONWriter) {
    writer.object { writer in
      for attribute in attributes {
        switch attribute.value {
        case .text(let text): writer.member(attribute.name, text)
        case .boolean(let yes): writer.member(attribute.name, yes)
        case .number(let number):
          writer.name(attribute.name)
          writer.number(number.description)
        }
      }
    }
  }

  /// Nil where no line has any; `more` are those of the lines' products.
  static func json(of lines: [TransactionLine], and more: [[Attribute]]?) -> String? {
    let funded = lines.contains { $0.discounts.contains { $0.funder != nil } }
    guard funded || more != nil || lines.contains(where: { !$0.attributes.isEmpty }) else {
      return nil
    }
    var writer = JSONWriter()
    writer.array { writer in
      for (place, line) in lines.enumerated() {
        let attributes = line.attributes + (more?[place] ?? [])
        writer.object { writer in
          if !attributes.isEmpty {
            writer.name("attributes")
            write(attributes, &writer)
          }
          for discount in line.discounts where discount.funder != nil {
            writer.member("\(discount.kind.rawValue) funder", discount.funder)
          }
        }
      }
    }
    return writer.text
  }
}

import Foundation
import Rules
import YAML

/// Checks YAML against the part of JSON Schema (draft 7) that Patron's schema consists of, the way
/// an editor's plugin does: scalars by YAML's core schema (1.2).
struct SchemaValidator {
  let root: SchemaValue
  private var patterns: [String: Regex<AnyRegexOutput>] = [:]

  init(_ root: SchemaValue) { self.root = root }

  /// What is wrong, as `line: sentence`.
  mutating func findings(_ node: Node, _ schema: SchemaValue? = nil) -> [String] {
    guard case .object(let members) = schema ?? root else { return ["a schema is no object"] }
    if case .text(let name)? = (schema ?? root)["$ref"] {
      guard let target = definition(name) else { return ["\(name) leads nowhere"] }
      return findings(node, target)
    }
    return members.flatMap { findings(node, $0.name, $0.value, in: schema ?? root) }
  }

  func definition(_ reference: String) -> SchemaValue? {
    root["definitions"]?[String(reference.dropFirst("#/definitions/".count))]
  }

  private mutating func findings(
    _ node: Node, _ word: String, _ value: SchemaValue, in schema: SchemaValue
  ) -> [String] {
    switch (word, value) {
    case ("$schema", _), ("title", _), ("description", _), ("definitions", _), ("examples", _),
      ("then", _), ("else", _):
      return []
    case ("type", let types): return type(node, types)
    case ("enum", .list(let values)):
      return values.contains(Self.scalar(node)) ? [] : [wrong(node, "is none of the choices")]
    case ("pattern", .text(let pattern)): return matches(node, pattern)
    case ("properties", .object(let properties)):
      return (node.entries ?? []).flatMap { entry -> [String] in
        properties.first { $0.name == entry.name }.map { findings(entry.value, $0.value) } ?? []
      }
    case ("additionalProperties", let rest): return others(node, rest, schema["properties"])
    case ("required", .list(let names)):
      guard let entries = node.entries else { return [] }
      return names.compactMap { name in
        guard case .text(let name) = name, !entries.contains(where: { $0.name == name }) else {
          return nil
        }
        return wrong(node, "lacks \(name)")
      }
    case ("items", let item): return (node.items ?? []).flatMap { findings($0, item) }
    case ("minItems", .number(let least)):
      return (node.items?.count ?? least) < least ? [wrong(node, "has too few items")] : []
    case ("anyOf", .list(let schemas)):
      let all = schemas.map { findings(node, $0) }
      return all.contains { $0.isEmpty } ? [] : all.min { $0.count < $1.count } ?? []
    case ("allOf", .list(let schemas)): return schemas.flatMap { findings(node, $0) }
    case ("if", let condition):
      let next = findings(node, condition).isEmpty ? "then" : "else"
      return schema[next].map { findings(node, $0) } ?? []
    default: return ["the schema has a word `\(word)` that this validator does not know"]
    }
  }

  private func type(_ node: Node, _ types: SchemaValue) -> [String] {
    var names: [SchemaValue] = [types]
    if case .list(let several) = types { names = several }
    let type = Self.type(of: node)
    return names.contains(type) ? [] : [wrong(node, "is not \(names)")]
  }

  private static func type(of node: Node) -> SchemaValue {
    if node.entries != nil { return "object" }
    if node.items != nil { return "array" }
    switch scalar(node) {
    case .number: return "number"
    case .flag: return "boolean"
    case .object: return "null"
    case .text(let text): return isNumber(text) && node.style == .plain ? "number" : "string"
    default: return "string"
    }
  }

  private mutating func matches(_ node: Node, _ pattern: String) -> [String] {
    guard case .text(let text) = Self.scalar(node), !(node.style == .plain && Self.isNumber(text))
    else { return [] }
    if patterns[pattern] == nil { patterns[pattern] = try? Regex(pattern) }
    guard let regex = patterns[pattern] else { return ["\(pattern) is no pattern"] }
    return text.firstMatch(of: regex) == nil ? [wrong(node, "does not match \(pattern)")] : []
  }

  private mutating func others(_ node: Node, _ rest: SchemaValue, _ properties: SchemaValue?)
    -> [String]
  {
    (node.entries ?? []).flatMap { entry -> [String] in
      guard properties?[entry.name] == nil else { return [] }
      if case .flag(let allowed) = rest {
        return allowed ? [] : [wrong(entry.key, "is no word of this place")]
      }
      return findings(entry.value, rest)
    }
  }

  private func wrong(_ node: Node, _ what: String) -> String {
    "\(node.place.file):\(node.place.line): `\(node.text ?? "…")` \(what)"
  }

  /// A plain scalar's value by the core schema; `object` with nothing in it is null.
  private static func scalar(_ node: Node) -> SchemaValue {
    guard let text = node.text else { return .list([]) }
    guard node.style == .plain else { return .text(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .object([])
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return Int(text).map { .number($0) } ?? .text(text)
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil
  }
}

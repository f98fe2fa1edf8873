import Loyalty
import YAML

/// The JSON Schema of rule files, so that editors complete words and check them while somebody
/// types. It is made of the reader's own list of words (`Room`) and their descriptions (`Word`).
public enum RuleSchema {
  /// The schema of draft 7, which editors' YAML plugins know best. With a program's files, its own
  /// names are offered, and others refused where it must have declared them.
  public static func schema(_ files: [SourceFile] = []) -> SchemaValue {
    let result = files.isEmpty ? nil : ProgramReader.read(files)
    return schema(of: (result?.program ?? result?.partial).map { DeclaredNames($0) })
  }

  /// Every word, with its place as a person calls it.
  public static var words: [(word: String, place: String)] {
    Room.allCases.flatMap { room in room.words.map { ($0, room.title) } }
  }

  /// What is wrong between the reader's words and their descriptions, one sentence each.
  public static var findings: [String] { Word.findings }

  private static func schema(of names: DeclaredNames?) -> SchemaValue {
    let builder = SchemaBuilder(names: names)
    let definitions = Room.allCases.compactMap { room in
      builder.words(of: room).isEmpty
        ? nil : SchemaValue.Member("\(room)", builder.definition(of: room))
    }
    return [
      "$schema": "http://json-schema.org/draft-07/schema#",
      "title": "A loyalty program for Patron",
      "description": "A program's file begins with `program:`, a campaign's with `campaign:`.",
      "type": "object",
      "if": ["required": ["campaign"]],
      "then": ["$ref": "#/definitions/campaign"],
      "else": ["$ref": "#/definitions/program"],
      "definitions": .object(definitions),
    ]
  }
}

/// Rooms and shapes as schemas.
struct SchemaBuilder {
  let names: DeclaredNames?

  func words(of room: Room) -> [String] { room.words }

  func definition(of room: Room) -> SchemaValue {
    var properties: [SchemaValue.Member] = []
    for name in words(of: room) where !properties.contains(where: { $0.name == name }) {
      guard let word = Word.find(name, in: room) else { continue }
      properties.append(.init(name, described(schema(of: word.shape), word.text)))
    }
    var isOpen: SchemaValue = false
    if let others = others(in: room) {
      for (name, text, value) in others where !properties.contains(where: { $0.name == name }) {
        properties.append(.init(name, described(value, text)))
      }
      if names == nil { isOpen = SchemaBuilder.anything }
    }
    var members: [SchemaValue.Member] = [
      .init("type", "object"), .init("properties", .object(properties)),
      .init("additionalProperties", isOpen),
    ]
    let required = SchemaBuilder.required(in: room)
    if !required.isEmpty { members.append(.init("required", .texts(required))) }
    return .object(members)
  }

  /// Without these the reader says that something is missing.
  static func required(in room: Room) -> [String] {
    switch room {
    case .program: ["program", "timezone", "money", "currencies"]
    case .campaign: ["campaign"]
    case .table: ["by", "table"]
    case .example: ["example"]
    case .line: ["sku"]
    case .discount: ["kind", "amount"]
    default: []
    }
  }

  /// Names that stand beside the words of a room; nil where none may. Without a program they are
  /// not known, and so there are none here.
  private func others(in room: Room) -> [(String, String, SchemaValue)]? {
    switch room {
    case .condition:
      (attributes(\.member, "members") + attributes(\.transaction, "purchases"))
        + eventAttributes
    case .items, .line: attributes(\.item, "items")
    case .member: attributes(\.member, "members")
    case .budget: currencies(.amount, "How much of it all members get together.")
    case .limit: currencies(.phrase(.limit), "How much of it one member can get.")
    case .expect: currencies(.amount, "What this step changes of it.")
    case .goal, .qualify:
      currencies(.phrase(.range), "What was earned of it in the window.")
        + eventAttributes
    default: nil
    }
  }

  private func currencies(_ shape: Shape, _ text: String) -> [(String, String, SchemaValue)] {
    (names?[.currency] ?? []).map { ($0, text, schema(of: shape)) }
  }

  private func attributes(
    _ of: KeyPath<AttributesSyntax, [Written<String>]>, _ what: String
  ) -> [(String, String, SchemaValue)] {
    (names?.attributes[keyPath: of] ?? []).map {
      ($0.value, "An attribute of \(what).", schema(of: .words))
    }
  }

  /// The attributes of all events.
  private var eventAttributes: [(String, String, SchemaValue)] {
    (names?.events ?? []).flatMap { event in
      event.attributes.map {
        ($0.key.value, "An attribute of the event `\(event.key.value)`.", schema(asked: $0.kind))
      }
    }
  }
}

/// Shapes as schemas.
extension SchemaBuilder {
  static let scalar: SchemaValue = ["type": ["string", "number", "boolean"]]
  static let anything: SchemaValue = [
    "type": ["string", "number", "boolean", "object", "array", "null"]
  ]
  private static let empty: SchemaValue = ["type": "null"]

  func described(_ schema: SchemaValue, _ text: String) -> SchemaValue {
    // Beside `$ref` nothing else counts in draft 7.
    schema["$ref"] == nil
      ? schema.with("description", .text(text))
      : ["description": .text(text), "allOf": [schema]]
  }

  func schema(of shape: Shape) -> SchemaValue {
    switch shape {
    case .phrase(let form): phrase(form)
    case .choice(let texts): ["enum": .texts(texts)]
    case .yesNo: ["enum": ["yes", "no"]]
    case .text: either([Self.scalar, ["type": "object", "additionalProperties": Self.scalar]])
    case .word: Self.scalar
    case .words: several(Self.scalar)
    case .one(let kind): name(kind)
    case .some(let kind): several(name(kind))
    case .room(let room): ["$ref": .text("#/definitions/\(room)")]
    case .named(let inner): ["type": "object", "additionalProperties": schema(of: inner)]
    case .namedOrEmpty(let inner):
      ["type": "object", "additionalProperties": either([schema(of: inner), Self.empty])]
    case .byCurrency(let inner): byCurrency(schema(of: inner))
    case .list(let inner): ["type": "array", "items": schema(of: inner)]
    case .several(let inner): several(schema(of: inner))
    case .either(let shapes): either(shapes.map { schema(of: $0) })
    case .nothing: Self.empty
    case .tierTest: tierTest
    case .trigger: trigger
    case .happening: happening
    case .rows: rows
    case .anything: Self.anything
    }
  }

  private func either(_ schemas: [SchemaValue]) -> SchemaValue { ["anyOf": .list(schemas)] }

  private func several(_ one: SchemaValue) -> SchemaValue {
    either([one, ["type": "array", "items": one, "minItems": 1]])
  }

  private func phrase(_ form: PhraseForm) -> SchemaValue {
    // A pattern says nothing of numbers: `14` alone is no duration.
    let isNumber = form.examples.contains { Reading.plainNumber($0) != nil }
    return [
      "type": isNumber ? ["string", "number"] : ["string"], "pattern": .text(form.pattern),
      "examples": .texts(form.examples),
    ]
  }

  /// Declared names are the only ones; what the feed tells may be other than what is named so far.
  private func name(_ kind: NameKind) -> SchemaValue {
    guard let names, !names[kind].isEmpty else { return Self.scalar }
    let known: SchemaValue = ["enum": .list(names[kind].map { Self.value($0) })]
    return kind.isDeclared ? known : either([known, Self.scalar])
  }

  /// As an editor reads the name: `14` is a number there.
  private static func value(_ name: String) -> SchemaValue {
    Int(name).map { String($0) == name ? .number($0) : .text(name) } ?? .text(name)
  }

  private func byCurrency(_ inner: SchemaValue) -> SchemaValue {
    guard let names, !names[.currency].isEmpty else {
      return ["type": "object", "additionalProperties": inner]
    }
    return [
      "type": "object", "properties": .object(names[.currency].map { .init($0, inner) }),
      "additionalProperties": false,
    ]
  }

  private var tierTest: SchemaValue {
    guard let tiers = names?[.tier], !tiers.isEmpty else { return several(Self.scalar) }
    let forms = tiers.flatMap { ["\($0)", "\($0) or above", "\($0) only", "\($0) or below"] }
    return either([
      ["enum": .texts(forms)], ["type": "array", "items": name(.tier), "minItems": 1],
    ])
  }

  private var trigger: SchemaValue {
    let calendar = ["purchase", "enrolment", "birthday day", "birthday week", "birthday month"]
    return either([
      ["enum": .texts(calendar + (names?[.event] ?? []))], ["type": "object"],
      names == nil ? Self.scalar : ["enum": ["birthday", "anniversary", "partner", "inactive"]],
    ])
  }

  private var happening: SchemaValue {
    guard let names else { return either([Self.scalar, ["type": "object"]]) }
    let events = names.events.map { event -> SchemaValue.Member in
      let attributes = event.attributes.map {
        SchemaValue.Member($0.key.value, schema(given: $0.kind))
      }
      let value: SchemaValue = [
        "type": "object", "properties": .object(attributes), "additionalProperties": false,
      ]
      return .init(event.key.value, either([value, Self.empty]))
    }
    let taken = ["join", "claim"].map { SchemaValue.Member($0, Self.scalar) }
    return either([
      name(.event),
      ["type": "object", "properties": .object(events + taken), "additionalProperties": false],
    ])
  }

  /// Rows of values, perhaps with rows in them.
  private var rows: SchemaValue {
    let value: SchemaValue = ["type": ["string", "number"]]
    return [
      "type": "object",
      "additionalProperties": either([value, ["type": "object", "additionalProperties": value]]),
    ]
  }

  /// What an event of an example has.
  private func schema(given kind: EventSyntax.AttributeKind) -> SchemaValue {
    switch kind {
    case .number: phrase(.number)
    case .money: phrase(.money)
    case .date: phrase(.date)
    case .boolean: schema(of: .yesNo)
    case .oneOf(let choices): ["enum": .list(choices.map { Self.value($0) })]
    case .text: Self.scalar
    }
  }

  /// What a condition or a goal asks of an event's attribute.
  func schema(asked kind: EventSyntax.AttributeKind) -> SchemaValue {
    switch kind {
    case .number, .money: phrase(.range)
    case .boolean: schema(of: .yesNo)
    case .oneOf(let choices): several(["enum": .list(choices.map { Self.value($0) })])
    case .text, .date: several(Self.scalar)
    }
  }
}

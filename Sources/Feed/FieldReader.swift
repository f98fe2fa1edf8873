import JSON
import Loyalty

/// Reads the fields of one row and gathers what is wrong with them. Only what is no JSON at all is
/// thrown.
struct FieldReader {
  var json: JSONReader
  let money: MoneyUnit
  var problems: [FeedProblem] = []
  /// Where the reader stands: `lines[2].`; made only when something is wrong.
  var path = Path()

  struct Path {
    var list: StaticString?
    var index = 0
    var innerList: StaticString?
    var innerIndex = 0

    func field(_ name: String) -> String {
      guard let list else { return name }
      var text = "\(list)[\(index)]"
      if let innerList { text += ".\(innerList)[\(innerIndex)]" }
      return name.isEmpty ? text : text + "." + name
    }
  }

  mutating func add(
    _ code: FeedProblem.Code, _ field: String, _ reason: String, _ remedy: String = ""
  ) {
    problems.append(FeedProblem(code, path.field(field), reason, remedy: remedy))
  }

  mutating func add(_ fault: Fault, _ field: String) {
    add(fault.code, field, fault.reason, fault.remedy)
  }

  /// Says what stands where something else should, and passes over it.
  mutating func refuse(_ field: String, wanted: String) throws(JSONError) {
    let kind = try json.kind()
    add(.wrongType, field, "\(kind.words) stands where \(wanted) should", "write \(wanted)")
    try json.skipValue()
  }

  mutating func unknown(_ name: JSONText, among names: [String]) throws(JSONError) {
    let text = Shown.text(json.string(name))
    let near = NearName.of(text, in: names).map { "did you mean `\($0)`?" }
    add(
      .unknownField, text, "no such field is known",
      near ?? "leave it out, or put it into `attributes`")
    try json.skipValue()
  }

  mutating func standsTwice(_ field: String) throws(JSONError) {
    add(.standsTwice, field, "the field stands twice", "leave one of them out")
    try json.skipValue()
  }
}

extension FieldReader {
  /// A text, or a whole number taken by its digits; nil for `null` and where something is wrong.
  mutating func text(
    _ field: String, limit: Int = FeedLimit.identifier
  ) throws(JSONError) -> String? {
    switch try json.kind() {
    case .text:
      let text = try json.text()
      let string = json.string(text)
      // Unescaped control characters have been refused by the reader of JSON.
      guard let fault = TextRule.check(string, limit: limit, mayHoldControls: text.isEscaped) else {
        return string
      }
      add(fault.code, field, fault.reason, fault.remedy)
      return nil
    case .number:
      let digits = json.bytes[try json.number()]
      guard digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
        add(.wrongType, field, "a number stands where a text should", "write it in quotes")
        return nil
      }
      return String(decoding: digits, as: UTF8.self)
    case .null:
      _ = try json.takesNull()
      return nil
    default:
      try refuse(field, wanted: "a text")
      return nil
    }
  }

  /// A decimal, written as a number or as a text.
  mutating func decimal(_ field: String) throws(JSONError) -> ExactDecimal? {
    let digits: Range<Int>
    switch try json.kind() {
    case .number: digits = try json.number()
    case .text: digits = try json.text().range
    case .null:
      _ = try json.takesNull()
      return nil
    default:
      try refuse(field, wanted: "a number")
      return nil
    }
    if let decimal = ExactDecimal(utf8: json.bytes, in: digits) { return decimal }
    let fault = NumberRule.fault(of: json.bytes[digits])
    add(fault.code, field, fault.reason, fault.remedy)
    return nil
  }

  mutating func amount(_ field: String) throws(JSONError) -> Money? {
    guard let decimal = try decimal(field) else { return nil }
    if let amount = NumberRule.money(decimal, money) { return amount }
    add(NumberRule.moneyFault(decimal, money), field)
    return nil
  }

  /// Whether the till has laid it aside.
  mutating func isSuspended() throws(JSONError) -> Bool {
    guard let status = try text("status") else { return false }
    switch status {
    case "suspended": return true
    case "completed", "resumed": return false
    default:
      add(
        .badValue, "status", "`\(Shown.text(status))` is no status of a transaction",
        "write suspended, resumed or completed, or leave it out; what was cancelled is not sent")
      return false
    }
  }

  mutating func boolean(_ field: String) throws(JSONError) -> Bool? {
    switch try json.kind() {
    case .boolean: return try json.boolean()
    case .null:
      _ = try json.takesNull()
      return nil
    default:
      try refuse(field, wanted: "true or false")
      return nil
    }
  }

  /// Whether a list begins here; otherwise it is passed over, with a problem unless it is `null`.
  mutating func beginsList(_ field: String) throws(JSONError) -> Bool {
    try begins(.array, field, "a list")
  }

  mutating func beginsObject(_ field: String) throws(JSONError) -> Bool {
    try begins(.object, field, "an object")
  }

  private mutating func begins(
    _ wanted: JSONReader.Kind, _ field: String, _ words: String
  ) throws(JSONError) -> Bool {
    let kind = try json.kind()
    guard kind == wanted else {
      if kind == .null { _ = try json.takesNull() } else { try refuse(field, wanted: words) }
      return false
    }
    if wanted == .array { try json.beginArray() } else { try json.beginObject() }
    return true
  }
}

extension JSONReader.Kind {
  var words: String {
    switch self {
    case .object: "an object"
    case .array: "a list"
    case .text: "a text"
    case .number: "a number"
    case .boolean: "true or false"
    case .null: "null"
    }
  }
}

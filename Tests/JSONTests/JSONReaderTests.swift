import JSON
import Testing

@Suite("Reading JSON")
struct JSONReaderTests {
  private func fault(_ text: String) -> JSONError? { fault(Array(text.utf8)) }

  private func fault(_ bytes: [UInt8]) -> JSONError? {
    do {
      _ = try JSONValue(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test("A value is read with its members in order and its numbers as they were written")
  func tree() throws {
    let value = try JSONValue(
      Array(#" {"b": [1.50, -0, 1E+2], "a": {"x": null}, "c": true} "#.utf8))
    #expect(
      value
        == .object([
          .init("b", .array([.number("1.50"), .number("-0"), .number("1E+2")])),
          .init("a", .object([.init("x", .null)])), .init("c", .boolean(true)),
        ]))
    #expect(value["a"]?["x"] == .null)
  }

  @Test("Escapes and surrogate pairs become what they stand for")
  func escapes() throws {
    #expect(
      try JSONValue(Array(#""\"\\\/\b\f\n\r\t\u00e9\u91D1\uD83D\uDE00é金😀""#.utf8))
        == .text("\"\\/\u{8}\u{C}\n\r\té金😀é金😀"))
  }

  @Test(
    "What is no JSON is refused with its place and its reason",
    arguments: [
      ("", 0, "it ends too early"),
      ("{\"a\": 1", 7, "it ends too early"),
      ("\"abc", 4, "it ends too early"),
      ("[1, 2", 5, "it ends too early"),
      ("tru", 3, "it ends too early"),
      ("{\"a\" 1}", 5, "a colon is missing after the name"),
      ("{a: 1}", 1, "a name in quotes is missing"),
      ("{\"a\": 1 \"b\": 2}", 8, "a comma or } is missing"),
      ("{\"a\": 1,}", 8, "nothing follows after the comma"),
      ("[1,]", 3, "nothing follows after the comma"),
      ("[,1]", 1, "a value is missing"),
      ("[1 2]", 3, "a comma or ] is missing"),
      ("01", 2, "a number does not begin with 0"),
      ("-a", 1, "a number is missing"),
      ("[1.]", 3, "a digit is missing behind the point"),
      ("[1e]", 3, "a digit is missing in the exponent"),
      ("nul1", 0, "null is misspelt"),
      ("TRUE", 0, "a value is missing"),
      ("\"\\x\"", 1, "there is no such escape behind the backslash"),
      ("\"\\u12G4\"", 1, "\\u needs four hexadecimal digits"),
      ("\"\\uD83D\"", 1, "half of a surrogate pair stands alone"),
      ("\"\\uD83Dabcdef\"", 1, "half of a surrogate pair stands alone"),
      ("\"\\uDE00\"", 1, "half of a surrogate pair stands alone"),
      ("\"a\nb\"", 2, "a control character stands in a text (write it as \\n, \\t or \\u00..)"),
      ("1 2", 2, "something follows after the end"),
      ("{\"a\": 1, \"a\": 2}", 13, "the name a stands twice"),
    ] as [(String, Int, String)])
  func refused(text: String, offset: Int, message: String) {
    let error = fault(text)
    #expect(error?.message == message)
    #expect(error?.offset == offset)
  }

  @Test(
    "Bytes that are no UTF-8 are refused",
    arguments: [
      [0x80], [0xC0, 0xAF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF5, 0x80, 0x80, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xE9, 0x20, 0x20],
    ] as [[UInt8]])
  func notUTF8(bytes: [UInt8]) {
    let error = fault([UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")])
    #expect(error?.code == .badUTF8)
  }

  @Test("64 lists may lie in each other, 65 may not")
  func depth() {
    func nested(_ count: Int) -> String {
      String(repeating: "[", count: count) + String(repeating: "]", count: count)
    }
    #expect(fault(nested(64)) == nil)
    #expect(fault(nested(65))?.code == .tooDeep)
    #expect(fault(nested(65))?.offset == 64)
  }

  @Test("Any beginning of a value ends too early")
  func beginnings() {
    let whole = Array(#"{"a": [true, null, "x\n\uD83D\uDE00é"], "b": {"c": -12.5e3}}"#.utf8)
    for length in 0..<whole.count {
      #expect(fault(Array(whole[..<length]))?.code == .endsTooEarly, "first \(length) bytes")
    }
    #expect(fault(whole) == nil)
  }

  @Test("Offsets count from the beginning of the part that is read")
  func part() {
    var reader = JSONReader(Array("xx[1,]".utf8), in: 2..<6)
    #expect(throws: JSONError(.unexpected, at: 3, "nothing follows after the comma")) {
      try reader.skipValue()
    }
  }
}

@Suite("Writing JSON")
struct JSONWriterTests {
  @Test("Commas stand between members and elements, and nowhere else")
  func commas() {
    var json = JSONWriter()
    json.object { json in
      json.member("points", 128)
      json.member("name", nil as String?)
      json.memberArray("parts") { json in
        json.value("a")
        json.object { _ in }
        json.null()
      }
      json.memberObject("tier") { $0.member("gold", true) }
      json.name("amount")
      json.number("12.50")
    }
    json.newline()
    json.array { _ in }
    #expect(
      json.text == #"{"points":128,"parts":["a",{},null],"tier":{"gold":true},"amount":12.50}"#
        + "\n[]")
  }

  @Test("What is written reads back the same, whatever characters it has (printed seed)")
  func roundTrip() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = Seeded(seed)
    for _ in 0..<500 {
      let tree = value(3, &random)
      var json = JSONWriter()
      json.value(tree)
      #expect(try JSONValue(json.bytes) == tree)
    }
  }

  private func value(_ depth: Int, _ random: inout Seeded) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .boolean(Bool.random(using: &random))
    case 2: return .number("\(Int.random(in: -99999...99999, using: &random))")
    case 3, 4: return .text(text(&random))
    case 5: return .array((0..<3).map { _ in value(depth - 1, &random) })
    default:
      return .object((0..<3).map { .init("\($0)" + text(&random), value(depth - 1, &random)) })
    }
  }

  private func text(_ random: inout Seeded) -> String {
    let letters = [
      "a", "\"", "\\", "\n", "\u{1}", "\u{1F}", "é", "金", "😀", "/", "\u{7F}", "\u{2028}",
    ]
    return (0..<Int.random(in: 0..<8, using: &random)).map { _ in
      letters[Int.random(in: 0..<letters.count, using: &random)]
    }.joined()
  }
}

/// SplitMix64: the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

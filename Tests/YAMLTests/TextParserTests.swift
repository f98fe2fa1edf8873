import Testing
import YAML

@Suite struct TextParserTests {
  private func parse(_ text: String) -> ParsedText {
    TextParser.parse(SourceFile(name: "a.yaml", text: text))
  }

  @Test func `every node knows its line, column and length in characters`() throws {
    let root = try #require(parse("名字: 金冠卡\nlist: [a, \"b c\"]\nmap: {金: 1}\n").root)
    let name = try #require(root["名字"])
    #expect(name.place == Place(file: "a.yaml", line: 1, column: 5, length: 3))
    let list = try #require(root["list"]?.items)
    #expect(list.map(\.place.column) == [8, 11])
    #expect(list[1].place.length == 5)
    #expect(root["list"]?.place == Place(file: "a.yaml", line: 2, column: 7, length: 10))
    #expect(
      root["map"]?.entries?.first?.key.place == Place(file: "a.yaml", line: 3, column: 7, length: 1)
    )
  }

  @Test func `scalars keep their text and their style`() throws {
    let root = try #require(parse("a: no\nb: 1.00\nc: \"no\"\nd: |\n  two\n  lines\ne:\n").root)
    #expect(root.entries?.map { $0.value.text } == ["no", "1.00", "no", "two\nlines\n", ""])
    #expect(root.entries?.map { $0.value.style } == [.plain, .plain, .quoted, .block, .plain])
    #expect(root["e"]?.isEmpty == true)
    #expect(root["c"]?.isEmpty == false)
  }

  @Test func `the order of a mapping is the order of the text`() throws {
    let root = try #require(parse("z: 1\na: 2\nm: 3\n").root)
    #expect(root.entries?.map(\.name) == ["z", "a", "m"])
  }

  @Test func `a byte order mark, Windows line ends and a leading document mark do no harm`() throws
  {
    let parsed = parse("\u{FEFF}---\r\na: 1\r\nb:\r\n  c: 2\r\n")
    #expect(parsed.diagnostics.isEmpty)
    #expect(parsed.root?["b"]?["c"]?.place == Place(file: "a.yaml", line: 4, column: 6, length: 1))
  }

  @Test func `an empty text has no root and no diagnostic`() {
    for text in ["", "\n\n", "# only a comment\n", "---\n"] {
      #expect(parse(text).diagnostics.isEmpty)
    }
    #expect(parse("").root == nil)
  }

  @Test func `what a hash cut off is kept for the reader to complain of`() throws {
    let root = try #require(parse("a: Our #1 offer\nb: plain # a comment\nc: x#y\n").root)
    #expect(root.entries?.map { $0.value.cut } == ["#1 offer", nil, nil])
  }

  @Test func `an entry with an empty value in braces is no comma's fault`() {
    #expect(parse("a: {b: }\nc: {d: , e: 1}\n").diagnostics.isEmpty)
    #expect(parse("a: {b: 1, }\n").diagnostics.isEmpty)
    #expect(parse("a: {b}\n").diagnostics.map(\.code) == ["Y005"])
    #expect(parse("a: {b: 1, c}\n").diagnostics.map(\.code) == ["Y018"])
  }

  @Test func `a text beyond the limits is refused before it is read`() {
    let large = String(repeating: "# padding padding padding\n", count: Limits.textBytes / 26 + 1)
    #expect(parse(large).diagnostics.map(\.code) == ["Y001"])
    let many = "a: [" + String(repeating: "1,", count: Limits.nodes) + "1]\n"
    #expect(parse(many).diagnostics.map(\.code) == ["Y017"])
    let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
    #expect(parse("a: " + deep).diagnostics.map(\.code) == ["Y016"])
  }

  @Test func `NUL and bytes that are no UTF-8 are refused with their place`() {
    #expect(
      parse("a: b\u{0}c\n").diagnostics.map(\.place) == [
        Place(file: "a.yaml", line: 1, column: 5, length: 1)
      ])
    let parsed = TextParser.parse(
      SourceFile(name: "a.yaml", bytes: [0x61, 0x3A, 0x20, 0xFF, 0x0A]))
    #expect(parsed.diagnostics.map(\.code) == ["Y002"])
    #expect(parsed.diagnostics.map(\.place.column) == [4])
  }

  @Test func `syntax errors of all sections are told at once`() {
    let parsed = parse("a: {b: 1\nc:\n  d: \"x\n\ne: f: g\nh: 1\n")
    #expect(parsed.diagnostics.map(\.place.line) == [1, 3, 5])
  }

  @Test func `a file that ends within a construct has its mark inside the text`() {
    for text in ["a: {b: 1", "a: [1,\n", "a: \"x", "a:\n  - b: {"] {
      let places = parse(text).diagnostics.map(\.place)
      #expect(places.count == 1)
      #expect(places.allSatisfy { $0.line >= 1 && $0.line <= 2 })
    }
  }
}

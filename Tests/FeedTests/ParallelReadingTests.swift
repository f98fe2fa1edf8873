import Feed
import Loyalty
import Testing

/// A file is read by several threads at once; nothing of it may show that.
@Suite("Reading a file in chunks")
struct ParallelReadingTests {
  private func sale(_ id: Int, padding: Int) -> String {
    let name = String(repeating: "x", count: padding)
    return #"{"source":"s","id":"\#(id)","at":"2026-02-07T10:00:00Z","lines":[],"#
      + #""attributes":{"note":"\#(name)"}}"#
  }

  @Test("Rows and the lines in messages are the file's, wherever a chunk ends (printed seed)")
  func order() throws {
    var random = Seeded.printed()
    var text = "\u{FEFF}"
    var sales: [Int] = []
    var bad: [Int] = []
    for line in 1...12_000 {
      switch random.next() % 10 {
      case 0: text += random.next() % 2 == 0 ? "\n" : "  \r\n"
      case 1:
        text += "{oops\n"
        bad.append(line)
      default:
        text += sale(line, padding: 1 + Int(random.next() % 899)) + "\n"
        sales.append(line)
      }
    }
    #expect(text.utf8.count > 4 << 20)
    var seen: [Int] = []
    var rows: [Int] = []
    for row in try spooled(text) {
      switch row {
      case .transaction(let transaction, _, let row, let line):
        #expect(transaction.id == String(line))
        seen.append(line)
        rows.append(row)
      case .unreadable(_, _, _, _, let row, let line):
        seen.append(line)
        rows.append(row)
      }
    }
    #expect(seen == sales + bad)
    #expect(rows.sorted() == Array(1...(sales.count + bad.count)))
  }

  @Test("A file that ends inside a record tells its line, many chunks on")
  func unfinished() {
    let text = (1...6_000).map { sale($0, padding: 900) }.joined(separator: "\n")
    let error = #expect(throws: FeedError.self) { try spooled(String(text.dropLast())) }
    #expect(error?.code == .unfinished)
    #expect(error?.line == 6_000)
  }

  @Test("Blank lines before it do not hide that a file is of another kind")
  func blankBeginning() {
    let blanks = String(repeating: "\n", count: 3 << 20)
    let error = #expect(throws: FeedError.self) { try spooled(blanks + "[\n{}\n]\n") }
    #expect(error?.code == .wrongFormat)
    #expect(error?.line == 3 << 20 + 1)
  }

  @Test("A line that is too long is told by its number")
  func tooLong() {
    let text = sale(1, padding: 1) + "\n" + String(repeating: "x", count: 20 << 20)
    let error = #expect(throws: FeedError.self) { try spooled(text) }
    #expect(error?.code == .rowTooLong)
    #expect(error?.line == 2)
  }
}

import Feed
import Foundation
import Loyalty
import Testing

/// A file that is there while a body runs.
func withFile<Result: ~Copyable>(_ bytes: some Sequence<UInt8>, _ body: (String) throws -> Result)
  throws
  -> Result
{
  let path = FileManager.default.temporaryDirectory.path + "/feed-\(UUID().uuidString)"
  try Data(bytes).write(to: URL(fileURLWithPath: path))
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

func spooled(_ text: String, batch: Int = 1000) throws -> [SpooledRow] {
  try withFile(text.utf8) { path in
    let spool = try FileSpool.read(.file(path), .ndjson(.dollars))
    var rows: [SpooledRow] = []
    try spool.batches(of: batch) { rows += $0 }
    return rows
  }
}

@Suite("Spooling a file")
struct FileSpoolTests {
  private func sale(_ id: String, at: String = "2026-02-07T10:00:00Z") -> String {
    #"{"source":"s","id":"\#(id)","at":"\#(at)","lines":[]}"#
  }

  private func ids(_ rows: [SpooledRow]) -> [String] {
    rows.map {
      switch $0 {
      case .transaction(let transaction, _, _, _): transaction.id
      case .unreadable(_, _, let id, _, let row, let line):
        "\(id ?? "?") bad, row \(row), line \(line)"
      }
    }
  }

  private func fault(_ text: String) -> FeedError? {
    do {
      _ = try spooled(text)
      return nil
    } catch {
      return error as? FeedError
    }
  }

  @Test(
    "Rows come back by time and then by row, those that cannot be read last",
    arguments: [1, 2, 100])
  func order(batch: Int) throws {
    let text =
      [
        sale("late", at: "2026-02-09T10:00:00Z"), "", "{\"id\": \"x\", oops", sale("early"),
        sale("same", at: "2026-02-07T11:00:00+01:00"), sale("first", at: "2026-02-01T10:00"),
      ].joined(separator: "\r\n") + "\n"
    let rows = try spooled("\u{FEFF}" + text, batch: batch)
    #expect(ids(rows) == ["first", "early", "same", "late", "x bad, row 2, line 3"])
    guard case .unreadable(let kept, nil, "x", let problems, 2, 3) = rows[4] else {
      Issue.record("the bad row is \(rows[4])")
      return
    }
    #expect(kept == "{\"id\": \"x\", oops")
    #expect(
      problems.map(\.description) == [
        "a name in quotes is missing, at byte 13 (send one JSON object)"
      ])
  }

  @Test("A last line without its end is a row if it is whole")
  func lastLine() throws {
    #expect(ids(try spooled(sale("1") + "\n" + sale("2"))) == ["1", "2"])
    #expect(ids(try spooled("")).isEmpty)
    #expect(ids(try spooled("\n \n")).isEmpty)
  }

  @Test("A file that ends inside a record is unfinished, wherever it was cut")
  func unfinished() {
    let whole = sale("1") + "\n" + sale("é")
    for length in (sale("1").utf8.count + 2)..<whole.utf8.count {
      let cut = Array(whole.utf8.prefix(length))
      let error = #expect(throws: FeedError.self) {
        try withFile(cut) { path in _ = try FileSpool.read(.file(path), .ndjson(.dollars)) }
      }
      #expect(error?.code == .unfinished)
      #expect(error?.line == 2)
    }
  }

  @Test("Half a line in the middle is a bad row of its own")
  func halfLine() throws {
    #expect(
      ids(try spooled(sale("1").dropLast(20) + "\n" + sale("2") + "\n")) == [
        "2", "1 bad, row 1, line 1",
      ])
  }

  @Test("Files of another kind are told so")
  func otherKinds() throws {
    #expect(
      fault("[\n{}\n]\n")?.description
        == "line 1: the file is one JSON list; send one object a line, without brackets and commas between"
    )
    #expect(
      fault("{\n\"id\": 1\n}\n")?.description
        == "line 1: an object goes over several lines; send each object on one line")
    let missing = #expect(throws: FeedError.self) {
      let spool = try FileSpool.read(.file("/no/such/file"), .ndjson(.dollars))
      #expect(spool.count == 0)
    }
    #expect(missing?.message == "/no/such/file cannot be opened: no such file or directory")
    let error = #expect(throws: FeedError.self) {
      try withFile([0x1F, 0x8B, 8, 0, 10]) { _ = try FileSpool.read(.file($0), .ndjson(.dollars)) }
    }
    #expect(
      error?.message == "the file is packed by gzip; unpack it: gzip -dc FILE | patron post -")
  }

  @Test("Bytes that PostgreSQL does not keep become the replacement character in what is parked")
  func badBytes() throws {
    try withFile(Array("{\"a\u{0}".utf8) + [0xFF, 10]) { path in
      let spool = try FileSpool.read(.file(path), .ndjson(.dollars))
      try spool.batches(of: 10) { rows in
        guard case .unreadable(let text, _, _, _, _, _) = rows[0] else {
          Issue.record("it was read")
          return
        }
        #expect(text == "{\"a\u{FFFD}\u{FFFD}")
      }
    }
  }

  @Test("Lines longer than a chunk, and many of them, come through whole (printed seed)")
  func longLines() throws {
    var maker = TransactionMaker(random: .printed())
    var transactions: [Transaction] = []
    var text: [UInt8] = []
    for index in 0..<400 {
      var transaction = maker.transaction()
      transaction.at = Instant(seconds: 1_700_000_000 + Int64(index))
      if index % 100 == 0 { transaction.lines = (1...4000).map { maker.line(Int32($0)) } }
      transactions.append(transaction)
      text += TransactionWriter.bytes(of: transaction, FeedContext.dollars.money) + [10]
    }
    try withFile(text) { path in
      var seen = 0
      let spool = try FileSpool.read(.file(path), .ndjson(.dollars)) { seen = $0 }
      #expect(seen == text.count)
      var form = CanonicalForm()
      var next = 0
      try spool.batches(of: 7) { rows in
        for row in rows {
          guard case .transaction(let transaction, let digest, let number, _) = row else {
            Issue.record("row \(row)")
            continue
          }
          #expect(transaction == transactions[next])
          #expect(digest == form.digest(of: transaction))
          next += 1
          #expect(number == next)
        }
      }
      #expect(next == transactions.count)
    }
  }
}

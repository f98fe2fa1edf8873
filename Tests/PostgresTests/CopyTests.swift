import Postgres
import TestSupport
import Testing

@Suite struct CopyTests {
  private let table = """
    CREATE TABLE t (a int2, b int4, c int8, d bool, e text, f bytea, g timestamptz, h date,
      i uuid, j jsonb, k int2[], l int4[], m int8[], n text[])
    """

  /// Reading moves on in the row, which #expect cannot look into.
  private func same<Value: Equatable>(
    _ found: Value, _ expected: Value, at place: SourceLocation = #_sourceLocation
  ) {
    #expect(found == expected, sourceLocation: place)
  }

  @Test func everyTypeGoesInAndOut() throws {
    let db = try Connection(TestCluster.shared.database())
    try db.execute(table)
    let arrived = try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { out in
      out.row(fields: 14)
      out.int2(-2)
      out.int4(4)
      out.int8(.min)
      out.bool(true)
      out.text("Grüße")
      out.bytes([0, 255])
      out.instant(1_709_208_000_000_001)
      out.date(19_782)
      out.uuid(7)
      out.jsonb("{\"a\": 1}")
      out.int2Array([1])
      out.int4Array([1, 2])
      out.int8Array([])
      out.textArray(["", "x"])
      out.row(fields: 14)
      for _ in 0..<14 { out.null() }
    }
    #expect(arrived == 2)
    var row = 0
    let sent = try db.copyOut("COPY t TO STDOUT (FORMAT binary)") { line in
      same(line.fields, 14)
      if row == 0 {
        same(line.int2(), -2)
        same(line.int4(), 4)
        same(line.int8OrNil(), .min)
        same(line.bool(), true)
        same(line.text(), "Grüße")
        same(line.bytes(), [0, 255])
        same(line.instant(), 1_709_208_000_000_001)
        same(line.date(), 19_782)
        same(line.uuid(), 7)
        same(line.jsonb(), "{\"a\": 1}")
        same(line.int2Array(), [1])
        same(line.int4Array(), [1, 2])
        same(line.int8ArrayOrNil(), [])
        same(line.textArray(), ["", "x"])
      } else {
        same(line.int2OrNil(), nil)
        same(line.rawField(), nil)
        line.skip()
        same(line.boolOrNil(), nil)
        same(line.textOrNil(), nil)
      }
      row += 1
    }
    #expect(sent == 2)
    let text = try db.query("SELECT to_jsonb(t)::text FROM t WHERE a = -2").text(0, 0)
    #expect(text.contains("\"e\": \"Grüße\"") && text.contains("\"h\": \"2024-02-29\""))
  }

  @Test func encodedFieldsPassThrough() throws {
    let db = try Connection(TestCluster.shared.database())
    try db.execute("CREATE TABLE a (n int8, s text); CREATE TABLE b (n int8, s text)")
    try db.query("INSERT INTO a VALUES (5, 'five'), (6, NULL)")
    var fields: [[UInt8]?] = []
    try db.copyOut("COPY a TO STDOUT (FORMAT binary)") { line in
      for _ in 0..<line.fields { fields.append(line.rawField()) }
    }
    try db.copyIn("COPY b FROM STDIN (FORMAT binary)") { out in
      for (index, field) in fields.enumerated() {
        if index % 2 == 0 { out.row(fields: 2) }
        if let field { out.raw(fieldBytes: field[...]) } else { out.null() }
      }
      out.row(fields: 2)
      out.int8(7)
      out.text(utf8: Array("seven".utf8)[...])
    }
    let rows = try db.query("SELECT string_agg(coalesce(s, '-'), ',' ORDER BY n) FROM b")
    #expect(rows.text(0, 0) == "five,-,seven")
  }

  @Test func manyRowsAndWideFieldsCrossTheBuffer() throws {
    let db = try Connection(TestCluster.shared.database())
    try db.execute("CREATE TABLE t (n int4, s text)")
    let wide = String(repeating: "w", count: 300_000)
    try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { out in
      for number in 0..<20_000 as Range<Int32> {
        out.row(fields: 2)
        out.int4(number)
        out.text(number % 5_000 == 0 ? wide : "narrow")
      }
    }
    var (sum, bytes) = (0, 0)
    try db.copyOut("COPY t TO STDOUT (FORMAT binary)") { line in
      sum += line.int()
      bytes += line.text().utf8.count
    }
    #expect(sum == 199_990_000)
    #expect(bytes == 4 * 300_000 + 19_996 * 6)
  }

  @Test func nothingArrivesWhenTheWriterThrows() throws {
    struct Refused: Error {}
    let db = try Connection(TestCluster.shared.database())
    try db.execute("CREATE TABLE t (n int4)")
    #expect(throws: Refused.self) {
      try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { out in
        for number in 0..<50_000 as Range<Int32> {
          out.row(fields: 1)
          out.int4(number)
        }
        throw Refused()
      }
    }
    #expect(db.status == .idle)
    #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 0)
    try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { _ in }
  }

  @Test func theReaderMayGiveUp() throws {
    struct Enough: Error {}
    let db = try Connection(TestCluster.shared.database())
    var seen = 0
    #expect(throws: Enough.self) {
      try db.copyOut("COPY (SELECT generate_series(1, 3000000)) TO STDOUT (FORMAT binary)") { _ in
        seen += 1
        if seen == 10 { throw Enough() }
      }
    }
    #expect(db.status == .idle)
    for _ in 0..<20 { #expect(try db.query("SELECT 1").int(0, 0) == 1) }
    var empty = 0
    try db.copyOut("COPY (SELECT 1 WHERE false) TO STDOUT (FORMAT binary)") { _ in empty += 1 }
    #expect(empty == 0)
  }

  @Test func errorsOfTheServerNameTheStatement() throws {
    let db = try Connection(TestCluster.shared.database())
    try db.execute("CREATE TABLE t (n int4 PRIMARY KEY)")
    let copy = Statement("copy numbers", "COPY t FROM STDIN (FORMAT binary)")
    do {
      try db.copyIn(copy) { out in
        for number in [1, 1] as [Int32] {
          out.row(fields: 1)
          out.int4(number)
        }
      }
      Issue.record("the same key twice")
    } catch let error as PostgresError {
      #expect(error.isUnique)
      #expect(error.statement == "copy numbers")
    }
    #expect(throws: PostgresError.self) {
      try db.copyIn("COPY nothing FROM STDIN (FORMAT binary)") { _ in }
    }
    #expect(throws: PostgresError.self) {
      try db.copyOut("COPY (SELECT 1 / (5 - n) FROM generate_series(1, 9) n) TO STDOUT BINARY") {
        line in line.skip()
      }
    }
    #expect(db.status == .idle)
  }
}

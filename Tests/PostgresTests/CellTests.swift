import Postgres
import TestSupport
import Testing

/// Values go to the server and come back as they were.
@Suite struct CellTests {
  private func echo(_ cell: Cell, _ type: String) throws -> Rows {
    let db = try Connection(TestCluster.shared.settings)
    return try db.query(Statement("echo", "SELECT $1::\(type)"), [cell])
  }

  @Test func wholeNumbersKeepTheirWidthAndSign() throws {
    for value in [Int16.min, -1, 0, 1, .max] {
      #expect(try echo(.int2(value), "int2").int2(0, 0) == value)
      #expect(try echo(.int2(value), "int2").int(0, 0) == Int(value))
    }
    for value in [Int32.min, -1, 0, 1, .max] {
      #expect(try echo(.int4(value), "int4").int4(0, 0) == value)
      #expect(try echo(.int4(value), "int4").int(0, 0) == Int(value))
    }
    for value in [Int64.min, -1, 0, 1, .max] {
      #expect(try echo(.int8(value), "int8").int8(0, 0) == value)
      #expect(try echo(.int(Int(value)), "int8").int(0, 0) == Int(value))
    }
  }

  @Test func truthTextAndBytesComeBack() throws {
    #expect(try echo(true, "bool").bool(0, 0))
    #expect(try !echo(false, "bool").bool(0, 0))
    for text in ["", "Grüße", "a'b\"c\\d\n", "日本語 🎁"] {
      #expect(try echo(.text(text), "text").text(0, 0) == text)
    }
    let all = [UInt8](0...255)
    #expect(try echo(.bytes(all), "bytea").bytes(0, 0) == all)
    #expect(try echo(.bytes([]), "bytea").bytes(0, 0) == [])
  }

  @Test func identitiesAreTheSameAsTheServerWritesThem() throws {
    let value: UInt128 = 0x0011_2233_4455_6677_8899_AABB_CCDD_EEFF
    #expect(try echo(.uuid(value), "uuid").uuid(0, 0) == value)
    let text = try echo(.uuid(value), "uuid::text").text(0, 0)
    #expect(text == "00112233-4455-6677-8899-aabbccddeeff")
  }

  @Test func timeCountsFrom1970() throws {
    let db = try Connection(TestCluster.shared.settings)
    let rows = try db.query(
      """
      SELECT timestamptz '1970-01-01 00:00:00+00', date '1970-01-01',
        timestamptz '2024-02-29 12:00:00.000001+00'
      """)
    #expect(rows.instant(0, 0) == 0)
    #expect(rows.date(0, 1) == 0)
    #expect(rows.instant(0, 2) == 1_709_208_000_000_001)
    for value in [-1, 0, 1_709_208_000_000_001, .max, .min] as [Int64] {
      #expect(try echo(.instant(value), "timestamptz").instant(0, 0) == value)
    }
    for value in [-1, 0, 19_782, .max, .min] as [Int32] {
      #expect(try echo(.date(value), "date").date(0, 0) == value)
    }
    #expect(try echo(.instant(.max), "timestamptz::text").text(0, 0) == "infinity")
  }

  @Test func documentsComeBackAsText() throws {
    #expect(try echo(.json("{\"a\": 1}"), "json").text(0, 0) == "{\"a\": 1}")
    #expect(try echo(.jsonb("{\"a\":1}"), "jsonb").text(0, 0) == "{\"a\": 1}")
  }

  @Test func nullIsNullInEveryType() throws {
    let nulls: [(Cell, String)] = [
      (.null, "int4"), (.bool(nil), "bool"), (.int2(nil), "int2"), (.int4(nil), "int4"),
      (.int8(nil), "int8"), (.text(nil), "text"), (.bytes(nil), "bytea"), (.uuid(nil), "uuid"),
      (.instant(nil), "timestamptz"), (.date(nil), "date"), (.json(nil), "json"),
      (.jsonb(nil), "jsonb"), (.int8Array(nil as [Int64]?), "int8[]"),
      (.textArray(nil as [String]?), "text[]"),
    ]
    for (cell, type) in nulls { #expect(try echo(cell, type).isNull(0, 0), "\(type)") }
    #expect(try echo(.int8(nil), "int8").int8OrNil(0, 0) == nil)
    #expect(try echo(.int8(7), "int8").int8OrNil(0, 0) == 7)
    #expect(try echo(.text(nil), "text").textOrNil(0, 0) == nil)
    #expect(try echo(.int8Array(nil as [Int64]?), "int8[]").int8ArrayOrNil(0, 0) == nil)
  }

  @Test func arraysComeBack() throws {
    #expect(try echo(.int2Array([1, -2]), "int2[]").int2Array(0, 0) == [1, -2])
    #expect(try echo(.int4Array([1, -2]), "int4[]").int4Array(0, 0) == [1, -2])
    #expect(try echo(.int8Array([1, .min]), "int8[]").int8Array(0, 0) == [1, .min])
    #expect(try echo(.boolArray([true, false]), "bool[]").boolArray(0, 0) == [true, false])
    #expect(try echo(.textArray(["", "ü"]), "text[]").textArray(0, 0) == ["", "ü"])
    #expect(try echo(.bytesArray([[], [1]]), "bytea[]").bytesArray(0, 0) == [[], [1]])
    #expect(try echo(.uuidArray([0, .max]), "uuid[]").uuidArray(0, 0) == [0, .max])
    #expect(try echo(.instantArray([0, 5]), "timestamptz[]").instantArray(0, 0) == [0, 5])
    #expect(try echo(.dateArray([0, 5]), "date[]").dateArray(0, 0) == [0, 5])
    #expect(try echo(.jsonbArray(["1", "{}"]), "jsonb[]").jsonbArray(0, 0) == ["1", "{}"])
  }

  @Test func emptyArraysAreEmptyAndNotNull() throws {
    let rows = try echo(.int4Array([] as [Int32]), "int4[]")
    #expect(!rows.isNull(0, 0))
    #expect(rows.int4Array(0, 0) == [])
    #expect(try echo(.textArray([] as [String]), "text[]").textArray(0, 0) == [])
    #expect(try echo(.int8Array([] as [Int64?]), "int8[]").int8Array(0, 0) == [])
  }

  @Test func arraysMayHoldNulls() throws {
    #expect(try echo(.int8Array([1, nil, 3]), "int8[]").int8ArrayOfOptionals(0, 0) == [1, nil, 3])
    #expect(
      try echo(.textArray([nil, "", "x"]), "text[]").textArrayOfOptionals(0, 0) == [nil, "", "x"])
    #expect(
      try echo(.boolArray([nil, true]), "bool[]").boolArrayOfOptionals(0, 0) == [nil, true])
    #expect(try echo(.dateArray([nil, 3]), "date[]").dateArrayOfOptionals(0, 0) == [nil, 3])
    #expect(
      try echo(.instantArray([nil, 3]), "timestamptz[]").instantArrayOfOptionals(0, 0)
        == [nil, 3])
    #expect(try echo(.uuidArray([nil, 3]), "uuid[]").uuidArrayOfOptionals(0, 0) == [nil, 3])
    #expect(
      try echo(.jsonbArray([nil, "3"]), "jsonb[]").jsonbArrayOfOptionals(0, 0) == [nil, "3"])
    #expect(try echo(.int4Array([nil, 3]), "int4[]").int4ArrayOfOptionals(0, 0) == [nil, 3])
    #expect(try echo(.int2Array([nil, 3]), "int2[]").int2ArrayOfOptionals(0, 0) == [nil, 3])
    #expect(
      try echo(.bytesArray([nil, [3]]), "bytea[]").bytesArrayOfOptionals(0, 0) == [nil, [3]])
  }
}

import Loyalty

/// The bytes of one row in the spool's file.
enum SpoolRecord {
  static func encode(
    _ transaction: Transaction, _ digest: [UInt8], written form: inout CanonicalForm, line: Int,
    into bytes: inout [UInt8]
  ) {
    bytes.append(0)
    bytes.append(count: line)
    bytes.append(contentsOf: digest)
    TransactionCodec.encode(transaction, written: &form, into: &bytes)
  }

  static func encode(
    _ text: ArraySlice<UInt8>, _ source: String?, _ id: String?, _ problems: [FeedProblem],
    line: Int, into bytes: inout [UInt8]
  ) {
    bytes.append(1)
    bytes.append(count: line)
    bytes.append(count: text.count)
    bytes.append(contentsOf: text)
    bytes.append(optional: source)
    bytes.append(optional: id)
    bytes.append(count: problems.count)
    for problem in problems {
      bytes.append(text: problem.code.rawValue)
      bytes.append(text: problem.field)
      bytes.append(text: problem.reason)
      bytes.append(text: problem.remedy)
      bytes.append(count: problem.line ?? 0)
    }
  }

  static func decode(_ reader: inout ByteReader, row: Int) -> SpooledRow {
    guard reader.byte() == 1 else {
      let line = reader.count()
      let digest = Array(
        reader.bytes[reader.index..<reader.index + CanonicalForm.digestLength])
      reader.index += CanonicalForm.digestLength
      let transaction = TransactionCodec.decode(&reader)
      return .transaction(transaction, digest: digest, row: row, line: line)
    }
    let line = reader.count()
    // What is no UTF-8, and the zero byte that PostgreSQL does not keep, become U+FFFD.
    let text = String(reader.text().map { $0 == "\0" ? "\u{FFFD}" : $0 })
    return .unreadable(
      text: text, source: reader.optionalText(), id: reader.optionalText(),
      problems: reader.list(problem), row: row, line: line)
  }

  private static func problem(_ reader: inout ByteReader) -> FeedProblem {
    guard let code = FeedProblem.Code(rawValue: reader.text()) else {
      preconditionFailure("a problem was encoded with a code that there is not")
    }
    var problem = FeedProblem(code, reader.text(), reader.text(), remedy: reader.text())
    let line = reader.count()
    problem.line = line > 0 ? line : nil
    return problem
  }
}

import CPostgres

extension Connection {
  static func open(_ settings: ConnectionSettings) -> OpaquePointer? {
    withKeywords(settings) { PQconnectdbParams($0, $1, 1) }
  }

  /// A server is there and takes connections.
  static func isAnswering(_ settings: ConnectionSettings) -> Bool {
    withKeywords(settings) { PQpingParams($0, $1, 1) } == PQPING_OK
  }

  private static func withKeywords<Result>(
    _ settings: ConnectionSettings,
    _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    let pairs = settings.keywords
    let texts = pairs.flatMap { Array($0.0.utf8CString) + Array($0.1.utf8CString) }
    return texts.withUnsafeBufferPointer { memory in
      var names: [UnsafePointer<CChar>?] = []
      var values: [UnsafePointer<CChar>?] = []
      var next = memory.baseAddress!
      for (name, value) in pairs {
        names.append(next)
        next += name.utf8.count + 1
        values.append(next)
        next += value.utf8.count + 1
      }
      return body(names + [nil], values + [nil])
    }
  }
}

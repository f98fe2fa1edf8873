/// What somebody was told for a wrong file, one for each code: those that the tests run.
enum DiagnosticCases {
  /// The diagnostics of a code's case, as `check` prints them.
  static func text(of code: String) -> String? {
    let all = String(decoding: PackageResources.diagnostics_txt, as: UTF8.self)
    for part in all.split(separator: "==== ") where part.hasPrefix(code + "\n") {
      return part.dropFirst(code.count + 1).trimmingSuffix("\n")
    }
    return nil
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ end: Character) -> String {
    var text = self
    while text.last == end { text.removeLast() }
    return String(text)
  }
}

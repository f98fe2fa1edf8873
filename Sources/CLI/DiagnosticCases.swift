import JSON
import Rules

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

  /// Tells what a code means, with a file in which it is told.
  static func show(_ code: Code, asJSON: Bool) {
    let example = text(of: code.id)
    guard asJSON else {
      print("\(Terminal.styled(code.id, .bold))  \(code.title)\n\n\(code.explanation)")
      if let example { print("\nFor example:\n\n\(example)") }
      return
    }
    var json = JSONWriter()
    json.object { json in
      json.member("code", code.id)
      json.member("title", code.title)
      json.member("explanation", code.explanation)
      json.member("example", example)
    }
    print(json.text)
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ end: Character) -> String {
    var text = self
    while text.last == end { text.removeLast() }
    return String(text)
  }
}

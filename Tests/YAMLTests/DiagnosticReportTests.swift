import Testing
import YAML

@Suite struct DiagnosticReportTests {
  private let source = SourceFile(name: "p.yaml", text: "name: 金冠卡 x\n\twhen: 1\n")

  private func diagnostic(_ line: Int, _ column: Int, _ length: Int, help: String? = nil)
    -> Diagnostic
  {
    Diagnostic(
      "R012", at: Place(file: "p.yaml", line: line, column: column, length: length), "wrong",
      help: help)
  }

  @Test func `carets stand below wide characters`() {
    let report = DiagnosticReport(
      [diagnostic(1, 9, 1), diagnostic(1, 7, 2, help: "right")], sources: [source])
    #expect(
      report.text == """
        p.yaml:1:7: error[R012]: wrong
            1 | name: 金冠卡 x
              |       ^^^^
           help: right
        p.yaml:1:9: error[R012]: wrong
            1 | name: 金冠卡 x
              |           ^^

        """)
  }

  @Test func `at most fifty are shown and then a count`() {
    let many = (1...53).map { diagnostic(1, $0, 1) }
    let text = DiagnosticReport(many, sources: [source]).text
    #expect(text.hasSuffix("and 3 more\n"))
    #expect(text.split(separator: "\n").count { $0.contains("error[") } == 50)
  }

  @Test func `the same data as JSON`() {
    var quoted = diagnostic(1, 7, 2, help: "tab\tand \"quote\"")
    quoted.severity = .warning
    #expect(
      DiagnosticReport([quoted], sources: []).json == """
        [
          {"code": "R012", "severity": "warning", "file": "p.yaml", "line": 1, \
        "column": 7, "length": 2, "message": "wrong", "help": "tab\\tand \\"quote\\""}
        ]

        """)
    #expect(DiagnosticReport([], sources: []).json == "[]\n")
  }

  @Test func `a place outside the text has no excerpt`() {
    #expect(
      DiagnosticReport([diagnostic(99, 1, 1)], sources: [source]).text
        == "p.yaml:99:1: error[R012]: wrong\n")
  }

  @Test func `display width counts columns of a terminal`() {
    #expect(DisplayWidth.of("abc") == 3)
    #expect(DisplayWidth.of("金冠卡") == 6)
    #expect(DisplayWidth.of("e\u{301}") == 1)
    #expect(DisplayWidth.of("：") == 2)
  }
}

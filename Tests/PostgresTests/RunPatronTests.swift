import Foundation
import TestSupport
import Testing

@Suite struct RunPatronTests {
  @Test func theProgramIsBuiltBesideItsTestsAndRuns() throws {
    let program = builtProducts().appendingPathComponent("patron").path
    #expect(FileManager.default.isExecutableFile(atPath: program))
    let result = try runPatron(["--help"], env: ["LANG": "C"], stdin: "unread")
    #expect(result.status == 0)
  }
}

import Rules
import Testing
import YAML

@Suite("The programs that the language was tried with", .enabled(if: TestFiles.programs != nil))
struct SharedProgramTests {
  /// Programs all of whose words are built.
  @Test(arguments: ["pyaterochka"])
  func `a program whose words are built is read without a diagnostic`(_ name: String) throws {
    let file = try TestFiles.program(name)
    let result = ProgramReader.read([file])
    #expect(DiagnosticReport(result.diagnostics, sources: [file]).text == "")
    #expect(result.program != nil)
  }

  @Test(arguments: [
    "avios", "china", "gold-crown", "hallmark", "kroger", "sephora", "starbucks", "tesco",
  ])
  func `another is refused only for words that are not built yet`(_ name: String) throws {
    let file = try TestFiles.program(name)
    let result = ProgramReader.read([file])
    print(DiagnosticReport(result.diagnostics, sources: [file]).text)
    #expect(Set(result.diagnostics.map(\.code)) == ["R006"])
    #expect(result.program == nil)
  }
}

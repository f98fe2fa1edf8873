import Rules
import Testing
import YAML

@Suite("The programs that the language was tried with", .enabled(if: TestFiles.programs != nil))
struct SharedProgramTests {
  @Test(arguments: [
    "avios", "china", "gold-crown", "hallmark", "kroger", "pyaterochka", "sephora", "starbucks",
    "tesco",
  ])
  func `a program is read without a diagnostic, and its examples come out`(_ name: String) throws {
    let file = try TestFiles.program(name)
    let result = ProgramReader.read([file])
    #expect(DiagnosticReport(result.diagnostics, sources: [file]).text == "")
    let program = try #require(result.program)
    for example in ExampleRunner.run(program, zone: try ExampleTests.zone(program.timezone.value)) {
      #expect(example.differences == [], "\(name): \(example.title)")
    }
  }

  @Test func `a campaign is read together with its program`() throws {
    let files = [try TestFiles.program("tesco"), try TestFiles.program("tesco-double")]
    let result = ProgramChecker.check(files)
    #expect(DiagnosticReport(result.diagnostics, sources: files).text == "")
    let program = try #require(result.program)
    for example in ExampleRunner.run(program, zone: try ExampleTests.zone(program.timezone.value)) {
      #expect(example.differences == [], "\(example.title)")
    }
  }
}

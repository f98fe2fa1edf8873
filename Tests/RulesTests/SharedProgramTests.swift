import Rules
import Testing
import YAML

@Suite("The programs that the language was tried with", .enabled(if: TestFiles.programs != nil))
struct SharedProgramTests {
  /// Programs all of whose words are built.
  @Test(arguments: [
    "avios", "pyaterochka", "china", "gold-crown", "hallmark", "kroger", "starbucks",
  ])
  func `a program whose words are built is read without a diagnostic`(_ name: String) throws {
    let file = try TestFiles.program(name)
    let result = ProgramReader.read([file])
    #expect(DiagnosticReport(result.diagnostics, sources: [file]).text == "")
    let program = try #require(result.program)
    for example in ExampleRunner.run(program, zone: try ExampleTests.zone(program.timezone.value)) {
      #expect(example.differences == [], "\(name): \(example.title)")
    }
  }

  @Test(arguments: [
    "sephora", "tesco",
  ])
  func `another is refused only for words that are not built yet`(_ name: String) throws {
    let file = try TestFiles.program(name)
    let result = ProgramReader.read([file])
    #expect(Set(result.diagnostics.map(\.code)) == ["R006"])
    #expect(result.program == nil)
  }

  /// Programs with the lines taken out that hold a word which is not built.
  @Test(arguments: [
    ("kroger", ["pots:"])
  ])
  func `without those lines it passes its check`(_ name: String, _ lines: [String]) throws {
    var file = try TestFiles.program(name)
    file.text = file.text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { line in !lines.contains { line.contains($0) } }.joined(separator: "\n")
    let result = ProgramChecker.check([file])
    #expect(DiagnosticReport(result.diagnostics, sources: [file]).text == "")
    #expect(result.program != nil)
  }

  @Test func `a campaign is read together with its program`() throws {
    let files = [try TestFiles.program("tesco"), try TestFiles.program("tesco-double")]
    let result = ProgramReader.read(files)
    #expect(Set(result.diagnostics.map(\.code)) == ["R006"])
    #expect(result.diagnostics.count { $0.place.file == "tesco-double.yaml" } == 0)
  }
}

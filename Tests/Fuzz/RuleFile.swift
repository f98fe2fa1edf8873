import Loyalty
import Rules
import YAML

/// Any text as a rule file: it ends in diagnostics or in a program that can be used, never in a
/// crash or a hang. `make fuzz` builds it with libFuzzer, which calls this with one text after
/// another and keeps what reaches code that none before it reached.
@_cdecl("LLVMFuzzerTestOneInput")
public func tryRuleFile(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let file = SourceFile(name: "fuzz.yaml", bytes: bytes)
  let day = CivilDate(year: 2026, month: 1, day: 1)!
  let result = ProgramChecker.check([file], today: day)
  let report = DiagnosticReport(result.diagnostics, sources: [file])
  precondition((result.program == nil) == report.hasErrors, "refused without a word")
  precondition(report.text.isEmpty == result.diagnostics.isEmpty)
  _ = report.json
  precondition(ProgramDiff(old: [file], new: [file]).differences.isEmpty)
  _ = Terms([file], language: "zh", today: day).text
  _ = RuleSchema.schema([file])
  if let program = result.program { use(program, file, day) }
  return 0
}

/// What is done with a program that has no errors.
private func use(_ program: ProgramSyntax, _ file: SourceFile, _ day: CivilDate) {
  let zone = Zone(name: "UTC", changes: [], offsets: [0])
  _ = ExampleRunner.run(program, zone: zone)
  if let example = TrialPhrase.read("3 cards, Saturday", program, today: day).example {
    let steps = ExampleRunner.trial([file], example, zone: zone)
    precondition(steps?.count == 1)
  }
}

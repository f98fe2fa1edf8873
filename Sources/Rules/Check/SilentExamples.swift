import YAML

/// An example that expects nothing passes whatever the program does.
enum SilentExamples {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    let currency = program.currencies.first?.key.value ?? "points"
    return program.examples.compactMap { example in
      guard example.steps.allSatisfy({ $0.expect.isEmpty }) else { return nil }
      return Diagnostic(
        "R070", .warning, at: example.title.place,
        "this example expects nothing, so it passes whatever happens",
        help: "say what should come of it: `expect: {\(currency): …}`; `patron try` tells it")
    }
  }
}

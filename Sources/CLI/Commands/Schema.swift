import Engine
import JSON
import Rules

/// `patron schema`: what editors need to complete and check rule files.
enum SchemaCommand: Command {
  static let name = "schema"
  static let summary = "the JSON Schema of rule files, for editors"
  static let usage = "schema [PATH]"
  static let help = """
    Writes the JSON Schema (draft 7) of the rule language, with what each word means, so that an
    editor completes and checks while somebody types. With PATH (a program's folder, or one file)
    it offers that program's own tiers, sets, currencies, categories, and refuses names that it
    does not declare.

    For editors with the YAML language server (VS Code, Neovim, JetBrains and others), save it
    beside the rule files and begin each of them with this line:

        # yaml-language-server: $schema=schema.json
    """

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let path = arguments.nextOrNil()
    try arguments.end()
    let files = try path.map { try ProgramFolder(path: $0).files } ?? []
    print(json(RuleSchema.schema(files)).indented())
    return ExitStatus.done
  }

  private static func json(_ schema: SchemaValue) -> JSONValue {
    switch schema {
    case .object(let members): .object(members.map { .init($0.name, json($0.value)) })
    case .list(let values): .array(values.map { json($0) })
    case .text(let text): .text(text)
    case .number(let number): .number(String(number))
    case .flag(let flag): .boolean(flag)
    }
  }
}

import Foundation
import Rules
import Testing
import YAML

/// The schema that editors use says what the reader reads.
@Suite struct SchemaTests {
  @Test func `every word has its description and every description a word`() {
    #expect(RuleSchema.findings == [])
  }

  /// A program's files, folder by folder and file by file.
  static let programs: [[SourceFile]] = {
    func files(_ folder: URL) -> [SourceFile] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap {
        try? TestFiles.source(folder.appending(path: $0))
      }
    }
    let config = TestFiles.package.appending(path: "config")
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: config.path)) ?? []
    return folders.sorted().map { files(config.appending(path: $0)) }.filter { !$0.isEmpty }
      + files(ExampleTests.folder).map { [$0] }
  }()

  static func findings(_ files: [SourceFile], _ schema: SchemaValue) -> [String] {
    var validator = SchemaValidator(schema)
    return files.flatMap { file in
      TextParser.parse(file).root.map { validator.findings($0) } ?? ["\(file.name) is no YAML"]
    }
  }

  @Test func `every program fits the schema of the language and the one of its own`() {
    #expect(Self.programs.count >= 12)
    for files in Self.programs {
      #expect(Self.findings(files, RuleSchema.schema()) == [])
      #expect(Self.findings(files, RuleSchema.schema(files)) == [])
    }
  }

  @Test(.enabled(if: TestFiles.programs != nil))
  func `the programs that the language was tried with fit the schema of all its words`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: TestFiles.programs!.path)
    for name in names.sorted() where name.hasSuffix(".yaml") && !name.hasPrefix("tesco") {
      let files = [try TestFiles.source(TestFiles.programs!.appending(path: name))]
      #expect(Self.findings(files, RuleSchema.schema()) == [])
      #expect(Self.findings(files, RuleSchema.schema(files)) == [])
    }
    let tesco = [try TestFiles.program("tesco"), try TestFiles.program("tesco-double")]
    #expect(Self.findings(tesco, RuleSchema.schema(tesco)) == [])
  }

  @Test func `the programs of the README fit the schema`() {
    for text in ReadmeTests.blocks where text.hasPrefix("program:") {
      let files = [SourceFile(name: "README.md", text: text)]
      #expect(Self.findings(files, RuleSchema.schema(files)) == [])
    }
  }

  /// What an editor underlines before anybody runs a check.
  @Test(arguments: [
    "R004-unknown-word", "R005-condition-in-a-rule", "R012-unknown-tier",
    "R015-factor-as-percent", "R019-dates-in-other-orders", "R022-weekdays", "R025-yes-or-no",
    "R026-choices",
  ])
  func `a wrong file does not fit the schema`(_ name: String) throws {
    let files = try CaseTests.files(name)
    #expect(!Self.findings(files, RuleSchema.schema(files)).isEmpty)
  }

  @Test func `a program's own names are offered`() throws {
    let text = """
      program: p
      timezone: UTC
      money: USD
      currencies: {points: {expires: never}}
      attributes: {item: [type]}
      sets: {cards: {category: greeting-cards}}
      tiers: {member: , gold: {qualify: {spend: at least 5.00, within: ever}, keeps: ever}}
      rules: {base: {earn: {points: 1 per 1.00}}}

      """
    func fits(_ rule: String) -> Bool {
      let file = SourceFile(name: "p.yaml", text: text + "  ")
      let other = SourceFile(
        name: "c.yaml", text: "campaign: c\nrules:\n  r: {\(rule), earn: {points: 1}}\n")
      return Self.findings([other], RuleSchema.schema([file])).isEmpty
    }
    #expect(fits("when: {tier: gold or above}"))
    #expect(!fits("when: {tier: glod or above}"))
    #expect(fits("items: cards"))
    #expect(!fits("items: crads"))
    #expect(fits("items: {category: greeting-cards, type: boxed}"))
    // Other categories may come with the next delivery, attributes must be declared.
    #expect(fits("items: {category: toys}"))
    #expect(!fits("items: {typo: boxed}"))
    #expect(fits("limit: {points: 5 per day}"))
    #expect(!fits("limit: {miles: 5 per day}"))
    // A number alone is none where a unit belongs to it.
    #expect(fits("pending: 14 days, holdout: 5%"))
    #expect(!fits("pending: 14"))
    #expect(!fits("holdout: 0.05"))
  }

  @Test func `every reference in the schema leads somewhere`() {
    let schema = RuleSchema.schema()
    let validator = SchemaValidator(schema)
    func walk(_ value: SchemaValue) {
      switch value {
      case .object(let members):
        if case .text(let name)? = value["$ref"] {
          #expect(validator.definition(name) != nil, "\(name)")
        }
        for member in members { walk(member.value) }
      case .list(let values): for value in values { walk(value) }
      default: break
      }
    }
    walk(schema)
  }
}

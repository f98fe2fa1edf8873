import Testing

/// Each rule sees what it is there for, and nothing else.
@Suite struct HouseRulesTests {
  private func file(_ text: String, in room: String = "Loyalty") -> SourceFile {
    SourceFile(path: "Sources/\(room)/File.swift", text: text)
  }

  private let manifest = Manifest(
    """
    room("Postgres", ["CPostgres"]), room("Loyalty"), room("YAML", ["CYAML"]),
    room("Rules", ["Loyalty", "YAML"]), room("Ledger", ["Loyalty", "Postgres"]),
    .executableTarget(
      name: "CLI",
      dependencies: ["Ledger"])
    """)

  @Test func theManifestIsRead() {
    #expect(manifest.rooms["Loyalty"] == [])
    #expect(manifest.rooms["CLI"] == ["Ledger"])
    #expect(Rules.layers(manifest) == [])
    let upward = Manifest("room(\"Loyalty\", [\"Ledger\"]), room(\"Ledger\"), room(\"Shed\")")
    #expect(Rules.layers(upward).count == 4)
    let twoDoors = Manifest("room(\"YAML\", [\"CYAML\"]), room(\"JSON\", [\"CYAML\"])")
    #expect(Rules.layers(twoDoors).contains("CYAML is imported by JSON and YAML"))
  }

  @Test func importsAreSeen() {
    #expect(Rules.imports(file("import Loyalty", in: "Rules"), manifest) == [])
    #expect(Rules.imports(file("import Foundation", in: "Ledger"), manifest) == [])
    #expect(Rules.imports(file("import Foundation"), manifest).count == 1)
    #expect(
      Rules.imports(file("\n@testable import CPostgres", in: "Ledger"), manifest)[0].line == 2)
    #expect(Rules.imports(file("// import Postgres\nlet importer = 1"), manifest) == [])
  }

  @Test func pointersAreSeen() {
    #expect(Rules.pointers(file("x.withUnsafeBytes { }")).count == 1)
    #expect(Rules.pointers(file("let p: OpaquePointer", in: "Postgres")) == [])
    #expect(Rules.pointers(file("/// is unsafe to use")) == [])
  }

  @Test func shortcutsAreSeen() {
    let text = "struct A: @unchecked Sendable {}\nlet a = try! b()\nlet c = try? d()"
    #expect(Rules.shortcuts(file(text)).map(\.line) == [1, 2])
  }

  @Test func impurityAndFloatsAreSeen() {
    #expect(Rules.purity(file("let now = Date()")).count == 1)
    #expect(Rules.purity(file("let day: CivilDate")) == [])
    #expect(Rules.purity(file("let now = Date()", in: "CLI")) == [])
    #expect(Rules.exactness(file("let rate: Double")).count == 1)
    #expect(Rules.exactness(file("let doubled = 2")) == [])
  }

  @Test func leftoversAreSeen() {
    let text = "// TO" + "DO: later\n  // ----\nlet x = 1 // fine"
    #expect(Rules.leftovers(file(text)).map(\.line) == [1, 2])
  }

  @Test func sizesAreMeasured() {
    let line = String(repeating: "x", count: 100)
    #expect(Rules.sizes(file(line)) == [])
    #expect(Rules.sizes(file(line + "x")).count == 1)
    let lines = String(repeating: "\n", count: 450)
    #expect(Rules.sizes(file(lines)) == [])
    #expect(Rules.sizes(file(lines + "\n")).count == 1)
  }

  @Test func namesAreSeen() {
    #expect(Rules.names(file("public struct Loyalty {")).count == 1)
    #expect(Rules.names(file("public struct LoyaltyProgram {")) == [])
    let command = SourceFile(path: "Sources/CLI/Commands/CheckAll.swift", text: "let a = \"all\"")
    #expect(Rules.commands(command).count == 1)
    let named = SourceFile(path: "Sources/CLI/Commands/Audit.swift", text: "let a = \"audit\"")
    #expect(Rules.commands(named) == [])
  }

  @Test func placesAreSeen() {
    let (home, link) = ("/ho" + "me/someone/x", "https://example.com/wo" + "rk/x")
    #expect(Rules.places(file("let a = \"\(home)\"")).count == 1)
    #expect(Rules.places(file("see \(link)")) == [])
    #expect(Rules.places(file("Sources/network/file")) == [])
  }
}

import Testing

/// The house checks itself: each finding is `path:line: message`.
@Suite struct HouseTests {
  private let house: House

  init() throws {
    house = try House()
  }

  private func expectNone(_ findings: [Finding]) {
    for finding in findings { Issue.record("\(finding)") }
  }

  @Test func everythingIsFound() {
    #expect(house.sources.count > 20)
    #expect(house.manifest.rooms["Postgres"] == ["CPostgres"])
    #expect(house.manifest.rooms["CLI"]?.contains("Engine") == true)
  }

  @Test func arrowsPointDown() {
    for complaint in Rules.layers(house.manifest) { Issue.record("Package.swift:1: \(complaint)") }
  }

  @Test func roomsImportWhatTheyMay() {
    expectNone(house.sources.flatMap { Rules.imports($0, house.manifest) })
  }

  @Test func pointersStayAtTheDoor() { expectNone(house.sources.flatMap(Rules.pointers)) }
  @Test func nothingIsForced() { expectNone(house.sources.flatMap(Rules.shortcuts)) }
  @Test func theMiddleIsPure() { expectNone(house.sources.flatMap(Rules.purity)) }
  @Test func pointsAreExact() { expectNone(house.sources.flatMap(Rules.exactness)) }
  @Test func nothingIsLeftOver() { expectNone(house.code.flatMap(Rules.leftovers)) }
  @Test func filesAndLinesAreShort() { expectNone(house.code.flatMap(Rules.sizes)) }
  @Test func typesLeaveTheirTargetsNameFree() { expectNone(house.sources.flatMap(Rules.names)) }
  @Test func commandsAreFoundByTheirName() { expectNone(house.sources.flatMap(Rules.commands)) }
  @Test func noMachineIsNamed() { expectNone(house.files.flatMap(Rules.places)) }
}

import Foundation
import Loyalty
import Rules
import Testing
import YAML

/// Small programs with an example on each side of every boundary of their words.
@Suite struct ExampleTests {
  static let folder = TestFiles.tests.appending(path: "Examples")
  static let programs: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.sorted()
  }()

  @Test func `there are programs`() { #expect(Self.programs.count >= 9) }

  @Test(arguments: programs)
  func `every example comes out as a person reckoned it`(_ name: String) throws {
    let data = try Data(contentsOf: Self.folder.appending(path: name))
    let file = SourceFile(name: name, bytes: data)
    let result = ProgramReader.read([file])
    #expect(DiagnosticReport(result.diagnostics, sources: [file]).text == "")
    let program = try #require(result.program)
    for example in ExampleRunner.run(program, zone: try Self.zone(program.timezone.value)) {
      #expect(example.differences == [], "\(name): \(example.title)")
    }
  }

  @Test func `the programs that are shipped do what their examples say`() throws {
    let config = TestFiles.package.appending(path: "config")
    let names = try FileManager.default.contentsOfDirectory(atPath: config.path).sorted()
      .filter { !$0.hasSuffix(".md") }
    #expect(names.count >= 3)
    for name in names {
      let folder = config.appending(path: name)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        .map { SourceFile(name: $0, bytes: try Data(contentsOf: folder.appending(path: $0))) }
      let result = ProgramChecker.check(files, today: nil)
      #expect(DiagnosticReport(result.diagnostics, sources: files).text == "", "\(name)")
      let program = try #require(result.program)
      #expect(program.examples.count >= 5, "\(name)")
      #expect(files.allSatisfy { $0.text.split(separator: "\n").count <= 150 }, "\(name)")
      for example in ExampleRunner.run(program, zone: try Self.zone(program.timezone.value)) {
        #expect(example.differences == [], "\(name): \(example.title)")
      }
    }
  }

  /// The changes of 2026 to 2036, by each zone's own rule: rooms without a server know no tables.
  static func zone(_ name: String) throws -> Zone {
    let zone = try #require(TimeZone(identifier: name))
    var changes: [Int64] = []
    var date = Date(timeIntervalSince1970: 1_735_689_600)
    var offsets = [Int32(zone.secondsFromGMT(for: date))]
    while let next = zone.nextDaylightSavingTimeTransition(after: date),
      next.timeIntervalSince1970 < 2_082_758_400
    {
      changes.append(Int64(next.timeIntervalSince1970))
      offsets.append(Int32(zone.secondsFromGMT(for: next)))
      date = next
    }
    return Zone(name: name, changes: changes, offsets: offsets)
  }
}

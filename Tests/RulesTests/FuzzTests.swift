import Foundation
import Loyalty
import Rules
import Testing
import YAML

/// Whatever stands in a file, it is read or refused: never a crash, never silence.
@Suite struct FuzzTests {
  /// SplitMix64 (Steele, Lea, Flood 2014).
  struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  /// Runs of each file; `PATRON_FUZZ` asks for more.
  static let runs = ProcessInfo.processInfo.environment["PATRON_FUZZ"].flatMap { Int($0) } ?? 10

  static let isLong = runs > 10

  static var seeds: [String] {
    let cases = CaseTests.cases.compactMap { try? CaseTests.files($0)[0].text }
    var programs: [String] = []
    if let folder = TestFiles.programs {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      programs = names.sorted().compactMap {
        try? String(contentsOf: folder.appending(path: $0), encoding: .utf8)
      }
    }
    return programs + cases
  }

  @Test func `mutated files never crash and are never refused without a word`() {
    let seed =
      ProcessInfo.processInfo.environment["PATRON_SEED"].flatMap { UInt64($0) }
      ?? UInt64.random(in: 0...UInt64.max)
    print("PATRON_SEED=\(seed)")
    var random = Random(state: seed)
    let seeds = Self.seeds
    for text in seeds {
      for _ in 0..<Self.runs {
        let bytes = mutate(Array(text.utf8), &random, others: seeds)
        let file = SourceFile(name: "p.yaml", bytes: bytes)
        let result = ProgramChecker.check([file], today: CivilDate(year: 2026, month: 1, day: 1))
        let report = DiagnosticReport(result.diagnostics, sources: [file])
        #expect((result.program == nil) == report.hasErrors)
        #expect(report.text.isEmpty == result.diagnostics.isEmpty)
        use(file, result.program)
        let twice = Dictionary(grouping: result.diagnostics, by: \.self).filter { $1.count > 1 }
        #expect(twice.isEmpty, "\(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }

  /// Everything else that is done with a text, whether or not it is a program.
  private func use(_ file: SourceFile, _ program: ProgramSyntax?) {
    let day = CivilDate(year: 2026, month: 1, day: 1)!
    #expect(ProgramDiff(old: [file], new: [file]).differences == [])
    _ = ProgramDiff(old: [], new: [file])
    _ = Terms([file], language: "zh", today: day).text
    if case .ended(let files, _) = RuleEnd.end("base", in: [file], lastDay: day) {
      _ = ProgramDiff(old: [file], new: files)
    }
    // Rating takes its time: only where more is asked for.
    guard Self.isLong, let program else { return }
    let zone = Zone(name: "UTC", changes: [], offsets: [0])
    _ = ExampleRunner.run(program, zone: zone)
    if let example = TrialPhrase.read("3 cards, Saturday", program, today: day).example {
      let steps = ExampleRunner.trial([file], example, zone: zone)
      #expect(steps?.count == 1)
    }
  }

  private func mutate(_ bytes: [UInt8], _ random: inout Random, others: [String]) -> [UInt8] {
    var bytes = bytes
    let pieces: [String] = [
      ":", " ", "\n", "\t", "{", "}", "[", "]", "\"", "'", "#", ",", "-", "- ", "  ", "&a", "*a",
      "!t", "：", "金",
      "0", "9999999999999999999", "-1", "per", "at least", "%", "_", "\u{A0}", "any:", "not:",
      "null", "|", ">", "\u{0}",
    ]
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      let at = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes.remove(at: at)
      case 1: bytes[at] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random)!.utf8, at: at)
      case 3:
        let end = min(bytes.count, at + Int.random(in: 1...30, using: &random))
        bytes.removeSubrange(at..<end)
      case 4:
        let end = min(bytes.count, at + Int.random(in: 1...60, using: &random))
        let copy = Array(bytes[at..<end])
        bytes.insert(contentsOf: copy, at: Int.random(in: 0...bytes.count, using: &random))
      default:
        // A line of another file, at a line's beginning.
        let lines = others.randomElement(using: &random)!.split(separator: "\n")
        let line = (lines.randomElement(using: &random) ?? "") + "\n"
        let begin = bytes[..<at].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        bytes.insert(contentsOf: Array(line.utf8), at: begin)
      }
    }
    return bytes
  }
}

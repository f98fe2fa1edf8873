import Engine
import Foundation
import Postgres
import TestSupport
import Testing

/// Messages that go to a file.
@Suite struct RelayFileTests {
  private func withFile(_ body: (_ path: String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.path + "/relay-\(UUID().uuidString).ndjson"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n").dropLast()
  }

  private func relay(_ shop: TestStore, _ path: String) throws -> Relay.Tally {
    let relay = Relay(shop.settings, to: .file(path), once: true)
    try relay.run()
    return relay.tally
  }

  @Test func `a file gets one message a line, behind what it has`() throws {
    let shop = try RelayTests.shop(members: 3, sales: 2)
    try withFile { path in
      #expect(try relay(shop, path) == Relay.Tally(delivered: 12))
      try shop.post([Trade.sale("more", "C0", "2025-07-01", 2_000)])
      try shop.run()
      #expect(try relay(shop, path) == Relay.Tally(delivered: 2))
      let lines = try lines(path)
      #expect(lines.count == 14)
      #expect(lines.allSatisfy { $0.hasPrefix("{\"id\":") && $0.hasSuffix("}") })
      #expect(try RelayTests.waiting(shop) == 0)
    }
  }

  @Test func `part of a line that a killed relay left is cut off, and comes whole`() throws {
    let shop = try RelayTests.shop(members: 1, sales: 1)
    try withFile { path in
      for torn in ["{\"id\":4711,\"topic\"", "{", "{\"id\":1,\"x\":1}\n{\"i"] {
        try Data(torn.utf8).write(to: URL(fileURLWithPath: path))
        try shop.post([Trade.sale(torn, "C0", "2025-07-01", 2_000)])
        try shop.run()
        #expect(try relay(shop, path).lost == nil)
        #expect(try lines(path).allSatisfy { $0.hasSuffix("}") && $0.hasPrefix("{\"id\":") })
      }
    }
  }

  @Test func `a file that is none of a relay's, or cannot be written, is left alone`() throws {
    let shop = try RelayTests.shop(members: 1, sales: 1)
    try withFile { path in
      try Data("my notes".utf8).write(to: URL(fileURLWithPath: path))
      #expect(try relay(shop, path).lost == "\(path): its last line is not whole, and no message")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "my notes")
    }
    #expect(try relay(shop, "/nowhere/at/all").lost == "/nowhere/at/all: No such file or directory")
    #expect(try relay(shop, "/dev/null").lost == "/dev/null: this is not a plain file")
    #expect(try RelayTests.waiting(shop) == 2)
  }
}

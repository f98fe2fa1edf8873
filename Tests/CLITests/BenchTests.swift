import Foundation
import TestSupport
import Testing

@Suite("The bench")
struct BenchTests {
  /// The bench ends with status 1 where hand-written SQL and the engine do not leave the same rows.
  @Test("Set-based SQL that a person wrote leaves the same ledger as the engine")
  func sameLedger() throws {
    let result = try runPatron(
      ["bench", "--only", "c,e", "--transactions", "2000", "--runs", "1", "--json"],
      folder: packageFolder())
    #expect(result.status == 0, "\(result.stdout)\(result.stderr)")
    let json = try JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any]
    let letters = (json?["figures"] as? [[String: Any]])?.compactMap { $0["letter"] as? String }
    #expect(letters == ["c", "c", "c", "c", "e", "e"])
    #expect((json?["peak resident bytes"] as? Int ?? 0) > 0)
  }
}

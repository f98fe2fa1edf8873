import Digests
import Ledger
import Loyalty
import Rules

/// Codes of issued coupons: unique, not to be guessed, and the same when the same event is rated
/// again after a crash.
struct CouponCodes: Sendable {
  let secret: String

  /// Crockford's base 32: no I, L, O, U, so that a code can be read out and typed.
  static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  /// The codes of what an event issues; `isFree` says of each whether nobody has it.
  func make(
    _ issues: [CouponIssue], _ program: Program, _ account: Account, _ seq: Int64,
    isFree: (String) throws -> Bool
  ) throws -> [String] {
    var codes: [String] = []
    for (n, issue) in issues.enumerated() {
      let pattern = program.coupons.first { $0.id == issue.template }?.pattern ?? "##########"
      var attempt = 0
      while true {
        let code = code(pattern, "\(secret)/\(account.id)/\(seq)/\(n)/\(attempt)")
        if !codes.contains(code), try isFree(code) {
          codes.append(code)
          break
        }
        attempt += 1
      }
    }
    return codes
  }

  /// Fills the `#` of a pattern; the last one is the check character.
  func code(_ pattern: String, _ seed: String) -> String {
    var bytes = SHA256.digest(Array(seed.utf8))
    var code: [UInt8] = []
    let places = pattern.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "#") ? 1 : 0) }
    var filled: [Int] = []
    for byte in pattern.utf8 {
      guard byte == UInt8(ascii: "#") else {
        code.append(byte)
        continue
      }
      let value: Int
      if filled.count == places - 1, places > 1 {
        value = CouponCodes.check(filled)
      } else {
        if bytes.isEmpty { bytes = SHA256.digest(Array(seed.utf8) + code) }
        value = Int(bytes.removeLast() & 31)
      }
      filled.append(value)
      code.append(CouponCodes.alphabet[value])
    }
    return String(decoding: code, as: UTF8.self)
  }

  /// Luhn's algorithm modulo 32 (ISO/IEC 7812-1, annex B, with its base changed): any one wrong
  /// character is seen.
  static func check(_ values: [Int]) -> Int {
    var sum = 0
    for (place, value) in values.reversed().enumerated() {
      let doubled = place % 2 == 0 ? value * 2 : value
      sum += doubled / 32 + doubled % 32
    }
    return (32 - sum % 32) % 32
  }
}

import Engine
import Ledger
import Loyalty

/// `patron withdraw`: takes back a version that has not begun.
enum WithdrawCommand: Command {
  static let name = "withdraw"
  static let summary = "take back a version that has not begun"
  static let usage = "withdraw VERSION"
  static let help = """
    Takes back a published version that has not begun yet; `patron status` lists the versions. A
    version that has begun cannot be withdrawn: publish another one instead.
    """

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let word = try arguments.next("VERSION")
    try arguments.end()
    guard let version = Int32(word) else { throw UsageFailure("`\(word)` is no version number") }
    let store = try Store(try Database.settings())
    guard try store.withdraw(version, now: .now) else {
      let known = try store.versions(withFiles: false).first { $0.id == version }
      Terminal.error(
        known == nil
          ? "there is no version \(version); `patron status` lists them"
          : "version \(version) has begun; publish a corrected one instead")
      return ExitStatus.failed
    }
    print("Version \(version) is withdrawn.")
    return ExitStatus.done
  }
}

import Ledger
import Loyalty
import Rules

/// The codes of the coupons of one batch. They are made without a look at those that are there,
/// which are asked about once, at the end; only where one of them is taken, which hardly ever
/// happens, is the batch done anew with a look at each.
struct BatchCodes: Sendable {
  /// A code of the batch is somebody's already.
  struct Taken: Error {}

  private let codes: CouponCodes
  private var made: Set<String> = []
  private var looksAtEach = false

  init(secret: String) { codes = CouponCodes(secret: secret) }

  /// At the beginning of a batch.
  mutating func begin() { made.removeAll(keepingCapacity: true) }

  mutating func make(
    _ outcome: Outcome, _ program: Program, _ account: Account, _ seq: Int64,
    _ store: borrowing Store
  ) throws -> [String] {
    let new = try codes.make(Array(outcome.coupons), program, account, seq) { code in
      if made.contains(code) { return false }
      return try !looksAtEach || store.takenCodes([code]).isEmpty
    }
    made.formUnion(new)
    return new
  }

  /// At the end of a batch; throws `Taken` where it is to be done anew.
  func check(_ store: borrowing Store) throws {
    guard !looksAtEach, !made.isEmpty else { return }
    guard try store.takenCodes(Array(made)).isEmpty else { throw Taken() }
  }

  /// Whether the next batch is one that is done anew.
  mutating func look(atEach: Bool) { looksAtEach = atEach }
}

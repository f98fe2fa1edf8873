import Ledger
import Loyalty
import Postgres

/// In which fields a transaction differs from what was taken under its id before: for the person
/// who settles it.
enum Differences {
  static func fields(
    of transaction: Transaction, _ source: Symbol, _ store: borrowing Store
  ) throws -> String {
    let key = ClaimKey(source: source.id, id: transaction.id)
    guard let claim = try store.claims([key])[key] else {
      return "another row of the same batch"
    }
    guard claim.shard >= 0 else { return "what is parked under this id" }
    guard let first = try store.summary(claim.shard, claim.account, claim.seq) else {
      return "content"
    }
    var fields: [String] = []
    if first.at != transaction.at { fields.append("at") }
    if first.kind != EventKind(transaction.kind) { fields.append("kind") }
    if first.card != transaction.cards.first { fields.append("card") }
    if first.store != transaction.store { fields.append("store") }
    if first.skus.sorted() != transaction.lines.map(\.sku).sorted() { fields.append("lines.sku") }
    if first.quantities.sorted() != transaction.lines.map(\.quantity.millionths).sorted() {
      fields.append("lines.quantity")
    }
    if first.totals.sorted() != transaction.lines.map(\.total.minor).sorted() {
      fields.append("lines.total")
    }
    return fields.isEmpty ? "details" : fields.joined(separator: ", ")
  }
}

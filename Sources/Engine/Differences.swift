import Ledger
import Loyalty
import Postgres

/// A field in which two transactions of one id differ, and what each says.
public struct Difference: Sendable, Equatable {
  public var field: String
  public var first: String
  public var second: String
}

/// In which fields a transaction differs from what was taken under its id before: for the person
/// who settles it.
enum Differences {
  /// What is compared of a transaction.
  struct Side {
    var at: Instant
    var kind: EventKind
    var card: String?
    var store: String?
    var skus: [String]
    var quantities: [Int64]
    var totals: [Int64]

    init(_ transaction: Transaction) {
      at = transaction.at
      kind = EventKind(transaction.kind)
      card = transaction.cards.first
      store = transaction.store
      skus = transaction.lines.map(\.sku).sorted()
      quantities = transaction.lines.map(\.quantity.millionths).sorted()
      totals = transaction.lines.map(\.total.minor).sorted()
    }

    init(_ event: EventSummary) {
      at = event.at
      kind = event.kind
      card = event.card
      store = event.store
      skus = event.skus.sorted()
      quantities = event.quantities.sorted()
      totals = event.totals.sorted()
    }
  }

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
    let fields = between(Side(first), Side(transaction), nil).map(\.field)
    return fields.isEmpty ? "details" : fields.joined(separator: ", ")
  }

  /// Lines are compared as a whole, whatever their order. Cards are shown by their last digits.
  static func between(_ first: Side, _ second: Side, _ money: MoneyUnit?) -> [Difference] {
    var found: [Difference] = []
    func compare<Value: Equatable>(
      _ field: String, _ part: (Side) -> Value, _ show: (Value) -> String
    ) {
      let (a, b) = (part(first), part(second))
      if a != b { found.append(Difference(field: field, first: show(a), second: show(b))) }
    }
    func list<Value>(_ show: @escaping (Value) -> String) -> ([Value]) -> String {
      { $0.isEmpty ? "none" : $0.map(show).joined(separator: ", ") }
    }
    compare("at", \.at) { $0.text(offset: 0) }
    compare("kind", \.kind) { "\($0)" }
    compare("card", \.card) { $0.map { "…\($0.suffix(4))" } ?? "none" }
    compare("store", \.store) { $0 ?? "none" }
    compare("lines.sku", \.skus, list { $0 })
    compare("lines.quantity", \.quantities, list { Quantity(millionths: $0).description })
    compare(
      "lines.total", \.totals, list { money?.text(Money(minor: $0)) ?? String($0) })
    return found
  }
}

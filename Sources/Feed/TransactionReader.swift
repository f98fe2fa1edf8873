import JSON
import Loyalty

/// Reads one transaction from one JSON object, as language.md's section on the feed has it:
/// strictly, and telling
/// all that is wrong with it.
///
/// A reader is made once and used for row after row.
public struct TransactionReader: Sendable {
  let context: FeedContext
  var fields = KeyTable(TransactionField.self)
  var lineReader = LineReader()
  private var zones = ZoneCache()

  public init(_ context: FeedContext) { self.context = context }

  public mutating func read(_ bytes: [UInt8]) -> FeedReading { read(bytes, in: 0..<bytes.count) }

  /// Reads the object in a part of the bytes.
  public mutating func read(_ bytes: [UInt8], in range: Range<Int>) -> FeedReading {
    var row = FieldReader(json: JSONReader(bytes, in: range), money: context.money)
    var draft = TransactionDraft()
    do {
      try read(&row, &draft)
      try row.json.finish()
    } catch {
      row.path = FieldReader.Path()
      row.add(.unreadable, "", error.description, "send one JSON object")
      return .unreadable(source: draft.source ?? context.source, id: draft.id, row.problems)
    }
    let transaction = finish(&row, draft)
    guard let transaction, row.problems.isEmpty else {
      return .unreadable(source: draft.source ?? context.source, id: draft.id, row.problems)
    }
    return .transaction(transaction)
  }
}

/// The fields of a transaction in the order in which they are usually sent.
enum TransactionField: Int, CaseIterable, Sendable {
  case source, id, kind, at, store, register, channel, partner, salesperson, currency, card, cards
  case original, lines, tenders, coupons, training, status, attributes
}

/// What has been read of a transaction, before defaults.
struct TransactionDraft {
  var source: String?
  var id: String?
  var kind: Transaction.Kind = .sale
  var at: JSONText?
  var card: String?
  var partner: String?
  var original: (source: String?, id: String)?
  var hasLines = false
  /// Receives everything that needs no second look.
  var transaction = Transaction(
    source: "", id: "", kind: .sale, at: Instant(microseconds: 0), offset: 0)
}

/// The zones of stores met so far.
struct ZoneCache: Sendable {
  private var zones: [String: Zone] = [:]

  mutating func zone(of store: String?, _ context: FeedContext) -> Zone {
    guard let store else { return context.zone }
    if let zone = zones[store] { return zone }
    let zone = context.zoneOfStore(store) ?? context.zone
    if zones.count < 100_000 { zones[store] = zone }
    return zone
  }
}

extension TransactionReader {
  private mutating func read(
    _ row: inout FieldReader, _ draft: inout TransactionDraft
  ) throws(JSONError) {
    try row.json.beginObject()
    var seen: UInt32 = 0
    while let name = try row.json.nextName() {
      guard let field = fields.find(name, in: row.json) else {
        try row.unknown(name, among: fields.names)
        continue
      }
      let bit: UInt32 = 1 << UInt32(field.rawValue)
      if seen & bit != 0 {
        try row.standsTwice(fields.names[field.rawValue])
        continue
      }
      seen |= bit
      try read(field, &row, &draft)
    }
  }

  private mutating func read(
    _ field: TransactionField, _ row: inout FieldReader, _ draft: inout TransactionDraft
  ) throws(JSONError) {
    switch field {
    case .source: draft.source = try row.text("source")
    case .id: draft.id = try row.text("id")
    case .kind: if let kind = try row.text("kind") { draft.kind = Transaction.Kind(text: kind) }
    case .at: draft.at = try row.time("at")
    case .store: draft.transaction.store = try row.text("store")
    case .register: draft.transaction.register = try row.text("register")
    case .channel: draft.transaction.channel = try row.text("channel")
    case .partner: draft.partner = try row.text("partner")
    case .salesperson: draft.transaction.salesperson = try row.text("salesperson")
    case .currency: draft.transaction.currency = try row.currency("currency")
    case .card: draft.card = try row.card("card")
    case .cards: draft.transaction.cards = try row.cards("cards")
    case .original: draft.original = try row.original("original")
    case .lines: draft.hasLines = try lineReader.lines(&row, &draft.transaction.lines)
    case .tenders: draft.transaction.tenders = try row.tenders("tenders")
    case .coupons: draft.transaction.coupons = try row.texts("coupons", limit: FeedLimit.coupons)
    case .training: draft.transaction.isTraining = try row.boolean("training") ?? false
    case .status: draft.transaction.isSuspended = try row.isSuspended()
    case .attributes: draft.transaction.attributes = try row.attributes()
    }
  }

  /// Defaults, and what concerns more than one field.
  private mutating func finish(
    _ row: inout FieldReader, _ draft: TransactionDraft
  ) -> Transaction? {
    var transaction = draft.transaction
    transaction.kind = draft.kind
    transaction.source = draft.source ?? context.source ?? ""
    transaction.id = draft.id ?? ""
    if transaction.source.hasPrefix(FeedContext.ownSources) {
      row.add(
        .badValue, "source", "sources that begin with `patron` are Patron's own",
        "give the till's source another name")
    }
    if let card = draft.card {
      if transaction.cards.isEmpty {
        transaction.cards = [card]
      } else {
        row.add(.badValue, "card", "`card` and `cards` stand side by side", "write one of them")
      }
    }
    transaction.original = draft.original.map {
      Transaction.Original(source: $0.source ?? transaction.source, id: $0.id)
    }
    if let partner = draft.partner {
      // Conditions read it as the attribute of that name.
      if transaction.attributes.contains(where: { $0.name == "partner" }) {
        row.add(.badValue, "partner", "`partner` stands in `attributes`, too", "write it once")
      }
      transaction.attributes.append(Attribute(name: "partner", value: .text(partner)))
    }
    setTime(&transaction, draft, &row)
    WholeRule.check(transaction, draft: draft, &row)
    return transaction
  }

  private mutating func setTime(
    _ transaction: inout Transaction, _ draft: TransactionDraft, _ row: inout FieldReader
  ) {
    guard let at = draft.at else { return }
    let store = transaction.store
    switch TimeReading.read(row.json.utf8(at), zone: { zones.zone(of: store, context) }) {
    case .success(let time): (transaction.at, transaction.offset) = time
    case .failure(let fault): row.add(fault.code, "at", fault.reason, fault.remedy)
    }
  }
}

import JSON
import Loyalty

/// Reads one transaction of a POSLog (ARTS, later NRF: the retail industry's XML for a till's day)
/// by saying it in the words of the feed.
struct POSLogReader: Sendable {
  /// Where a file names no source of its own.
  static let source = "poslog"

  enum Reading {
    /// Something that no customer did: sign-ons, no-sales, suspended and cancelled transactions.
    case leftOut
    case read(FeedReading)
  }

  private let context: FeedContext
  private var reader: TransactionReader

  init(_ context: FeedContext) {
    var context = context
    context.source = context.source ?? Self.source
    self.context = context
    reader = TransactionReader(context)
  }

  mutating func read(_ piece: XMLPiece) -> Reading {
    switch XMLPartBuilder.read(piece) {
    case .failure(let problem):
      return .read(.unreadable(source: context.source, id: nil, [problem]))
    case .success(let transaction): return read(transaction)
    }
  }

  private mutating func read(_ transaction: XMLPart) -> Reading {
    let key = POSLogKey(transaction)
    if transaction.says("CancelFlag") { return .leftOut }
    if let voided = voided(transaction, key) {
      return .read(reader.read(json(transaction, key, "void", nil, original: voided)))
    }
    guard let retail = transaction.part("RetailTransaction") else { return .leftOut }
    let status = retail["TransactionStatus"]?.lowercased() ?? ""
    let isOver = ["suspended", "suspendeddeleted", "failed", "voided", "canceled", "cancelled"]
    if isOver.contains(status) || status == "postvoided" || retail.says("CancelFlag") {
      return .leftOut
    }
    var basket = POSLogBasket(retail, context.money)
    let originals = originals(retail, key)
    if originals.count > 1 {
      basket.problems.append(
        FeedProblem(
          .badValue, "TransactionLink", "lines of \(originals.count) receipts come back at once",
          remedy: "send the return of each receipt as a transaction of its own"))
    }
    guard basket.problems.isEmpty else {
      return .read(.unreadable(source: context.source, id: key.id, basket.problems))
    }
    // All that was begun was voided again.
    if basket.lines.isEmpty, basket.total ?? .zero == .zero { return .leftOut }
    let kind = basket.isReturn ? "return" : basket.isExchange ? "exchange" : "sale"
    return .read(
      reader.read(json(transaction, key, kind, basket, original: originals.first)))
  }

  /// The transaction that this one takes back, where it does nothing else.
  private func voided(_ transaction: XMLPart, _ key: POSLogKey) -> String? {
    let kinds = transaction.parts("RetailTransaction", "ControlTransaction")
    let names: Set = ["VoidedTransaction", "VoidTransaction", "PostVoid", "PostVoidTransaction"]
    for part in [transaction] + kinds {
      for void in part.parts where names.contains(void.name) {
        if let id = POSLogKey(void.part("TransactionLink") ?? void, within: key).id { return id }
      }
    }
    for part in kinds {
      for link in part.parts("TransactionLink") where reason(link).contains("void") {
        if let id = POSLogKey(link, within: key).id { return id }
      }
    }
    return nil
  }

  /// The receipts from which something comes back.
  private func originals(_ retail: XMLPart, _ key: POSLogKey) -> [String] {
    var links = retail.parts("TransactionLink").filter { reason($0).contains("return") }
    for item in retail.parts("LineItem") where !item.says("VoidFlag") {
      let back = item.parts.filter { POSLogBasket.comesBack($0, item) }
      links += back.flatMap { $0.parts("TransactionLink") }
    }
    var ids: [String] = []
    for link in links {
      guard let id = POSLogKey(link, within: key).id, !ids.contains(id) else { continue }
      ids.append(id)
    }
    return ids
  }

  private func reason(_ link: XMLPart) -> String {
    (link["ReasonCode"] ?? link.text("ReasonCode") ?? "").lowercased()
  }
}

/// What a transaction is called: its store, register, business day and number, for a number alone
/// comes again every day.
struct POSLogKey {
  var store: String?
  var register: String?
  var day: String?
  var number: String?
  private var name: String?

  /// A link leaves out what it has in common with the transaction in which it stands.
  init(_ part: XMLPart, within other: POSLogKey? = nil) {
    store = part.text("RetailStoreID") ?? part.text("BusinessUnit", "UnitID") ?? other?.store
    register = part.text("WorkstationID") ?? other?.register
    day = part.text("BusinessDayDate") ?? other?.day
    number = part.text("SequenceNumber")
    name = part.text("TransactionID")
  }

  /// `9/31/2017-10-01/114`
  var id: String? {
    guard let number else { return name }
    return [store, register, day, number].compactMap(\.self).joined(separator: "/")
  }
}

import JSON
import Ledger
import Loyalty
import Postgres
import Reports
import Rules

/// `patron explain`: why a transaction brought what it brought.
enum ExplainCommand: Command {
  static let name = "explain"
  static let summary = "why a transaction brought its points: rules, places, arithmetic"
  static let usage = "explain SOURCE/ID|ID|CODE [--code] [--lang LANGUAGE] [--json]"
  static let help = """
    Tells every posting of a transaction with the rule that gave it, where that rule stands and how
    it reckoned; and which rules matched and gave nothing, and why. The event is rated again in
    memory with the program version and the answers of that time, and compared with what is booked.
    Of a return it tells line by line what came back and what that took back, award by award; of a
    sale, what of it came back.
    A diagnostic's code (R012) is explained as well, with a file in which it is told. Where a
    transaction has that very id, it comes first, and --code asks for the diagnostic.
    """
  static let options = [
    Option("code", "a diagnostic's code is meant, not a transaction of that id"),
    Asking.language, Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let what = try arguments.next("a transaction's id")
    try arguments.end()
    let code = Codes.find(what)
    let isCode = arguments.has("code") || what.wholeMatch(of: /[RYry]\d{3}/) != nil
    if isCode, try arguments.has("code") || !isTransaction(what) {
      guard let code else {
        throw UsageFailure(
          "no message has the code \(what)"
            + (arguments.has("code") ? "" : ", and no transaction the id"))
      }
      DiagnosticCases.show(code, asJSON: arguments.has("json"))
      return ExitStatus.done
    }
    let store = try Asking.store()
    let report = try ExplainReport(what, store, language: Asking.language(arguments))
    if arguments.has("json") { print(json(report)) } else { show(report) }
    if let code {
      Terminal.note(
        "(\(code.id) is a diagnostic's code, too: `patron explain \(code.id) --code` tells of it)")
    }
    return ExitStatus.done
  }

  /// Whether a transaction has an id that a diagnostic's code may have as well. Nothing is made or
  /// started to find out.
  private static func isTransaction(_ id: String) throws -> Bool {
    guard let settings = ConnectionSettings.configured() ?? Database.running() else { return false }
    do {
      return try ExplainReport.isThere(id, Store(settings))
    } catch is PostgresError {
      // A diagnostic is explained where there is no database, or none with Patron's tables.
      return false
    }
  }

  private static func show(_ report: ExplainReport) {
    showHead(report)
    for sentence in sentences(report.state) { print("\n" + sentence) }
    showReturns(report)
    if report.state == .rated {
      showLines(report)
      showPostings(report)
    }
    showRest(report)
  }

  private static func showHead(_ report: ExplainReport) {
    var head = Terminal.styled("\(report.source)/\(report.id)", .bold)
    if !report.kind.isEmpty { head += "  \(report.kind)" }
    if let at = report.at {
      head +=
        report.isClose
        ? ": what time alone brought up to the end of \(at.local(offset: report.offset).date)"
        : ", \(at.shown(offset: report.offset))"
    }
    if let store = report.store { head += ", store \(store)" }
    print(head)
    var second: [String] = []
    if report.lineCount > 0, let money = report.money {
      let lines = report.lineCount == 1 ? "1 line" : "\(report.lineCount) lines"
      second.append("\(lines), \(money.text(report.total)) \(money.code)")
    }
    let names = report.members.map { $0.name ?? $0.code }.joined(separator: ", ")
    if !names.isEmpty { second.append(names) }
    if let tier = report.tier { second.append("rated as \(tier)") }
    if let version = report.version { second.append("program version \(version.id)") }
    if !second.isEmpty { print(Terminal.styled(second.joined(separator: "; "), .dim)) }
  }

  /// What is to be said where no rule was asked.
  static func sentences(_ state: ExplainReport.State) -> [String] {
    switch state {
    case .rated: []
    case .waits: ["It was taken in and waits to be rated; `patron run --once` rates what waits."]
    case .nobodys:
      [
        "It came without a card, or belongs to a sale without one: kept for analysis, and "
          + "nobody's. It earns nothing."
      ]
    case .ofClosed:
      [
        "It brings back what was bought with an account that is closed: kept, and nobody's. "
          + "Nothing is left of it that could be taken back."
      ]
    case .training: ["The register was in training mode: it is recorded and earns nothing."]
    case .suspended:
      [
        "It was laid aside at the till: it is recorded and earns nothing. What became of it comes "
          + "as a transaction of its own."
      ]
    case .refused(let why): ["It was not rated: \(why)" + (why.hasSuffix("?") ? "" : ".")]
    case .parked(let number, let reason, let detail):
      [
        "It is parked, as number \(number): \(reason)\(detail.isEmpty ? "" : " (\(detail))").",
        "What can be done: \(ParkedReason.remedy(reason)).",
      ]
    }
  }

  private static func showReturns(_ report: ExplainReport) {
    for back in report.returns {
      Terminal.heading(title(of: back))
      for line in back.lines {
        let of = back.isOwn ? "" : "  \(Terminal.styled(back.transaction, .dim))"
        print("  \(words(line, report))\(of)")
      }
      if back.tooMuch > .zero, let money = report.money {
        func text(_ amount: Money) -> String { "\(money.text(amount)) \(money.code)" }
        print(
          "  \(text(back.money)) came back of \(text(back.money + back.tooMuch)) that the return "
            + "says: \(text(back.tooMuch)) are more than was left")
      }
    }
  }

  private static func title(of back: ExplainReport.Return) -> String {
    var title = back.isOwn ? "What came back of \(back.transaction)" : "Came back"
    if back.isGone {
      title =
        back.isOwn
        ? "What did not come back of \(back.transaction) after all" : "Did not come back after all"
    }
    return title + (back.voidedBy.map { ", undone by \($0)" } ?? "")
  }

  private static func words(_ line: ExplainReport.Return.Line, _ report: ExplainReport) -> String {
    var what = PlainWords.millionths(line.quantity)
    if line.quantity == 0, let money = report.money {
      what = money.text(Money(minor: line.amount)) + " \(money.code)"
    }
    if line.isExcess {
      var price = ""
      if line.quantity > 0, line.amount > 0, let money = report.money {
        price = " for \(money.text(Money(minor: line.amount))) \(money.code)"
      }
      return "\(what) of \(line.sku)\(price): refused, for no more was left of it"
    }
    let bought = line.bought > 0 ? " of \(PlainWords.millionths(line.bought))" : ""
    return "\(what)\(bought) \(line.sku)"
  }

  private static func showLines(_ report: ExplainReport) {
    let isTime = report.isClose && report.lines.isEmpty
    if !isTime { print() }
    if report.lines.isEmpty, !isTime { print("\(report.said ?? "No rule matched").") }
    var table = Table([.left, .right, .left])
    for line in report.lines {
      let place = line.place.map { " (\($0.file):\($0.line))" } ?? ""
      var amount = ""
      if let currency = line.currency {
        amount = Asking.signed(line.amount, report.currencies[currency]?.decimals ?? 0)
        if report.currencies.count > 1 { amount += " " + (report.currencies[currency]?.key ?? "") }
      }
      if line.kind == .off, let money = report.money {
        amount = "-\(money.text(Money(minor: line.money))) \(money.code)"
      }
      let paid = line.funder.map { ", paid by \($0)" } ?? ""
      let isLost = line.kind == .lost || line.kind == .nothing || line.kind == .refused
      table.add(
        [line.key, amount, line.sentence + paid + Terminal.styled(place, .dim)],
        [isLost ? .dim : .cyan, .bold])
    }
    table.show()
    for sentence in report.couponNotes + report.letGo { print("  " + sentence) }
    for disagreement in report.disagreements {
      print(Terminal.styled("  This is not what is booked. \(disagreement).", .red))
    }
  }

  private static func showPostings(_ report: ExplainReport) {
    guard !report.postings.isEmpty else { return }
    Terminal.heading("Booked")
    var table = Table(report.isClose ? [.left, .right, .left] : [.right, .left])
    for posting in report.postings {
      let (key, decimals) = report.currencies[posting.currency] ?? ("", 0)
      let sign = posting.effect == 0 ? posting.amount : posting.effect
      let amount =
        posting.effect == 0
        ? Asking.points(sign, decimals) : Asking.signed(sign, decimals)
      let day = report.isClose ? ["\(report.zone.date(of: posting.at))"] : []
      table.add(day + ["\(amount) \(key)", words(posting, report)])
    }
    table.show()
  }

  private static func words(_ posting: StoredPosting, _ report: ExplainReport) -> String {
    func day(_ instant: Instant?) -> String? {
      instant.flatMap { $0 < .distantFuture ? "\(report.zone.date(of: $0 + (-1)))" : nil }
    }
    var text = "\(posting.from) → \(posting.to)"
    switch posting.reason {
    case .accrual:
      if posting.to == .pending, let day = day(posting.due) { text += ", pending until \(day)" }
      if let day = day(posting.expires) { text += ", last day of use \(day)" }
    case .return where posting.from == .issued:
      text += ", " + posting.words([], report.zone)
      if let day = day(posting.expires) { text += ", last day of use \(day)" }
    case .return: break
    case .release: text += ", no longer pending since \(report.zone.date(of: posting.at))"
    case .expiry where posting.from == .expired:
      text += ", " + posting.words([], report.zone) + lots(posting, report)
    case .expiry: text += ", for the last day of use was \(report.zone.date(of: posting.at + (-1)))"
    case .opening: text += ", opening balance"
    case .correction:
      if let day = day(posting.expires) { text += ", last day of use \(day)" }
    case .conversion:
      text += ", " + posting.words([], report.zone)
      if let day = day(posting.expires) { text += ", last day of use \(day)" }
    case .redemption, .hold, .holdEnded:
      text += ", " + posting.words([], report.zone) + lots(posting, report)
    case .givenBack where posting.to == .redeemed:
      text += ", " + posting.words([], report.zone) + lots(posting, report)
    case .givenBack:
      text += ", given back for what it had paid"
      if let day = day(posting.expires) { text += ", last day of use \(day)" }
    case .adjustment, .transfer, .merge, .closing:
      text += ", " + posting.words([], report.zone)
      if let day = day(posting.expires) { text += ", last day of use \(day)" }
    }
    if !report.isClose, posting.reason == .release || posting.reason == .expiry {
      text += " (what time had brought by then)"
    }
    return text
  }

  /// Which points paid, by their last day of use.
  private static func lots(_ posting: StoredPosting, _ report: ExplainReport) -> String {
    let uses = report.lotUses.filter { $0.posting == Int32(posting.n) }
    let (_, decimals) = report.currencies[posting.currency] ?? ("", 0)
    let parts = uses.map { use in
      let day =
        use.expires < .distantFuture
        ? "good until \(report.zone.date(of: use.expires + (-1)))" : "that do not end"
      return "\(Asking.points(use.amount, decimals)) \(day)"
    }
    return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
  }

  private static func showRest(_ report: ExplainReport) {
    if !report.tierSteps.isEmpty { Terminal.heading("Tier") }
    for step in report.tierSteps {
      let day = report.isClose ? "\(report.zone.date(of: step.at))  " : ""
      print("  " + day + step.reason.words(from: step.from, to: step.to, lastDay: step.lastDay))
    }
    if !report.gifts.isEmpty { Terminal.heading("Coupons") }
    for gift in report.gifts {
      print("  \(gift.name)  \(Terminal.styled(gift.code, .green))  \(gift.by)")
    }
    if !report.receipt.isEmpty { Terminal.heading("On the receipt") }
    for line in report.receipt { print("  " + line) }
    guard !report.conflicts.isEmpty else { return }
    Terminal.heading("Conflicts")
    for conflict in report.conflicts {
      let origin = conflict.origin.map { " (\($0))" } ?? ""
      print(
        "  \(conflict.receivedAt.shown(offset: report.offset)): the same id came again with "
          + "another \(conflict.differs)\(origin)" + (conflict.settlement.map { "; \($0)" } ?? ""))
    }
    guard report.conflicts.contains(where: { $0.settlement == nil }) else { return }
    print(
      "  The first one counts until a person says which is right: `patron conflicts`.")
  }

  private static func json(_ report: ExplainReport) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("source", report.source)
      json.member("id", report.id)
      writeState(report, &json)
      json.member("kind", report.kind)
      json.member("at", report.at?.text(offset: report.offset))
      json.member("store", report.store)
      if let version = report.version { json.member("version", version.id) }
      json.member("said", report.said)
      json.member("tier", report.tier)
      json.memberArray("rules") { json in
        for line in report.lines { write(line, report, &json) }
      }
      json.memberArray("postings") { json in
        for posting in report.postings { write(posting, report, &json) }
      }
      json.memberArray("coupons") { json in
        for gift in report.gifts {
          json.object { json in
            json.member("coupon", gift.name)
            json.member("code", gift.code)
          }
        }
      }
      if !report.returns.isEmpty {
        json.memberArray("returns") { json in
          for back in report.returns { write(back, report, &json) }
        }
      }
      json.memberArray("receipt") { json in
        for text in report.receipt { json.value(text) }
      }
      json.memberArray("disagreements") { json in
        for text in report.disagreements { json.value(text) }
      }
      json.memberArray("conflicts") { json in
        for conflict in report.conflicts {
          json.object { json in
            json.member("received", conflict.receivedAt.text(offset: 0))
            json.member("differs", conflict.differs)
            json.member("origin", conflict.origin)
            json.member("settled", conflict.settlement)
          }
        }
      }
    }
    return json.text
  }

  private static func writeState(_ report: ExplainReport, _ json: inout JSONWriter) {
    let word =
      switch report.state {
      case .rated: "rated"
      case .waits: "waiting"
      case .nobodys: "no card"
      case .ofClosed: "account closed"
      case .training: "training"
      case .suspended: "suspended"
      case .refused: "refused"
      case .parked: "parked"
      }
    json.member("state", word)
    if report.state != .rated {
      json.member("reason", sentences(report.state).joined(separator: " "))
    }
  }

  private static func write(
    _ line: ExplanationLine, _ report: ExplainReport, _ json: inout JSONWriter
  ) {
    json.object { json in
      json.member("rule", line.key)
      json.member("name", line.name)
      json.member("what", line.kind.rawValue)
      json.member("place", line.place.map { "\($0.file):\($0.line)" })
      if let currency = line.currency {
        let (key, decimals) = report.currencies[currency] ?? ("", 0)
        json.member("currency", key)
        json.name("amount")
        json.number(ExactDecimal.text(line.amount, places: decimals))
      }
      if line.kind == .off, let money = report.money {
        json.name("off")
        json.number(money.text(Money(minor: line.money)))
      }
      json.member("funder", line.funder)
      json.member("sentence", line.sentence)
    }
  }

  private static func write(
    _ back: ExplainReport.Return, _ report: ExplainReport, _ json: inout JSONWriter
  ) {
    json.object { json in
      json.member(back.isOwn ? "original" : "transaction", back.transaction)
      if back.isGone { json.member("void", true) }
      if let money = report.money {
        json.name("amount")
        json.number(money.text(back.money))
        if back.tooMuch > .zero {
          json.name("more than was left")
          json.number(money.text(back.tooMuch))
        }
      }
      json.member("undone by", back.voidedBy)
      json.memberArray("lines") { json in
        for line in back.lines {
          json.object { json in
            json.member("sku", line.sku)
            json.name("quantity")
            json.number(PlainWords.millionths(line.quantity))
            if line.quantity == 0, let money = report.money {
              json.name("amount")
              json.number(money.text(Money(minor: line.amount)))
            }
            if line.isExcess { json.member("refused", "more than was left") }
          }
        }
      }
    }
  }

  private static func write(
    _ posting: StoredPosting, _ report: ExplainReport, _ json: inout JSONWriter
  ) {
    json.object { json in
      let (key, decimals) = report.currencies[posting.currency] ?? ("", 0)
      json.member("reason", "\(posting.reason)")
      json.member("from", "\(posting.from)")
      json.member("to", "\(posting.to)")
      json.member("currency", key)
      json.name("amount")
      json.number(ExactDecimal.text(posting.amount, places: decimals))
      json.member("at", posting.at.text(offset: report.zone.offset(at: posting.at)))
      let uses = report.lotUses.filter { $0.posting == Int32(posting.n) }
      guard !uses.isEmpty else { return }
      json.memberArray("lots") { json in
        for use in uses {
          json.object { json in
            let ends = use.expires < .distantFuture
            json.member("last day", ends ? "\(report.zone.date(of: use.expires + (-1)))" : nil)
            json.name("amount")
            json.number(ExactDecimal.text(use.amount, places: decimals))
          }
        }
      }
    }
  }
}

import Engine
import Feed
import JSON
import Ledger
import Loyalty
import Reports
import Rules

/// `patron parked`: what waits for a card or for a person.
enum ParkedCommand: Command {
  static let name = "parked"
  static let summary = "list what is parked and why; let it in again, correct or drop it"
  static let usage = """
    parked [release] [NUMBER… | --reason REASON | --card CARD] [--limit N] [--json]
           patron parked drop NUMBER… | --reason REASON --why TEXT [--operator NAME]
           patron parked correct NUMBER… --at INSTANT --why TEXT [--operator NAME]
    """
  static let help = """
    Without more it lists parked transactions, the oldest first. `release` puts them through intake
    again: by their numbers, by reason, by any of their cards, or all. What still has to wait is
    parked again under its number; nothing is lost. Enrolling a card releases what waits for it by
    itself, and so does the arrival of what a return brings something back of.

    `correct` lets in what a wrong clock has dated, as of the instant that you say; its event keeps
    what the clock said, and why it was corrected. `drop` gives a row up: it stays under its number
    and its id, and is let in only where `release` names the number. What could not be read is
    dropped by itself when its id comes in again and can be: after a wrong mapping, post the file
    again with the right one. `--reason unreadable` drops all the others.
    """
  static let options = [
    Option("reason", "REASON", "only these: 'unknown card', 'original unknown', unreadable …"),
    Option("card", "CARD", "only these: with this card, first or not"),
    Option("at", "INSTANT", "when it was, with an offset or in the program's time zone"),
    Option("why", "TEXT", "why it is dropped or corrected"),
    Option("operator", "NAME", "who says so (the system's user)"),
    Option("limit", "N", "rows to list at most (20)"), Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    guard let word = arguments.nextOrNil() else { return try list(arguments) }
    guard ["release", "drop", "correct"].contains(word) else {
      throw UsageFailure("`\(word)` is not `release`, `drop` or `correct`")
    }
    var ids: [Int64] = []
    while let text = arguments.nextOrNil() {
      guard let id = Int64(text) else {
        throw UsageFailure("`\(text)` is no number of a parked row")
      }
      ids.append(id)
    }
    guard ids.isEmpty || (arguments.value("reason") == nil && arguments.value("card") == nil) else {
      throw UsageFailure("either numbers, or `--reason` and `--card`, not both")
    }
    let isChosen = word == "drop" && arguments.value("reason") != nil
    if word != "release", ids.isEmpty, !isChosen {
      throw UsageFailure("the numbers of parked rows are missing: `patron parked` lists them")
    }
    switch word {
    case "drop": return try drop(ids, arguments)
    case "correct": return try release(ids, try correction(arguments), arguments)
    default: return try release(ids, nil, arguments)
    }
  }

  private static func why(_ arguments: Arguments) throws -> String {
    guard let why = arguments.value("why"), !why.isEmpty else {
      throw UsageFailure("`--why TEXT` is missing; it is kept")
    }
    return why
  }

  private static func correction(_ arguments: Arguments) throws -> ClockCorrection {
    let why = try why(arguments)
    guard let at = try Asking.instant(arguments, "at", try Asking.store()) else {
      throw UsageFailure("`--at INSTANT` is missing: when was it?")
    }
    return ClockCorrection(at: at, operatorName: MemberCommand.operatorName(arguments), reason: why)
  }

  private static func drop(_ ids: [Int64], _ arguments: Arguments) throws -> Int32 {
    let why = try why(arguments)
    let store = try Asking.store()
    let ids =
      ids.isEmpty
      ? try store.parkedIDs(reason: arguments.value("reason"), card: arguments.value("card")) : ids
    let count = try store.drop(
      parked: ids, by: MemberCommand.operatorName(arguments), reason: why)
    print("\(Terminal.grouped(count)) dropped")
    if count < ids.count { print("\(Terminal.grouped(ids.count - count)) not parked") }
    return ExitStatus.done
  }

  private static func list(_ arguments: Arguments) throws -> Int32 {
    let most = try arguments.number("limit", in: 1...1_000_000, default: 20)
    let reason = arguments.value("reason")
    let card = arguments.value("card")
    let store = try Asking.store()
    let rows = try store.parked(reason: reason, card: card, most: most)
    if arguments.has("json") {
      for row in rows { print(json(row)) }
      return ExitStatus.done
    }
    guard !rows.isEmpty else {
      let forCard = card.map { " with the card \($0)" } ?? ""
      print("Nothing is parked\(reason.map { " for `\($0)`" } ?? "")\(forCard).")
      return ExitStatus.done
    }
    var table = Table([.right, .left, .left, .left, .left])
    for row in rows {
      table.add(
        [
          "\(row.id)", row.at.map { $0.shown(offset: 0) } ?? "",
          (row.source ?? "?") + "/" + (row.externalID ?? "?"), row.reason,
          row.detail + (row.origin.map { "  (\($0))" } ?? ""),
        ], [.bold, .dim, nil, .yellow])
    }
    table.show(indent: 0)
    if rows.count == most { print("… the first \(most); `--limit N` shows more") }
    return ExitStatus.done
  }

  private static func json(_ row: ParkedRow) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("parked", row.id)
      json.member("received", row.receivedAt.text(offset: 0))
      json.member("reason", row.reason)
      json.member("detail", row.detail)
      json.member("source", row.source)
      json.member("id", row.externalID)
      json.member("at", row.at?.text(offset: 0))
      json.member("origin", row.origin)
      json.member("body", row.body)
    }
    return json.text
  }

  private static func release(
    _ ids: [Int64], _ correction: ClockCorrection?, _ arguments: Arguments
  ) throws -> Int32 {
    let store = try Asking.store()
    let programs = try ProgramSet(store)
    var intake = try Intake(programs)
    let context = try programs.feedContext(store)
    let wanted =
      ids.isEmpty
      ? try store.parkedIDs(reason: arguments.value("reason"), card: arguments.value("card")) : ids
    let verdicts = try Release.release(
      ids: wanted, correcting: correction, intake: &intake, context: context, store: store)
    var counts: [(word: String, count: Int)] = []
    for verdict in verdicts {
      let word = verdict == .already ? "not parked" : verdict.word
      if let index = counts.firstIndex(where: { $0.word == word }) {
        counts[index].count += 1
      } else {
        counts.append((word, 1))
      }
    }
    if arguments.has("json") {
      var json = JSONWriter()
      json.object { json in for (word, count) in counts { json.member(word, count) } }
      print(json.text)
      return ExitStatus.done
    }
    if counts.isEmpty { print("Nothing was parked.") }
    for (word, count) in counts { print("\(Terminal.grouped(count)) \(word)") }
    for (id, verdict) in zip(wanted, verdicts).prefix(20) where !verdict.detail.isEmpty {
      print(Terminal.styled("  \(id): \(verdict.detail)", .dim))
    }
    return ExitStatus.done
  }
}

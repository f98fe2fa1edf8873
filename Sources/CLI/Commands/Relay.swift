import Engine
import Foundation
import JSON
import Ledger
import Loyalty
import Reports

/// `patron relay`: the outbox.
enum RelayCommand: Command {
  static let name = "relay"
  static let summary = "deliver what others must hear of, to a webhook or a file"
  static let usage = """
    relay (--webhook URL [--secret-file F] | --file PATH) [--once]
           patron relay (--dead | --late | --again ID|all | --drop ID)
    """
  static let help = """
    Delivers messages: tiers, segments, notices, coupons, points that end soon, accounts that end.
    Each is a JSON object with an id, a version, a topic, the account, its members' codes and an
    instant; sql/README.md, "Messages", lists the topics and their members.

    At least once: what a relay had in hand when it died comes again, under the same id. In order:
    of one account no message comes before an earlier one that still waits. Rating never waits for
    a relay. Any number may run beside workers; all of a database should have the same receiver.

    A webhook gets each message as a POST of its own and takes it with a status from 200 to 299.
    Headers are those of Standard Webhooks 1.0.0: Webhook-Id (the message's id: take each once),
    Webhook-Timestamp (seconds since 1970: refuse what is older than some minutes), and with
    --secret-file Webhook-Signature: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`, one
    for each line of the file: `whsec_` and base64, or a text of at least 16 bytes as it stands.
    Two lines sign twice, while one secret takes the place of another.

    What is not taken is tried again after --delay seconds, then twice as many, up to --longest.
    Meanwhile the account's later messages wait, those of others do not. After --tries answers that
    refuse it, a message is a dead letter; no answer, and 408, 425, 429, 502, 503 and 504, do not
    count. --dead lists dead letters, --late what will be tried again; --again sends at once, --drop
    gives one up. A receiver that cannot be reached at all is tried once a minute, and no message
    is blamed.

    A file gets one message a line (NDJSON), and has it on the disk before it counts as delivered.
    """
  static let options = [
    Option("webhook", "URL", "where messages are posted: https://example.com/patron"),
    Option("secret-file", "F", "the secrets that sign them, one a line"),
    Option("file", "PATH", "the file to whose end messages are written"),
    Option("once", "end when nothing is due"),
    Option("timeout", "SECONDS", "how long one post may last (10)"),
    Option("tries", "N", "refusals after which a message is a dead letter (20)"),
    Option("delay", "SECONDS", "until the second try (1)"),
    Option("longest", "SECONDS", "between two tries at the most (3600)"),
    Option("lanes", "N", "threads that deliver, 16 posts at a time each (2)"),
    Option("dead", "list dead letters"),
    Option("late", "list messages that were not taken and will be tried again"),
    Option("again", "ID|all", "send dead and late ones again at once"),
    Option("drop", "ID", "give up one that was not taken"),
    Option("limit", "N", "rows to list at most (20)"), Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let asked =
      ["webhook", "file", "again", "drop"].filter { arguments.value($0) != nil }
      + ["dead", "late"].filter { arguments.has($0) }
    guard asked.count == 1 else {
      throw UsageFailure("one of `--webhook`, `--file`, `--dead`, `--late`, `--again`, `--drop`")
    }
    switch asked[0] {
    case "dead": return try list(arguments) { try $0.deadLetters(most: $1) }
    case "late": return try list(arguments) { try $0.lateMessages(most: $1) }
    case "again": return try again(arguments.value("again") ?? "")
    case "drop": return try drop(arguments.value("drop") ?? "")
    default: return try deliver(arguments)
    }
  }

  private static func deliver(_ arguments: Arguments) throws -> Int32 {
    let lanes = try arguments.number("lanes", in: 1...64, default: 2)
    let relay = Relay(
      try Database.settings(), to: try target(arguments), terms: try terms(arguments),
      lanes: lanes, once: arguments.has("once"))
    // A receiver that goes away is no reason to end.
    signal(SIGPIPE, SIG_IGN)
    let signals = StopSignals { relay.stop() }
    defer { signals.cancel() }
    var lost: String?
    try relay.run {
      let now = relay.tally.lost
      if let now, lost == nil { Terminal.note("the receiver cannot be reached: \(now)") }
      if now == nil, lost != nil { Terminal.note("the receiver is there again") }
      lost = now
    }
    return try say(relay.tally)
  }

  private static func target(_ arguments: Arguments) throws -> Relay.Target {
    if let path = arguments.value("file") {
      guard arguments.value("secret-file") == nil else {
        throw UsageFailure("`--secret-file` is for `--webhook`")
      }
      return .file(path)
    }
    var secrets = ""
    if let path = arguments.value("secret-file") {
      secrets = try String(contentsOfFile: path, encoding: .utf8)
      guard secrets.contains(where: { !$0.isWhitespace }) else {
        throw UsageFailure("`\(path)` holds no secret")
      }
    } else {
      Terminal.note("(without `--secret-file` messages are not signed)")
    }
    let seconds = try arguments.number("timeout", in: 1...300, default: 10)
    return .webhook(
      try Webhook(
        arguments.value("webhook") ?? "", secrets: secrets, timeoutMilliseconds: seconds * 1_000))
  }

  private static func terms(_ arguments: Arguments) throws -> RelayTerms {
    var terms = RelayTerms()
    terms.tries = try arguments.number("tries", in: 1...1_000, default: terms.tries)
    terms.firstDelay = Int64(try arguments.number("delay", in: 1...3_600, default: 1)) * 1_000
    terms.longestDelay =
      Int64(try arguments.number("longest", in: 1...604_800, default: 3_600)) * 1_000
    return terms
  }

  private static func say(_ tally: Relay.Tally) throws -> Int32 {
    print("Delivered \(CheckCommand.counted(tally.delivered, "message")).")
    let left = try Asking.store().outboxCounts(most: StatusReport.mostMessages)
    if left.late > 0 {
      print(
        (left.late == 1
          ? "1 account waits for another try of its oldest; "
          : "\(Terminal.grouped(left.late)) accounts wait for another try of their oldest; ")
          + "`patron relay --late` lists them.")
    }
    if left.dead > 0 {
      print(
        CheckCommand.counted(left.dead, "dead letter")
          + "; `patron relay --dead` lists \(left.dead == 1 ? "it" : "them").")
    }
    guard let lost = tally.lost else { return ExitStatus.done }
    Terminal.error("the receiver cannot be reached: \(lost)")
    return ExitStatus.failed
  }

  private static func again(_ word: String) throws -> Int32 {
    let id = Int64(word)
    guard id != nil || word == "all" else {
      throw UsageFailure("`--again \(word)`: a message's id, or `all`")
    }
    let count = try Asking.store().tryAgain(id)
    guard count > 0 || id == nil else {
      Terminal.error("no message \(word) is dead or late")
      return ExitStatus.failed
    }
    print("\(Terminal.grouped(count)) will be sent at once.")
    return ExitStatus.done
  }

  private static func drop(_ word: String) throws -> Int32 {
    guard let id = Int64(word) else { throw UsageFailure("`--drop \(word)`: a message's id") }
    guard try Asking.store().dropMessage(id) else {
      Terminal.error("no message \(word) is dead or late")
      return ExitStatus.failed
    }
    print("The message \(id) is dropped.")
    return ExitStatus.done
  }

  private static func list(
    _ arguments: Arguments, _ read: (borrowing Store, Int) throws -> [Store.LateMessage]
  ) throws -> Int32 {
    let most = try arguments.number("limit", in: 1...1_000_000, default: 20)
    let rows = try read(try Asking.store(), most)
    if arguments.has("json") {
      for row in rows { print(json(row)) }
      return ExitStatus.done
    }
    guard !rows.isEmpty else {
      print("There are none.")
      return ExitStatus.done
    }
    var table = Table([.right, .left, .left, .right, .left, .left])
    for row in rows {
      let when = row.nextTry.map { "again at \($0.shown(offset: 0))" } ?? row.since.shown(offset: 0)
      table.add(
        [
          "\(row.id)", when, "account \(row.account)", "\(row.tries)×", row.topic, row.error,
        ], [.bold, .dim, nil, nil, nil, .yellow])
    }
    table.show(indent: 0)
    if rows.count == most { print("… the first \(most); `--limit N` shows more") }
    return ExitStatus.done
  }

  private static func json(_ row: Store.LateMessage) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("id", row.id)
      json.member("account", row.account)
      json.member("topic", row.topic)
      json.member("since", row.since.text(offset: 0))
      json.member("next try", row.nextTry?.text(offset: 0))
      json.member("tries", row.tries)
      json.member("error", row.error)
      json.name("body")
      json.json(row.body.utf8)
    }
    return json.text
  }
}

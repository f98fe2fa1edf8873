import Engine
import JSON
import Loyalty

/// `patron close`: what time alone brings.
enum CloseCommand: Command {
  static let name = "close"
  static let summary = "book what time brings up to the end of a day"
  static let usage = "close [--as-of DATE] [--warn DAYS] [--json]"
  static let help = """
    Brings everything to the end of that local day, in the program's time zone: rates what waits up
    to then, then books what time alone brings to accounts without an event of their own: points
    that expire or are no longer pending, tiers that end, segments entered and left, and what rules
    give on statement dates, birthdays, anniversaries and after long absence. Ranks are reviewed on
    the day that the tier's `review` names, or when the time is over that they look back at, here
    or by an engine that comes to sales behind that day.
    A sale brings its own account up to its moment as well, and what lies behind a review whose day
    is over waits for the review, so whether days are closed one by one or a month at once, the
    ledger is the same. What a shop rates on the day of a review, it rates with the tier before it.
    The message `expiring` tells members of points whose last day of use is one of the next DAYS,
    once for each such day, with what is left of them then.
    Run it daily, after the last till has closed, beside whatever runs. Days that were missed are
    caught up in order; a close that was cut off is gone on with; a day that is closed is left
    alone. An account that was never rated begins with its member's day of joining, or where that
    is not known with its first event.
    """
  static let options = [
    Option("as-of", "DATE", "the day, 2026-03-31 (default: yesterday)"),
    Option("warn", "DAYS", "tell of points that end within so many days (default 30; 0: of none)"),
    Option("workers", "N", "threads, each with a connection (default 2)"), Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let close = try Close(
      try Database.settings(), day: try Asking.date(arguments, "as-of"),
      warning: try arguments.number("warn", in: 0...3_650, default: 30),
      workers: try arguments.number("workers", in: 1...64, default: 2))
    var bar = ProgressBar("closing \(close.day)", unit: "accounts")
    var stage = Close.Stage.accounts
    let answer = try close.run { now, done, total in
      if now != stage {
        bar.end()
        bar = ProgressBar("telling of points that end soon", unit: "accounts")
        stage = now
      }
      bar.show(done, of: total)
    }
    bar.end()
    if arguments.has("json") {
      print(json(answer, close.day))
    } else {
      show(answer, close.day)
    }
    return ExitStatus.done
  }

  private static func show(_ answer: Close.Answer, _ day: CivilDate) {
    guard case .closed(let result) = answer else {
      if case .already(let last) = answer {
        print(
          "\(day) is closed already" + (last > day ? ", as are the days up to \(last)" : "") + ".")
      }
      return
    }
    var text = "Closed \(day)"
    if let last = result.last, last + 1 < day { text += ", and the days since \(last + 1)" }
    if result.isResumed { text += " (a close that was cut off is finished)" }
    print(text + ".")
    showTally(result)
    for review in result.reviews {
      print(
        "  review \(review.day) \(review.key): \(Terminal.grouped(review.reached)) of "
          + "\(CheckCommand.counted(review.buyers, "account")) with a purchase from "
          + "\(review.window.lowerBound) to \(review.window.upperBound)")
    }
  }

  private static func showTally(_ result: Close.Result) {
    let tally = result.tally
    var table = Table([.right, .left])
    func add(_ amounts: [CurrencyID: Int64], _ what: String) {
      for (currency, amount) in amounts.sorted(by: { $0.key < $1.key }) {
        let (key, decimals) = name(currency, result)
        table.add([Asking.points(amount, decimals), "\(key) \(what)"])
      }
    }
    add(tally.expired, "expired")
    add(tally.released, "no longer pending")
    add(tally.given, "given by rules")
    add(tally.redeemed, "redeemed by rules")
    for (count, one, many) in counts(tally) where count > 0 {
      table.add([Terminal.grouped(count), count == 1 ? one : many])
    }
    for expiring in result.expiring {
      let (key, decimals) = name(expiring.currency, result)
      table.add([
        Asking.points(expiring.amount, decimals),
        "\(key) end soon: \(Terminal.grouped(expiring.accounts)) "
          + (expiring.accounts == 1 ? "account is told" : "accounts are told"),
      ])
    }
    if table.isEmpty { print("  Time brought nothing to any account.") }
    table.show()
  }

  private static func counts(_ tally: CloseTally) -> [(Int, one: String, many: String)] {
    [
      (tally.coupons, "coupon given", "coupons given"),
      (tally.tiers, "change of tier", "changes of tier"),
      (tally.segments, "change of segment", "changes of segment"),
      (tally.notices, "notice", "notices"),
      (tally.events, "day of an account booked", "days of accounts booked"),
    ]
  }

  private static func name(_ id: CurrencyID, _ result: Close.Result) -> (String, Int) {
    let currency = result.program.currencies.first { $0.id == id }
    return (currency?.key ?? "currency \(id)", currency?.decimals ?? 0)
  }

  // MARK: - JSON

  private static func json(_ answer: Close.Answer, _ day: CivilDate) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("day", day.description)
      switch answer {
      case .already(let last):
        json.member("state", "already")
        json.member("closed up to", last.description)
      case .closed(let result):
        json.member("state", "closed")
        json.member("closed before", result.last?.description)
        json.member("resumed", result.isResumed)
        write(result, &json)
      }
    }
    return json.text
  }

  private static func write(_ result: Close.Result, _ json: inout JSONWriter) {
    let tally = result.tally
    json.member("accounts", Int64(tally.looked))
    json.member("events", Int64(tally.events))
    write("expired", tally.expired, result, &json)
    write("released", tally.released, result, &json)
    write("given", tally.given, result, &json)
    write("redeemed", tally.redeemed, result, &json)
    json.member("coupons", Int64(tally.coupons))
    json.member("tiers", Int64(tally.tiers))
    json.member("segments", Int64(tally.segments))
    json.member("notices", Int64(tally.notices))
    json.memberArray("reviews") { json in
      for review in result.reviews {
        json.object { json in
          json.member("tier", review.key)
          json.member("day", review.day.description)
          json.member("buyers", review.buyers)
          json.member("reached", review.reached)
        }
      }
    }
    json.memberArray("expiring") { json in
      for expiring in result.expiring {
        let (key, decimals) = name(expiring.currency, result)
        json.object { json in
          json.member("currency", key)
          json.name("amount")
          json.number(ExactDecimal.text(expiring.amount, places: decimals))
          json.member("accounts", expiring.accounts)
        }
      }
    }
  }

  private static func write(
    _ member: String, _ amounts: [CurrencyID: Int64], _ result: Close.Result,
    _ json: inout JSONWriter
  ) {
    json.name(member)
    json.object { json in
      for (currency, amount) in amounts.sorted(by: { $0.key < $1.key }) {
        let (key, decimals) = name(currency, result)
        json.name(key)
        json.number(ExactDecimal.text(amount, places: decimals))
      }
    }
  }
}

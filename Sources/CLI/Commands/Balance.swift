import JSON
import Loyalty
import Reports
import Rules

/// `patron balance`: what one member has.
enum BalanceCommand: Command {
  static let name = "balance"
  static let summary = "what a member has: points, tier, coupons, last visits"
  static let usage = "balance CARD|PHONE|MEMBER [--at INSTANT] [--lang LANGUAGE] [--json]"
  static let help = """
    Shows one account as it is now: points past their date count as gone, points whose waiting is
    over count as available, though nothing is written. A phone number that leads to several members
    is not guessed at.
    """
  static let options = [
    Option("at", "INSTANT", "as of a later moment: 2026-12-31T23:00, in the program's time zone"),
    Asking.language, Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let who = try arguments.next("a card, a phone number or a member's code")
    try arguments.end()
    let store = try Asking.store()
    let key = try AccountKey(who, store)
    let report = try BalanceReport(
      key, store, at: try Asking.instant(arguments, "at", store),
      language: Asking.language(arguments))
    if arguments.has("json") { print(json(report)) } else { show(report) }
    return ExitStatus.done
  }

  // For a person

  private static func show(_ report: BalanceReport) {
    let names = report.members.map { $0.name ?? $0.code }.joined(separator: ", ")
    let codes = report.members.map(\.code).joined(separator: ", ")
    let title = names.isEmpty ? "account \(report.account)" : names
    print(Terminal.styled(title, .bold) + Terminal.styled("  \(codes)  \(report.program)", .dim))
    if report.status != .open {
      print(Terminal.styled("The account is \(report.status).", .yellow))
    }
    showTier(report)
    showAmounts(report)
    showDates(report)
    showHeld(report)
    showCoupons(report)
    showVisits(report)
    if report.waiting > 0 {
      let events = report.waiting == 1 ? "1 event waits" : "\(report.waiting) events wait"
      print(
        "\n"
          + Terminal.styled("\(events) to be rated and will change this (`patron run`).", .yellow))
    }
  }

  private static func showTier(_ report: BalanceReport) {
    for (tier, lastDay) in report.otherTiers {
      let until = lastDay.map { ", until \($0)" } ?? ""
      print("\n" + Terminal.styled(tier, .cyan) + until)
    }
    if let tier = report.tier {
      let until = report.tierLastDay.map { ", until \($0)" } ?? ""
      print("\n" + Terminal.styled(tier, .cyan) + until)
    }
    if !report.perks.isEmpty {
      print("  perks: " + PerksCommand.lines(report).joined(separator: ", "))
    }
    guard let next = report.nextTier, let requirement = report.requirement else { return }
    let goals = requirement.goals
    let share = goals.map(\.millionths).min() ?? 0
    if !goals.isEmpty {
      print("  \(Terminal.bar(share))  \(share / 10_000)% of the way to \(next)")
    }
    for goal in goals {
      let items = goal.items.map { " of \($0)" } ?? ""
      let unit = goal.money.map { " \($0)" } ?? ""
      let (value, target) = (text(max(0, goal.value), goal), text(goal.target, goal))
      var line = "  \(goal.measure)\(items) \(goal.window): \(value) of \(target)\(unit)"
      line += goal.missing > 0 ? ", \(text(goal.missing, goal)) to go" : ", reached"
      if goal.value < 0 {
        line += " (\(text(-goal.value, goal)) below zero: more came back than was counted)"
      }
      print(line)
    }
    for rank in requirement.ranks { print("  \(goals.isEmpty ? "\(next): " : "or ")\(rank)") }
  }

  /// Quantities are shown without the zeros behind their point.
  private static func text(_ value: Int64, _ goal: TierProgress.Goal) -> String {
    guard goal.decimals == Quantity.places else { return Asking.points(value, goal.decimals) }
    return Quantity(millionths: value).description
  }

  private static func showAmounts(_ report: BalanceReport) {
    print()
    var table = Table([.left, .right, .left])
    for amounts in report.amounts {
      let balance = amounts.balance
      table.add(
        [amounts.name, Asking.points(balance.available, amounts.decimals), "available"],
        [nil, .bold])
      for (value, word) in [
        (balance.pending, "pending"), (balance.held, "held"), (balance.debt, "owed"),
      ] where value != 0 {
        table.add(
          ["", Asking.points(value, amounts.decimals), word], [nil, word == "owed" ? .red : nil])
      }
    }
    table.show()
  }

  /// Dates that are listed for each question; the rest is summed up.
  private static let mostDates = 4

  private static func showDates(_ report: BalanceReport) {
    for (title, dates) in [
      ("Becomes available", report.coming), ("Last day of use", report.expiring),
    ]
    where !dates.isEmpty {
      Terminal.heading(title)
      var table = Table([.left, .right, .left])
      for dated in dates.prefix(mostDates) {
        let (name, decimals) = currency(dated.currency, report)
        table.add(["\(dated.date)", Asking.points(dated.amount, decimals), name])
      }
      table.show()
      let later = dates.count - mostDates
      if later > 0 { print("  and \(CheckCommand.counted(later, "later date"))") }
    }
  }

  private static func currency(_ id: CurrencyID, _ report: BalanceReport) -> (String, Int) {
    report.amounts.first { $0.balance.currency == id }.map { ($0.name, $0.decimals) }
      ?? ("currency \(id)", 0)
  }

  private static func writeHeld(_ report: BalanceReport, _ json: inout JSONWriter) {
    json.memberArray("holds") { json in
      for held in report.held {
        json.object { json in
          json.member("hold", held.id)
          json.member("what", held.name)
          json.member("until", held.hold.until.text(offset: report.offset))
        }
      }
    }
  }

  private static func showHeld(_ report: BalanceReport) {
    guard !report.held.isEmpty else { return }
    Terminal.heading("Held")
    var table = Table([.left, .left, .left, .left])
    for held in report.held {
      let points = held.hold.currencies.map { id in
        let (name, decimals) = currency(id, report)
        let amount = held.hold.lots.reduce(0) { $1.currency == id ? $0 + $1.amount : $0 }
        return Asking.points(amount, decimals) + " " + name
      }
      let until = held.hold.until.shown(offset: report.offset)
      table.add([
        held.name, points.joined(separator: ", "), "until \(until)",
        Terminal.styled(held.id.map { "hold \($0)" } ?? "", .dim),
      ])
    }
    table.show()
  }

  private static func showCoupons(_ report: BalanceReport) {
    guard !report.coupons.isEmpty else { return }
    Terminal.heading("Coupons")
    var table = Table([.left, .left, .left])
    for coupon in report.coupons {
      table.add(
        [coupon.name, coupon.code, coupon.lastDay.map { "until \($0)" } ?? ""], [nil, .green])
    }
    table.show()
  }

  private static func showVisits(_ report: BalanceReport) {
    guard !report.visits.isEmpty else { return }
    Terminal.heading("Last visits")
    var table = Table([.left, .left, .left, .right, .right, .left])
    for visit in report.visits {
      var points = visit.points.map { point in
        let (name, decimals) = currency(point.currency, report)
        return Asking.signed(point.amount, decimals) + " " + name
      }.joined(separator: ", ")
      if visit.isTraining { points = "training" }
      if visit.isSuspended { points = "suspended" }
      if !visit.isRated { points = "waits" }
      table.add([
        "\(visit.date)", visit.kind, visit.store ?? "", report.money.text(visit.total), points,
        Terminal.styled("\(visit.source)/\(visit.id)", .dim),
      ])
    }
    table.show()
  }

  // For a program

  private static func json(_ report: BalanceReport) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("account", report.account)
      json.memberArray("members") { json in
        for member in report.members {
          json.object { json in
            json.member("member", member.code)
            json.member("name", member.name)
          }
        }
      }
      json.member("at", report.asOf.text(offset: report.offset))
      writeTier(report, &json)
      json.memberObject("balances") { json in
        for amounts in report.amounts {
          json.memberObject(amounts.key) { json in
            for (name, value) in [
              ("available", amounts.balance.available), ("pending", amounts.balance.pending),
              ("held", amounts.balance.held), ("debt", amounts.balance.debt),
            ] {
              json.name(name)
              json.number(ExactDecimal.text(value, places: amounts.decimals))
            }
          }
        }
      }
      write("expiring", report.expiring, report, &json)
      write("coming", report.coming, report, &json)
      if !report.held.isEmpty { writeHeld(report, &json) }
      json.memberArray("coupons") { json in
        for coupon in report.coupons {
          json.object { json in
            json.member("coupon", coupon.name)
            json.member("code", coupon.code)
            json.member("last day", coupon.lastDay?.description)
          }
        }
      }
      writeVisits(report, &json)
      json.member("waiting", report.waiting)
      if report.status != .open { json.member("status", "\(report.status)") }
    }
    return json.text
  }

  private static func writeTier(_ report: BalanceReport, _ json: inout JSONWriter) {
    json.member("tier", report.tier)
    json.member("tier until", report.tierLastDay?.description)
    json.memberArray("other tiers") { json in
      for (tier, lastDay) in report.otherTiers {
        json.object { json in
          json.member("tier", tier)
          json.member("until", lastDay?.description)
        }
      }
    }
    json.member("next tier", report.nextTier)
    json.memberArray("goals") { json in
      for goal in report.requirement?.goals ?? [] {
        json.object { json in
          json.member("measure", goal.measure)
          json.member("items", goal.items)
          json.member("window", goal.window)
          for (name, value) in [
            ("value", goal.value), ("target", goal.target), ("missing", goal.missing),
          ] {
            json.name(name)
            json.number(ExactDecimal.text(value, places: goal.decimals))
          }
        }
      }
    }
    json.memberArray("perks") { json in for perk in report.perks { json.value(perk) } }
    PerksCommand.writeLeft(report, &json)
  }

  private static func write(
    _ name: String, _ dates: [BalanceReport.Dated], _ report: BalanceReport,
    _ json: inout JSONWriter
  ) {
    json.memberArray(name) { json in
      for dated in dates {
        json.object { json in
          let amounts = report.amounts.first { $0.balance.currency == dated.currency }
          json.member("currency", amounts?.key)
          json.member("date", dated.date.description)
          json.name("amount")
          json.number(ExactDecimal.text(dated.amount, places: amounts?.decimals ?? 0))
        }
      }
    }
  }

  private static func writeVisits(_ report: BalanceReport, _ json: inout JSONWriter) {
    json.memberArray("visits") { json in
      for visit in report.visits {
        json.object { json in
          json.member("source", visit.source)
          json.member("id", visit.id)
          json.member("date", visit.date.description)
          json.member("kind", visit.kind)
          json.member("store", visit.store)
          json.member("total", report.money.text(visit.total))
          json.member("rated", visit.isRated)
          json.memberObject("earned") { json in
            for point in visit.points {
              let amounts = report.amounts.first { $0.balance.currency == point.currency }
              json.name(amounts?.key ?? "")
              json.number(ExactDecimal.text(point.amount, places: amounts?.decimals ?? 0))
            }
          }
        }
      }
    }
  }
}

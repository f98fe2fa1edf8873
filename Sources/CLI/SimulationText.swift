import Engine
import Loyalty
import Reports

/// A simulation as a person reads it.
struct SimulationText {
  private let report: SimulationReport

  init(_ report: SimulationReport) { self.report = report }

  func show() {
    let (from, to) = (report.days.lowerBound, report.days.upperBound)
    print(Terminal.styled("\(report.program), \(from) to \(to)", .bold))
    print(
      (report.events == 1
        ? "1 transaction or event" : "\(Terminal.grouped(report.events)) transactions and events")
        + " of \(CheckCommand.counted(report.accounts, "account")), "
        + "with this program beside the published "
        + "one. Nothing was written.")
    if report.events == 0 {
      print("No rated transaction lies in these days: there is nothing to compare.")
    }
    if report.waiting > 0 {
      print(
        report.waiting == 1
          ? "1 that waits to be rated is not among them."
          : "\(Terminal.grouped(report.waiting)) that wait to be rated are not among them.")
    }
    showTotals()
    show("By rule", report.rules, onlyChanged: true)
    show("By funder", report.funders, onlyChanged: false)
    show("By tier at the time", report.byTier, onlyChanged: false)
    show("By month", report.months, onlyChanged: false)
    showTiers()
    showMembers()
    showCheck()
  }

  private func showTotals() {
    Terminal.heading("In all")
    var table = Table([.left, .right, .right, .right, .right])
    table.add(["", "published", "this program", "difference", ""], Self.dim)
    for currency in report.currencies {
      let isMoney = currency.id == SimulationReport.moneyOff
      add(
        isMoney ? currency.key : "\(currency.key) given", currency.given, currency.decimals, &table)
      if let worth = currency.worth {
        let places = report.money.decimals
        add("  worth, in \(report.money.code)", worth, places, &table)
      }
      if currency.expired.published != 0 || currency.expired.draft != 0 {
        add("\(currency.key) expired", currency.expired, currency.decimals, &table)
      }
    }
    for coupon in report.coupons { add("coupon \(coupon.name)", coupon.issued, 0, &table) }
    table.show()
  }

  private static let dim: [Terminal.Style?] = [.dim, .dim, .dim, .dim, .dim]

  private func add(_ name: String, _ sum: Beside, _ decimals: Int, _ table: inout Table) {
    table.add(
      [
        name, Asking.points(sum.published, decimals), Asking.points(sum.draft, decimals),
        Asking.signed(sum.difference, decimals), Self.share(sum),
      ], [nil, nil, nil, Self.style(sum.difference)])
  }

  private static func style(_ difference: Int64) -> Terminal.Style? {
    difference == 0 ? .dim : .yellow
  }

  /// `+5.3 %`, towards zero.
  private static func share(_ sum: Beside) -> String {
    guard sum.published > 0, sum.difference != 0 else { return "" }
    let tenths = Int64(clamping: Int128(sum.difference) * 1_000 / Int128(sum.published))
    return Asking.signed(tenths, 1) + " %"
  }

  private func show(_ title: String, _ rows: [SimulationReport.Row], onlyChanged: Bool) {
    let shown = onlyChanged ? rows.filter { $0.points.difference != 0 } : rows
    let same = rows.count - shown.count
    guard !rows.isEmpty, !shown.isEmpty || onlyChanged else { return }
    Terminal.heading(title)
    var table = Table([.left, .right, .right, .right, .right])
    let sorted = onlyChanged ? shown.sorted { Self.size($0) > Self.size($1) } : shown
    for row in sorted.prefix(onlyChanged ? Self.mostRows : sorted.count) {
      let currency = report.currencies.first { $0.id == row.currency }
      let several = report.currencies.count > 1
      add(
        row.name + (several ? "  \(currency?.key ?? "")" : ""), row.points,
        currency?.decimals ?? 0, &table)
    }
    table.show()
    if onlyChanged, sorted.count > Self.mostRows {
      let more = sorted.count - Self.mostRows
      let change = more == 1 ? "changes" : "change"
      print("  and \(more) more, which \(change) less; all are in --json.")
    }
    if onlyChanged, same > 0 {
      let all = shown.isEmpty ? "" : "other "
      print("  \(same == 1 ? "1 \(all)rule gives" : "\(same) \(all)rules give") the same.")
    }
  }

  /// Rules that are listed, those that change most first.
  private static let mostRows = 20

  private static func size(_ row: SimulationReport.Row) -> UInt64 {
    row.points.difference.magnitude
  }

  private func showTiers() {
    guard !report.tiers.isEmpty else { return }
    Terminal.heading("Tiers at the end")
    var table = Table([.left, .right, .right, .right, .right])
    for tier in report.tiers.reversed() { add(tier.name, tier.accounts, 0, &table) }
    table.show()
    for move in report.moves {
      print("  \(Terminal.grouped(move.accounts)) from \(move.from) to \(move.to)")
    }
  }

  private func showMembers() {
    Terminal.heading("Members")
    let same = report.accounts - report.gaining - report.losing
    print(
      "  \(Self.counted(report.gaining, "gains", "gain")), "
        + "\(Self.counted(report.losing, "loses", "lose")), "
        + "\(Self.counted(same, "has", "have")) the same.")
    list("Most gained:", report.mostGained)
    list("Most lost:", report.mostLost)
  }

  private func list(_ title: String, _ changes: [SimulationReport.Change]) {
    guard !changes.isEmpty else { return }
    print("  \(title)")
    var table = Table([.left, .right])
    for change in changes {
      let name = change.members.isEmpty ? "account \(change.account)" : change.members
      table.add([name, amount(change.worth)])
    }
    table.show(indent: 4)
  }

  private func amount(_ worth: Int64) -> String {
    switch report.yard {
    case .money:
      return Asking.signed(worth / 1_000_000, report.money.decimals) + " \(report.money.code)"
    case .points(let id):
      let currency = report.currencies.first { $0.id == id }
      return Asking.signed(worth, currency?.decimals ?? 0) + " \(currency?.key ?? "")"
    }
  }

  private func showCheck() {
    print()
    guard report.disagreeing > 0 else {
      print(
        "The published program gives again what the ledger has: "
          + "\(CheckCommand.counted(report.checked, "event")), from the accounts' first on, each "
          + "with the same balances.")
      return
    }
    Terminal.error(
      "of \(CheckCommand.counted(report.disagreeing, "account")) the published program gives "
        + "something else than the ledger has, so the figures above are not to be relied upon:")
    for found in report.disagreements {
      Terminal.note(
        "  account \(found.account), \(found.transaction): the balances were "
          + "\(Self.list(found.stored)), and would be \(Self.list(found.again))")
    }
  }

  private static func counted(_ count: Int64, _ one: String, _ many: String) -> String {
    "\(Terminal.grouped(count)) \(count == 1 ? one : many)"
  }

  private static func list(_ values: [Int64]) -> String {
    values.isEmpty ? "none" : values.map { Terminal.grouped($0) }.joined(separator: ", ")
  }
}

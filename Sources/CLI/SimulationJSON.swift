import Engine
import JSON
import Loyalty
import Reports

/// A simulation as programs read it. Points and money are texts with their decimals.
enum SimulationJSON {
  static func text(_ report: SimulationReport) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("program", report.program)
      json.member("from", report.days.lowerBound.description)
      json.member("to", report.days.upperBound.description)
      json.member("events", report.events)
      json.member("accounts", report.accounts)
      json.member("waiting", report.waiting)
      json.memberArray("currencies") { totals(report, &$0) }
      for (name, rows) in [
        ("rules", report.rules), ("funders", report.funders), ("tiers at the time", report.byTier),
        ("months", report.months),
      ] {
        json.memberArray(name) { Self.rows(rows, report, &$0) }
      }
      json.memberArray("coupons") { json in
        for coupon in report.coupons {
          json.object { json in
            json.member("name", coupon.name)
            both(coupon.issued, 0, &json)
          }
        }
      }
      json.memberArray("tiers") { json in
        for tier in report.tiers {
          json.object { json in
            json.member("name", tier.name)
            both(tier.accounts, 0, &json)
          }
        }
      }
      json.memberArray("moves") { json in
        for move in report.moves {
          json.object { json in
            json.member("from", move.from)
            json.member("to", move.to)
            json.member("accounts", move.accounts)
          }
        }
      }
      json.memberObject("members") { json in
        json.member("gain", report.gaining)
        json.member("lose", report.losing)
        json.memberArray("most gained") { changes(report.mostGained, report, &$0) }
        json.memberArray("most lost") { changes(report.mostLost, report, &$0) }
      }
      json.memberObject("ledger") { ledger(report, &$0) }
    }
    return json.text
  }

  private static func both(_ sum: Beside, _ decimals: Int, _ json: inout JSONWriter) {
    json.member("published", ExactDecimal.text(sum.published, places: decimals))
    json.member("draft", ExactDecimal.text(sum.draft, places: decimals))
  }

  private static func totals(_ report: SimulationReport, _ json: inout JSONWriter) {
    for currency in report.currencies {
      json.object { json in
        json.member("currency", currency.key)
        json.memberObject("given") { both(currency.given, currency.decimals, &$0) }
        json.memberObject("expired") { both(currency.expired, currency.decimals, &$0) }
        if let worth = currency.worth {
          json.memberObject("worth") { both(worth, report.money.decimals, &$0) }
        }
      }
    }
  }

  private static func rows(
    _ rows: [SimulationReport.Row], _ report: SimulationReport, _ json: inout JSONWriter
  ) {
    for row in rows {
      let currency = report.currencies.first { $0.id == row.currency }
      json.object { json in
        json.member("name", row.name)
        json.member("currency", currency?.key ?? "")
        both(row.points, currency?.decimals ?? 0, &json)
      }
    }
  }

  private static func changes(
    _ changes: [SimulationReport.Change], _ report: SimulationReport, _ json: inout JSONWriter
  ) {
    for change in changes {
      json.object { json in
        json.member("account", change.account)
        json.member("members", change.members)
        switch report.yard {
        case .money:
          json.member(
            "money", ExactDecimal.text(change.worth / 1_000_000, places: report.money.decimals))
        case .points: json.member("points", change.worth)
        }
      }
    }
  }

  private static func ledger(_ report: SimulationReport, _ json: inout JSONWriter) {
    json.member("checked", report.checked)
    json.member("accounts that differ", report.disagreeing)
    json.memberArray("first") { json in
      for found in report.disagreements {
        json.object { json in
          json.member("account", found.account)
          json.member("transaction", found.transaction)
        }
      }
    }
  }
}

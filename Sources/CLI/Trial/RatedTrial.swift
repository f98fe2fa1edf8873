import JSON
import Loyalty
import Rules

/// A made-up purchase, and what came of it.
struct RatedTrial {
  var title: String
  var steps: [TrialStep]
  /// As an example with its expectation.
  var text: String

  static func json(_ trials: [RatedTrial], _ program: ProgramSyntax) -> String {
    var json = JSONWriter()
    let money = program.money.value
    json.object { json in
      json.member("money", money.code)
      json.memberArray("trials") { json in
        for trial in trials {
          json.object { json in
            json.member("example", trial.title)
            json.memberArray("steps") { json in
              for step in trial.steps { write(step, money, &json) }
            }
            json.member("text", trial.text)
          }
        }
      }
    }
    return json.text
  }

  private static func write(_ step: TrialStep, _ money: MoneyUnit, _ json: inout JSONWriter) {
    json.object { json in
      json.member("at", step.at)
      json.member("weekday", step.weekday)
      json.member("tier", step.tierBefore)
      json.member("tier afterwards", step.tierAfter)
      if let refused = step.refused { json.member("refused", refused) }
      json.memberArray("rules") { json in
        for line in step.lines { write(line, money, &json) }
      }
      json.memberArray("did not apply") { json in
        for silent in step.silent {
          json.object { json in
            json.member("rule", silent.rule)
            json.member("place", "\(silent.place.file):\(silent.place.line)")
            json.member("reason", silent.reason)
          }
        }
      }
      json.memberArray("changes") { json in
        for change in step.changes { write(change, &json) }
      }
      writeBill(step, money, &json)
    }
  }

  private static func writeBill(_ step: TrialStep, _ money: MoneyUnit, _ json: inout JSONWriter) {
    json.name("off")
    json.number(money.text(step.off))
    if let pay = step.pay {
      json.name("pay")
      json.number(money.text(pay))
    }
    if step.paidOut != .zero {
      json.name("paid out")
      json.number(money.text(step.paidOut))
    }
    json.memberArray("coupons") { json in for coupon in step.coupons { json.value(coupon) } }
    json.memberObject("refused coupons") { json in
      for (name, reason) in step.refusals { json.member(name, reason.text) }
    }
  }

  private static func write(
    _ line: TrialStep.Line, _ money: MoneyUnit, _ json: inout JSONWriter
  ) {
    let told = line.explanation
    json.object { json in
      json.member("rule", told.key)
      json.member("name", told.name)
      json.member("what", told.kind.rawValue)
      json.member("place", told.place.map { "\($0.file):\($0.line)" })
      if let currency = line.currency {
        json.member("currency", currency)
        json.name("amount")
        json.number(ExactDecimal.text(told.amount, places: line.decimals))
      }
      if told.kind == .off {
        json.name("off")
        json.number(money.text(Money(minor: told.money)))
      }
      json.member("funder", told.funder)
      json.member("sentence", told.sentence)
    }
  }

  private static func write(_ change: TrialStep.Change, _ json: inout JSONWriter) {
    json.object { json in
      json.member("currency", change.currency)
      json.name("amount")
      json.number(ExactDecimal.text(change.amount, places: change.decimals))
      json.name("balance")
      json.number(ExactDecimal.text(change.balance, places: change.decimals))
      json.member("last day", change.lastDay?.description)
    }
  }
}

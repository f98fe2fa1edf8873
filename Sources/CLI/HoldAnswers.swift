import Engine
import JSON
import Ledger
import Loyalty
import Reports
import Rules

/// Answers to tills, as text and as JSON, with their exit status.
struct HoldAnswers {
  private let names: CurrencyNames
  private let rater: Rater?
  private let money: MoneyUnit?
  private let zone: Zone
  private let asJSON: Bool
  /// What was to be held.
  var asked: HoldRequest.What?

  init(_ arguments: Arguments, _ desk: borrowing Desk) throws {
    names = try CurrencyNames(desk.store)
    rater = try ProgramSet.current(desk.store, at: .now)?.rater
    money = rater?.program.money
    zone = desk.zone
    asJSON = arguments.has("json")
  }

  /// `done` is what was asked for, as it is said afterwards: held, captured …
  func show(_ answer: HoldAnswer, _ done: String) -> Int32 {
    if asJSON {
      print(json(answer, done))
    } else if let refusal = answer.refusal {
      Terminal.error("not \(done): \(reason(refusal, answer))")
    } else {
      print(sentence(answer, done))
    }
    return answer.refusal == nil ? ExitStatus.done : ExitStatus.failed
  }

  private func sentence(_ answer: HoldAnswer, _ done: String) -> String {
    var text = answer.isAgain ? "Already \(done): hold \(answer.id)" : "Hold \(answer.id): \(done)"
    let points = answer.points.map { points in
      let (key, decimals) = names[points.currency]
      let amount =
        switch done {
        case "captured": points.captured
        case "refunded": points.returnedNow ?? points.returned
        default: points.held
        }
      return "\(Asking.points(amount, decimals)) \(key)"
    }
    if !points.isEmpty { text += ", " + points.joined(separator: " and ") }
    let times = done == "refunded" ? answer.timesNow ?? 1 : answer.times
    if times > 1 { text += ", \(times) times" }
    text += givenBackInAll(answer)
    if answer.money > 0, done != "refunded", let money {
      text += ", for \(money.text(Money(minor: answer.money))) \(money.code)"
    }
    if done == "held", let until = answer.until {
      text += ", until \(until.shown(offset: zone.offset(at: until)))"
    }
    if answer.isAgain, let state = answer.state, state.word != done {
      text += "; now it is \(state.word)"
    }
    for code in answer.coupons { text += "\n  \(Terminal.styled(code, .green))" }
    return text
  }

  /// Where a refund was not of all that had been captured: how much of it is given back by now.
  private func givenBackInAll(_ answer: HoldAnswer) -> String {
    let parts = answer.points.compactMap { points -> String? in
      guard let now = points.returnedNow, now < points.captured else { return nil }
      let (key, decimals) = names[points.currency]
      return "\(Asking.points(points.returned, decimals)) of "
        + "\(Asking.points(points.captured, decimals)) \(key)"
    }
    return parts.isEmpty ? "" : "; given back in all: " + parts.joined(separator: " and ")
  }

  /// Why something was refused, for the person at the till.
  private func reason(_ refusal: String, _ answer: HoldAnswer) -> String {
    switch Refusal(text: refusal) {
    case .unknown: "unknown; " + (why ?? "this member has nothing of that name or code")
    case .notClaimed: "not claimed; the member has to take it first"
    case .expired: "expired; its last day is over"
    case .usedUp: "used up"
    case .notMet: "not met; what it asks for does not hold now"
    case .limit: "limit; this member has had as much of it as may be had"
    case .outOfStock: "out of stock; none is left"
    case .withdrawn: "withdrawn; what it was given for came back"
    case .notEnough: "not enough; " + available(answer)
    default: refusal
    }
  }

  /// What is wrong with the name or the amount that was asked for.
  private var why: String? { asked.flatMap { rater?.whyUnknown($0) } }

  private func available(_ answer: HoldAnswer) -> String {
    let amounts = answer.available.map { amount in
      let (key, decimals) = names[amount.currency]
      return "\(Asking.points(amount.amount, decimals)) \(key)"
    }
    return amounts.isEmpty
      ? "nothing is available" : amounts.joined(separator: " and ") + " are available"
  }

  private func json(_ answer: HoldAnswer, _ done: String) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("hold", answer.id)
      json.member("answer", answer.refusal == nil ? done : "refused")
      json.member("reason", answer.refusal)
      if answer.refusal == Refusal.unknown.text { json.member("why", why) }
      json.member("state", answer.state?.word)
      json.member("until", answer.until?.text(offset: 0))
      if answer.times > 1 { json.member("times", answer.times) }
      if answer.money > 0, let money {
        json.name("pays")
        json.number(money.text(Money(minor: answer.money)))
      }
      if !answer.points.isEmpty {
        json.memberArray("points") { json in
          for points in answer.points { write(points, &json) }
        }
      }
      if !answer.coupons.isEmpty {
        json.memberArray("coupons") { json in
          for code in answer.coupons { json.value(code) }
        }
      }
      if answer.isAgain { json.member("again", true) }
    }
    return json.text
  }

  private func write(_ points: HoldAnswer.Points, _ json: inout JSONWriter) {
    let (key, decimals) = names[points.currency]
    json.object { json in
      json.member("currency", key)
      for (name, value) in [
        ("held", points.held), ("captured", points.captured), ("given back", points.returned),
      ] {
        json.name(name)
        json.number(ExactDecimal.text(value, places: decimals))
      }
      guard let now = points.returnedNow else { return }
      json.name("given back now")
      json.number(ExactDecimal.text(now, places: decimals))
    }
  }
}

extension Arguments {
  /// `--points N`, with so many decimals as are written.
  func points() throws -> ExactDecimal? {
    guard let text = value("points") else { return nil }
    guard let number = ExactDecimal(text), number.units > 0 else {
      throw UsageFailure("`--points \(text)` is no amount above 0")
    }
    return number
  }

  func times() throws -> Int64? {
    guard let text = value("times") else { return nil }
    guard let number = Int64(text), number > 0 else {
      throw UsageFailure("`--times \(text)` is no whole number above 0")
    }
    return number
  }
}

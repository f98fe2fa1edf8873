import Engine
import JSON
import Ledger
import Loyalty
import Reports
import Rules

/// Points by hand.
extension MemberCommand {
  static func adjust(_ arguments: inout Arguments) throws -> Int32 {
    let (who, text) = (try arguments.next("WHO"), try arguments.next("AMOUNT"))
    try arguments.end()
    guard let reason = arguments.value("reason"), !reason.isEmpty else {
      throw UsageFailure("say why: --reason 'the parcel was late'")
    }
    var desk = try desk()
    let currency = try desk.currency(arguments.value("currency"))
    let member = try desk.member(who)
    var adjustment = Adjustment(
      owner: member.owner, currency: currency.id,
      amount: try amount(text, currency.decimals, "AMOUNT"), reason: reason,
      operatorName: operatorName(arguments))
    adjustment.request = arguments.value("id")
    if let day = try Asking.date(arguments, "expires") {
      adjustment.expires = desk.zone.end(of: day)
    }
    let number: Int64
    var deed: Deed
    switch try desk.adjust(adjustment, at: try instant(arguments, desk)) {
    case .booked(let id):
      number = id
      deed = Deed("booked", "Adjustment \(id) is booked: \(text) \(currency.key).")
    case .already(let id):
      number = id
      deed = Deed("already", "Adjustment \(id) was made before.")
    case .waits(let id):
      number = id
      deed = Deed(
        "waits",
        "Adjustment \(id) waits for a second person, for it is more than "
          + "\(adjustment.operatorName) may give alone: `patron member confirm \(id)`")
    }
    deed.add("adjustment", number)
    deed.add("member", member.code)
    deed.add(adjustment.amount, currency.decimals, of: currency.key)
    deed.tell(arguments)
    return ExitStatus.done
  }

  static func confirm(_ arguments: inout Arguments) throws -> Int32 {
    let id = try number(&arguments)
    try arguments.end()
    var desk = try desk()
    try desk.confirm(
      adjustment: id, by: operatorName(arguments), at: try instant(arguments, desk))
    var deed = Deed("booked", "Adjustment \(id) is booked.")
    deed.add("adjustment", id)
    deed.tell(arguments)
    return ExitStatus.done
  }

  static func refuse(_ arguments: inout Arguments) throws -> Int32 {
    let id = try number(&arguments)
    try arguments.end()
    let desk = try desk()
    try desk.refuse(adjustment: id, by: operatorName(arguments))
    var deed = Deed("refused", "Adjustment \(id) is refused.")
    deed.add("adjustment", id)
    deed.tell(arguments)
    return ExitStatus.done
  }

  static func adjustments(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let most = try arguments.number("limit", in: 1...1_000_000, default: 20)
    let store = try Asking.store()
    let names = try CurrencyNames(store)
    let list = try store.adjustments(waitingOnly: !arguments.has("all"), most: most)
    if arguments.has("json") {
      for adjustment in list { print(json(adjustment, names, store)) }
      return ExitStatus.done
    }
    guard !list.isEmpty else {
      print("None\(arguments.has("all") ? "" : " wait").")
      return ExitStatus.done
    }
    var table = Table([.right, .left, .left, .right, .left, .left, .left])
    for adjustment in list {
      let (key, decimals) = names[adjustment.currency]
      let codes = try store.codes(of: adjustment.owner).joined(separator: " ")
      table.add(
        [
          "\(adjustment.id)", String(adjustment.madeAt.text(offset: 0).prefix(10)), codes,
          Asking.signed(adjustment.amount, decimals) + " " + key,
          "\(adjustment.state)\(adjustment.decidedBy.map { " by \($0)" } ?? "")",
          adjustment.operatorName, adjustment.reason,
        ], [.bold, .dim])
    }
    table.show(indent: 0)
    return ExitStatus.done
  }

  private static func json(
    _ adjustment: Adjustment, _ names: CurrencyNames, _ store: borrowing Store
  ) -> String {
    let (key, decimals) = names[adjustment.currency]
    var json = JSONWriter()
    json.object { json in
      json.member("adjustment", adjustment.id)
      json.member("account", adjustment.owner.account)
      json.member("currency", key)
      json.name("amount")
      json.number(ExactDecimal.text(adjustment.amount, places: decimals))
      json.member("reason", adjustment.reason)
      json.member("operator", adjustment.operatorName)
      json.member("at", adjustment.madeAt.text(offset: 0))
      json.member("state", "\(adjustment.state)")
      json.member("decided by", adjustment.decidedBy)
    }
    return json.text
  }

  static func operators(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let store = try Asking.store()
    let names = try CurrencyNames(store)
    let operators = try store.operators()
    if arguments.has("json") {
      for one in operators { print(json(one, names)) }
      return ExitStatus.done
    }
    guard !operators.isEmpty else {
      print("No operator is named: everybody may adjust without a second person.")
      return ExitStatus.done
    }
    var table = Table([.left, .left, .left])
    for one in operators {
      let allowances = one.allowances.sorted { $0.key < $1.key }.map { currency, allowance in
        let (key, decimals) = names[currency]
        return "\(Asking.points(allowance.each, decimals)) \(key) at a time, "
          + "\(Asking.points(allowance.month, decimals)) a month"
      }
      table.add(
        [
          one.name, allowances.isEmpty ? "nothing alone" : allowances.joined(separator: "; "),
          one.confirms ? "confirms those of others" : "",
        ], [.bold])
    }
    table.show(indent: 0)
    return ExitStatus.done
  }

  private static func json(_ one: Operator, _ names: CurrencyNames) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("operator", one.name)
      json.member("confirms", one.confirms)
      json.memberArray("may give alone") { json in
        for (currency, allowance) in one.allowances.sorted(by: { $0.key < $1.key }) {
          let (key, decimals) = names[currency]
          json.object { json in
            json.member("currency", key)
            json.name("each")
            json.number(ExactDecimal.text(allowance.each, places: decimals))
            json.name("month")
            json.number(ExactDecimal.text(allowance.month, places: decimals))
          }
        }
      }
    }
    return json.text
  }

  static func setOperator(_ arguments: inout Arguments) throws -> Int32 {
    let name = try arguments.next("NAME")
    try arguments.end()
    if arguments.has("remove") {
      let store = try Asking.store()
      guard try store.removeOperator(name) else {
        throw ReportFailure("no operator is called `\(name)`")
      }
      var deed = Deed("removed", "\(name) may adjust nothing any more.")
      deed.add("operator", name)
      deed.tell(arguments)
      return ExitStatus.done
    }
    var confirms: Bool?
    if let word = arguments.value("confirms") {
      guard ["yes", "no"].contains(word) else { throw UsageFailure("`--confirms yes` or `no`") }
      confirms = word == "yes"
    }
    var desk = try desk()
    var allowance: (CurrencyID, Operator.Allowance)?
    if arguments.value("each") != nil || arguments.value("month") != nil {
      guard let each = arguments.value("each"), let month = arguments.value("month") else {
        throw UsageFailure("--each and --month belong together")
      }
      let currency = try desk.currency(arguments.value("currency"))
      allowance = (
        currency.id,
        Operator.Allowance(
          each: try amount(each, currency.decimals, "--each"),
          month: try amount(month, currency.decimals, "--month"))
      )
    }
    try desk.store.setOperator(name, confirms: confirms, allowance: allowance)
    var deed = Deed("set", "\(name) is an operator.")
    deed.add("operator", name)
    deed.tell(arguments)
    return ExitStatus.done
  }

  static func transfer(_ arguments: inout Arguments) throws -> Int32 {
    let (from, to) = (try arguments.next("FROM"), try arguments.next("TO"))
    let text = try arguments.next("AMOUNT")
    try arguments.end()
    var desk = try desk()
    let currency = try desk.currency(arguments.value("currency"))
    let (source, target) = (try desk.member(from), try desk.member(to))
    let amount = try amount(text, currency.decimals, "AMOUNT")
    let done = try desk.transfer(
      amount, currency.id, from: source, to: target, request: arguments.value("id"),
      at: try instant(arguments, desk))
    var deed: Deed
    switch done {
    case .booked(let id):
      deed = Deed(
        "booked", "\(text) \(currency.key) of \(source.code) are \(target.code)'s now (\(id)).")
      deed.add("id", id)
    case .already: deed = Deed("already", "This transfer was made before.")
    }
    deed.add("from", source.code)
    deed.add("to", target.code)
    deed.add(amount, currency.decimals, of: currency.key)
    deed.tell(arguments)
    return ExitStatus.done
  }
}

/// Keys and decimals of currencies by their numbers.
struct CurrencyNames {
  private var names: [CurrencyID: (key: String, decimals: Int)] = [:]

  init(_ store: borrowing Store) throws {
    let known = try store.names()
    for (key, id) in known.currencies { names[id] = (key, known.decimals[id] ?? 0) }
  }

  subscript(id: CurrencyID) -> (key: String, decimals: Int) {
    names[id] ?? ("currency \(id)", 0)
  }
}

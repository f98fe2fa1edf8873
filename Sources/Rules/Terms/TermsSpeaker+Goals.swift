import YAML

/// What somebody is to do, in the forms that sentences need.
struct TermsGoal {
  /// In English, the doing: `spend`, `buy`, `make`.
  var verb: Verb
  /// What is done: `at least $20.00 on cards in a calendar year`.
  var object: String
  /// All of it in Chinese: `消费满$20.00`.
  var chinese: String

  enum Verb {
    case spend, buy, make, earn, hold, have, be

    /// `spend`, `spent`, `spending`
    var forms: (does: String, did: String, doing: String) {
      switch self {
      case .spend: ("spend", "spent", "spending")
      case .buy: ("buy", "bought", "buying")
      case .make: ("make", "made", "making")
      case .earn: ("earn", "earned", "earning")
      case .hold: ("hold", "held", "holding")
      case .have: ("have", "had", "having")
      case .be: ("are", "were", "being")
      }
    }
  }

  var does: String { "\(verb.forms.does) \(object)" }
  var did: String { "\(verb.forms.did) \(object)" }
  var doing: String { "\(verb.forms.doing) \(object)" }
  /// `reaching $100.00 of spend`, `each further 10 purchases`: at which purchase.
  var reaching: String {
    switch verb {
    case .make, .have, .be: "reaching \(object)"
    default: "having \(did)"
    }
  }
}

/// Goals in a customer's words.
extension TermsSpeaker {
  /// One for each measure that is named.
  func goals(_ node: Node) -> [TermsGoal] {
    if let items = node.items { return items.flatMap { goals($0) } }
    let entries = node.entries ?? []
    let of = node["items"].map { items($0) }
    let event = node["event"]?.text
    let within = node["within"]?.text.map { window($0) }
    let paid = node["tender"].map { tender($0) }
    let tests = entries.filter { carries($0, event, entries) }.map {
      let value = list(texts($0.value).map { self.value($0) })
      return say("\(readable($0.name)) is \(value)", "\(readable($0.name))为\(value)的")
    }.joined(separator: say(" and ", ""))
    let frame = ["items", "within", "event", "tender"]
    return entries.filter { !frame.contains($0.name) && !carries($0, event, entries) }.flatMap {
      measures($0, of, event, tests.isEmpty ? "" : say(" where ", "") + tests).map { goal in
        var goal = goal
        goal.object += (paid.map { " paid with \($0)" } ?? "") + (within.map { " \($0)" } ?? "")
        goal.chinese = (within ?? "") + (paid.map { "以\($0)支付" } ?? "") + goal.chinese
        return goal
      }
    }
  }

  /// Whether a word beside a goal's measure says what its events must carry.
  private func carries(_ entry: Node.Entry, _ event: String?, _ all: [Node.Entry]) -> Bool {
    guard let event,
      let kind = program["events"].first(where: { $0.name == event })?.value[entry.name]
    else { return event == "partner" && entry.name == "partner" }
    let isNumber = ["number", "money"].contains(kind.text)
    return entry.name != "times" && (!isNumber || all.contains { $0.name == "times" })
  }

  /// A balance may name several currencies.
  private func measures(_ entry: Node.Entry, _ items: String?, _ event: String?, _ tests: String)
    -> [TermsGoal]
  {
    guard entry.name == "balance" else {
      return [measure(entry.name, entry.value.text ?? "", items, event, tests)]
    }
    let only = program["currencies"].first { $0.value["kind"]?.text != "status" }?.name ?? ""
    let parts = entry.value.entries?.map { ($0.name, $0.value.text ?? "") }
    return (parts ?? [(only, entry.value.text ?? "")]).map { key, text in
      let held = range(text) { amount($0, key) }
      return TermsGoal(verb: .hold, object: held, chinese: "持有\(held)")
    }
  }

  private func measure(
    _ word: String, _ text: String, _ items: String?, _ event: String?, _ tests: String
  ) -> TermsGoal {
    let on = items.map { " on \($0)" } ?? ""
    let (goods, chineseGoods) = (items ?? "any goods", items ?? "")
    let count = range(text == "0" ? say("no", "0") : text) { number($0) }
    switch word {
    case "spend":
      let sum = range(text) { money($0) }
      return TermsGoal(verb: .spend, object: sum + on, chinese: "\(chineseGoods)消费\(full(sum))")
    case "left":
      let sum = range(text) { money($0) }
      return TermsGoal(
        verb: .have, object: "\(sum) left to pay\(on)", chinese: "\(chineseGoods)优惠后应付\(full(sum))")
    case "margin":
      let sum = range(text) { money($0) }
      return TermsGoal(
        verb: .buy, object: "\(goods) with a margin of \(sum)",
        chinese: "\(chineseGoods)毛利\(full(sum))")
    case "quantity":
      return TermsGoal(
        verb: .buy, object: "\(count) of \(goods)", chinese: "购买\(items ?? "商品")\(count)件")
    case "visits":
      let purchases = isOne(text) ? "purchase" : "purchases"
      return TermsGoal(
        verb: .make, object: "\(count) \(purchases)\(items.map { " with \($0)" } ?? "")",
        chinese: "\(chineseGoods)消费\(count)次")
    case "variety":
      let of = items.map { " of \($0)" } ?? ""
      return TermsGoal(
        verb: .buy, object: "\(count) different articles\(of)",
        chinese: "购买\(chineseGoods)\(count)种不同商品")
    case "times":
      let what = readable(event ?? "")
      let often =
        text == "0"
        ? "no \(what)"
        : "\(what) " + (isOne(text) ? "\(text.dropLast())once" : "\(count) times")
      return TermsGoal(
        verb: .have, object: often + tests, chinese: "\(tests)\(what)\(count)次")
    case "rank":
      return TermsGoal(verb: .be, object: rank(text), chinese: rank(text))
    default:
      guard program["currencies"].contains(where: { $0.name == word }) else {
        if let event, isMoney(word) {
          let (sum, what) = (range(text) { money($0) }, word == "amount" ? "" : readable(word))
          return TermsGoal(
            verb: .have,
            object: [sum, what, "from \(readable(event))"].filter { !$0.isEmpty }
              .joined(separator: " ") + tests,
            chinese: "\(tests)\(readable(event))\(what)\(full(sum))")
        }
        return TermsGoal(
          verb: .have, object: "\(count) \(readable(word))\(tests)",
          chinese: "\(tests)\(readable(word))\(count)")
      }
      let sum = range(text) { amount($0, word) }
      return TermsGoal(verb: .earn, object: sum, chinese: "获得\(sum)")
    }
  }

  private func isOne(_ text: String) -> Bool { text == "1" || text.hasSuffix(" 1") }

  /// `满$5.00` for `至少$5.00`.
  private func full(_ range: String) -> String { range.replacing("至少", with: "满") }

  /// `top 10% by spend`
  func rank(_ text: String) -> String {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 4 else { return text }
    let measures = [
      "spend": ("what they spent", "消费额"), "visits": ("their purchases", "消费次数"),
      "quantity": ("the goods that they bought", "购买件数"), "margin": ("margin", "毛利"),
      "variety": ("different articles", "商品种数"),
    ]
    let by = measures[words[3]].map { say($0.0, $0.1) } ?? currency(words[3])
    return say("among the top \(words[1]) of members by \(by)", "\(by)排名前\(words[1])")
  }
}

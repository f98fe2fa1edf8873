import YAML

/// Conditions, goals and choices in a customer's words.
extension TermsSpeaker {
  /// Conditions side by side, each as a phrase that may follow a sentence: `on Saturdays`. Names
  /// may lead to names, in a program with mistakes for ever.
  func conditions(_ node: Node, _ depth: Int = 0) -> [String] {
    guard depth < 32 else { return [] }
    if let name = node.text {
      let named = program["conditions"].first { $0.name == name }?.value
      return named.map { conditions($0, depth + 1) } ?? [readable(name)]
    }
    return (node.entries ?? []).flatMap { condition($0.name, $0.value, depth) }
  }

  /// All of them, as one phrase.
  func all(_ node: Node, _ depth: Int = 0) -> String {
    conditions(node, depth + 1).joined(separator: say(" and ", "且"))
  }

  private func condition(_ word: String, _ node: Node, _ depth: Int) -> [String] {
    switch word {
    case "any":
      let parts = (node.items ?? [node]).map { all($0, depth) }
      return [
        (parts.count > 1 ? say("either ", "") : "") + parts.joined(separator: say(", or ", "，或"))
      ]
    case "all": return (node.items ?? [node]).map { all($0, depth) }
    case "not":
      let parts = conditions(node, depth + 1)
      let all = parts.joined(separator: say(" and ", "且"))
      return [parts.count > 1 ? say("not (\(all))", "除外：（\(all)）") : say("not ", "除外：") + all]
    case "date": return [list(texts(node).map { onDays($0) })]
    case "weekday": return [say("on ", "") + list(texts(node).map { weekday($0) })]
    case "day": return [list(texts(node).map { dayOfMonth($0) })]
    case "hours":
      return [
        say("from ", "") + list(texts(node).map { $0.replacing(" to ", with: say(" to ", "至")) })
      ]
    case "holiday": return [say("on ", "") + list(texts(node).map { readable($0) })]
    case "store":
      let stores = texts(node)
      return [say(stores.count == 1 ? "in store " : "in the stores ", "门店：") + list(stores)]
    case "region": return [say("in ", "地区：") + list(texts(node).map { readable($0) })]
    case "channel": return [say("by ", "渠道：") + list(texts(node).map { readable($0) })]
    case "partner":
      return [say("with our partner ", "合作方：") + list(texts(node).map { readable($0) })]
    case "tier":
      let tiers = list(texts(node).map { tier($0) })
      return [say("for \(tiers)", "限\(tiers)会员")]
    case "birthday": return [birthday(node.text ?? "")]
    case "joined": return [joined(node.text ?? "")]
    case "tenure":
      let bound = spanOfTime(node.text ?? "")
      return [say("as a member of \(bound)", "入会\(bound)")]
    case "age":
      let age = range(node.text ?? "") { number($0) }
      return [say("aged \(age)", "年龄\(age)岁")]
    case "consent":
      let what = list(texts(node).filter { $0 != "yes" }.map { readable($0) })
      return [say("if you agreed\(what.isEmpty ? "" : " to \(what)")", "已同意\(what)")]
    case "balance":
      return (node.entries ?? []).map { entry in
        let amount = range(entry.value.text ?? "") { self.amount($0, entry.name) }
        return say("with a balance of \(amount)", "余额\(amount)")
      }
    case "coupon":
      let names = list(texts(node).map { name($0, in: "coupons") })
      return [say("with the coupon \(names)", "使用\(names)")]
    case "tender": return [say("paid with ", "支付方式：") + tender(node)]
    case "basket": return goals(node).map { say("when you \($0.does)", $0.chinese) }
    case "history":
      // The running one of `each of 4 weeks` is the last, with this purchase in it.
      if node["within"]?.text?.hasPrefix("each of ") == true {
        return goals(node).map {
          say("when you \($0.did), this one included", "\($0.chinese)（含本次）")
        }
      }
      return goals(node).map { say("when before that you \($0.did)", "此前\($0.chinese)") }
    case "reach": return goals(node).map { say("on \($0.reaching)", $0.chinese) }
    case "segment":
      return [say("for ", "限") + list(texts(node).map { readable($0) }) + say("", "会员")]
    default:
      let what = list(texts(node).map { value($0) })
      return [say("where \(readable(word)) is \(what)", "\(readable(word))为\(what)")]
    }
  }

  /// The value of an attribute: a range, yes or no, or a word of the program.
  func value(_ text: String) -> String {
    if text == "yes" { return say("yes", "是") }
    if text == "no" { return say("no", "否") }
    return range(readable(text)) { Reading.plainNumber($0) == nil ? $0 : number($0) }
  }

  private func joined(_ span: String) -> String {
    if let unit = span.split(separator: " ").last, span.hasPrefix("calendar") {
      return say("in the calendar \(unit) of joining", "入会当\(calendarUnit(unit))")
    }
    return say("in your first \(duration(span)) as a member", "入会\(duration(span))内")
  }

  /// `at least 2 years`, `1 year to 3 years`
  func spanOfTime(_ text: String) -> String {
    let words = text.split(separator: " ").map(String.init)
    if words.count == 5, words[2] == "to" {
      let (from, to) = (duration("\(words[0]) \(words[1])"), duration("\(words[3]) \(words[4])"))
      return say("\(from) to \(to)", "\(from)至\(to)")
    }
    let span = duration(words.suffix(2).joined(separator: " "))
    return range((words.dropLast(2) + ["1"]).joined(separator: " ")) { _ in span }
  }

  private func birthday(_ text: String) -> String {
    switch text {
    case "day": say("on your birthday", "生日当天")
    case "week": say("in the week of your birthday", "生日当周")
    default: say("in the month of your birthday", "生日当月")
    }
  }

  /// `on 24 December of each year`, `from 1 May 2026 to 14 May 2026`
  private func onDays(_ text: String) -> String {
    let isYearly = text.prefix { $0 != " " }.count == 5
    let of = isYearly ? say(" of each year", "") : ""
    let span = text.contains(" to ") ? say("from ", "") : say("on ", "")
    return (isYearly ? say("", "每年") : "") + span + days(text) + of
  }

  private func dayOfMonth(_ text: String) -> String {
    text == "last"
      ? say("on the last day of each month", "每月最后一天")
      : say("on day \(text) of each month", "每月\(text)日")
  }
}

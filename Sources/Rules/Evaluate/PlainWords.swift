import Loyalty

/// Amounts, items and windows in a person's words, in English: the one place where another language
/// can follow.
public enum PlainWords {
  /// `1 point`, `14 points`, `2.50 stamps`: a currency's key is its plural where it ends so.
  public static func amount(_ units: Int64, _ key: String, decimals: Int) -> String {
    let number = ExactDecimal.text(units, places: decimals)
    return "\(number) \(units.magnitude == 1 && decimals == 0 ? singular(key) : key)"
  }

  /// What somebody sent as a name, not longer than a name is.
  static func shortened(_ name: String) -> String {
    name.count > 64 ? name.prefix(64) + "…" : name
  }

  /// `point` of `points`; `status`, `class` and `basis` are no plurals.
  static func singular(_ key: String) -> String {
    guard key.count > 1, key.hasSuffix("s"), !["ss", "us", "is"].contains(where: key.hasSuffix)
    else { return key }
    return String(key.dropLast())
  }

  /// `greeting-cards`, `sku C-101 or C-102`, `cards without postage`.
  static func items(_ items: ItemsSyntax) -> String {
    switch items {
    case .all(let parts):
      let not = parts.compactMap { part -> ItemsSyntax? in
        if case .not(let inner) = part { return inner }
        return nil
      }
      let wanted = parts.filter { part in
        if case .not = part { return false }
        return true
      }
      let have = wanted.map { self.items($0) }.joined(separator: " that are ")
      let without = not.map { self.items($0) }.joined(separator: " and ")
      if without.isEmpty { return have }
      return have.isEmpty ? "everything but \(without)" : "\(have) without \(without)"
    case .any(let parts): return parts.map { self.items($0) }.joined(separator: " or ")
    case .not(let part): return "everything but \(self.items(part))"
    case .set(let name): return name.value
    case .categories(let names): return names.map(\.value).joined(separator: " or ")
    case .skus(let names): return "sku " + names.map(\.value).joined(separator: " or ")
    case .attribute(let name, let values):
      return "\(name.value) " + values.map(\.value).joined(separator: " or ")
    case .discounted(let yes, _): return yes ? "reduced items" : "items at full price"
    case .favourite(let kind, let of, _):
      return "the favourite \(kind.rawValue)" + (of.map { " of \(self.items($0))" } ?? "")
    case .cheapest(let units, _):
      return units == 1 ? "the cheapest unit" : "the \(units) cheapest units"
    }
  }

  static func tender(_ tender: TenderSyntax) -> String {
    switch tender {
    case .kinds(let names): names.map(\.value).joined(separator: " or ")
    case .not(let inner): "anything but \(self.tender(inner))"
    }
  }

  public static func window(_ window: WindowSyntax) -> String {
    switch window {
    case .calendar(let unit, let last): "\(last ? "last" : "this") calendar \(unit.rawValue)"
    case .membershipYear(let last): "\(last ? "last" : "this") membership year"
    case .rolling(let count, let unit): "\(count) \(unit.rawValue)\(count == 1 ? "" : "s")"
    case .eachOf(let count, let unit): "each of \(count) \(unit.rawValue)s"
    case .campaign: "the campaign"
    case .afterJoin(let span):
      "\(span.count) \(span.unit.rawValue)\(span.count == 1 ? "" : "s") after joining"
    case .transaction: "this purchase"
    case .ever: "all time"
    }
  }

  static func measure(_ measure: MeasureSyntax) -> String {
    switch measure {
    case .spend: "spend"
    case .quantity: "units"
    case .visits: "visits"
    case .variety: "different products"
    case .times: "times"
    case .margin: "margin"
    case .balance(let key): "\(key) held"
    case .left: "left to pay"
    case .earned(let key): "\(key) earned"
    case .attribute(let name): name
    }
  }

  /// Of which day a rule speaks that waits for one.
  static func day(_ trigger: CalendarSyntax) -> String {
    switch trigger {
    case .birthday(.day): "the member's birthday"
    case .birthday(.week): "the week of the member's birthday"
    case .birthday(.month): "the month of the member's birthday"
    case .anniversary: "the anniversary of joining"
    case .enrolment: "the day of joining"
    case .inactive(let time): "nothing for \(time.count) \(time.unit.rawValue)s"
    case .dates: "a day of the program"
    }
  }

  /// `1 per day`, `500 points per month`.
  static func limit(_ limit: LimitSyntax, _ money: MoneyUnit) -> String {
    var text: String
    switch limit.measure {
    case .times: text = "\(limit.most)"
    case .currency(let key): text = "\(limit.most) \(key)"
    case .money: text = "\(money.text(Money(minor: limit.most))) \(money.code)"
    case .units: text = "\(millionths(limit.most)) units"
    }
    switch limit.window {
    case .calendar(let unit, _): text += " per \(unit.rawValue)"
    case .rolling(let count, let unit): text += " every \(count) \(unit.rawValue)s"
    case .membershipYear: text += " per membership year"
    case .ever: text += " ever"
    case .campaign: text += " per campaign"
    case .transaction: text += " per purchase"
    default: break
    }
    return text
  }

  /// Millionths of a number, without zeros at its end.
  public static func millionths(_ value: Int64) -> String {
    Quantity(millionths: value).description
  }
}

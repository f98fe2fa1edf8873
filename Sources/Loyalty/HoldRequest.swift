/// What an event of the kind `hold` asks for, by its attributes: one of `reward` (with `times`),
/// `pay`, `points` (with `currency`), `coupon` and `perk`, and `for`, how long.
public struct HoldRequest: Sendable, Equatable {
  public enum What: Sendable, Equatable {
    case reward(String, times: Int64)
    /// An amount of money, to be paid with points.
    case pay(ExactDecimal)
    /// Points as they are, of a currency by its key; nil is the program's only one.
    case points(ExactDecimal, currency: String?)
    /// Its code.
    case coupon(String)
    case perk(String)
  }

  /// What is wrong with a request.
  public struct Fault: Error, Sendable, Equatable {
    public var field: String
    public var reason: String
    public var remedy: String
  }

  /// How long a hold lasts that does not say it, and at most.
  public static let usualSeconds: Int64 = 15 * 60
  public static let mostSeconds: Int64 = 366 * 86_400

  public var what: What
  public var seconds = usualSeconds

  public init(_ what: What, seconds: Int64 = usualSeconds) {
    self.what = what
    self.seconds = seconds
  }

  private static let things = ["reward", "pay", "points", "coupon", "perk"]
  private static let words = things + ["times", "currency", "for"]

  /// Reads strictly: a word that is none of a hold's is a fault.
  public init(_ attributes: [Attribute]) throws(Fault) {
    for attribute in attributes where !Self.words.contains(attribute.name) {
      throw Fault(
        field: attribute.name, reason: "a hold has no such attribute",
        remedy: "write one of \(Self.words.joined(separator: ", "))")
    }
    let named = attributes.filter { Self.things.contains($0.name) }
    guard named.count == 1 else {
      throw Fault(
        field: "", reason: "a hold is for one thing",
        remedy: "write one of \(Self.things.joined(separator: ", "))")
    }
    what = try Self.what(named[0], attributes)
    if let text = Self.text("for", attributes) {
      guard let seconds = Self.seconds(text) else {
        throw Fault(
          field: "for", reason: "`\(text)` is no time for a hold",
          remedy: "write it so: 15m, 2h, 3d")
      }
      self.seconds = seconds
    }
  }

  private static func what(
    _ thing: Attribute, _ attributes: [Attribute]
  ) throws(Fault) -> What {
    switch thing.name {
    case "reward":
      guard case .text(let key) = thing.value else { throw wrong(thing, "a reward's name") }
      let times = number("times", attributes) ?? ExactDecimal(units: 1)
      guard let times = times.exactly(places: 0), times > 0 else {
        throw Fault(field: "times", reason: "it is no whole number above 0", remedy: "write 1, 2 …")
      }
      return .reward(key, times: times)
    case "pay", "points":
      guard let amount = number(thing.name, attributes), amount.units > 0 else {
        throw wrong(thing, "an amount above 0")
      }
      return thing.name == "pay"
        ? .pay(amount) : .points(amount, currency: text("currency", attributes))
    default:
      guard case .text(let text) = thing.value else { throw wrong(thing, "a text") }
      return thing.name == "coupon" ? .coupon(text) : .perk(text)
    }
  }

  private static func wrong(_ attribute: Attribute, _ wanted: String) -> Fault {
    Fault(field: attribute.name, reason: "it is not \(wanted)", remedy: "write \(wanted)")
  }

  private static func text(_ name: String, _ attributes: [Attribute]) -> String? {
    guard case .text(let text)? = attributes.first(where: { $0.name == name })?.value else {
      return nil
    }
    return text
  }

  /// As a number, or as a text that is one.
  static func number(_ name: String, _ attributes: [Attribute]) -> ExactDecimal? {
    attributes.first { $0.name == name }?.value.decimal
  }

  /// `90s`, `15m`, `2h`, `3d`; nil where it is none, or too long.
  public static func seconds(_ text: String) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()),
      count > 0, count <= mostSeconds / unit
    else { return nil }
    return count * unit
  }

  /// As the event says it.
  public var attributes: [Attribute] {
    var list: [Attribute] = []
    switch what {
    case .reward(let key, let times):
      list.append(Attribute(name: "reward", value: .text(key)))
      if times != 1 {
        list.append(Attribute(name: "times", value: .number(ExactDecimal(units: times))))
      }
    case .pay(let amount): list.append(Attribute(name: "pay", value: .number(amount)))
    case .points(let amount, let currency):
      list.append(Attribute(name: "points", value: .number(amount)))
      if let currency { list.append(Attribute(name: "currency", value: .text(currency))) }
    case .coupon(let code): list.append(Attribute(name: "coupon", value: .text(code)))
    case .perk(let name): list.append(Attribute(name: "perk", value: .text(name)))
    }
    if seconds != Self.usualSeconds {
      list.append(Attribute(name: "for", value: .text("\(seconds)s")))
    }
    return list
  }
}

extension Event {
  /// Of a capture or a refund: only so many of the points; nil is all.
  public var pointsWanted: ExactDecimal? { HoldRequest.number("points", attributes) }

  /// Of a capture or a refund: the reward only so many times; nil is all.
  public var timesWanted: ExactDecimal? { HoldRequest.number("times", attributes) }

  /// Of a refund: the account that had captured, where it has been merged since.
  public var formerAccount: Int64? {
    HoldRequest.number("account", attributes)?.exactly(places: 0)
  }
}

/// Words of other tools and of everyday English, and what stands for them here. Keys are in lower
/// case without `-` and `_`.
extension Room {
  /// What people write for a word; of several the first that the room has.
  static let synonyms: [String: [String]] = [
    "if": ["when"], "where": ["when"], "condition": ["when", "qualify"], "conditions": ["when"],
    "start": ["from"], "starts": ["from"], "begin": ["from"], "begins": ["from"],
    "since": ["from"], "startdate": ["from"], "fromdate": ["from"], "begindate": ["from"],
    "validfrom": ["from"], "activefrom": ["from"], "startsat": ["from"], "end": ["to"],
    "ends": ["to"], "until": ["to"], "till": ["to"], "enddate": ["to"], "todate": ["to"],
    "validto": ["to"], "validuntil": ["to"], "activeto": ["to"], "endsat": ["to"],
    "products": ["items", "sku", "basket"], "product": ["items", "sku"],
    "item": ["items", "sku"], "article": ["items", "sku"], "cart": ["basket"],
    "lines": ["basket"], "items": ["basket"], "purchase": ["basket"], "transaction": ["basket"],
    "bonus": ["earn"], "points": ["earn"], "award": ["earn"], "multiplier": ["multiply"],
    "factor": ["multiply"], "times": ["multiply"], "discount": ["off", "discounts"],
    "title": ["example", "name"], "label": ["name"], "description": ["example", "name"],
    "name": ["example"], "case": ["example"], "test": ["example"],
    "amount": ["spend", "total", "stock"], "sum": ["total"], "subtotal": ["total", "spend"],
    "total": ["spend"], "spent": ["spend"], "turnover": ["spend"], "unitprice": ["each"],
    "qty": ["quantity"], "count": ["quantity", "times"], "uses": ["times"],
    "redemptions": ["times"], "purchases": ["visits", "times"],
    "orders": ["visits", "times"], "transactions": ["visits", "times"], "in": ["within"],
    "during": ["within"], "fix": ["fixed"], "fixedprice": ["fixed"], "period": ["within"],
    "window": ["within"], "payment": ["tenders", "tender"], "payments": ["tenders", "tender"],
    "level": ["tier"], "levels": ["tiers"], "status": ["tier"], "time": ["at", "hours"],
    "date": ["at"], "when": ["at"], "hour": ["hours"], "weekdays": ["weekday"],
    "days": ["weekday"], "categories": ["category"], "skus": ["sku"], "stores": ["store"],
    "shop": ["store"], "max": ["limit"], "maximum": ["limit"], "cap": ["limit"],
    "min": ["least"], "minimum": ["least"], "expiry": ["expires"], "expiration": ["expires"],
    "reward": ["redeem"], "redemption": ["redeem"], "currency": ["currencies", "money"],
    "zone": ["timezone"], "tz": ["timezone"],
    "gift": ["give"], "gives": ["give"], "give": ["gives"], "benefits": ["gives"],
    "benefit": ["gives"], "perks": ["gives"], "requires": ["qualify"],
    "requirement": ["qualify"], "requirements": ["qualify"], "threshold": ["qualify"],
    "criteria": ["qualify"], "keep": ["keeps"], "duration": ["keeps", "valid"],
    "validity": ["keeps", "valid"], "downgrade": ["falls"], "and": ["all"], "or": ["any"],
    "except": ["not"], "exclude": ["not"], "excluding": ["not"], "without": ["not"],
    "rule": ["rules"], "promotions": ["rules"], "offers": ["rules"], "tests": ["examples"],
    "segment": ["segments"], "rounding": ["rounds"], "value": ["worth"], "cost": ["price"],
    "customer": ["member"], "shopper": ["member"], "cardholder": ["member"],
    "expected": ["expect"], "result": ["expect"], "results": ["expect"], "then": ["expect"],
    "vat": ["tax"], "gst": ["tax"], "salestax": ["tax"], "optin": ["join"],
    "stackable": ["combines"], "combinable": ["combines"], "combine": ["combines"],
    "stacking": ["combines"], "exclusive": ["combines"], "on": ["event"], "trigger": ["event"],
    "inventory": ["stock"],
  ]

  /// A word that a hint leads to, so that its own absence is not told, too.
  static let meant = ["get": "pay", "points": "price"]

  /// Where one other word is not enough: what to write instead.
  static let hints: [Room: [String: String]] = {
    var hints: [Room: [String: String]] = [
      .condition: [
        "days": "days of the week are `weekday: [sat, sun]`, days of the month `day: [1, 15]`",
        "month": "days of the year are `date`, like `date: 12-01 to 12-31`",
        "inactive": "who has not come says `history: {visits: 0, within: 60 days}`",
        "birthdaymonth": "write `birthday: month`", "birthdayweek": "write `birthday: week`",
        "only": "what stands under `when` must hold anyway: write it without `only`",
        "product": goods, "products": goods, "item": goods,
      ],
      .rule: [
        "dates": "a rule's first day is `from: 2026-02-01`, its last one `to: 2026-02-14`",
        "period": "a rule's first day is `from: 2026-02-01`, its last one `to: 2026-02-14`",
        "cashback": moneyBack, "moneyback": moneyBack, "refund": moneyBack,
        "maxpoints": "what one member can take is a limit: `limit: {points: 500 per month}`",
        "maxdiscount": "it is a limit: `limit: {money: 15.00 per transaction}`",
        "double": "write `multiply: {points: 2}`", "doublepoints": "write `multiply: {points: 2}`",
        "triple": "write `multiply: {points: 3}`", "then": effects, "action": effects,
        "actions": effects, "effect": effects, "effects": effects, "priority": order,
        "order": order, "weight": order, "rank": order,
        "exclude": "write `items: {not: …}` for goods, `when: {not: …}` for the rest",
        "except": "write `items: {not: …}` for goods, `when: {not: …}` for the rest",
        "unless": "write `when: {not: …}`",
        "price": "what each unit costs is `fixed: 9.99`; what is taken off it is `off`",
      ],
      .coupon: [
        "expires": lastDay, "expiry": lastDay, "expiration": lastDay,
        "maxdiscount": "it is a limit: `limit: {money: 15.00 per transaction}`",
        "earn": "points are given by a rule: `when: {coupon: …}` beside `earn`",
        "stock": handedOut, "budget": handedOut,
      ],
      .reward: [
        "max": "of a bill: `share: at most 50%`; for each member: `limit: {times: 1 per month}`",
        "points": "what it costs is its price: `price: {points: 500}`",
        "expires": "how long its code can be used says `valid: 90 days`",
        "expiry": "how long its code can be used says `valid: 90 days`",
      ],
      .tier: [
        "multiply": "write `gives: {multiply: {points: 2}}`",
        "multiplier": "write `gives: {multiply: {points: 2}}`",
      ],
      .items: ["set": "a set is named alone: `items: cards`"],
      .give: [
        "for": howLong, "valid": "write `valid: 30 days` beside `give`", "duration": howLong,
      ],
      .counts: [
        "exclude": "write `items: {not: …}`", "except": "write `items: {not: …}`",
      ],
      .limit: [
        "day": "write `times: 1 per day`", "week": "write `times: 1 per week`",
        "month": "write `times: 1 per month`", "perday": "write `times: 1 per day`",
      ],
    ]
    for word in ["amount", "off", "discount", "spend", "max", "value"] {
      hints[.limit, default: [:]][word] =
        "what is taken off the bill is `money: 15.00 per transaction`"
    }
    for word in [
      "minimum", "min", "minspend", "minimumspend", "minamount", "minimumamount", "minpurchase",
      "minimumpurchase", "threshold", "amount", "total", "subtotal",
    ] {
      hints[.condition, default: [:]][word] =
        "ask about this purchase with `basket: {spend: at least 50.00}`"
      hints[.rule, default: [:]][word] =
        "ask for it under `when`: `when: {basket: {spend: at least 50.00}}`"
      hints[.coupon, default: [:]][word] =
        "ask for it under `when`: `when: {basket: {spend: at least 50.00}}`"
      guard !["amount", "total", "subtotal"].contains(word) else { continue }
      hints[.goal, default: [:]][word] = "the comparison stands behind: `spend: at least 50.00`"
    }
    for room in [Room.condition, .goal, .qualify] {
      hints[room, default: [:]]["or"] =
        "of several one is enough: `any: [{…}, {…}]` around all of them"
      hints[room, default: [:]]["and"] =
        "what stands side by side must hold together: write it without `and`"
    }
    for room in [Room.rule, .coupon, .reward] {
      hints[room, default: [:]]["get"] =
        "of each two the cheaper one is free: `buy: 2` beside `pay: 1`"
    }
    return hints
  }()

  private static let goods =
    "ask for goods with `basket: {items: …, quantity: at least 1}`; `items` beside `when` chooses "
    + "what counts"
  private static let howLong = "how long a tier is held stands behind it: `tier: gold for 3 months`"
  private static let moneyBack =
    "money off the bill is `off: 1%`; money that is collected is a currency of `kind: money`, "
    + "which a rule earns by a rate"
  private static let effects =
    "what happens stands in the rule itself: `earn`, `multiply`, `give` or `off`"
  private static let order =
    "which of several counts says a group: `groups: {vip: {first: [a, b]}}`, and `group: vip` here"
  private static let lastDay =
    "how long each can be used says `valid: 30 days`, its last day `to: 2026-12-31`"
  private static let handedOut =
    "how many there are says what hands it out: a rule with `budget: {times: 100}`"

  /// What stands below a word of this room.
  var inside: [String: Room] {
    switch self {
    case .rule, .coupon, .reward:
      ["when": .condition, "items": .items, "limit": .limit, "budget": .budget, "give": .give]
    case .tier: ["qualify": .qualify, "renew": .qualify, "gives": .gives]
    case .currency: ["expires": .expires]
    case .counts: ["items": .items, "tender": .tender]
    case .example, .step: ["member": .member, "expect": .expect]
    default: [:]
    }
  }
}

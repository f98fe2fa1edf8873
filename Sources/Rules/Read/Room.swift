/// A place of a rule file where words of the language stand. The one list of the language's words.
enum Room: CaseIterable {
  case program, campaign, currency, expires
  case counts, attributes, tier, qualify, gives
  case rule, give, condition, goal, items, tender, table, limit, budget, group
  case coupon, reward, perk
  case example, step, returned, member, line, discount, expect

  /// How a person would call it.
  var title: String {
    switch self {
    case .program: "the program's file"
    case .campaign: "a campaign's file"
    case .currency: "a currency"
    case .expires: "`expires`"
    case .counts: "`counts`"
    case .attributes: "`attributes`"
    case .tier: "a tier"
    case .qualify: "`qualify`"
    case .gives: "`gives`"
    case .rule: "a rule"
    case .give: "`give`"
    case .condition: "`when`"
    case .goal: "a goal"
    case .items: "a choice of items"
    case .tender: "a choice of tenders"
    case .table: "a rate with a table"
    case .limit: "`limit`"
    case .budget: "`budget`"
    case .group: "a group"
    case .coupon: "a coupon"
    case .reward: "a reward"
    case .perk: "a perk"
    case .example: "an example"
    case .step: "a step of an example"
    case .returned: "`return`"
    case .member: "the `member` of an example"
    case .line: "a line of a basket"
    case .discount: "a discount"
    case .expect: "`expect`"
    }
  }

  /// Its words, in the order in which they are listed to people.
  var words: [String] {
    switch self {
    case .program:
      [
        "program", "name", "timezone", "money", "currencies", "counts", "attributes", "events",
        "holidays", "sets", "conditions", "segments", "tiers", "perks", "rules", "groups",
        "coupons", "rewards", "examples",
      ]
    case .campaign:
      [
        "campaign", "name", "from", "to", "budget", "holdout", "join", "funded", "holidays", "sets",
        "conditions", "segments", "rules", "groups", "coupons", "rewards", "examples",
      ]
    case .currency:
      [
        "name", "kind", "decimals", "worth", "rounds", "pending", "returns", "activity", "expires",
        "pots",
      ]
    case .expires: ["at", "unless"]
    case .counts: ["price", "tax", "rounds", "tender", "items"]
    case .attributes: ["item", "member", "transaction"]
    case .tier:
      [
        "name", "ladder", "qualify", "renew", "begins", "invited", "keeps", "falls", "grace",
        "review", "gives",
      ]
    case .qualify: ["all", "any", "not", "rank"] + Room.goal.words
    case .gives: ["coupon", "perk", "reward", "choice", "notice", "multiply"]
    case .give: ["coupon", "perk", "reward", "choice", "notice", "tier"]
    case .rule:
      [
        "name", "event", "from", "to", "when", "items", "tender", "earn", "multiply", "give",
        "off", "fixed", "free", "buy", "pay", "convert", "pending", "expires", "limit", "budget",
        "valid", "holdout", "join", "funded", "group", "combines", "returns", "receipt", "for",
      ]
    case .condition:
      [
        "date", "day", "weekday", "hours", "holiday", "store", "region", "channel", "partner",
        "tier", "segment",
        "birthday", "joined", "tenure", "age", "consent", "balance", "coupon", "tender", "basket",
        "history", "reach", "any",
        "all", "not",
      ]
    case .goal:
      [
        "spend", "quantity", "visits", "variety", "margin", "times", "balance", "left", "items",
        "tender", "event", "within",
      ]
    case .items:
      [
        "category", "sku", "brand", "discounted", "favourite", "of", "cheapest", "any", "all",
        "not",
      ]
    case .tender: ["not"]
    case .table: ["by", "table", "least"]
    case .limit: ["times", "money", "units"]
    case .budget: ["times", "money"]
    case .group: ["first"]
    case .coupon:
      [
        "name", "off", "fixed", "free", "buy", "pay", "multiply", "items", "when", "limit", "valid",
        "from", "to", "code", "public", "uses", "claim", "group", "combines", "returns",
      ]
    case .reward:
      [
        "name", "event", "price", "pays", "least", "share", "off", "fixed", "free", "buy", "pay",
        "multiply", "choice", "items", "when", "earn", "limit", "valid", "stock", "thing",
        "group", "combines", "returns",
      ]
    case .perk: ["name", "limit"]
    case .example:
      ["example", "member", "members", "balance", "steps"]
        + Room.step.words.filter { $0 != "member" }
    case .step:
      [
        "id", "member", "at", "late", "store", "channel", "tenders", "coupons", "attributes",
        "basket", "event", "return", "void", "redeem", "transfer", "merge", "expect",
      ]
    case .returned: []
    case .member: ["tier", "floor", "segment", "birthday", "joined", "consent"]
    case .line:
      [
        "sku", "category", "brand", "quantity", "unit", "total", "each", "price", "discounts",
        "tax",
        "cost", "discounted",
      ]
    case .discount: ["kind", "amount", "funder"]
    case .expect:
      [
        "tier", "coupons", "perks", "segments", "expires", "rules", "balance", "pending", "off",
        "pay", "lines", "receipt", "refused", "money",
      ]
    }
  }

  /// Whether a word is built here.
  func has(_ word: String) -> Bool { Room.built[self]?.contains(word) ?? false }

  private static let built = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0, Set($0.words)) })
}

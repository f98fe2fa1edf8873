/// Which words of the rooms that customers care for are told in the terms, and which are left out
/// on purpose: the shop's own business.
enum TermsWords {
  private static let benefit: Set<String> = [
    "name", "off", "fixed", "free", "buy", "pay", "items", "when", "valid", "limit", "multiply",
  ]
  static let told: [Room: Set<String>] = [
    .currency: ["name", "kind", "worth", "pending", "returns", "expires", "pots", "activity"],
    .expires: ["at", "unless"],
    .tier: [
      "name", "qualify", "keeps", "gives", "invited", "begins", "renew", "grace", "review", "falls",
    ],
    .rule: benefit.union([
      "event", "from", "to", "tender", "earn", "give", "convert", "pending", "expires", "budget",
      "join", "for", "group", "combines",
    ]),
    .give: ["coupon", "perk", "reward", "choice", "tier", "notice"],
    .gives: ["coupon", "perk", "reward", "choice", "multiply", "notice"],
    .coupon: benefit.union([
      "claim", "from", "to", "public", "uses", "group", "combines", "returns",
    ]),
    .reward: benefit.union([
      "event", "price", "pays", "least", "share", "choice", "earn", "stock", "thing", "group",
      "combines", "returns",
    ]),
    .perk: ["name", "limit"],
    .limit: ["times", "money", "units"],
    .items: [
      "category", "sku", "discounted", "any", "all", "not", "brand", "cheapest", "favourite", "of",
    ],
    .goal: [
      "spend", "quantity", "visits", "variety", "margin", "times", "balance", "left", "items",
      "tender", "event", "within",
    ],
    .group: ["first"],
  ]
  static let leftOut: [Room: Set<String>] = [
    .currency: ["decimals", "rounds"],
    .tier: ["ladder"],
    .rule: ["returns", "receipt", "holdout", "funded"],
    .coupon: ["code"],
  ]
}

extension Terms {
  /// All words of the language, which terms do not show.
  public static var languageWords: [String] { Room.allCases.flatMap(\.words) }

  /// Words that a version of Patron can do and the terms do not know, one sentence each.
  public static var findings: [String] {
    TermsWords.told.keys.sorted { "\($0)" < "\($1)" }.flatMap { room -> [String] in
      let known = (TermsWords.told[room] ?? []).union(TermsWords.leftOut[room] ?? [])
      return room.words.filter { !known.contains($0) }.map {
        "`\($0)` in \(room.title) is not in the terms: tell it in TermsSpeaker+….swift and name it "
          + "in TermsWords.told, or in TermsWords.leftOut where customers need not know"
      }
    }
  }
}

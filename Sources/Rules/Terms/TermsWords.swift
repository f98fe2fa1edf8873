/// Which words of the rooms that customers care for are told in the terms, and which are left out
/// on purpose: the shop's own business.
enum TermsWords {
  private static let benefit: Set<String> = [
    "name", "off", "fixed", "free", "buy", "pay", "items", "when", "valid", "limit", "multiply",
  ]
  static let told: [Room: Set<String>] = [
    .currency: ["name", "kind", "worth", "pending", "returns", "expires", "pots"],
    .expires: ["at", "unless"],
    .tier: ["name", "qualify", "keeps", "gives", "invited"],
    .rule: benefit.union([
      "event", "from", "to", "tender", "earn", "give", "pending", "expires", "budget", "join",
    ]),
    .give: ["coupon", "perk", "reward", "choice", "tier"],
    .gives: ["coupon", "perk", "reward", "choice", "multiply"],
    .coupon: benefit.union(["claim"]),
    .reward: benefit.union(["price", "pays", "least", "share", "choice", "earn"]),
    .limit: ["times", "money", "units"],
    .items: ["category", "sku", "discounted", "any", "all", "not", "brand"],
  ]
  static let leftOut: [Room: Set<String>] = [
    .currency: ["decimals", "rounds", "activity"],
    .tier: ["ladder", "falls", "grace", "review", "renew", "begins"],
    .rule: ["group", "returns", "receipt", "holdout", "funded", "for", "combines", "convert"],
    .give: ["notice"], .gives: ["notice"],
    .coupon: ["code", "uses", "public", "combines", "group", "returns", "from", "to"],
    .reward: ["event", "group", "combines", "returns", "stock"],
    .items: ["favourite", "of", "cheapest"],
  ]
}

extension Terms {
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

/// The program's and a campaign's file, and what they declare.
extension Word {
  static let ofPrograms: [Room: [Word]] = [
    .program: [
      Word("program", "The program's own short name. Its file begins with it.", .word),
      Word("name", "What people read, perhaps in several languages.", .text),
      Word(
        "timezone", "Whose days, months and years the program counts by: a region and a city.",
        .phrase(.zone)),
      Word("money", "The money of its amounts, by the three letters of ISO 4217.", .phrase(.unit)),
      Word(
        "currencies", "What is collected: points, miles, stamps.", .namedOrEmpty(.room(.currency))),
      Word("counts", "What a spend of 1.00 is, for every rule.", .room(.counts)),
      Word("attributes", "What the feed tells beyond the standard words.", .room(.attributes)),
      Word(
        "events", "What happens beyond purchases, each with its attributes and their kinds.",
        .namedOrEmpty(
          .named(
            .either([
              .choice(["number", "money", "text", "date", "yes or no"]), .list(.word),
            ])))),
      Word(
        "holidays", "Days by name, for the condition `holiday`.", .named(.several(.phrase(.days)))),
      Word("sets", "Choices of items by name.", .named(.items)),
      Word("conditions", "Conditions by name.", .named(.condition)),
      Word(
        "segments",
        "Groups of members by name: by a condition, or by a list loaded from elsewhere.",
        .named(.either([.choice(["by list"]), .condition]))),
      Word(
        "tiers", "Steps of membership, from the lowest to the highest.", .namedOrEmpty(.room(.tier))
      ),
      Word(
        "perks", "Perks of which a member may have only so much.", .namedOrEmpty(.room(.perk))),
      Word("rules", "What happens, and when.", .named(.room(.rule))),
      Word(
        "groups", "How the rules of a group stand beside each other.",
        .named(.either([.choice(["best", "add", "compound"]), .room(.group)]))),
      Word("coupons", "Coupons that tiers and rules hand out.", .named(.room(.coupon))),
      Word("rewards", "What members get for their points.", .namedOrEmpty(.room(.reward))),
      Word(
        "examples", "Worked cases. They run at every test and before every publication.",
        .list(.room(.example))),
    ],
    .campaign: [
      Word("campaign", "The campaign's own short name. Its file begins with it.", .word),
      Word("name", "What people read, perhaps in several languages.", .text),
      Word("from", "The first day of all its rules, in the store's local time.", .phrase(.date)),
      Word("to", "The last day of all its rules, itself included.", .phrase(.date)),
      Word(
        "holidays", "Days by name, for the condition `holiday`.", .named(.several(.phrase(.days)))),
      Word("sets", "Choices of items by name.", .named(.items)),
      Word("conditions", "Conditions by name.", .named(.condition)),
      Word(
        "segments",
        "Groups of members by name: by a condition, or by a list loaded from elsewhere.",
        .named(.either([.choice(["by list"]), .condition]))),
      Word("rules", "What happens while the campaign lasts.", .named(.room(.rule))),
      Word(
        "groups", "How the rules of a group stand beside each other.",
        .named(.either([.choice(["best", "add", "compound"]), .room(.group)]))),
      Word("coupons", "Coupons that its rules hand out.", .named(.room(.coupon))),
      Word("rewards", "What its rules hand out.", .namedOrEmpty(.room(.reward))),
      Word("examples", "Worked cases, which run with the program's.", .list(.room(.example))),
      Word("budget", "The most that its rules together give to all members.", .room(.budget)),
      Word(
        "holdout", "The share of members who get nothing, for comparison.", .phrase(.share)),
      Word("join", "Whether it holds only for members who opted in.", .yesNo),
      Word("funded", "Who pays for the points of its rules.", .word),
    ],
    .currency: [
      Word("name", "What people read, perhaps in several languages.", .text),
      Word(
        "kind",
        "`points` can be spent, `status` cannot, `stamps` fill a card, `money` has the money's "
          + "decimals.", .choice(["points", "status", "stamps", "money"])),
      Word(
        "decimals", "Digits behind the point of one unit; without a word none.", .phrase(.number)),
      Word("worth", "So much money for so many points.", .phrase(.worth)),
      Word(
        "rounds", "How each rule's part is rounded, once: `down` is towards zero.",
        .choice(["down", "half-up", "up"])),
      Word("pending", "How long what was earned waits before it can be spent.", .phrase(.duration)),
      Word(
        "returns",
        "How far a return may take back: into debt, the balance, or only what is pending.",
        .choice(["debt", "balance", "pending"])),
      Word(
        "expires", "When what was earned ends, always with a local day.",
        .either([.phrase(.expiry), .room(.expires)])),
      Word(
        "pots", "Each month's points (or day's, year's) are a pot; one redemption takes from one.",
        .choice(["day", "week", "month", "quarter", "year"])),
      Word("activity", "What `after activity` means: which events of the member.", .words),
    ],
    .expires: [
      Word("at", "When what was earned ends.", .phrase(.expiry)),
      Word("unless", "The condition under which it lives on until the next such date.", .anything),
    ],
    .counts: [
      Word(
        "price", "Which price of a line is the spend.",
        .choice(["before discounts", "after store discounts", "after discounts"])),
      Word("tax", "Whether tax belongs to the spend.", .choice(["excluded", "included"])),
      Word("tender", "Which part of the payment counts.", .tender),
      Word("items", "Which lines count.", .items),
      Word("rounds", "How amounts of money are rounded.", .choice(["down", "half-up", "up"])),
    ],
    .attributes: [
      Word("item", "Attributes of items, with the lines of the feed or from the products.", .words),
      Word("member", "Attributes of members.", .words),
      Word("transaction", "Attributes of purchases.", .words),
    ],
    .tier: [
      Word("name", "What people read, perhaps in several languages.", .text),
      Word(
        "ladder", "The pyramid it belongs to, where there is a second one beside the main one.",
        .word),
      Word(
        "qualify", "How it is reached: a goal with its window, a rank, or several.", .room(.qualify)
      ),
      Word("keeps", "How long it is kept once reached.", .phrase(.kept)),
      Word(
        "falls", "Where a member goes when it ends.",
        .choice(["none", "one step", "to what was earned"])),
      Word("grace", "How long it goes on behind its end.", .phrase(.duration)),
      Word("review", "The day of the year on which ranks are decided.", .phrase(.dayOfYear)),
      Word("gives", "What is handed out on reaching it.", .room(.gives)),
      Word("renew", "What keeps it, where keeping is cheaper than reaching.", .room(.qualify)),
      Word("invited", "Whether it is given by invitation only.", .yesNo),
      Word("begins", "When it begins, where that is not at once.", .phrase(.window)),
    ],
    .qualify: [
      Word("all", "Goals that must all be met.", .list(.room(.qualify))),
      Word("any", "Goals of which one is enough.", .list(.room(.qualify))),
      Word("rank", "The best members by a measure, decided at a review.", .phrase(.rank)),
      Word("not", "A goal that must not be met.", .room(.qualify)),
      Word(
        "balance", "What is held of a currency.",
        .either([.phrase(.range), .byCurrency(.phrase(.range))])),
    ],
    .gives: [
      Word("coupon", "One coupon or several, by name.", .some(.coupon)),
      Word("perk", "Perks by name: what people, not Patron, do for the member.", .some(.perk)),
      Word("reward", "One reward or several, by name.", .some(.reward)),
      Word("choice", "Rewards or coupons of which the member takes one.", .some(.benefactor)),
      Word("multiply", "A multiplier that the tier has.", .byCurrency(.phrase(.factor))),
      Word("notice", "A message that the member gets.", .text),
    ],
    .give: [
      Word("tier", "A tier that is granted, perhaps for a time: `gold for 3 months`.", .word)
    ],
    .group: [
      Word(
        "first", "Rules, coupons and rewards in their order; the first that matches wins.",
        .some(.benefactor))
    ],
  ]
}

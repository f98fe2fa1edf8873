/// Rules, conditions, goals, choices and tables.
extension Word {
  private static let rate = Shape.either([.phrase(.rate), .room(.table)])
  private static let factor = Shape.either([.phrase(.factor), .room(.table)])

  static let ofRules: [Room: [Word]] = [
    .rule: [
      Word("name", "For receipts and pages, perhaps in several languages.", .text),
      Word("event", "What the rule waits for; without a word a purchase.", .trigger),
      Word("from", "The first day, in the store's local time.", .phrase(.date)),
      Word("to", "The last day, itself included.", .phrase(.date)),
      Word("when", "Whether: conditions side by side must all hold.", .condition),
      Word("items", "Which lines count.", .items),
      Word("tender", "Which part of the payment counts.", .tender),
      Word("earn", "Points by a rate, fixed, or by a table, for each currency.", .byCurrency(rate)),
      Word(
        "multiply", "A factor for the points of rates and tables, never for fixed ones.",
        .byCurrency(factor)),
      Word("give", "Coupons, rewards and perks that are handed out.", .room(.give)),
      Word(
        "pending", "How long these points wait, where the currency's own does not fit.",
        .phrase(.duration)),
      Word(
        "expires", "When these points end, where the currency's own does not fit.",
        .either([.phrase(.expiry), .room(.expires)])),
      Word("limit", "What one member can get of it.", .room(.limit)),
      Word(
        "group", "The group it stands in with others; the group says which of them counts.",
        .one(.group)),
      Word("returns", "Whether it rates a return without its receipt.", .yesNo),
      Word("receipt", "A line for the receipt.", .text),
      Word(
        "off", "What is taken off: an amount, a share, or so much per unit.",
        .phrase(.off)),
      Word("fixed", "The price instead of the article's own.", .phrase(.money)),
      Word(
        "free", "How many units are free, or `cheapest`.",
        .either([.phrase(.number), .choice(["cheapest"])])),
      Word("buy", "How many units must be taken, for which `pay` are paid.", .phrase(.number)),
      Word("pay", "How many of the units of `buy` are paid.", .phrase(.number)),
      Word("convert", "What is turned from one currency into another.", .anything),
      Word("budget", "The most that all members together get.", .room(.budget)),
      Word(
        "holdout", "The share of members who get nothing, for comparison.", .phrase(.share)),
      Word("join", "Whether it holds only for members who opted in.", .yesNo),
      Word("funded", "Who pays for these points.", .word),
      Word(
        "for", "Who gets it: the member, or who referred her.", .choice(["member", "referrer"])),
      Word(
        "valid", "How long what it gives can be used, where the coupon or reward does not say it.",
        .phrase(.duration)),
      Word("combines", "With what it may be used together.", .anything),
    ],
    .condition: [
      Word("date", "Days of the calendar, or days of each year.", .several(.phrase(.days))),
      Word("day", "Days of the month.", .several(.phrase(.dayOfMonth))),
      Word("weekday", "Days of the week.", .several(.phrase(.weekday))),
      Word("hours", "Hours of the day, in the store's local time.", .several(.phrase(.hours))),
      Word("holiday", "Days that `holidays` names.", .some(.holiday)),
      Word("store", "One of these stores.", .some(.store)),
      Word("region", "A store of these regions.", .some(.region)),
      Word("channel", "One of these channels, such as web or app.", .some(.channel)),
      Word("partner", "One of these partners.", .some(.partner)),
      Word("tier", "The member's tier at the time.", .tierTest),
      Word(
        "birthday", "The day, week or month of the member's birthday.",
        .choice(["day", "week", "month"])),
      Word("joined", "Member since at most so long.", .phrase(.window)),
      Word("balance", "What is held of a currency before this.", .byCurrency(.phrase(.range))),
      Word("coupon", "One of these coupons was shown.", .some(.coupon)),
      Word("tender", "Something was paid with it.", .tender),
      Word("basket", "Whether this purchase has something; it chooses nothing.", .goals),
      Word("history", "Goals met before this purchase, in a window.", .goals),
      Word("reach", "True at the purchase that passes the mark.", .room(.goal)),
      Word("any", "One of these must hold.", .list(.condition)),
      Word("all", "All of these must hold.", .list(.condition)),
      Word("not", "This must not hold.", .condition),
      Word("segment", "The member is in one of these segments.", .some(.segment)),
      Word("tenure", "For how long somebody has been a member.", .phrase(.span)),
      Word("age", "The member's age in years.", .phrase(.range)),
      Word("consent", "What the member has agreed to.", .words),
    ],
    .goal: [
      Word("spend", "Money that counts.", .phrase(.range)),
      Word("quantity", "How many units were bought.", .phrase(.range)),
      Word("visits", "Purchases with at least one line that counts.", .phrase(.range)),
      Word("variety", "Different articles.", .phrase(.range)),
      Word("times", "How often the `event` happened.", .phrase(.range)),
      Word("items", "Which lines are measured.", .items),
      Word("event", "Which events are measured, instead of purchases.", .one(.event)),
      Word("within", "The window of time that is looked at.", .phrase(.window)),
      Word("left", "What earlier discounts left of the bill.", .phrase(.range)),
      Word(
        "balance", "What is held of a currency: a mark for `reach`.",
        .either([.phrase(.range), .byCurrency(.phrase(.range))])),
      Word("margin", "The margin of what was bought.", .phrase(.range)),
      Word("tender", "Which part of the payment is measured.", .tender),
    ],
    .items: [
      Word("category", "Lines of these categories.", .some(.category)),
      Word("sku", "These articles.", .some(.sku)),
      Word("discounted", "Lines that are reduced, or those that are not.", .yesNo),
      Word("any", "Lines that one of these choices takes.", .list(.items)),
      Word("all", "Lines that all of these choices take.", .list(.items)),
      Word("not", "Lines that this choice does not take.", .items),
      Word("favourite", "The kind that this member buys most.", .word),
      Word("of", "The lines among which the favourite is looked for.", .items),
      Word("cheapest", "So many of the cheapest units.", .phrase(.number)),
      Word("brand", "Lines of these brands.", .words),
    ],
    .tender: [Word("not", "All kinds of payment but these.", .some(.tender))],
    .table: [
      Word(
        "by", "What decides: `spend`, `slice`, `tier`, or an attribute; a word and then a number.",
        .words),
      Word("table", "A value for each row; numbers are lower bounds.", .rows),
      Word("least", "At least so much when the rule applies.", .phrase(.number)),
    ],
    .limit: [
      Word("times", "How often it gives something to one member.", .phrase(.limit)),
      Word("money", "How much money it takes off for one member.", .phrase(.limit)),
      Word("units", "How many units it holds for.", .phrase(.limit)),
    ],
    .budget: [
      Word("times", "How often it is given to all members together.", .phrase(.number)),
      Word("money", "How much money it takes off for all members together.", .phrase(.money)),
    ],
  ]
}

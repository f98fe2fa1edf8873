/// Coupons and rewards.
extension Word {
  private static let shared: [Word] = [
    Word("name", "What people read, perhaps in several languages.", .text),
    Word(
      "off", "What is taken off: an amount, a share, or so much per unit.", .phrase(.off)),
    Word("items", "Which lines it is for.", .items),
    Word("when", "The conditions under which it can be used.", .condition),
    Word("valid", "How long it can be used: the day of issue is not counted.", .phrase(.duration)),
    Word("limit", "How much of it there is for one member.", .room(.limit)),
    Word("fixed", "The price instead of the article's own.", .phrase(.money)),
    Word(
      "free", "How many units are free, or `cheapest`.",
      .either([.phrase(.number), .choice(["cheapest"])])),
    Word("buy", "How many units must be taken, for which `pay` are paid.", .phrase(.number)),
    Word("pay", "How many of the units of `buy` are paid.", .phrase(.number)),
    Word(
      "multiply", "A factor for the points of this purchase.",
      .byCurrency(.either([.phrase(.factor), .room(.table)]))),
    Word(
      "group", "The group it stands in with others; the group says which of them counts.",
      .one(.group)),
    Word("combines", "With what it may be used together.", .anything),
    Word("returns", "What a return gives back of it.", .choice(["lost", "whole", "by share"])),
  ]

  static let ofBenefits: [Room: [Word]] = [
    .coupon: shared + [
      Word(
        "code", "The codes' pattern: each `#` a character, the last one checks the others.",
        .phrase(.code)),
      Word("uses", "How often one code can be used.", .phrase(.number)),
      Word("claim", "Whether the member must claim it first.", .yesNo),
      Word("public", "One code for everybody.", .word),
      Word("from", "The first day of use.", .phrase(.date)),
      Word("to", "The last day of use, itself included.", .phrase(.date)),
    ],
    .perk: [
      Word("name", "What people read, perhaps in several languages.", .text),
      Word("limit", "How often one member may have it.", .room(.limit)),
    ],
    .reward: shared + [
      Word("event", "The event at which it is handed out unasked.", .trigger),
      Word("stock", "How many there are for all members together.", .phrase(.number)),
      Word("thing", "Whether it is sent or handed over: redeeming it makes an order.", .yesNo),
      Word("price", "What it costs, by currency.", .byCurrency(.phrase(.amount))),
      Word("pays", "So much money for so many points, in whole steps.", .phrase(.pays)),
      Word("least", "The smallest amount that can be redeemed.", .phrase(.amount)),
      Word("share", "The part of the bill that can be paid with it.", .phrase(.share)),
      Word("choice", "The member takes one of these.", .some(.benefactor)),
      Word(
        "earn", "Points that it brings.",
        .byCurrency(.either([.phrase(.rate), .room(.table)]))),
    ],
  ]
}

/// Examples and what is expected of them.
extension Word {
  static let ofExamples: [Room: [Word]] = [
    .example: [
      Word("example", "One sentence that says what the case shows.", .word),
      Word("member", "Who buys: tier, birthday, and your attributes.", .room(.member)),
      Word("balance", "What is held at the beginning.", .byCurrency(.amount)),
      Word("steps", "Several steps on one account, in order.", .list(.room(.step))),
      Word(
        "members", "Several members, where two accounts matter.", .namedOrEmpty(.room(.member))),
    ],
    .step: [
      Word("id", "A name by which later steps call this one.", .word),
      Word(
        "at", "When it happens, in the program's time zone unless an offset is written.",
        .phrase(.time)),
      Word("late", "Whether it comes in after steps that happened later.", .yesNo),
      Word("store", "The store's number.", .one(.store)),
      Word("channel", "The channel, such as web or app.", .one(.channel)),
      Word("tenders", "What was paid with what.", .named(.phrase(.money))),
      Word("coupons", "Coupons that were shown, by name or code.", .words),
      Word("attributes", "Attributes of the purchase.", .named(.word)),
      Word("basket", "The lines of the purchase.", .list(.room(.line))),
      Word("event", "An event with its attributes, instead of a purchase.", .happening),
      Word("return", "The `id` of the step that comes back, or `without receipt`.", .word),
      Word("void", "The `id` of the step that is taken back.", .word),
      Word("expect", "What comes of it; only what is named is compared.", .room(.expect)),
      Word("member", "Which of several members it is.", .word),
      Word(
        "redeem", "A reward or a perk, or several with numbers.",
        .either([.one(.reward), .one(.perk), .named(.amount)])),
      Word("transfer", "What goes to another member.", .anything),
      Word("merge", "The member whose account goes into this one.", .word),
    ],
    .member: [
      Word("tier", "The tier at the beginning; one of each ladder.", .some(.tier)),
      Word("birthday", "The day of birth.", .phrase(.date)),
      Word("joined", "The first day of membership.", .phrase(.date)),
      Word("segment", "The segments at the beginning.", .some(.segment)),
      Word("consent", "What the member agreed to.", .words),
      Word("floor", "The tier below which the member does not fall.", .some(.tier)),
    ],
    .line: [
      Word("sku", "The article's number.", .one(.sku)),
      Word("category", "The article's category.", .one(.category)),
      Word("brand", "The article's brand.", .word),
      Word("quantity", "How many, or how much of what is weighed.", .phrase(.number)),
      Word("unit", "The unit of measure, such as litre.", .word),
      Word("total", "The amount of the line after its discounts.", .phrase(.money)),
      Word("each", "The amount of one, instead of `total`.", .phrase(.money)),
      Word("discounts", "Discounts that are taken off already.", .list(.room(.discount))),
      Word("tax", "The tax on the line.", .phrase(.money)),
      Word("discounted", "Whether the line is reduced.", .yesNo),
      Word("price", "The price before discounts.", .phrase(.money)),
      Word("cost", "What the line cost the store.", .phrase(.money)),
    ],
    .discount: [
      Word("kind", "Who gave the discount.", .choice(["store", "manufacturer"])),
      Word("amount", "How much was taken off.", .phrase(.money)),
      Word("funder", "Who pays for it.", .word),
    ],
    .expect: [
      Word("tier", "The tier afterwards.", .one(.tier)),
      Word(
        "coupons", "Coupons that this step brings; `[]` is none.",
        .either([.some(.coupon), .list(.word)])),
      Word(
        "perks", "Perks that the member has afterwards, and what rules gave in this step.",
        .either([.some(.perk), .list(.word)])),
      Word(
        "expires",
        "The last day of use of this step's points, or `never`; by currency where several.",
        .either([
          .phrase(.date), .choice(["never"]),
          .byCurrency(.either([.phrase(.date), .choice(["never"])])),
        ])),
      Word(
        "rules", "Each rule's own part; by currency where it gives several.",
        .named(.either([.amount, .byCurrency(.amount)]))),
      Word("balance", "What is available afterwards.", .byCurrency(.amount)),
      Word("pending", "What is pending afterwards.", .byCurrency(.amount)),
      Word("off", "What is taken off the bill.", .phrase(.money)),
      Word("pay", "What is left to pay.", .phrase(.money)),
      Word("money", "What is paid out.", .phrase(.money)),
      Word("lines", "The discount of each line.", .named(.phrase(.money))),
      Word("refused", "What is refused, and why.", .named(.text)),
      Word("segments", "The segments afterwards.", .either([.some(.segment), .list(.word)])),
      Word("receipt", "The lines of the receipt.", .either([.list(.word), .text])),
    ],
  ]
}

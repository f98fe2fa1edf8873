extension Codes {
  /// What is taken off the bill.
  static let benefits: [Code] = [
    Code(
      "R120", "A benefit that cannot be read",
      """
      `free: 1` needs `items`, `free: cheapest` does not; `buy: 3` needs `pay: 2`, which is less.
      """),
    Code(
      "R121", "Two benefits in one",
      """
      A rule, coupon or reward takes one thing off the bill: `off`, `fixed`, `free`, or `buy` \
      with `pay`. Two of them are two rules.
      """),
    Code(
      "R122", "A limit of something that is not taken off",
      """
      `limit: {money: …}` and `limit: {units: …}` bound what a benefit takes off the bill. What \
      is earned is bounded by its currency: `limit: {points: 500 per month}`.
      """),
    Code(
      "R123", "A benefit on a part of the payment",
      """
      `tender` chooses the part of a payment that earns. What is taken off is taken off lines; \
      `when: {tender: own-card}` asks how they are paid.
      """),
    Code(
      "R125", "A budget that bounds nothing",
      """
      `budget: {points: 1_000_000}` is what a rule, or all rules of a campaign, may give to all \
      members together. It names something that they give: a currency, `money` for what is taken \
      off bills, or `times`. It has no window: what a member may have in a time is a limit.
      """),
    Code(
      "R126", "One code for everybody, and codes for each",
      """
      `public: SPRING26` is one code that everybody shows; `code: SPRING-########` gives each \
      issued coupon its own, and `uses` counts each of them. How often a member may use a public \
      code is a limit.
      """),
    Code(
      "R127", "A reward that cannot be read",
      """
      A reward costs a price (`price: {points: 500}`) and is worth `off`, `fixed`, `free`, `buy` \
      with `pay`, or points; or it pays money (`pays: 1.00 per 300 points`) with `least: 1500 \
      points` and `share: at most 50%`.
      """),
    Code(
      "R128", "Pots and pending",
      """
      With `pots: month` the points of each month are a pot, and one redemption takes from one. \
      Pending points belong to none yet.
      """),
    Code(
      "R129", "The cheapest units of something else",
      """
      `items: {cheapest: 1}` means single units, the ones with the lowest price, and only what is \
      taken off the bill goes by units: `off: 50%`, `fixed: 1.00`, `free: 1`. Points, goals and \
      sets go by whole lines.
      """),
    Code(
      "R130", "A choice of choices",
      """
      `choice: [mug, points]` names what the member can take; each is handed out at once. A reward \
      that is a choice itself would ask again.
      """),
    Code(
      "R131", "Different articles in a time that is over",
      """
      How many different articles a member has bought is told by the last purchase of each. What \
      was bought in a past month, or in each of several weeks, is not known from that.
      """),
    Code(
      "R132", "After joining nothing",
      """
      `within: 7 days after join` begins for each member when she opts in to the rule, or to its \
      campaign, which says `join: yes`.
      """),
    Code(
      "R133", "A limit of what is not given",
      """
      `limit: {points: 500 per month}` bounds what the thing itself gives of a currency. `times` \
      bounds how often it gives anything.
      """),
    Code(
      "R134", "Nothing to choose",
      """
      `choice: [mug, points]` names different things, of which the member takes one.
      """),
    Code(
      "R124", "What is left to pay, over a time",
      """
      `basket: {left: at least 68.00}` asks what earlier discounts left of this bill. A history \
      has no bill.
      """),
  ]
}

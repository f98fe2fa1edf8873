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
      "R124", "What is left to pay, over a time",
      """
      `basket: {left: at least 68.00}` asks what earlier discounts left of this bill. A history \
      has no bill.
      """),
  ]
}

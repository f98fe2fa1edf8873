import Loyalty
import YAML

/// Coupons.
extension Reading {
  func coupons(_ node: Node) -> [CouponSyntax] {
    namedThings(node, "a coupon", "coupons").map { key, node in
      var coupon = CouponSyntax(key: key)
      let before = diagnostics.count
      guard let fields = fields(node, in: .coupon) else { return coupon }
      let isWhole = diagnostics.count == before
      coupon.name = fields["name"].flatMap(localText)
      coupon.benefit = benefit(fields)
      coupon.items = fields["items"].flatMap(items)
      coupon.condition = fields["when"].flatMap(condition)
      coupon.valid = fields["valid"].flatMap(validity)
      coupon.from = fields["from"].flatMap(date)
      coupon.to = fields["to"].flatMap(date)
      coupon.code = fields["code"].flatMap(code)
      readFurther(fields, &coupon)
      let effects = Self.benefitWords + ["multiply"]
      if isWhole, !effects.contains(where: { fields[$0] != nil }) {
        report(
          "R003", key.place, "the coupon `\(key.value)` does not say what it is worth",
          help: "add `off`, like `off: 5.00` or `off: 20%`")
      }
      return coupon
    }
  }

  private func readFurther(_ fields: Fields, _ coupon: inout CouponSyntax) {
    if let node = fields["uses"] {
      coupon.uses = wholeAlone(node, "a number of uses like `3`", 1...1_000_000).map(Int.init) ?? 1
    }
    if let node = fields["multiply"] { coupon.multiply = multiply(node) }
    if let node = fields["limit"] { coupon.limits = limits(node) }
    coupon.group = fields["group"].flatMap { value($0, "the name of a group") }
    coupon.combines = fields["combines"].flatMap(combines)
    coupon.publicCode = fields["public"].flatMap(publicCode)
    coupon.isClaimed = fields["claim"].flatMap(yesNo) ?? false
    coupon.returns = fields["returns"].flatMap { choice($0, of: CouponSyntax.Returns.self) }
    guard coupon.publicCode != nil, !coupon.isClaimed else { return }
    for word in ["code", "uses"] {
      guard let key = fields.key(word) else { continue }
      report(
        "R126", key.place,
        "`\(word)` is about codes of single coupons, and `public` is one for all",
        help: word == "uses"
          ? "say how often a member may use it: `limit: {times: \(coupon.uses) ever}`"
          : "keep one of them, or let members take their own with `claim: yes`")
    }
  }

  /// How long a coupon can be used; its last day stands under `to`.
  private func validity(_ node: Node) -> DurationSyntax? {
    let days = (node.text ?? "").split(separator: " ").compactMap { CivilDate(String($0)) }
    guard let day = days.last else { return duration(node) }
    report(
      "R027", node.place, "`\(node.text ?? "")` is no duration",
      help: "`valid` is a time like `30 days`; the last day is written `to: \(day)`")
    return nil
  }

  /// `SPRING26`: what somebody can type at a till.
  private func publicCode(_ node: Node) -> Written<String>? {
    guard let code = value(node, "a code like `SPRING26`") else { return nil }
    guard !code.value.contains(where: \.isWhitespace) else {
      report(
        "R042", node.place, "`\(code.value)` has spaces, and nobody can type it at a till",
        help: "write `\(code.value.split(separator: " ").joined(separator: "-"))`")
      return nil
    }
    return code
  }

  /// `SPRING-########`
  private func code(_ node: Node) -> Written<String>? {
    guard let code = value(node, "a code like `SPRING-########`") else { return nil }
    let open = code.value.utf8.filter { $0 == UInt8(ascii: "#") }.count
    let isPlain = code.value.utf8.allSatisfy { byte in
      Self.isDigit(byte) || (0x41...0x5A).contains(byte) || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: "#")
    }
    guard isPlain, (6...20).contains(open) else {
      let capitals = code.value.uppercased()
      report(
        "R042", node.place, "`\(code.value)` is no pattern for codes",
        help: remedy([open == 0 ? "\(capitals)-########" : capitals], node) { self.code($0) }
          ?? "write capital letters, digits, hyphens and 6 to 20 `#`, like `SPRING-########`")
      return nil
    }
    return code
  }
}

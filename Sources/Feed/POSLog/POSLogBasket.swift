import Loyalty

/// The lines, rewards, taxes and tenders of one POSLog transaction, and how they make its total.
///
/// Tills differ in what a line's own amount has taken off already; the receipt's total tells, and
/// where nothing makes that total, the transaction is not guessed at.
struct POSLogBasket {
  let money: MoneyUnit
  var lines: [POSLogLine] = []
  var tenders: [(kind: String, amount: Money)] = []
  var problems: [FeedProblem] = []
  /// What stands on the receipt as its total.
  var total: Money?
  var rewards: [POSLogReward] = []
  /// The store's own discounts on the whole receipt.
  var cuts = Money.zero
  var taxes: [(id: String?, amount: Money)] = []
  /// Line items that are neither goods nor known to be something else.
  var strange: Set<String> = []

  /// Only what comes back.
  var isReturn: Bool { !lines.isEmpty && lines.allSatisfy(\.isReturn) }
  var isExchange: Bool { !isReturn && lines.contains(where: \.isReturn) }

  private static let sold: Set = ["Sale", "SaleForDelivery", "SaleForPickup"]
  private static let returned: Set = ["Return", "ReturnForDelivery", "ReturnForPickup"]
  /// Says nothing of what was bought and paid.
  private static let aside: Set = [
    "SequenceNumber", "BeginDateTime", "EndDateTime", "EntryMethod", "ItemRestriction",
    "AgeRestriction", "ItemNotFound", "LoyaltyMembership", "LoyaltyAccount", "CRMCustomVariable",
    "SupervisorOverride", "ManagerApproval", "Customer", "Coupon", "Note", "OperatorBypassApproval",
  ]

  init(_ retail: XMLPart, _ money: MoneyUnit) {
    self.money = money
    for (place, item) in retail.parts("LineItem").enumerated() {
      for part in item.parts { add(part, item, "LineItem[\(place)]") }
    }
    dropVoided()
    readTotal(retail)
    if problems.isEmpty { settle() }
  }

  private mutating func add(_ part: XMLPart, _ item: XMLPart, _ path: String) {
    switch part.name {
    case "Tax":
      let tax = amount(part, "Amount", path)
      if !isVoid(item, tax) { taxes.append((part["TaxID"], tax)) }
    case "LoyaltyReward":
      if let reward = reward(part, path), !isVoid(item, reward.off) { rewards.append(reward) }
    case "Discount":
      let cut = amount(part, "Amount", path)
      if item.says("VoidFlag") {
        cuts = cut < .zero ? cuts + cut : cuts
      } else {
        cuts = cuts + cut.magnitude
      }
    case "Tender":
      if !isVoid(item, amount(part, "Amount", path)) { addTender(part, path) }
    default:
      if Self.sold.contains(part.name) || Self.returned.contains(part.name) {
        lines.append(line(part, item, path))
      } else if !Self.aside.contains(part.name) {
        strange.insert(part.name)
      }
    }
  }

  /// A voided entry with its own amount does not count; one below zero takes an earlier one back.
  private func isVoid(_ item: XMLPart, _ amount: Money) -> Bool {
    item.says("VoidFlag") && amount >= .zero
  }

  // MARK: - Amounts

  /// Zero where it is not there; a problem where it is no amount.
  mutating func amount(_ part: XMLPart, _ name: String, _ path: String) -> Money {
    money(part.text(name), "\(path).\(part.name).\(name)") ?? .zero
  }

  mutating func money(_ text: String?, _ field: String) -> Money? {
    guard let text else { return nil }
    guard let decimal = ExactDecimal(text) else {
      let fault = NumberRule.fault(of: Array(text.utf8)[...])
      problems.append(FeedProblem(fault.code, field, fault.reason, remedy: fault.remedy))
      return nil
    }
    if let amount = NumberRule.money(decimal, money) { return amount }
    let fault = NumberRule.moneyFault(decimal, money)
    problems.append(FeedProblem(fault.code, field, fault.reason, remedy: fault.remedy))
    return nil
  }

  private mutating func quantity(_ part: XMLPart, _ path: String) -> Quantity {
    guard let text = part.text("Quantity") else { return Quantity(1) }
    let decimal = ExactDecimal(text)
    if let quantity = decimal.flatMap({ NumberRule.quantity($0) }) { return quantity }
    let fault =
      decimal.map { NumberRule.quantityFault($0) } ?? NumberRule.fault(of: Array(text.utf8)[...])
    problems.append(
      FeedProblem(fault.code, path + ".Quantity", fault.reason, remedy: fault.remedy))
    return Quantity(1)
  }
}

extension Money {
  var magnitude: Money { Money(minor: abs(minor)) }
}

// MARK: - Lines

extension POSLogBasket {
  private mutating func line(_ part: XMLPart, _ item: XMLPart, _ path: String) -> POSLogLine {
    var line = POSLogLine()
    let path = "\(path).\(part.name)"
    line.number = item.text("SequenceNumber").flatMap { Int32($0) } ?? 0
    line.isVoid = item.says("VoidFlag")
    line.isReturn = Self.comesBack(part, item)
    line.sku = part.text("ItemID") ?? part.text("POSIdentity", "POSItemID") ?? ""
    line.category = part.text("MerchandiseHierarchy")
    line.quantity = quantity(part, path)
    line.unit = unit(part, item)
    line.price = part.text("RegularSalesUnitPrice")
    if let amount = money(part.text("ExtendedAmount"), path + ".ExtendedAmount") {
      line.amount = amount
    } else if part.text("ExtendedAmount") == nil {
      problems.append(
        FeedProblem(
          .missing, path + ".ExtendedAmount", "the field is missing",
          remedy: "send what the line came to"))
    }
    line.namedDiscount =
      (money(part.text("ExtendedDiscountAmount"), path + ".ExtendedDiscountAmount") ?? .zero)
      .magnitude
    line.operatorSequence = part.text("OperatorSequence")
    line.taxes = Set(
      (part.part("Itemizers")?.attributes ?? [:]).filter { $0.value == "true" }.map(\.key))
    for tax in part.parts("Tax") { line.tax = line.tax + amount(tax, "Amount", path) }
    for modifier in part.parts("RetailPriceModifier", "PriceDerivationResult", "PriceModification")
    where !modifier.says("VoidFlag") { add(modifier, to: &line, path) }
    line.originalLine = part.text("TransactionLink", "LineItemSequenceNumber").flatMap { Int32($0) }
    line.isOpposite = line.amount < .zero || line.quantity < .zero
    if line.isReturn {
      line.amount = line.amount.magnitude
      line.tax = line.tax.magnitude
      line.quantity = Quantity(millionths: abs(line.quantity.millionths))
    }
    return line
  }

  static func comesBack(_ part: XMLPart, _ item: XMLPart) -> Bool {
    if returned.contains(part.name) { return true }
    let words = [part["ItemType"], part["TypeCode"], part["Action"], item["Action"]]
    return sold.contains(part.name)
      && words.contains { $0?.split(separator: ":").last?.lowercased() == "return" }
  }

  /// Nil for pieces. What is weighed is no piece, though its unit be left out.
  private func unit(_ part: XMLPart, _ item: XMLPart) -> String? {
    let code = part.part("Quantity")?["UnitOfMeasureCode"] ?? ""
    if !code.isEmpty, !["EA", "EACH", "PCE", "C62", "PIECE"].contains(code.uppercased()) {
      return code
    }
    return item.says("weightItem") || part.says("weightItem") ? "weight" : nil
  }

  /// A discount that the line's own amount knows.
  private mutating func add(_ modifier: XMLPart, to line: inout POSLogLine, _ path: String) {
    let amount = amount(modifier, "Amount", path).magnitude
    if modifier.part("Amount")?["Action"]?.lowercased() == "add" { return }
    if let promotion = modifier.all(["PromotionID"]).first?.text {
      line.promotions.insert(promotion)
    }
    let method = [modifier["MethodCode"], modifier["TypeCode"], modifier.text("ReasonCode")]
      .compactMap { $0?.lowercased() }.joined(separator: " ")
    let coupon = modifier.all(["Coupon"]).first
    let isManufacturers =
      method.contains("manufacturer")
      || coupon.map { ($0["TypeCode"] ?? $0["CouponType"] ?? "").lowercased() }?
        .contains("manufacturer") == true
    if isManufacturers {
      line.manufacturer = line.manufacturer + amount
    } else if method.contains("loyalty") || !modifier.all(["LoyaltyID", "LoyaltyReward"]).isEmpty {
      line.loyalty = line.loyalty + amount
    } else {
      line.store = line.store + amount
    }
  }

  /// A voided line stands beside the one that it takes back, as its opposite; or it is flagged
  /// itself, with its own amount. Neither was bought.
  private mutating func dropVoided() {
    var dropped: Set<Int> = []
    for index in lines.indices where lines[index].isVoid {
      let void = lines[index]
      guard void.isOpposite else {
        dropped.insert(index)
        continue
      }
      let other = lines.indices.last {
        !lines[$0].isVoid && !dropped.contains($0) && lines[$0].sku == void.sku
          && lines[$0].amount.magnitude == void.amount.magnitude
          && abs(lines[$0].quantity.millionths) == abs(void.quantity.millionths)
      }
      if let other { dropped.formUnion([index, other]) }
      if other == nil, void.isReturn { dropped.insert(index) }
    }
    lines = lines.indices.filter { !dropped.contains($0) }.map { lines[$0] }
  }
}

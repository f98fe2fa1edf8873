import Loyalty
import YAML

/// Worked cases: purchases, events, and what is expected of them.
extension Reading {
  func examples(_ node: Node) -> [ExampleSyntax] {
    guard let nodes = onlyList(node, "a list of examples") else { return [] }
    return nodes.compactMap(example)
  }

  private func example(_ node: Node) -> ExampleSyntax? {
    let before = diagnostics.count
    guard let fields = fields(node, in: .example) else { return nil }
    let isWhole = diagnostics.count == before
    guard let titleNode = fields["example"] else {
      if fields.meant.contains("example") { return nil }
      report(
        "R003", fields.place, "`example` is missing here",
        help: "begin with a sentence: `- example: a gold member buys three cards`")
      return nil
    }
    let title = value(titleNode, "a sentence")
    var steps: [StepSyntax] = []
    if let list = fields["steps"] {
      for word in Room.step.words where word != "member" {
        guard let key = fields.key(word) else { continue }
        report(
          "R005", key.place, "`\(word)` does not belong beside `steps`",
          help: "it stands in one of the steps")
      }
      steps = (onlyList(list, "a list of steps") ?? []).compactMap { node in
        let before = diagnostics.count
        guard let fields = self.fields(node, in: .step) else { return nil }
        return step(fields, isWhole: diagnostics.count == before, isAlone: false)
      }
    } else if let step = step(fields, isWhole: isWhole, isAlone: true) {
      steps = [step]
    }
    checkOriginals(steps)
    var example = ExampleSyntax(title: title ?? Written("", titleNode.place), steps: steps)
    if let node = fields["member"] { example.member = member(node) }
    if let node = fields["members"] { readMembers(node, into: &example) }
    checkMembers(of: example)
    if let node = fields["balance"] { example.balance = amounts(node) }
    return example
  }

  /// What comes back came in an earlier step.
  private func checkOriginals(_ steps: [StepSyntax]) {
    var earlier: [String] = []
    for step in steps {
      switch step.action {
      case .return(let of?, _), .void(let of):
        if !earlier.contains(of.value) {
          unknownName("earlier step", of.value, of.place, among: earlier)
        }
      default: break
      }
      if let id = step.id { earlier.append(id) }
    }
  }

  /// `{A: {tier: gold}, B: }`
  private func readMembers(_ node: Node, into example: inout ExampleSyntax) {
    example.members = namedThings(node, "a member", "members").map { key, node in
      (key, node.isEmpty ? MemberSyntax() : member(node))
    }
  }

  private func checkMembers(of example: ExampleSyntax) {
    let names = example.members.map(\.key.value)
    for step in example.steps {
      for member in [step.member, step.otherMember].compactMap(\.self)
      where !names.contains(member.value) {
        guard names.isEmpty else {
          unknownName("member", member.value, member.place, among: names)
          continue
        }
        report(
          "R012", member.place, "no member is called `\(member.value)`",
          help: "name those of the example beside `steps`: `members: {A: , \(member.value): }`")
      }
    }
  }

  private func member(_ node: Node) -> MemberSyntax {
    var member = MemberSyntax()
    if let text = node.text, tierNames.contains(text) {
      report(
        "R007", node.place, "`\(text)` does not say what of the member it is",
        help: "write `member: {tier: \(text)}`")
      return member
    }
    guard let fields = fields(node, in: .member, isOpen: true) else { return member }
    if let node = fields["tier"] { member.tiers = values(node, "a tier") ?? [] }
    if let node = fields["floor"] { member.floors = values(node, "a tier") ?? [] }
    if let node = fields["segment"] { member.segments = values(node, "a segment") ?? [] }
    member.birthday = fields["birthday"].flatMap(date)?.value
    member.joined = fields["joined"].flatMap(date)?.value
    if let node = fields["consent"] { member.consent = values(node, "a consent") ?? [] }
    for entry in fields.others {
      if memberAttributes.contains(entry.name) {
        guard let value = value(entry.value, "a value of `\(entry.name)`") else { continue }
        member.attributes.append((Written(entry.name, entry.key.place), value.value))
      } else {
        unknownAttribute(
          entry.key, in: .member, names: memberAttributes.sorted(), section: "member")
      }
    }
    return member
  }

  /// `{points: 100}` in the currencies' smallest units.
  func amounts(_ node: Node) -> [(currency: Written<String>, amount: Int64)] {
    (mapping(node, "an amount like `{points: 100}`") ?? []).compactMap { entry in
      guard let decimals = currencies[entry.name] else {
        unknownName("currency", entry.name, entry.key.place, among: currencies.keys.sorted())
        return nil
      }
      return currencyAmount(entry.value, decimals: decimals).map {
        (Written(entry.name, entry.key.place), $0)
      }
    }
  }

  // MARK: - Steps

  private func step(_ fields: Fields, isWhole: Bool, isAlone: Bool) -> StepSyntax? {
    let action = action(fields, isWhole: isWhole, isAlone: isAlone)
    // Whatever is wrong with it, the rest is read, too: all mistakes are told at once.
    var step = StepSyntax(action: action ?? .wait, place: fields.place)
    step.id = fields["id"].flatMap { value($0, "a step's name") }?.value
    if !isAlone { step.member = fields["member"].flatMap { value($0, "the name of a member") } }
    step.at = fields["at"].flatMap(time)
    if let node = fields["late"], yesNo(node) == true {
      step.late = fields.key("late")?.place ?? node.place
    }
    step.store = fields["store"].flatMap { value($0, "a store") }?.value
    step.channel = fields["channel"].flatMap { value($0, "a channel") }?.value
    if let node = fields["coupons"] { step.coupons = values(node, "coupons") ?? [] }
    if let node = fields["tenders"] { step.tenders = tenders(node) }
    if let node = fields["attributes"] { step.attributes = transactionAttributes(node) }
    step.redeems = fields["redeem"].flatMap(redemption)
    if let node = fields["expect"] { step.expect = expectation(node) }
    return action == nil ? nil : step
  }

  private func tenders(_ node: Node) -> [(kind: Written<String>, amount: Money)] {
    (mapping(node, "tenders like `{cash: 10.00}`") ?? []).compactMap { entry in
      moneyAlone(entry.value, allowsNegative: true).map {
        (Written(entry.name, entry.key.place), $0)
      }
    }
  }

  private func transactionAttributes(_ node: Node) -> [(key: Written<String>, value: String)] {
    (mapping(node, "attributes of the purchase") ?? []).compactMap { entry in
      guard transactionAttributes.contains(entry.name) else {
        unknownName(
          "attribute of transactions", entry.name, entry.key.place,
          among: transactionAttributes.sorted())
        return nil
      }
      return value(entry.value, "a value").map { (Written(entry.name, entry.key.place), $0.value) }
    }
  }

  private func action(_ fields: Fields, isWhole: Bool, isAlone: Bool) -> StepSyntax.Action? {
    if fields["return"] != nil { return returned(fields) }
    let written = ["basket", "event", "void", "transfer", "merge"].filter { fields[$0] != nil }
    guard written.count <= 1 else {
      let place = fields.key(written[1])?.place ?? fields.place
      report(
        "R005", place, "`\(written[1])` does not belong beside `\(written[0])`",
        help:
          "a step has one of `basket`, `event`, `return`, `void`, `transfer`, `merge`; put the "
          + "other into a step of its own"
      )
      return nil
    }
    if let node = fields["basket"] { return basket(node).map { .purchase($0) } }
    if let node = fields["event"] { return event(node) }
    if let node = fields["void"] {
      return value(node, "the `id` of a step").map { .void(of: $0) }
    }
    if let node = fields["transfer"] { return transfer(node) }
    if let node = fields["merge"] {
      return value(node, "the name of a member").map { .merge($0) }
    }
    if isAlone, isWhole, fields["redeem"] == nil {
      report(
        "R003", fields.place, "this example does not say what happens",
        help: "add `basket:`, `event:` or `steps:`")
      return nil
    }
    return .wait
  }

  /// `return: S1`, or `return: without receipt`; with a basket of what comes back.
  private func returned(_ fields: Fields) -> StepSyntax.Action? {
    guard let node = fields["return"],
      let of = value(node, "the `id` of a step, or `without receipt`")
    else { return nil }
    for word in ["event", "void", "transfer", "merge"] {
      guard let key = fields.key(word) else { continue }
      report(
        "R005", key.place, "`\(word)` does not belong beside `return`",
        help: "put it into a step of its own")
      return nil
    }
    let isBlind = of.value == "without receipt"
    guard let lines = fields["basket"] else {
      if isBlind {
        report(
          "R003", node.place, "a return without its receipt needs a basket",
          help: "add `basket:` with what comes back")
      }
      return isBlind ? nil : .return(of: of, [])
    }
    return basket(lines).map { .return(of: isBlind ? nil : of, $0) }
  }

  private func event(_ node: Node) -> StepSyntax.Action? {
    if node.entries == nil {
      return eventName(node).map { .event($0, []) }
    }
    guard let entries = mapping(node, "an event like `{survey: {stars: 5}}`"),
      let first = entries.first
    else { return nil }
    guard entries.count == 1 else {
      report(
        "R007", entries[1].key.place, "an example has one event",
        help: "its attributes stand inside: `event: {\(first.name): {…}}`")
      return nil
    }
    if ["join", "claim"].contains(first.name) {
      return value(first.value, "a name").map { name in
        let attribute = Written("name", first.key.place)
        return .event(Written(first.name, first.key.place), [(key: attribute, value: name)])
      }
    }
    guard let event = declared(first.name) else {
      unknownName("event", first.name, first.key.place, among: events.keys.sorted())
      return nil
    }
    let key = Written(first.name, first.key.place)
    if first.value.isEmpty || first.value.entries?.isEmpty == true { return .event(key, []) }
    guard let attributes = mapping(first.value, "the attributes of an event") else { return nil }
    let read = attributes.compactMap { eventAttribute($0, of: event) }
    return read.count == attributes.count ? .event(key, read) : nil
  }

  private func eventAttribute(_ entry: Node.Entry, of event: EventSyntax) -> (
    key: Written<String>, value: Written<String>
  )? {
    guard let kind = event.attributes.first(where: { $0.key.value == entry.name })?.kind else {
      unknownName(
        "attribute of `\(event.key.value)`", entry.name, entry.key.place,
        among: event.attributes.map(\.key.value))
      return nil
    }
    guard let value = value(entry.value, "a value of `\(entry.name)`") else { return nil }
    let word = Phrase.Word(text: value.value, place: value.place)
    let isRight: Bool
    switch kind {
    case .number: isRight = number(word, allowsNegative: true) != nil
    case .money: isRight = money(word, allowsNegative: true) != nil
    case .text: isRight = true
    case .date: isRight = date(word) != nil
    case .boolean: isRight = yesNo(entry.value) != nil
    case .oneOf(let choices):
      isRight = choices.contains(value.value)
      if !isRight {
        unknownName("value of `\(entry.name)`", value.value, value.place, among: choices)
      }
    }
    return isRight ? (Written(entry.name, entry.key.place), value) : nil
  }

  // MARK: - Lines

  private func basket(_ node: Node) -> [LineSyntax]? {
    if isWithoutBraces(node) { return nil }
    guard let nodes = onlyList(node, "a list of lines") else { return nil }
    let lines = nodes.compactMap(line)
    return lines.count == nodes.count ? lines : nil
  }

  private func line(_ node: Node) -> LineSyntax? {
    let before = diagnostics.count
    guard var fields = fields(node, in: .line, isOpen: true) else { return nil }
    for entry in fields.others where !itemAttributes.contains(entry.name) {
      let names = itemAttributes.sorted()
      fields.means(unknownAttribute(entry.key, in: .line, names: names, section: "item"))
    }
    guard let skuNode = fields["sku"] else {
      missing("sku", "`sku:` and the article's number", fields)
      return nil
    }
    let sku = value(skuNode, "an SKU")
    let quantity = fields["quantity"].flatMap(quantity) ?? Quantity(1)
    let total = total(fields, quantity)
    var line = LineSyntax(sku: sku?.value ?? "", total: total ?? .zero)
    line.quantity = quantity
    line.category = fields["category"].flatMap { value($0, "a category") }?.value
    line.unit = fields["unit"].flatMap { value($0, "a unit of measure") }?.value
    _ = fields["price"].flatMap { moneyAlone($0) }
    line.tax = fields["tax"].flatMap { moneyAlone($0, allowsNegative: true) } ?? .zero
    line.cost = fields["cost"].flatMap { moneyAlone($0) }
    if let key = fields.key("brand"), let brand = fields["brand"].flatMap({ value($0, "a brand") })
    {
      line.attributes.append((Written("brand", key.place), brand.value))
    }
    line.discounted = fields["discounted"].flatMap(yesNo) ?? false
    if let node = fields["discounts"] { discounts(node, into: &line) }
    for entry in fields.others { lineAttribute(entry, into: &line) }
    return diagnostics.count == before ? line : nil
  }

  private func quantity(_ node: Node) -> Quantity? {
    guard let phrase = phrase(node, "a quantity like `3`"), let word = phrase.words.first else {
      return nil
    }
    guard phrase.words.count == 1 else {
      report(
        "R010", node.place, "`\(phrase.text)` is no number",
        help: "the unit of measure stands apart: `quantity: 31.5, unit: litre`")
      return nil
    }
    guard let number = number(word, allowsNegative: true) else { return nil }
    guard let millionths = number.exactly(places: Quantity.places),
      millionths.magnitude <= Quantity.limit.magnitude
    else {
      report(
        "R010", node.place, "`\(phrase.text)` is too large or too fine a quantity",
        help: "write at most \(Quantity.places) decimals")
      return nil
    }
    return Quantity(millionths: millionths)
  }

  /// `total` of the line, or `each` times the quantity.
  private func total(_ fields: Fields, _ quantity: Quantity) -> Money? {
    switch (fields["total"], fields["each"]) {
    case (let node?, nil): return moneyAlone(node, allowsNegative: true)
    case (nil, let node?):
      guard let each = moneyAlone(node, allowsNegative: true) else { return nil }
      let product = Int128(each.minor) * Int128(quantity.millionths)
      guard product % Int128(Quantity.scale) == 0,
        let minor = Int64(exactly: product / Int128(Quantity.scale))
      else {
        report(
          "R011", node.place, "`each` times the quantity is no whole amount",
          help: "write the line's `total`")
        return nil
      }
      return Money(minor: minor)
    case (nil, nil):
      if fields.meant.contains("each") { return nil }
      missing(
        "total", "`total:` and the amount of the line after its discounts, or `each:`", fields)
    default:
      report(
        "R005", fields.key("each")?.place ?? fields.place, "`each` does not belong beside `total`",
        help: "keep one of them")
    }
    return nil
  }

  private func discounts(_ node: Node, into line: inout LineSyntax) {
    for node in onlyList(node, "a list of discounts") ?? [] {
      guard let fields = fields(node, in: .discount) else { continue }
      guard let kindNode = fields["kind"], let amountNode = fields["amount"] else {
        missing(fields["kind"] == nil ? "kind" : "amount", "`{kind: store, amount: 1.00}`", fields)
        continue
      }
      guard let isStore = choice(kindNode, [("store", true), ("manufacturer", false)]),
        let amount = moneyAlone(amountNode)
      else { continue }
      if isStore {
        line.storeDiscount = line.storeDiscount + amount
      } else {
        line.manufacturerDiscount = line.manufacturerDiscount + amount
      }
    }
  }

  private func lineAttribute(_ entry: Node.Entry, into line: inout LineSyntax) {
    if itemAttributes.contains(entry.name),
      let value = value(entry.value, "a value of `\(entry.name)`")
    {
      line.attributes.append((Written(entry.name, entry.key.place), value.value))
    }
  }
}

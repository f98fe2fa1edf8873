import Loyalty
import YAML

/// The top level of program and campaign files.
extension Reading {
  func nothing(in file: String) {
    report(
      "R001", Place(file: file, line: 1, column: 1, length: 1), "the file holds nothing",
      help: "a program begins with `program:` and its name, a campaign with `campaign:`")
  }

  func program(_ roots: [Node], files: [SourceFile]) -> ProgramSyntax? {
    var main: Node?
    var campaigns: [Node] = []
    for root in roots {
      if root["program"] != nil, root["campaign"] == nil {
        if main == nil { main = root } else { secondProgram(root) }
      } else if root["campaign"] != nil, root["program"] == nil {
        campaigns.append(root)
      } else {
        headless(root)
      }
    }
    guard let main else {
      // A file whose head is wrong was reported already.
      if diagnostics.isEmpty, let file = files.first { programless(file, campaigns) }
      return nil
    }
    guard let fields = fields(main, in: .program), var program = head(fields) else { return nil }
    let campaignFields = campaigns.compactMap { self.fields($0, in: .campaign) }
    for fields in [fields] + campaignFields {
      // What was broken was told, and what it declares is unknown to nobody else.
      lost.formUnion(Room.program.words.filter { fields[$0]?.isBroken == true })
    }
    for (word, section) in [("coupon", "coupons"), ("reward", "rewards"), ("perk", "perks")] {
      let names = ([fields] + campaignFields).flatMap { $0[section]?.entries ?? [] }.map(\.name)
      thingNames[word] = Set(names)
    }
    declarations(fields, into: &program)
    for campaign in campaignFields { named(campaign, into: &program) }
    named(fields, into: &program)
    if let node = fields["currencies"] { keptAlive(node, &program.currencies) }
    if let rules = fields["rules"] { program.rules += self.rules(rules, of: nil) }
    var heads: [CampaignSyntax] = []
    for campaign in campaignFields {
      guard let head = self.campaign(campaign) else { continue }
      heads.append(head)
      if let rules = campaign["rules"] { program.rules += self.rules(rules, of: head) }
    }
    program.campaigns = heads
    program.rules += rules(of: program.tiers, beside: program.rules)
    remember(program.rules)
    program.events += standardEvents
    if brandIsAsked, !itemAttributes.contains("brand") {
      program.attributes.item.append(Written("brand", fields.place))
      itemAttributes.insert("brand")
    }
    for fields in [fields] + campaignFields {
      if let examples = fields["examples"] { program.examples += self.examples(examples) }
    }
    program.lost = lost
    return program
  }

  private func secondProgram(_ root: Node) {
    let place = root.entries?.first { $0.name == "program" }?.key.place ?? root.place
    report(
      "R002", place, "this is the second program in one folder",
      help: "a folder holds one program; further files begin with `campaign:`")
  }

  private func headless(_ root: Node) {
    guard let entries = mapping(root, "the words of a program") else { return }
    if root["program"] != nil {
      return report(
        "R002", root.place, "a file is a program or a campaign, not both",
        help: "delete one of the two words")
    }
    let near = entries.first { NearName.of($0.name, among: ["program", "campaign"]) != nil }
    report(
      "R001", near?.key.place ?? root.place,
      "the file says neither which program nor which campaign it is",
      help: near.flatMap { NearName.of($0.name, among: ["program", "campaign"]) }.map {
        "did you mean `\($0)`?"
      }
        ?? "begin it with `program:` or `campaign:` and a name")
  }

  private func programless(_ file: SourceFile, _ campaigns: [Node]) {
    report(
      "R001", campaigns.first?.place ?? Place(file: file.name, line: 1, column: 1, length: 1),
      "there is no file that begins with `program:`",
      help: campaigns.isEmpty
        ? nil : "a campaign is checked together with the program in the same folder")
  }

  /// Name, time zone and money: without them nothing else can be read.
  private func head(_ fields: Fields) -> ProgramSyntax? {
    let key = fields["program"].flatMap { value($0, "the program's name") }
    if let node = fields["money"] {
      money = moneyUnit(node)
    } else {
      missing("money", "`money: USD`", fields)
    }
    var timezone: Written<String>?
    if let node = fields["timezone"] {
      timezone = self.timezone(node)
    } else {
      missing("timezone", "`timezone: America/Chicago`", fields)
    }
    var program = ProgramSyntax(
      key: key ?? Written("", fields.place), timezone: timezone ?? Written("UTC", fields.place),
      money: Written(money ?? MoneyUnit(code: "USD")!, fields["money"]?.place ?? fields.place))
    program.name = fields["name"].flatMap(localText)
    return program
  }

  func missing(_ word: String, _ example: String, _ fields: Fields) {
    // The word stands there, under another name that was told.
    if fields.meant.contains(word) || lost.contains(word) { return }
    let key = fields.words.values.map(\.key.place).min() ?? fields.place
    report("R003", key, "`\(word)` is missing here", help: "add \(example)")
  }

  private func moneyUnit(_ node: Node) -> MoneyUnit? {
    guard let phrase = phrase(node, "a money like `USD`") else { return nil }
    if let unit = MoneyUnit(code: phrase.text) { return unit }
    let upper = phrase.text.uppercased()
    let names = [
      "RMB": "CNY", "¥": "CNY", "$": "USD", "€": "EUR", "£": "GBP", "DOLLAR": "USD", "EURO": "EUR",
      "元": "CNY", "円": "JPY", "YEN": "JPY", "₽": "RUB", "РУБ": "RUB", "₹": "INR", "RS": "INR",
      "US$": "USD", "R$": "BRL", "DOLLARS": "USD", "EUROS": "EUR", "ZŁ": "PLN", "₩": "KRW",
    ]
    let near = MoneyUnit(code: upper).map(\.code) ?? names[upper]
    report(
      "R029", node.place, "`\(phrase.text)` is no money that ISO 4217 knows",
      help: near.map { "write `\($0)`" }
        ?? "write its code of three letters, like `USD`, `EUR` or `CNY`")
    return nil
  }

  private func timezone(_ node: Node) -> Written<String>? {
    guard let phrase = phrase(node, "a time zone like `America/Chicago`") else { return nil }
    let isName = phrase.text.utf8.allSatisfy { byte in
      Self.isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "/_-+".utf8.contains(byte)
    }
    let parts = phrase.text.split(separator: "/", omittingEmptySubsequences: false)
    let isPlace = (2...3).contains(parts.count) && parts.allSatisfy { !$0.isEmpty }
    guard isName, isPlace || phrase.text == "UTC" else {
      report(
        "R028", node.place, "`\(phrase.text)` is no time zone of a place",
        help: nearZone(phrase.text).map { "did you mean `\($0)`?" }
          ?? "write the zone's full name, like `America/Chicago`, `Europe/London` or "
          + "`Asia/Shanghai`")
      return nil
    }
    return Written(phrase.text, node.place)
  }

  /// `Asia/Tokyo` of `Tokyo`, `America/New_York` of `New York`.
  private func nearZone(_ text: String) -> String? {
    let wanted = text.replacing(" ", with: "_")
    // Zones of an offset know no summer time, and theirs are turned round.
    let zones = self.zones.filter { $0.contains("/") && !$0.hasPrefix("Etc/") }
    func city(_ zone: String) -> String {
      zone.split(separator: "/").last.map(String.init) ?? zone
    }
    if wanted.contains("/") {
      return zones.first { $0.lowercased() == wanted.lowercased() }
        ?? NearName.of(wanted, among: zones)
    }
    if let found = zones.first(where: { city($0).lowercased() == wanted.lowercased() }) {
      return found
    }
    let near = wanted.count < 5 ? nil : NearName.of(wanted, among: zones.map(city))
    return near.flatMap { near in zones.first { city($0) == near } }
  }

  // MARK: - Declarations first

  /// What other parts speak of: currencies, attributes, events.
  private func declarations(_ fields: Fields, into program: inout ProgramSyntax) {
    if let node = fields["attributes"] {
      program.attributes = declared(in: node) { attributes(node) }
    }
    if let node = fields["events"] { program.events = declared(in: node) { events(node) } }
    if let node = fields["currencies"] {
      program.currencies = currencies(node)
    } else {
      missing("currencies", "`currencies: {points: {expires: never}}`", fields)
    }
    if let node = fields["counts"] { program.counts = counts(node) }
    if let node = fields["tiers"] { program.tiers = tiers(node) }
    if let node = fields["perks"] { program.perks = perks(node) }
  }

  /// Where something is wrong, nothing that was written there is told to be unknown.
  private func declared<Value>(in node: Node, _ read: () -> Value) -> Value {
    let before = diagnostics.count
    let found = read()
    guard diagnostics.count > before else { return found }
    let known = itemAttributes.union(memberAttributes).union(transactionAttributes)
      .union(events.values.flatMap { $0.attributes.map(\.key.value) })
    lostNames.formUnion(Set(texts(in: node)).subtracting(known).subtracting(events.keys))
    return found
  }

  private func texts(in node: Node) -> [String] {
    switch node.content {
    case .scalar(let text, _): [text]
    case .sequence(let items): items.flatMap(texts)
    case .mapping(let entries): entries.flatMap { [$0.name] + texts(in: $0.value) }
    case .broken: []
    }
  }

  /// What both kinds of file may hold.
  private func named(_ fields: Fields, into program: inout ProgramSyntax) {
    if let node = fields["holidays"] { program.holidays += holidays(node) }
    if let node = fields["sets"] {
      program.sets += namedThings(node, "a set", "sets").map { ($0, items($1) ?? .all([])) }
    }
    if let node = fields["conditions"] {
      program.conditions += namedThings(node, "a condition", "conditions").map {
        ($0, condition($1) ?? .all([]))
      }
    }
    if let node = fields["segments"] { program.segments += segments(node) }
    if let node = fields["groups"] { program.groups += groups(node) }
    if let node = fields["coupons"] { program.coupons += coupons(node) }
    if let node = fields["rewards"] { program.rewards += rewards(node) }
  }

  /// The names of a section and what stands behind them.
  func namedThings(_ node: Node, _ kind: String, _ section: String) -> [(Written<String>, Node)] {
    guard let entries = mapping(node, "the names of \(section)") else {
      // Its names are told to be wrong, not what speaks of them.
      if node.items != nil { lost.insert(section) }
      return []
    }
    return indented(entries, in: Self.rooms[section]).compactMap { entry in
      name(entry.key, kind).map { ($0, entry.value) }
    }
  }

  private static let rooms: [String: Room] = [
    "currencies": .currency, "tiers": .tier, "perks": .perk, "rules": .rule, "coupons": .coupon,
    "rewards": .reward,
  ]

  /// Words that stand beside a name behind which nothing stands are told, and taken as what belongs
  /// below it.
  private func indented(_ entries: [Node.Entry], in room: Room?) -> [Node.Entry] {
    guard let room else { return entries }
    var found: [Node.Entry] = []
    var told: String?
    for entry in entries {
      guard room.words.contains(entry.name), var owner = found.last,
        owner.value.isEmpty || told == owner.name
      else {
        found.append(entry)
        continue
      }
      if owner.value.isEmpty {
        belongsBelow(entry, owner)
        told = owner.name
      }
      owner.value = Node(
        .mapping((owner.value.entries ?? []) + [entry]), at: entry.key.place)
      found[found.count - 1] = owner
    }
    return found
  }

  private func attributes(_ node: Node) -> AttributesSyntax {
    var result = AttributesSyntax()
    if let names = node.items, !names.isEmpty {
      let list = names.compactMap(\.text).joined(separator: ", ")
      report(
        "R007", node.place, "this list does not say whose attributes these are",
        help:
          "write `attributes: {item: [\(list)]}`, or `member` or `transaction` instead of `item`")
      return result
    }
    guard let fields = fields(node, in: .attributes) else { return result }
    if let node = fields["item"] { result.item = attributeNames(node, .line) }
    if let node = fields["member"] { result.member = attributeNames(node, .condition) }
    if let node = fields["transaction"] { result.transaction = attributeNames(node, .condition) }
    itemAttributes = Set(result.item.map(\.value))
    memberAttributes = Set(result.member.map(\.value))
    transactionAttributes = Set(result.transaction.map(\.value))
    return result
  }

  private func attributeNames(_ node: Node, _ room: Room) -> [Written<String>] {
    (values(node, "names of attributes") ?? []).filter { name in
      let isWord =
        name.value != "brand"
        && (room.words.contains(name.value) || Room.items.words.contains(name.value))
      if isWord { isOfTheLanguage(name) }
      return !isWord
    }
  }

  private func isOfTheLanguage(_ name: Written<String>) {
    report(
      "R034", name.place,
      "`\(name.value)` is a word of the language and cannot be an attribute's name",
      help: "it needs no declaration, or the attribute needs another name")
  }

  /// Events that are the language's own.
  private static let ownEvents: Set = [
    "purchase", "join", "claim", "redeem", "hold", "capture", "release", "refund",
  ]

  private func events(_ node: Node) -> [EventSyntax] {
    let found = namedThings(node, "an event", "events").map { key, node -> EventSyntax in
      let entries =
        node.isEmpty
        ? []
        : node.entries?.isEmpty == true ? [] : mapping(node, "the attributes of an event") ?? []
      let attributes = entries.compactMap {
        entry -> (key: Written<String>, kind: EventSyntax.AttributeKind)? in
        guard let name = name(entry.key, "an attribute") else { return nil }
        // A rule that asks for it would ask what the word means everywhere.
        if Room.condition.has(name.value), (key.value, name.value) != ("partner", "partner") {
          isOfTheLanguage(name)
        }
        return attributeKind(entry.value).map { (name, $0) }
      }
      return EventSyntax(key: key, attributes: attributes)
    }
    for event in found where Self.ownEvents.contains(event.key.value) {
      report(
        "R034", event.key.place, "`\(event.key.value)` is a word of the language",
        help: "it needs no declaration")
    }
    events = Dictionary(found.map { ($0.key.value, $0) }, uniquingKeysWith: { first, _ in first })
    return found
  }

  private func attributeKind(_ node: Node) -> EventSyntax.AttributeKind? {
    if let text = node.text, text != "money", MoneyUnit(code: text) != nil {
      report(
        "R026", node.place, "`\(text)` is none of the choices here",
        help: "write `money`: the program says of which country")
      return nil
    }
    if node.items != nil {
      return values(node, "the values that it may have").map { .oneOf($0.map(\.value)) }
    }
    return choice(
      node,
      [
        ("number", .number), ("money", .money), ("text", .text), ("date", .date),
        ("yes or no", .boolean), ("boolean", .boolean),
      ])
  }

  private func holidays(_ node: Node) -> [(key: Written<String>, days: [DateRangeSyntax])] {
    namedThings(node, "a holiday", "holidays").map { ($0, dateRanges($1) ?? []) }
  }

  /// `by list`, or a question about the member.
  private func segments(_ node: Node) -> [SegmentSyntax] {
    namedThings(node, "a segment", "segments").map { key, node in
      if node.text == "by list" { return SegmentSyntax(key: key, source: .list) }
      if let text = node.text, text.hasSuffix("list") {
        report(
          "R026", node.place, "`\(text)` does not say who is in", help: "write `by list`")
        return SegmentSyntax(key: key, source: .list)
      }
      return SegmentSyntax(key: key, source: .condition(condition(node) ?? .all([])))
    }
  }

  private func groups(_ node: Node) -> [GroupSyntax] {
    namedThings(node, "a group", "groups").map { key, node in
      if node.entries != nil {
        let first = fields(node, in: .group)?["first"].flatMap {
          values($0, "the rules in their order")
        }
        return GroupSyntax(key: key, policy: .first(first ?? []))
      }
      if let names = node.items, !names.isEmpty {
        let list = names.compactMap(\.text).joined(separator: ", ")
        report(
          "R007", node.place, "a list stands where the way of a group should",
          help: "write `{first: [\(list)]}`, or `best` and name the group in each rule")
        return GroupSyntax(key: key, policy: .best)
      }
      let policy: GroupSyntax.Policy? = choice(
        node, [("best", .best), ("add", .add), ("compound", .compound)])
      return GroupSyntax(key: key, policy: policy ?? .best)
    }
  }

  private func campaign(_ fields: Fields) -> CampaignSyntax? {
    guard let node = fields["campaign"], let key = value(node, "the campaign's name") else {
      return nil
    }
    var campaign = CampaignSyntax(key: key)
    campaign.name = fields["name"].flatMap(localText)
    campaign.from = fields["from"].flatMap(date)
    campaign.to = fields["to"].flatMap(date)
    campaign.bounds = bounds(fields)
    return campaign
  }
}

import Loyalty
import YAML

/// Words that stand where they are none.
extension Reading {
  /// A word that is none here: says where it belongs, or which was probably meant. Gives the word
  /// of this room that was meant.
  @discardableResult
  func unknown(_ key: Node, in room: Room, names: [String] = [], value: Node? = nil) -> String? {
    let word = key.text ?? ""
    if mayBeLost(in: room) || isLost(word) { return nil }
    if let colon = word.unicodeScalars.firstIndex(of: "："), colon != word.startIndex {
      wideColon(word, colon, key.place)
      return nil
    }
    let here = room.words + names
    let plain = Self.squashed(word)
    if let hint = Room.hints[room]?[plain] ?? Self.hint(word, in: room), !here.contains(word) {
      let belongs = Room.allCases.contains { $0.has(word) }
      report(
        belongs ? "R005" : "R004", key.place,
        belongs
          ? "`\(word)` does not belong in \(room.title)"
          : "`\(word)` is no word of \(room.title)",
        help: hint)
      return Room.meant[plain]
    }
    if room == .example || room == .step, let help = eventWordHelp(word, value) {
      report("R004", key.place, "`\(word)` is no word of \(room.title)", help: help)
      return "event"
    }
    let synonyms = (Room.synonyms[plain] ?? []).filter(here.contains)
    let isMoney = value?.text.flatMap { MoneyUnit(code: $0.uppercased()) } != nil
    if let synonym = synonyms.first(where: { !isMoney || $0 == "money" }) ?? synonyms.first {
      return unknown(word, key.place, room, synonym, help: "the word for it is `\(synonym)`")
    }
    if let form = here.first(where: { Self.isForm(plain, of: $0) }) {
      return unknown(word, key.place, room, form, help: "did you mean `\(form)`?")
    }
    if room == .program, let near = NearName.of(word, among: here) {
      return unknown(word, key.place, room, near, help: "did you mean `\(near)`?")
    }
    let elsewhere = Room.allCases.filter { $0 != room && $0.words.contains(word) }
    if !elsewhere.isEmpty {
      var titles = elsewhere.prefix(3).map(\.title)
      let last = titles.removeLast()
      let help = "it stands in " + (titles.isEmpty ? "" : titles.joined(separator: ", ") + " or ")
      report("R005", key.place, "`\(word)` does not belong in \(room.title)", help: help + last)
      return nil
    }
    if let near = NearName.of(word, among: here) {
      return unknown(word, key.place, room, near, help: "did you mean `\(near)`?")
    }
    return unknown(word, key.place, room, nil, help: Self.listing(here))
  }

  /// An event, or what one carries, beside the words of an example.
  private func eventWordHelp(_ word: String, _ value: Node?) -> String? {
    if let event = events[word] {
      return "write `event: {\(word): {\(event.attributes.first?.key.value ?? ""): …}}`"
    }
    let event = events.values.filter { $0.attributes.contains { $0.key.value == word } }
      .map(\.key.value).min()
    return event.map {
      "it stands below its event: `event: {\($0): {\(word): \(value?.text ?? "…")}}`"
    }
  }

  /// Whether names of currencies, attributes and events stand among the words of a room, and not
  /// all of them could be read.
  func mayBeLost(in room: Room) -> Bool {
    let declare: Set = ["currencies", "attributes", "events"]
    let named: Set<Room> = [
      .condition, .goal, .qualify, .items, .table, .limit, .budget, .member, .line, .expect,
    ]
    return !lost.isDisjoint(with: declare) && named.contains(room)
  }

  /// Whether a name stands where declarations could not be read.
  func isLost(_ name: String) -> Bool {
    lostNames.contains(name) || lostNames.contains { Self.singular($0) == Self.singular(name) }
  }

  /// Whether there is more to say of a word than that it may be an attribute.
  func isMeant(_ word: String, in room: Room, names: [String]) -> Bool {
    let (plain, here) = (Self.squashed(word), room.words + names)
    return Room.hints[room]?[plain] != nil || Room.allCases.contains { $0.has(word) }
      || Room.synonyms[plain]?.contains(where: here.contains) == true
      || here.contains { Self.isForm(plain, of: $0) } || NearName.of(word, among: here) != nil
  }

  private func unknown(
    _ word: String, _ place: Place, _ room: Room, _ meant: String?, help: String
  ) -> String? {
    report("R004", place, "`\(word)` is no word of \(room.title)", help: help)
    return meant
  }

  private func wideColon(_ word: String, _ colon: String.Index, _ place: Place) {
    report(
      "R031", place, "the colon in `\(word)` is a full-width one",
      help: "write `\(word[..<colon]): `, a plain colon and a space")
  }

  /// `min_spend`, `minSpend` and `Min-Spend` are one word.
  static func squashed(_ word: String) -> String {
    word.lowercased().filter { !"-_ ".contains($0) }
  }

  /// `tiers` for `tier`, `category` for `categories`.
  private static func isForm(_ word: String, of own: String) -> Bool {
    func stem(_ text: String) -> String {
      if text.hasSuffix("ies") { return text.dropLast(3) + "y" }
      return text.hasSuffix("s") && !text.hasSuffix("ss") ? String(text.dropLast()) : text
    }
    return stem(word) == stem(squashed(own))
  }

  private static func hint(_ word: String, in room: Room) -> String? {
    switch (room, word) {
    case (.condition, "category"), (.condition, "sku"), (.condition, "brand"):
      "ask for goods with `basket: {items: {\(word): …}, quantity: at least 1}`; `items` "
        + "beside `when` chooses what counts"
    case (.condition, "items"):
      "`items` stands beside `when` and chooses what counts; to ask for goods write "
        + "`basket: {items: …}`"
    case (.condition, "spend"), (.condition, "quantity"), (.condition, "variety"):
      "ask about this purchase with `basket: {\(word): …}`"
    case (.condition, "visits"), (.condition, "times"), (.condition, "within"):
      "goals stand under `history` (before this purchase) or `reach` (with it)"
    case (.condition, "from"), (.condition, "to"), (.condition, "earn"), (.condition, "multiply"),
      (.condition, "give"), (.condition, "limit"), (.condition, "event"):
      "it stands in the rule itself, beside `when`"
    case (.rule, "category"), (.rule, "sku"), (.rule, "brand"): "write `items: {\(word): …}`"
    case (.rule, _) where Room.condition.words.contains(word): "conditions stand under `when`"
    case (.rule, "gives"): "in a rule the word is `give`"
    case (.rule, "times"): nil
    case (.rule, "visits"), (.rule, "within"):
      "goals stand under `when`, in `history` (before this purchase) or `reach` (with it)"
    case (.rule, _) where Room.goal.words.contains(word):
      "ask about this purchase under `when`: `basket: {\(word): …}`"
    case (.coupon, "tender"), (.reward, "tender"): "ask how it is paid with `when: {tender: …}`"
    case (.coupon, _) where Room.condition.words.contains(word),
      (.reward, _) where Room.condition.words.contains(word):
      "conditions stand under `when`"
    case (.items, "spend"), (.items, "quantity"), (.items, "variety"):
      "to ask how many or how much, write `when: {basket: {items: …, \(word): …}}`"
    case (.example, "birthday"), (.example, "joined"), (.example, "segment"), (.example, "tier"):
      "write `member: {\(word): …}`"
    case (.tier, "give"): "in a tier the word is `gives`"
    case (.tier, _) where Room.goal.words.contains(word): "goals stand under `qualify`"
    case (.goal, "category"), (.goal, "sku"): "write `items: {\(word): …}`"
    case (.campaign, _) where Room.program.words.contains(word): "it stands in the program's file"
    default: nil
    }
  }

  private static func listing(_ words: [String]) -> String {
    "here stand " + words.map { "`\($0)`" }.joined(separator: " ")
  }
}

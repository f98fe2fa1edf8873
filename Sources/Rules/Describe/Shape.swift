/// What may stand behind a word, as far as one can say it without reading the rest of the program.
indirect enum Shape: Sendable {
  /// One phrase of the language.
  case phrase(PhraseForm)
  /// One of a few fixed phrases.
  case choice([String])
  case yesNo
  /// A text for people, perhaps by language.
  case text
  /// Something that people chose: an article's number, a feed's word.
  case word
  case words
  /// A name that something has.
  case one(NameKind)
  /// One name or a list of them.
  case some(NameKind)
  /// The words of a room.
  case room(Room)
  /// Names of one's own, each with this.
  case named(Shape)
  /// Names of one's own; behind each perhaps nothing.
  case namedOrEmpty(Shape)
  /// Currencies, each with this.
  case byCurrency(Shape)
  case list(Shape)
  /// One of it, or a list.
  case several(Shape)
  case either([Shape])
  case nothing
  /// `gold or above`
  case tierTest
  /// What a rule waits for.
  case trigger
  /// An event with its attributes, in an example.
  case happening
  /// The rows of a table.
  case rows
  /// What else: the reader alone says.
  case anything

  /// A choice of lines, or the name of a set.
  static let items = Shape.either([.one(.set), .room(.items)])
  static let condition = Shape.either([.one(.condition), .room(.condition)])
  static let goals = Shape.several(.room(.goal))
  static let tender = Shape.either([.some(.tender), .room(.tender)])
  static let amount = Shape.phrase(.amount)
}

/// What a name is the name of.
enum NameKind: String, CaseIterable, Sendable {
  case currency, set, condition, tier, rule, coupon, reward, group, holiday, segment, event
  /// A rule, a coupon or a reward.
  case benefactor
  // What the feed tells: the program names some of them, and others may come.
  case category, sku, store, region, channel, partner, tender, perk

  /// Whether only declared names are right.
  var isDeclared: Bool {
    switch self {
    case .category, .sku, .store, .region, .channel, .partner, .tender, .perk: false
    default: true
    }
  }
}

import YAML

/// A value together with the place in the rule file where it stands.
public struct Written<Value: Sendable>: Sendable {
  public var value: Value
  public var place: Place

  public init(_ value: Value, _ place: Place) {
    self.value = value
    self.place = place
  }
}

extension Written: Equatable where Value: Equatable {
  /// Two written values are the same when they say the same, wherever they stand.
  public static func == (a: Written, b: Written) -> Bool { a.value == b.value }
}

/// A text for people, perhaps in several languages: `{en: Gold Crown, zh: 金冠卡}`.
public struct LocalText: Sendable, Equatable {
  /// By BCP 47 language tag; under "" the text that was written without a language.
  public var byLanguage: [String: String]

  public init(_ byLanguage: [String: String]) { self.byLanguage = byLanguage }

  /// The text for `language`, else for its first subtag, else in English, else the first by tag.
  public func text(_ language: String = "en") -> String {
    if let exact = byLanguage[language] { return exact }
    let first = String(language.prefix { $0 != "-" && $0 != "_" })
    if let near = byLanguage[first] ?? byLanguage[""] ?? byLanguage["en"] { return near }
    return byLanguage.min { $0.key < $1.key }?.value ?? ""
  }
}

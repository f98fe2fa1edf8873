import Loyalty
import YAML

/// Texts for people, by language.
extension Reading {
  /// A text for people, perhaps by language.
  func localText(_ node: Node) -> LocalText? {
    if let texts = node.items, !texts.isEmpty {
      report(
        "R007", node.place, "a list stands where a text should",
        help: "write one text, or one for each language: `{en: Gold Crown, zh: 金冠卡}`")
      return nil
    }
    guard node.entries != nil else {
      guard let text = value(node, "a text") else { return nil }
      return LocalText(["": text.value])
    }
    guard let entries = mapping(node, "a text by language") else { return nil }
    var byLanguage: [String: String] = [:]
    for entry in entries {
      guard Self.isLanguage(entry.name) else {
        report(
          "R040", entry.key.place, "`\(entry.name)` is no language tag",
          help: Self.ownCode(entry.name).map { "write `\($0)`" }
            ?? (Self.isLanguage(entry.name.lowercased())
              ? "write `\(entry.name.lowercased())`"
              : "texts by language look like `{en: Gold Crown, zh: 金冠卡}`"))
        continue
      }
      if let text = value(entry.value, "a text") { byLanguage[entry.name] = text.value }
    }
    return LocalText(byLanguage)
  }

  /// `en`, `zh-Hant`, `pt-BR` (BCP 47, as far as texts need it).
  private static func isLanguage(_ tag: String) -> Bool {
    let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
    guard let first = parts.first, (2...3).contains(first.utf8.count),
      languages[String(first)] == nil,
      first.utf8.allSatisfy({ (0x61...0x7A).contains($0) })
    else { return false }
    return parts.dropFirst().allSatisfy { part in
      (1...8).contains(part.utf8.count)
        && part.unicodeScalars.allSatisfy {
          $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0)
        }
    }
  }

  /// `ja` of `jp`, `zh-Hans` of `cn-Hans`.
  private static func ownCode(_ tag: String) -> String? {
    let first = tag.prefix { $0 != "-" && $0 != "_" }
    return languages[first.lowercased()].map { $0 + tag.dropFirst(first.count) }
  }

  /// Languages by the codes of countries, and by their names, which no language has as its code.
  private static let languages = [
    "jp": "ja", "cn": "zh", "kr": "ko", "cz": "cs", "dk": "da", "ua": "uk", "gr": "el", "gb": "en",
    "us": "en", "vn": "vi", "rs": "sr", "il": "he", "ir": "fa", "mx": "es", "english": "en",
    "chinese": "zh", "japanese": "ja", "korean": "ko", "german": "de", "deutsch": "de",
    "french": "fr", "français": "fr", "spanish": "es", "español": "es", "swedish": "sv",
    "russian": "ru", "italian": "it", "portuguese": "pt", "中文": "zh", "日本語": "ja", "한국어": "ko",
  ]
}

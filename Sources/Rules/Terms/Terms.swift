import Loyalty
import YAML

/// A program as terms that a customer can read: sentences, section by section.
///
/// It reads what is written, phrase by phrase; `TermsWords` says which words it knows.
public struct Terms: Sendable {
  public struct Section: Sendable, Equatable {
    public var title: String
    public var sentences: [String]
  }

  public private(set) var title = ""
  public private(set) var sections: [Section] = []

  /// Terms of the program as it is from `today` on; `language` is a BCP 47 tag. Sentences are there
  /// in English and Chinese, the program's own names in whatever languages it has.
  public init(_ files: [SourceFile], language: String, today: CivilDate) {
    let speaker = TermsSpeaker(files, language: language, today: today)
    title = speaker.title
    let (t, say) = (speaker, speaker.say)
    add(say("What you collect", "积分说明"), t.currencies())
    add(say("What counts as spent", "计入范围"), t.counts())
    add(say("How you earn", "如何获得"), t.rules(ofPrograms: true))
    add(say("For a limited time", "限时活动"), t.rules(ofPrograms: false))
    add(say("How offers go together", "优惠叠加"), t.together())
    add(say("Levels", "会员等级"), t.tiers())
    add(say("Benefits", "权益"), t.perks())
    add(say("Rewards", "兑换"), t.things("rewards"))
    add(say("Coupons", "优惠券"), t.things("coupons"))
    add(say("When something comes back", "退货"), t.returns())
    let told = sections.flatMap(\.sentences).joined(separator: "\n")
    add(say("What is meant", "名词说明"), t.meanings(in: told))
  }

  private mutating func add(_ title: String, _ sentences: [String]) {
    if !sentences.isEmpty { sections.append(Section(title: title, sentences: sentences)) }
  }

  /// As Markdown.
  public var text: String {
    "# \(title)\n"
      + sections.map { section in
        "\n## \(section.title)\n\n" + section.sentences.map { "- \($0)\n" }.joined()
      }.joined()
  }
}

/// Says a program's parts in a language.
struct TermsSpeaker {
  let program: WrittenProgram
  let language: String
  let today: CivilDate
  let isChinese: Bool

  init(_ files: [SourceFile], language: String, today: CivilDate) {
    program = WrittenProgram(files)
    self.language = language
    self.today = today
    isChinese = language == "zh" || language.hasPrefix("zh-") || language.hasPrefix("zh_")
  }

  /// The sentence of the language that is spoken.
  func say(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }

  /// The program's own words.
  var head: WrittenProgram.File? { program.files.first { $0.kind == "program" } }

  var title: String { head.map { name($0.fields["name"], $0.name) } ?? "" }

  /// What people read of a thing: its name in the language, or else its key with spaces.
  func name(_ node: Node?, _ key: String) -> String {
    guard let node else { return readable(key) }
    if let text = node.text { return text }
    let texts = (node.entries ?? []).map { ($0.name, $0.value.text ?? "") }
    return LocalText(Dictionary(texts, uniquingKeysWith: { first, _ in first })).text(language)
  }

  func name(_ key: String, in section: String) -> String {
    name(program[section].first { $0.name == key }?.value["name"], key)
  }

  func readable(_ key: String) -> String { key.replacing("-", with: " ").replacing("_", with: " ") }

  func currency(_ key: String) -> String { name(key, in: "currencies") }

  func list(_ texts: [String], or: Bool = true) -> String {
    guard texts.count > 1, let last = texts.last else { return texts.first ?? "" }
    let word = or ? say(" or ", "或") : say(" and ", "和")
    return texts.dropLast().joined(separator: say(", ", "、")) + word + last
  }

  /// A sentence's end, and a capital at its beginning.
  func sentence(_ text: String) -> String {
    let first = text.first.map { isChinese ? String($0) : String($0).uppercased() } ?? ""
    return first + text.dropFirst() + say(".", "。")
  }

  /// `[a, b]` or `a`.
  func texts(_ node: Node) -> [String] { (node.items ?? [node]).compactMap(\.text) }
}

/// The registry of diagnostics: `patron explain R012` prints an entry. Codes are stable: a code
/// never changes its
/// meaning, and one that is no longer used is not given again.
public struct Code: Sendable {
  public var id: String
  public var title: String
  public var explanation: String

  init(_ id: String, _ title: String, _ explanation: String) {
    self.id = id
    self.title = title
    self.explanation = explanation
  }
}

public enum Codes {
  /// In the order of their ids.
  public static let all: [Code] = (text + reading + phrases + checks + benefits).sorted {
    $0.id < $1.id
  }

  public static func find(_ id: String) -> Code? {
    all.first { $0.id == id.uppercased() }
  }

  /// The file as text and as YAML.
  private static let text: [Code] = [
    Code(
      "Y001", "The file is too large",
      """
      A rule file may have 4 MiB. Campaigns can stand in files of their own.
      """),
    Code(
      "Y002", "The file is not UTF-8",
      """
      Patron reads texts in the encoding UTF-8. Word and Excel save others unless they are \
      asked: choose UTF-8 when you save.
      """),
    Code(
      "Y003", "An invisible control character",
      """
      Such characters come in by copying from other programs. Delete them and type the text \
      again.
      """),
    Code(
      "Y004", "A tab in the indentation",
      """
      How far a line stands to the right says what it belongs to, and a tab has no fixed \
      width. Use two spaces for each step.
      """),
    Code(
      "Y005", "A colon or the space behind it is missing",
      """
      Every name is followed by a colon and a space: `points: 1`. Without the space, \
      `points:1` is one word.
      """),
    Code(
      "Y006", "A bracket or a comma is missing",
      """
      `{ }` holds names with values, `[ ]` holds lists, and what stands in them is separated \
      by commas. Each bracket that opens must close.
      """),
    Code(
      "Y007", "A quote is not closed",
      """
      A text in quotes ends with the same quote that it began with. A quote inside is written \
      twice: 'Valentine''s'.
      """),
    Code(
      "Y008", "The indentation is wrong",
      """
      Lines that belong together begin in the same column. What belongs to a name stands two \
      spaces further to the right, below it.
      """),
    Code(
      "Y009", "A text needs quotes",
      """
      A text must stand in quotes when it holds a colon with a space, begins with a special \
      character such as % @ ` * & ! > |, or goes on behind a quote.
      """),
    Code(
      "Y010", "The file cannot be read as YAML",
      """
      Compare the line with its neighbours and with the examples in config/README.md.
      """),
    Code(
      "Y011", "A name stands twice",
      """
      Of two lines with the same name only one could hold. Patron does not guess which.
      """),
    Code(
      "Y012", "Anchors and references",
      """
      YAML can mark a part with `&name` and repeat it with `*name`. Rule files name things \
      under `sets` and `conditions` instead. A text that begins with & or * needs quotes.
      """),
    Code(
      "Y013", "YAML tags",
      """
      YAML can give a value a type with `!`. Rule files do not need it. A text that begins \
      with ! needs quotes.
      """),
    Code(
      "Y014", "Several documents in one file",
      """
      A line `---` begins a second document. A file is one program or one campaign.
      """),
    Code(
      "Y015", "Merge keys",
      """
      YAML can merge parts with `<<`. Rule files do not, so that each rule can be read where \
      it stands.
      """),
    Code(
      "Y016", "Nested too deep",
      """
      No rule needs more than 32 steps of indentation. Give inner parts names under `sets` or \
      `conditions`.
      """),
    Code(
      "Y017", "Too many names and values",
      """
      One file may hold 500,000. Campaigns can stand in files of their own.
      """),
    Code(
      "Y018", "A comma cut a value in two",
      """
      Inside `{ }` a comma separates entries. So `{points: 1,000,000}` would be 1, and `{en: \
      Buy 3, get 1}` would lose its half. Numbers take `_`; texts with a comma stand in \
      quotes.
      """),
    Code(
      "Y019", "A list where a name should be",
      """
      Before a colon stands one name.
      """),
    Code(
      "Y020", "A full-width colon",
      """
      The colon of Chinese keyboards (：) is another character than `:`. Write a plain colon \
      and a space.
      """),
  ]

  /// Words, shapes, names and characters.
  private static let reading: [Code] = [
    Code(
      "R001", "No program",
      """
      A folder holds one file that begins with `program:` and any number that begin with \
      `campaign:`. They are checked together.
      """),
    Code(
      "R002", "Two programs",
      """
      A folder is one program. Its campaigns stand in files that begin with `campaign:`.
      """),
    Code(
      "R003", "Something is missing",
      """
      Some words need others beside them: a program its money and time zone, a rule something \
      that happens, a line of a basket its SKU and total.
      """),
    Code(
      "R004", "An unknown word",
      """
      Every key is a word of the language, a name that you declared, or a mistake: an \
      attribute must be declared under `attributes` or `events`, so that a slip of the pen \
      never becomes a new one.
      """),
    Code(
      "R005", "A word in the wrong place",
      """
      The word exists, but elsewhere: `when` asks whether; `items` and `tender` say what \
      counts; `earn`, `multiply` and `give` say what happens.
      """),
    Code(
      "R007", "A list or names where a phrase should be",
      """
      Values are short phrases. Everything with a name is written `name:`; only choices, times \
      and examples are lists.
      """),
    Code(
      "R008", "Nothing behind the colon",
      """
      A name with nothing behind it, where something must stand.
      """),
    Code(
      "R026", "None of the choices",
      """
      This place knows a few phrases only; the message names them.
      """),
    Code(
      "R028", "No time zone",
      """
      Time zones are names of the IANA list, like `America/Chicago`: they know about summer \
      time, `EST` or `GMT+8` do not.
      """),
    Code(
      "R029", "No money",
      """
      Money is a code of ISO 4217, like `USD`, `EUR`, `CNY`.
      """),
    Code(
      "R030", "A `#` cut off a text",
      """
      A `#` behind a space begins a comment. A text with ` #` in it stands in quotes: "Our #1 \
      offer".
      """),
    Code(
      "R031", "A character that looks like another",
      """
      Full-width digits and colons, no-break spaces, long dashes and curly quotes look like \
      plain characters but are not. The message shows the plain form.
      """),
    Code(
      "R032", "A table that cannot be read",
      """
      A table has rows by words (tiers, values) or by numbers, each the lower bound from which \
      it holds, from the lowest to the highest.
      """),
    Code(
      "R033", "A name that cannot be one",
      """
      Names are letters, digits and hyphens in any script, up to 64 characters, without \
      commas, quotes and brackets. What people read is `name`.
      """),
    Code(
      "R034", "A name that is a word of the language",
      """
      A currency or an attribute stands where words of the language stand, and must not look \
      like one.
      """),
    Code(
      "R035", "A goal without its measure",
      """
      A goal is measure + items + window: `{spend: at least 500.00, items: cards, within: \
      calendar year}`. `reach` has exactly one measure.
      """),
    Code(
      "R036", "A window too few or too many",
      """
      `basket` is this purchase and has no window. `history`, `reach`, `qualify` and ranks \
      need one: `within: calendar year`.
      """),
    Code(
      "R038", "An empty range",
      """
      A range, a span of days or hours that ends before it begins holds nothing.
      """),
    Code(
      "R040", "No language tag",
      """
      Texts in several languages are written `{en: Gold Crown, zh: 金冠卡}`, by the tags of BCP \
      47.
      """),
    Code(
      "R042", "No pattern for codes",
      """
      A coupon's code is capital letters, digits and hyphens, with 6 to 20 `#` for its own \
      characters, the last of which is a check character.
      """),
  ]
}

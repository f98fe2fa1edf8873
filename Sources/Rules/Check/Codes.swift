/// The registry of diagnostics: `patron explain R012` prints an entry. Codes are stable: a code never changes its
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
  public static let all: [Code] = (text + reading + program + checks)
    .sorted { $0.id < $1.id }

  public static func find(_ id: String) -> Code? {
    all.first { $0.id == id.uppercased() }
  }

  /// The file as text and as YAML.
  private static let text: [Code] = [
    Code(
      "Y001", "The file is too large",
      "A rule file may have 4 MiB. Campaigns can stand in files of their own."),
    Code(
      "Y002", "The file is not UTF-8",
      "Patron reads texts in the encoding UTF-8. Word and Excel save others unless they are asked: choose UTF-8 when you save."
    ),
    Code(
      "Y003", "An invisible control character",
      "Such characters come in by copying from other programs. Delete them and type the text again."
    ),
    Code(
      "Y004", "A tab in the indentation",
      "How far a line stands to the right says what it belongs to, and a tab has no fixed width. Use two spaces for each step."
    ),
    Code(
      "Y005", "A colon or the space behind it is missing",
      "Every name is followed by a colon and a space: `points: 1`. Without the space, `points:1` is one word."
    ),
    Code(
      "Y006", "A bracket or a comma is missing",
      "`{ }` holds names with values, `[ ]` holds lists, and what stands in them is separated by commas. Each bracket that opens must close."
    ),
    Code(
      "Y007", "A quote is not closed",
      "A text in quotes ends with the same quote that it began with. A quote inside is written twice: 'Valentine''s'."
    ),
    Code(
      "Y008", "The indentation is wrong",
      "Lines that belong together begin in the same column. What belongs to a name stands two spaces further to the right, below it."
    ),
    Code(
      "Y009", "A text needs quotes",
      "A text must stand in quotes when it holds a colon with a space, begins with a special character such as % @ ` * & ! > |, or goes on behind a quote."
    ),
    Code(
      "Y010", "The file cannot be read as YAML",
      "Compare the line with its neighbours and with the examples in config/README.md."),
    Code(
      "Y011", "A name stands twice",
      "Of two lines with the same name only one could hold. Patron does not guess which."),
    Code(
      "Y012", "Anchors and references",
      "YAML can mark a part with `&name` and repeat it with `*name`. Rule files name things under `sets` and `conditions` instead. A text that begins with & or * needs quotes."
    ),
    Code(
      "Y013", "YAML tags",
      "YAML can give a value a type with `!`. Rule files do not need it. A text that begins with ! needs quotes."
    ),
    Code(
      "Y014", "Several documents in one file",
      "A line `---` begins a second document. A file is one program or one campaign."),
    Code(
      "Y015", "Merge keys",
      "YAML can merge parts with `<<`. Rule files do not, so that each rule can be read where it stands."
    ),
    Code(
      "Y016", "Nested too deep",
      "No rule needs more than 32 steps of indentation. Give inner parts names under `sets` or `conditions`."
    ),
    Code(
      "Y017", "Too many names and values",
      "One file may hold 500,000. Campaigns can stand in files of their own."),
    Code(
      "Y018", "A comma cut a value in two",
      "Inside `{ }` a comma separates entries. So `{points: 1,000,000}` would be 1, and `{en: Buy 3, get 1}` would lose its half. Numbers take `_`; texts with a comma stand in quotes."
    ),
    Code("Y019", "A list where a name should be", "Before a colon stands one name."),
    Code(
      "Y020", "A full-width colon",
      "The colon of Chinese keyboards (：) is another character than `:`. Write a plain colon and a space."
    ),
  ]

  /// Words, shapes and characters.
  private static let reading: [Code] = [
    Code(
      "R001", "No program",
      "A folder holds one file that begins with `program:` and any number that begin with `campaign:`. They are checked together."
    ),
    Code(
      "R002", "Two programs",
      "A folder is one program. Its campaigns stand in files that begin with `campaign:`."),
    Code(
      "R003", "Something is missing",
      "Some words need others beside them: a program its money and time zone, a rule something that happens, a line of a basket its SKU and total."
    ),
    Code(
      "R004", "An unknown word",
      "Every key is a word of the language, a name that you declared, or a mistake: an attribute must be declared under `attributes` or `events`, so that a slip of the pen never becomes a new one."
    ),
    Code(
      "R005", "A word in the wrong place",
      "The word exists, but elsewhere: `when` asks whether; `items` and `tender` say what counts; `earn`, `multiply` and `give` say what happens."
    ),
    Code(
      "R006", "A word that is not built yet",
      "The language has this word, this version of Patron does not do it. It is refused and never ignored, so no rule does less than it says."
    ),
    Code(
      "R007", "A list or names where a phrase should be",
      "Values are short phrases. Everything with a name is written `name:`; only choices, times and examples are lists."
    ),
    Code(
      "R008", "Nothing behind the colon",
      "A name with nothing behind it, where something must stand."),
    Code(
      "R010", "A number that cannot be read",
      "Numbers are digits, with `_` between thousands and a point before decimals: `1_000_000`, `12.50`. Never a comma, a currency sign or a percent."
    ),
    Code(
      "R011", "An amount of money that cannot be read",
      "Money has exactly the decimals of its currency, or none: `5.00` or `5` for USD, `500` for JPY."
    ),
    Code(
      "R012", "An unknown name",
      "Sets, conditions, tiers, currencies, coupons, rules, rewards, groups, events and holidays are called by the names that they were given."
    ),
    Code(
      "R013", "A rate that cannot be read",
      "Rates are `100` (once), `1 per 20.00` (each full 20.00), `1.25 per 1.00 pro rata` (parts count, too), `5 per unit`, `1 per 2 litres`, and for the number of an event `1 per mile`."
    ),
    Code("R014", "A share that cannot be read", "Shares are written `10%`."),
    Code(
      "R015", "A factor that cannot be read",
      "`multiply` takes a number: `2` doubles, `1.5` adds half, `0` takes all away."),
    Code(
      "R016", "A window that cannot be read",
      "Windows are `calendar year` (quarter, month, week, day), `last calendar year`, `membership year`, `12 months` (up to today), `each of 4 weeks`, `campaign`, `transaction`, `ever`."
    ),
    Code(
      "R017", "A limit that cannot be read",
      "Limits are `1 per day`, `500 per month`, `3 per membership year`, `once every 7 days`, `1 ever`, each perhaps with `or none`."
    ),
    Code(
      "R018", "An expiry that cannot be read",
      "Points end `never`, `12 months after earning`, `36 months after activity`, `end of next month`, `end of calendar year`, `end of month 6 months after earning`, or on a day like `12-31`. Tiers are kept until `end of next calendar year` and the like."
    ),
    Code(
      "R019", "A date that cannot be read",
      "Dates are year, month, day: `2026-02-14`; with a time: `2026-02-14T18:00`. Other orders are read differently in different countries."
    ),
    Code(
      "R020", "Days that cannot be read",
      "Spans of days are `2026-02-15 to 2026-02-23`; days of each year are `12-24` or `12-24 to 12-26`."
    ),
    Code(
      "R021", "Hours that cannot be read",
      "Hours are `14:00 to 17:00`, with 24 hours; `22:00 to 02:00` goes over midnight."),
    Code(
      "R022", "A weekday that cannot be read",
      "Weekdays are mon tue wed thu fri sat sun, as `[sat, sun]` or `mon to fri`."),
    Code("R023", "A day of the month that cannot be read", "Days are 1 to 31, or `last`."),
    Code(
      "R024", "A tier phrase that cannot be read",
      "Tiers are asked for by `gold`, `gold or above`, `gold or below`, `gold only` or `[silver, gold]`."
    ),
    Code("R025", "Neither yes nor no", "Write `yes` or `no`."),
    Code(
      "R026", "None of the choices", "This place knows a few phrases only; the message names them."),
    Code(
      "R027", "A duration that cannot be read",
      "Durations are `14 days`, `2 weeks`, `6 months`, `1 year`."),
    Code(
      "R028", "No time zone",
      "Time zones are names of the IANA list, like `America/Chicago`: they know about summer time, `EST` or `GMT+8` do not."
    ),
    Code("R029", "No money", "Money is a code of ISO 4217, like `USD`, `EUR`, `CNY`."),
    Code(
      "R030", "A `#` cut off a text",
      "A `#` behind a space begins a comment. A text with ` #` in it stands in quotes: \"Our #1 offer\"."
    ),
    Code(
      "R031", "A character that looks like another",
      "Full-width digits and colons, no-break spaces, long dashes and curly quotes look like plain characters but are not. The message shows the plain form."
    ),
    Code(
      "R032", "A table that cannot be read",
      "A table has rows by words (tiers, values) or by numbers, each the lower bound from which it holds, from the lowest to the highest."
    ),
    Code(
      "R033", "A name that cannot be one",
      "Names are letters, digits and hyphens in any script, up to 64 characters, without commas, quotes and brackets. What people read is `name`."
    ),
    Code(
      "R034", "A name that is a word of the language",
      "A currency or an attribute stands where words of the language stand, and must not look like one."
    ),
    Code(
      "R035", "A goal without its measure",
      "A goal is measure + items + window: `{spend: at least 500.00, items: cards, within: calendar year}`. `reach` has exactly one measure."
    ),
    Code(
      "R036", "A window too few or too many",
      "`basket` is this purchase and has no window. `history`, `reach`, `qualify` and ranks need one: `within: calendar year`."
    ),
    Code(
      "R037", "A worth that cannot be read",
      "A worth is so much money per so many points: `1.00 per 300`."),
    Code(
      "R038", "An empty range",
      "A range, a span of days or hours that ends before it begins holds nothing."),
    Code(
      "R039", "A rank that cannot be read",
      "Ranks are `top 10% by spend` or `top 100 by points`, with `within`."),
  ]

  private static let program: [Code] = [
    Code(
      "R040", "No language tag",
      "Texts in several languages are written `{en: Gold Crown, zh: 金冠卡}`, by the tags of BCP 47."),
    Code(
      "R041", "A range that cannot be read",
      "Ranges are `at least 3`, `at most 3`, `more than 3`, `less than 3`, `3 to 5` (both count), `3`, and for `reach` also `every 10`. Comparisons are words, for YAML cannot carry >=."
    ),
    Code(
      "R042", "No pattern for codes",
      "A coupon's code is capital letters, digits and hyphens, with 6 to 20 `#` for its own characters, the last of which is a check character."
    ),
    Code(
      "R044", "A name of another kind",
      "The name exists, but for something else: a set where a tier is expected."),
    Code(
      "R051", "A name stands twice",
      "The program and all its campaigns share their names, for counters and explanations go by them."
    ),
    Code(
      "R052", "A set or condition that leads back to itself",
      "Named sets and conditions may use each other, but not in a circle."),
    Code(
      "R053", "The end before the beginning",
      "`from` and `to` are both included, so `to` is the same day or later."),
    Code(
      "R054", "Tiers out of order",
      "Tiers are written from the lowest to the highest; a higher one asks for more."),
    Code(
      "R055", "A rule that can never match",
      "Conditions side by side must all hold. These cannot hold together."),
  ]

  /// Fit, and what was surely not meant.
  private static let checks: [Code] = [
    Code(
      "R056", "A basket where there is none",
      "A rule with `event:` waits for something that is no purchase: it has no lines, no spend and no tenders."
    ),
    Code(
      "R057", "An attribute of another event",
      "The attributes of an event can be asked for only in rules that wait for it."),
    Code(
      "R058", "The whole basket is multiplied",
      "`basket:` asks whether, `items:` chooses which. 40.00 of groceries and a gift card of 25.00 \"at double\" gives 130 instead of 90 where the gift card is asked for and not chosen. A warning."
    ),
    Code(
      "R059", "Nothing to multiply",
      "Multipliers act on the points of rates (`1 per 1.00`) and tables, never on fixed ones (`100`). A warning."
    ),
    Code(
      "R060", "A table without a row for a tier",
      "Whoever is in that tier gets nothing by this table. A warning."),
    Code(
      "R061", "A higher tier is left out",
      "`tier: silver` is not true for gold. Mostly `silver or above` is meant; `silver only` says that it is not. A warning."
    ),
    Code(
      "R062", "A group and its order do not fit",
      "A group with `first: [ ]` names each of its rules in order, and each of them says `group:`."),
    Code(
      "R063", "Dates that are over",
      "The rule's last day lies before today. It still rates purchases of its days that come in late. A warning."
    ),
    Code(
      "R064", "Points without a limit",
      "Fixed points at each purchase invite people to split one purchase into many. A warning."),
  ]
}

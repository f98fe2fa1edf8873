import Foundation
import Loyalty
import Rules
import Testing
import YAML

/// Programs as a customer reads them.
@Suite struct TermsTests {
  static let today = CivilDate(year: 2026, month: 2, day: 2)!

  static func text(_ language: String) -> String {
    Terms(TrialTests.files, language: language, today: today).text
  }

  @Test func `a program is told in English`() {
    let text = Self.text("en")
    for sentence in [
      "# Card Shop\n", "- 100 points are worth $1.00.\n",
      "- Points expire at the end of the month 12 months after you earn them.\n",
      "- What counts is everything but gift cards or postage.\n",
      "- 1 point for each full $1.00 spent.\n",
      "- 2 times the points for gold.\n",
      "- Three cards for Valentine's: 100 points on Saturdays or Sundays, when you buy at least 3 of cards. "
        + "From 1 February 2026 to 14 February 2026. At most once a day.\n",
      "- gold: for spending at least $500.00 in a calendar year, or being among the top 10% of members by what they spent "
        + "in the last calendar year; kept until the end of the next calendar year; then one level lower; with the coupon welcome gold "
        + "and the benefit hotline.\n",
      "- welcome gold: $5.00 off; when you spend at least $20.00; valid for 60 days.\n",
    ] { #expect(text.contains(sentence), "\(sentence) in\n\(text)") }
  }

  @Test func `and in Chinese`() {
    let text = Self.text("zh")
    for sentence in [
      "# 贺卡店\n", "- 消费每满$1.00得1points。\n", "限gold会员：2倍points。",
    ] { #expect(text.contains(sentence), "\(sentence) in\n\(text)") }
    #expect(text.contains("活动时间：2026年2月1日至2026年2月14日。最多每日1次。"), "\(text)")
  }

  @Test func `every word that customers care for is told`() { #expect(Terms.findings == []) }

  @Test func `money of an event is told with its event`() {
    let program = SourceFile(
      name: "p.yaml",
      text: """
        program: p
        timezone: America/Chicago
        money: USD
        currencies: {points: {expires: never}}
        events: {top-up: {amount: money, fee: money}}
        tiers:
          member:
          gold: {qualify: {event: top-up, amount: at least 150.00, within: 3 months}, keeps: ever}
          platinum: {qualify: {event: top-up, fee: at least 9.00, within: 3 months}, keeps: ever}
        rules: {base: {earn: {points: 1 per 1.00}}}
        """)
    let text = Terms([program], language: "en", today: Self.today).text
    #expect(text.contains("for having at least $150.00 from top up within 3 months;"), "\(text)")
    #expect(text.contains("for having at least $9.00 fee from top up within"), "\(text)")
  }

  @Test func `what is over is left out`() {
    let later = CivilDate(year: 2026, month: 2, day: 15)!
    #expect(!Terms(TrialTests.files, language: "en", today: later).text.contains("Valentine"))
  }

  /// All programs that there are: of the package, and those that the language was tried with.
  static let programs: [[SourceFile]] = {
    guard let folder = TestFiles.programs else { return SchemaTests.programs }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let alone = names.sorted().filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("tesco") }
    let files = alone.map { [$0] } + [["tesco.yaml", "tesco-double.yaml"]]
    return SchemaTests.programs
      + files.map { $0.compactMap { try? TestFiles.source(folder.appending(path: $0)) } }
  }()

  @Test(arguments: ["en", "zh"])
  func `no program is told with words of the language left over`(_ language: String) {
    for files in Self.programs {
      let terms = Terms(files, language: language, today: CivilDate(day: 0))
      #expect(!terms.text.contains("{") && !terms.text.contains("…"), "\(terms.text)")
      for section in terms.sections {
        for sentence in section.sentences {
          #expect(
            sentence.contains { $0.isLetter }, "\(files[0].name), \(section.title): \(sentence)")
          #expect(
            !sentence.contains(": .") && !sentence.hasSuffix("：。") && !sentence.contains("  "),
            "\(files[0].name), \(section.title): \(sentence)")
        }
      }
    }
  }

  @Test func `Chinese sentences hold no English but names of the program`() {
    for files in Self.programs {
      var names = Set(["AM", "PM"])
      for file in files { TermsNames.gather(TextParser.parse(file).root, &names) }
      let terms = Terms(files, language: "zh", today: CivilDate(day: 0))
      for section in terms.sections {
        for sentence in section.sentences {
          let left = TermsNames.words(sentence).filter { !names.contains($0) }
          #expect(left == [], "\(files[0].name), \(section.title): \(sentence)")
        }
      }
    }
  }

  @Test(arguments: [
    (
      "convert: {miles: 1 per 100 points}", "1 mile in exchange for each 100 points.",
      "每100points兑换1miles。"
    ),
    (
      "event: referral\n    for: referrer\n    earn: {points: 100}",
      "100 points for referral to the member who is named as the referrer.",
      "100points（referral），给推荐人。"
    ),
    (
      "join: yes\n    when: {reach: {visits: 5, within: 7 days after join}}\n    earn: {points: 100}",
      "100 points on reaching 5 purchases within 7 days after you opted in. Only for members who "
        + "opted in.",
      "报名后7天内消费5次：100points。需报名参加。"
    ),
    (
      "when: {event-kind: big}\n    event: survey\n    earn: {points: 100}",
      "100 points for survey where event kind is big.", "event kind为big：100points（survey）。"
    ),
    (
      "items: {favourite: category, of: cards}\n    off: 10%\n    combines: no",
      "10% off on the kind of cards that you buy most. Not together with other offers.",
      "减10%（您最常购买的cards品类）。不可与其他优惠同时使用。"
    ),
    (
      "when: {balance: {points: at least 50}}\n    earn: {points: 5}\n    limit: {points: 10 per day or none}",
      "5 points with a balance of at least 50 points. At most 10 points a day (what does not fit whole is refused).",
      "余额至少50points：5points。最多每日10points（超出时整笔不予）。"
    ),
    (
      "when: {reach: {balance: {points: 50}}}\n    give: {notice: {en: Full, zh: 满了}}",
      "The message \u{201C}Full\u{201D} on having held 50 points.",
      "持有50points：通知\u{201C}满了\u{201D}。"
    ),
    (
      "when: {reach: {spend: every 100, within: transaction}}\n    earn: {points: 5}",
      "5 points on having spent each full $100 in one purchase.", "单笔消费每满$100：5points。"
    ),
    (
      "when: {basket: {spend: at least 20}}\n    off: 10%\n    limit: {money: 15.00 per transaction}",
      "10% off when you spend at least $20. At most $15.00 for each purchase.",
      "消费满$20：减10%。最多每单$15.00。"
    ),
    (
      "when: {history: {visits: at least 1, within: each of 4 weeks}}\n    earn: {points: 5}",
      "5 points when you made at least 1 purchase in each of the last 4 weeks, this one included.",
      "连续4周，每周消费至少1次（含本次）：5points。"
    ),
    (
      "when: {date: [12-24 to 12-26, 2026-05-01]}\n    earn: {points: 5}",
      "5 points from 24 December to 26 December of each year or on 1 May 2026.",
      "每年12月24日至12月26日或2026年5月1日：5points。"
    ),
    (
      "event: flight\n    earn: {miles: {by: fare, table: {light: 0.5 per mile, flex: 1 per mile}, least: 125}}",
      "For flight: light: 0.5 miles for each mile; flex: 1 mile for each mile; at least 125 miles.",
      "light：每mile得0.5miles；flex：每mile得1miles；至少125miles（flight）。"
    ),
    (
      "event: flight\n    when: {fare: light}\n    earn: {points: 1 per 20 of amount}",
      "1 point for each full $20 spent for flight where fare is light.",
      "fare为light：每满$20得1points（flight）。"
    ),
    (
      "items: {category: fuel, grade: a}\n    earn: {points: 1 per 2 litres}",
      "1 point for each full 2 litres of fuel where grade is a.",
      "fuel且grade为a的商品每满2升得1points。"
    ),
    (
      "earn: {points: 1 per 2 litres pro rata}",
      "1 point for every 2 litres, parts of it included.", "每2升得1points（不足部分按比例）。"
    ),
    (
      "earn: {points: {by: slice, table: {0: 1 per 20, 50: 1 per 10}}}",
      "On the part from $0 on: 1 point for each full $20 spent; on the part from $50 on: 1 point for "
        + "each full $10 spent.", "$0起的部分：消费每满$20得1points；$50起的部分：消费每满$10得1points。"
    ),
    (
      "when: {tier: gold}\n    items: {category: tea, discounted: no}\n    tender: own\n    "
        + "multiply: {points: {by: tier, table: {gold: 2}}}",
      "For gold: for tea at full price paid with own: gold: 2 times the points.",
      "限gold会员：gold：2倍points（tea且正价商品）（以own支付）。"
    ),
    (
      "when: {store: a, any: [{weekday: sat}, {channel: web}], not: {tier: gold, weekday: sun}}\n    tender: own\n    "
        + "earn: {points: 1 per 1}",
      "1 point for each full $1 paid with own in store a, either on Saturdays, or by web, not (for gold and on Sundays).",
      "门店：a，周六，或渠道：web，除外：（限gold会员且周日）：消费每满$1得1points（以own支付）。"
    ),
    (
      "items: {cheapest: 2, category: tea}\n    free: 2",
      "The 2 cheapest articles of tea free.", "tea中最便宜的2件免费。"
    ),
    (
      "when: {reach: {event: flight, fare: light, times: 1, within: ever}}\n    earn: {points: 5}",
      "5 points on reaching flight once where fare is light in all.",
      "累计fare为light的flight1次：5points。"
    ),
  ])
  func `a rule is told`(_ rule: String, _ english: String, _ chinese: String) {
    let files = [SourceFile(name: "p.yaml", text: Self.frame + "rules:\n  r:\n    " + rule + "\n")]
    for (language, sentence) in [("en", english), ("zh", chinese)] {
      let text = Terms(files, language: language, today: Self.today).text
      #expect(text.contains("- " + sentence + "\n"), "\(text)")
    }
  }

  @Test(arguments: [
    (
      "tiers: {gold: {qualify: {spend: at least 500, within: calendar year}, begins: next calendar year, "
        + "renew: {spend: at least 300, within: calendar year}, keeps: end of calendar year, falls: one step}}",
      "gold: for spending at least $500 in a calendar year; from the next calendar year on; kept until the end of "
        + "the calendar year; kept on for spending at least $300 in a calendar year; then one level lower.",
      "gold：一个自然年消费满$500；自次年起生效；有效期至当年末；续期条件：一个自然年消费满$300；到期后降一级。"
    ),
    (
      "coupons: {c: {off: 5, public: MAY, uses: 3, combines: {not: [d]}}, d: {off: 1, combines: [c], returns: lost}}",
      "c: $5 off; the code is MAY; can be used 3 times; not together with d.",
      "c：减$5；优惠码MAY；可使用3次；不可与d同时使用。"
    ),
    (
      "rewards: {mug: {price: {points: 5}, free: 1, items: {sku: MUG}, stock: 500}}",
      "mug: for 5 points; 1 article MUG free; while stocks of 500 last.",
      "mug：5points；免费商品MUG1件；共500份，兑完即止。"
    ),
    (
      "rules: {a: {earn: {points: 1}, group: g}, b: {earn: {points: 2}, group: g}}\ngroups: {g: best}",
      "Of a and b, only the best counts.", "a和b：仅最优一项有效。"
    ),
    (
      "rules: {a: {earn: {points: 1}, group: g}, b: {earn: {points: 2}, group: g}}\ngroups: {g: {first: [b, a]}}",
      "Of b and a, the first that applies counts, in this order.", "b和a：依此顺序，仅首个适用者有效。"
    ),
    (
      "rules: {a: {multiply: {points: 2}, group: g}, b: {multiply: {points: 3}, group: g}}\ngroups: {g: compound}",
      "A and b multiply each other.", "a和b连乘计算。"
    ),
    (
      "rules: {a: {multiply: {points: 2}}, b: {multiply: {points: 3}}}",
      "Where several multiples apply, the best counts, article by article.",
      "多项倍数同时适用时，每件商品按最高倍数计算。"
    ),
    (
      "rules: {a: {off: 5%}, b: {fixed: 3}}",
      "Where several discounts apply, the best counts, article by article.",
      "多项优惠同时适用时，每件商品按最优一项计算。"
    ),
  ])
  func `a thing is told`(_ thing: String, _ english: String, _ chinese: String) {
    let files = [SourceFile(name: "p.yaml", text: Self.frame + thing + "\n")]
    for (language, sentence) in [("en", english), ("zh", chinese)] {
      let text = Terms(files, language: language, today: Self.today).text
      #expect(text.contains("- " + sentence + "\n"), "\(text)")
    }
  }

  @Test func `points that live on are told with what keeps them`() {
    let frame = """
      program: p
      money: USD
      currencies:
        crowns:
          activity: [purchase, redemption]
          pots: month
          expires:
            at: end of calendar year
            unless:
              any: [{spend: at least 100, within: calendar year}, {joined: calendar year}]

      """
    let text = Terms([SourceFile(name: "p.yaml", text: frame)], language: "en", today: Self.today)
      .text
    #expect(
      text.contains(
        "Crowns expire at the end of the year, unless you spend at least $100 in a calendar year or you joined "
          + "in that calendar year."), "\(text)")
    #expect(text.contains("Crowns of different months cannot be used together."), "\(text)")
    let chinese = Terms(
      [SourceFile(name: "p.yaml", text: frame)], language: "zh", today: Self.today
    ).text
    #expect(chinese.contains("crowns于当年末到期，除非一个自然年消费满$100或当年入会。"), "\(chinese)")
    #expect(chinese.contains("crowns的活动指：消费或兑换。"), "\(chinese)")
  }

  @Test func `names that the terms use are explained, and what is over is not told`() {
    let text = Terms(
      [
        SourceFile(
          name: "p.yaml",
          text: Self.frame + """
            segments:
              lapsing: {history: {visits: 0, within: 60 days}}
              staff: by list
              other: by list
            holidays: {fest: [2025-02-15 to 2025-02-23, 2026-02-15 to 2026-02-23]}
            rules:
              a:
                when: {segment: [lapsing, staff], holiday: fest}
                items: cards
                earn: {points: 5 per unit}
            coupons: {old: {off: 5, to: 2026-02-01}, still: {off: 5, to: 2026-02-02}}

            """)
      ], language: "en", today: Self.today
    ).text
    #expect(
      text.hasSuffix(
        """
        ## What is meant

        - cards: greeting cards.
        - lapsing: when you made no purchases within 60 days.
        - staff: members on a list of ours.
        - fest: 15 February 2026 to 23 February 2026.

        """), "\(text)")
    #expect(text.contains("still:") && !text.contains("old:"), "\(text)")
  }

  @Test func `one and many are told apart`() {
    let file = SourceFile(
      name: "p.yaml",
      text:
        "program: p\nmoney: USD\ncurrencies: {cash: {pending: 3 days, expires: 2 years after earning}, "
        + "stamps: {pending: 3 days, expires: 2 years after earning}, 积分: }\n")
    let text = Terms([file], language: "en", today: Self.today).text
    for sentence in [
      "Cash can be used 3 days after you earn it.", "Cash expires 2 years after you earn it.",
      "Cash of what you return is taken back;", "Stamps expire 2 years after you earn them.",
      "Stamps of what you return are taken back;", "积分 never expire.",
    ] { #expect(text.contains(sentence), "\(text)") }
  }

  @Test func `points without an end are said to have none`() {
    let file = SourceFile(name: "p.yaml", text: "program: p\nmoney: USD\ncurrencies: {points: }\n")
    let text = Terms([file], language: "en", today: Self.today).text
    #expect(text.contains("- Points never expire.\n"), "\(text)")
  }

  @Test func `a campaign of one rule is known by its own name`() {
    let files = [
      SourceFile(name: "p.yaml", text: Self.frame),
      SourceFile(
        name: "c.yaml",
        text: "campaign: c\nname: {en: Double weeks, zh: 双倍周}\nfrom: 2026-02-01\nto: 2026-02-28\n"
          + "rules: {double: {multiply: {points: 2}}}\n"),
    ]
    let text = Terms(files, language: "en", today: Self.today).text
    #expect(text.contains("- Double weeks: 2 times the points. From 1 February 2026"), "\(text)")
  }

  private static let frame = """
    program: p
    timezone: Europe/London
    money: USD
    currencies: {points: {expires: never}, miles: {expires: never}}
    events:
      referral: {referrer: text}
      survey: {event-kind: [big, small]}
      flight: {fare: [light, flex]}
    sets: {cards: {category: greeting-cards}}

    """
}

/// The names that a program gives, in ASCII words.
enum TermsNames {
  private static let language = Set(Terms.languageWords)
  /// Words whose values are names or texts.
  private static let naming: Set<String> = [
    "program", "campaign", "money", "name", "category", "sku", "brand", "store", "region",
    "channel", "partner", "tier", "segment", "consent", "coupon", "perk", "reward", "choice",
    "tender", "items", "holiday", "public", "notice", "item", "member", "transaction", "group",
    "of", "first", "combines", "not", "give", "gives", "favourite",
  ]
  /// Words below which each name is the program's own.
  private static let sections: Set<String> = [
    "currencies", "events", "holidays", "sets", "conditions", "segments", "tiers", "rules",
    "groups", "coupons", "rewards", "perks",
  ]
  /// What phrases consist of, which is no name.
  private static let phrases = Set(
    ("at least most more less than to every per pro rata unit of end next last calendar year "
      + "quarter month week day days months years weeks after earning activity release never ever "
      + "once or none above below only join one step").split(separator: " ").map(String.init))

  static func words(_ text: String) -> [String] {
    text.split { !($0.isASCII && $0.isLetter) }.map { String($0).lowercased() }
  }

  static func gather(
    _ node: Node?, under word: String = "", isText: Bool = false, _ names: inout Set<String>
  ) {
    guard let node else { return }
    let isText = isText || naming.contains(word)
    if let text = node.text, isText || !language.contains(word) {
      names.formUnion(words(text).filter { isText || !phrases.contains($0) })
    }
    for item in node.items ?? [] { gather(item, under: word, isText: isText, &names) }
    for entry in node.entries ?? [] where entry.name != "examples" {
      if sections.contains(word) || !language.contains(entry.name) {
        for word in words(entry.name) {
          names.insert(word)
          if word.hasSuffix("s") { names.insert(String(word.dropLast())) }
        }
      }
      gather(entry.value, under: entry.name, isText: isText, &names)
    }
  }
}

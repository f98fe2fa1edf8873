import Rules
import Testing
import YAML

/// What changed, in words.
@Suite struct DiffTests {
  static let head =
    "program: p\ntimezone: UTC\nmoney: USD\ncurrencies: {points: {expires: never}}\n"

  static func diff(_ old: String, _ new: String) -> [String] {
    ProgramDiff(
      old: [SourceFile(name: "a.yaml", text: head + old)],
      new: [SourceFile(name: "b.yaml", text: head + new)]
    ).differences.map { "\($0.kind) \($0.name): " + $0.sentences.joined(separator: "; ") }
  }

  static func rule(_ old: String, _ new: String) -> [String] {
    diff("rules: {r: {\(old)}}\n", "rules: {r: {\(new)}}\n")
  }

  @Test(arguments: [
    (
      "multiply: {points: 2}, limit: {times: 1 per day}", "multiply: {points: 3}",
      "rule r: now gives 3 times the points instead of 2; limit 1 per day removed"
    ),
    (
      "earn: {points: 1 per 1.00}", "earn: {points: 2 per 1.00}",
      "rule r: now gives 2 points per 1.00 instead of 1 per 1.00"
    ),
    ("earn: {points: 5}", "earn: {points: 5}, to: 2026-03-01", "rule r: now ends on 2026-03-01"),
    (
      "earn: {points: 5}, to: 2026-03-01", "earn: {points: 5}, to: 2026-03-08",
      "rule r: now ends on 2026-03-08 instead of 2026-03-01"
    ),
    (
      "earn: {points: 5}, when: {tier: gold}",
      "earn: {points: 5}, when: {tier: gold, channel: web}",
      "rule r: now holds only when channel is web"
    ),
    (
      "earn: {points: 5}, when: {tier: gold}", "earn: {points: 5}",
      "rule r: now holds always, not only when tier is gold"
    ),
    (
      "earn: {points: 5}, items: cards", "earn: {points: 5}",
      "rule r: now counts all items, not only cards"
    ),
    (
      "earn: {points: 5}, pending: 14 days", "earn: {points: 5}, pending: 7 days",
      "rule r: pending is now 7 days instead of 14 days"
    ),
    (
      "off: 5, combines: no", "off: 5, combines: [a, b]",
      "rule r: now combines with a or b only instead of with nothing"
    ),
    (
      "off: 5, combines: [a]", "off: 5, combines: {not: [a]}",
      "rule r: now combines with everything but a instead of with a only"
    ),
    (
      "off: 5, combines: no", "off: 5",
      "rule r: now combines with everything, no longer with nothing"
    ),
    (
      "off: 5", "off: 5, combines: no",
      "rule r: now combines with nothing instead of with everything"
    ),
    ("earn: {points: 5}, holdout: 5%", "earn: {points: 5}", "rule r: holdout removed: 5%"),
  ])
  func `a rule's change is told`(_ old: String, _ new: String, _ sentence: String) {
    #expect(Self.rule(old, new) == [sentence])
  }

  @Test(arguments: [
    ("when: {tier: [gold]}, earn: {points: 1_000}", "earn: {points: 1000}, when: {tier: gold}"),
    ("earn: {points: 1 per 1.00}", "earn: {points: 1 per 1}"),
    ("give: {choice: [a, b]}", "give: {choice: [b, a]}"),
    ("off: 5, combines: {not: [a, b]}", "off: 5, combines: {not: [b, a]}"),
    (
      "earn: {points: 5}, when: {any: [{tier: a}, {day: 8}]}",
      "earn: {points: 5}, when: {any: [{day: 8}, {tier: a}]}"
    ),
  ])
  func `another spelling of the same is no change`(_ old: String, _ new: String) {
    #expect(Self.rule(old, new) == [])
  }

  @Test func `things come, go, and are called otherwise`() {
    let old =
      "rules:\n  a: {earn: {points: 1}}\n  b: {earn: {points: 2}}\n  # a comment\n  c: {earn: {points: 3}}\n"
    let new =
      "rules:\n  a: {earn: {points: 1}}\n  bb: {earn: {points: 2}}\n  d: {multiply: {points: 4}, when: {tier: gold}}\n"
    #expect(
      Self.diff(old, new) == [
        "rule bb: was called b, and says the same; what was counted under that name stays there",
        "rule d: added: gives 4 times the points, when tier is gold",
        "rule c: removed; it said: gives 3 points",
      ])
  }

  @Test func `tiers, currencies and sets are told by what they say`() {
    let old =
      "tiers: {m: , g: {qualify: {spend: at least 500.00, within: calendar year}}}\nsets: {s: {category: [a, b]}}\n"
    let new =
      "tiers: {m: , g: {qualify: {spend: at least 600.00, within: calendar year}, keeps: ever}}\nsets: {s: {category: [b, c]}}\n"
    #expect(
      Self.diff(old, new) == [
        "set s: category now has c, too, and no longer has a",
        "tier g: qualify spend is now at least 600.00 instead of at least 500.00; keeps added: ever",
      ])
    #expect(
      Self.diff("tiers: {a: , b: }\n", "tiers: {b: , a: }\n")
        == ["tier all: stand in another order now: b, a"])
  }

  @Test func `what its order says is told, too`() {
    let (a, b) = ("{off: 10%, group: g}", "{off: 5.00, group: g}")
    let groups = "groups: {g: compound}\n"
    #expect(
      Self.diff("rules: {a: \(a), b: \(b)}\n" + groups, "rules: {b: \(b), a: \(a)}\n" + groups)
        == ["group g: its discounts stand in another order now: b, a"])
    #expect(
      Self.diff("groups: {a: best, b: add}\n", "groups: {b: add, a: best}\n")
        == ["group all: stand in another order now: b, a"])
    #expect(
      Self.rule(
        "earn: {points: {by: segment, table: {new: 5, old: 7}}}",
        "earn: {points: {by: segment, table: {old: 7, new: 5}}}") == [
          "rule r: now gives points by a table by segment, table (old 7, new 5) instead of by "
            + "segment, table (new 5, old 7)"
        ])
  }

  @Test(arguments: [
    ("items: {sku: [\"007\"]}", "items: {sku: [\"7\"]}", "now counts sku 7 instead of sku 007"),
    ("when: {salon: 007}", "when: {salon: 7}", "now holds when salon is 7 instead of 007"),
    (
      "receipt: {en: Save 5.00}", "receipt: {en: Save 5}",
      "receipt en is now Save 5 instead of Save 5.00"
    ),
    ("name: A", "name: B", "is now called B instead of A"),
    ("name: {en: A, zh: 甲}", "name: {en: A, zh: 乙}", "name zh is now 乙 instead of 甲"),
    (
      "earn: {points: {by: spend, table: {0: 1, 50: 5}}}",
      "earn: {points: {by: spend, table: {0: 1, 60: 5}}}",
      "earn points table 60 added: 5; earn points table 50 removed: 5"
    ),
  ])
  func `names and texts are told as they are spelt, tables row by row`(
    _ old: String, _ new: String, _ sentence: String
  ) {
    #expect(Self.rule(old, new) == ["rule r: \(sentence)"])
  }

  @Test func `what a word's absence means is told`() {
    let of = { (points: String) in
      SourceFile(name: "a.yaml", text: "program: p\ncurrencies: {points: \(points)}\n")
    }
    let difference = ProgramDiff(
      old: [of("{expires: 12 months after earning, returns: balance}")], new: [of("{kind: points}")]
    )
    #expect(
      difference.differences.map(\.sentences) == [
        [
          "expires is now never instead of 12 months after earning",
          "returns is now debt instead of balance",
        ]
      ])
  }

  @Test func `a program and a rule with another name and place are the same ones`() {
    let program = { (name: String, rules: String) in
      SourceFile(name: "a.yaml", text: "program: \(name)\nmoney: USD\n\(rules)")
    }
    let campaign = SourceFile(
      name: "b.yaml", text: "campaign: c\nrules: {s: {earn: {points: 5}}}\n")
    let difference = ProgramDiff(
      old: [program("p", "rules: {r: {earn: {points: 5}}}\n")], new: [program("q", ""), campaign])
    #expect(
      difference.differences.map { "\($0.name): " + $0.sentences.joined(separator: "; ") } == [
        "q: was called p", "c: added",
        "s: was called r, and says the same; what was counted under that name stays there; "
          + "now stands in the campaign c",
      ])
  }

  @Test func `the order of a group that goes by order is told`() {
    #expect(
      Self.diff("groups: {g: {first: [a, b]}}\n", "groups: {g: {first: [b, a]}}\n")
        == ["group g: first now stands in the order b, a"])
  }

  @Test func `a campaign's file comes with its rules`() {
    let base = [SourceFile(name: "a.yaml", text: Self.head)]
    let more =
      base + [
        SourceFile(
          name: "c.yaml",
          text:
            "campaign: spring\nfrom: 2026-03-01\nto: 2026-03-31\nrules: {x: {earn: {points: 9}}}\n")
      ]
    let diff = ProgramDiff(old: base, new: more).differences.map {
      "\($0.kind) \($0.name): " + $0.sentences.joined(separator: "; ")
    }
    #expect(
      diff == [
        "campaign spring: added: from 2026-03-01, to 2026-03-31",
        "rule x: added in the campaign spring: gives 9 points",
      ])
    #expect(ProgramDiff(old: more, new: more).differences == [])
  }
}

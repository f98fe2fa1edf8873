import Foundation
import TestSupport
import Testing

/// What a till's holds, returns and slips are told, at a shop that takes back no more points than
/// there are.
@Suite struct ExplainingTests {
  private static let program = """
    program: club
    timezone: UTC
    money: EUR
    currencies:
      points: {worth: 1.00 per 100, expires: never, returns: balance}
      stars: {expires: never, decimals: 2}
    events: {survey: {stars: number}, enrolment: {}}
    attributes: {item: [colour], member: [skin], transaction: [salesroom]}
    rules:
      base: {earn: {points: 10 per 1.00}}
      asked: {event: survey, earn: {stars: 0.50}, limit: {times: 1 per day}}
    rewards:
      pay: {pays: 1.00 per 100 points}
      mug: {price: {points: 500}, free: 1, items: {sku: [MUG]}, valid: 90 days}
    coupons:
      double: {multiply: {points: 2}, claim: yes, valid: 14 days}
    """
  private static let members = """
    {"member": "M1", "name": "Anna", "joined": "2025-03-01", "cards": ["C1"]}
    {"member": "M2", "name": "Ben", "joined": "2025-03-01", "cards": ["C2"]}
    """

  private struct Shop {
    let location: String
    let folder: URL

    func patron(_ words: String..., input: String = "") throws -> ProgramResult {
      try runPatron(words, env: ["DATABASE_URL": location], stdin: input)
    }

    func done(_ words: String..., input: String = "") throws -> String {
      let result = try runPatron(words, env: ["DATABASE_URL": location], stdin: input)
      #expect(result.status == 0, "\(words): \(result.stdout)\(result.stderr)")
      return result.stdout
    }

    func file(_ name: String, _ text: String) throws -> String {
      let url = folder.appendingPathComponent(name)
      try Data((text + "\n").utf8).write(to: url)
      return url.path
    }

    /// Each as `id kind date rest`, of the card C1 where it names none.
    func post(_ rows: (id: String, kind: String, day: String, rest: String)...) throws -> String {
      let lines = rows.map { row in
        let isNamed = row.rest.contains("card") || row.rest.contains("original")
        let rest = (isNamed ? "" : #","card":"C1""#) + (row.rest.isEmpty ? "" : ",") + row.rest
        return #"{"source":"till","id":"\#(row.id)","kind":"\#(row.kind)","#
          + #""at":"2026-02-\#(row.day)T10:00:00Z"\#(rest)}"#
      }
      let posted = try patron(
        "post", try file("feed.ndjson", lines.joined(separator: "\n")))
      _ = try done("run", "--once")
      return posted.stdout + posted.stderr
    }

    func explain(_ id: String) throws -> String { try done("explain", "till/" + id) }
  }

  private func withShop(_ body: (Shop) throws -> Void) throws {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("explain-\(UUID().uuidString)")
    let program = folder.appendingPathComponent("club")
    try files.createDirectory(at: program, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    try Data(Self.program.utf8).write(to: program.appendingPathComponent("program.yaml"))
    try TestCluster.shared.withDatabase { settings in
      let location = settings.url
      let shop = Shop(location: location, folder: folder)
      _ = try shop.done("init")
      _ = try shop.done("publish", program.path, "--from", "2025-01-01")
      _ = try shop.done("load", "members", try shop.file("members.ndjson", Self.members))
      _ = try shop.post(
        (
          "S1", "sale", "01",
          #""lines":[{"sku":"A","quantity":3,"total":"30.00"},"#
            + #"{"sku":"B","total":"20.00"}]"#
        ),
        ("S2", "sale", "02", #""lines":[{"sku":"A","total":"3.00"}]"#))
      try body(shop)
    }
  }

  @Test func `a refused hold is explained by the name that was asked for, and its reason`() throws {
    try withShop { shop in
      _ = try shop.post(
        ("H1", "hold", "03", #""attributes":{"points":"100.5","currency":"points"}"#),
        ("H2", "hold", "03", #""attributes":{"points":"100"}"#),
        ("H3", "hold", "03", #""attributes":{"points":"100","currency":"pionts"}"#),
        ("H4", "hold", "03", #""attributes":{"reward":"mgu"}"#),
        ("H5", "hold", "03", #""attributes":{"pay":"1.005"}"#))
      let reasons = [
        "points    the hold was refused: unknown; 100.5 has too many decimals: points has none",
        "points    the hold was refused: unknown; the program has several currencies",
        "pionts    the hold was refused: unknown; no currency is called `pionts`; did you mean "
          + "`points`?",
        "mgu    the hold was refused: unknown; no reward is called `mgu`; did you mean `mug`?",
        "pay    the hold was refused: unknown; 1.005 has too many decimals: EUR has 2",
      ]
      for (place, reason) in reasons.enumerated() {
        let text = try shop.explain("H\(place + 1)")
        #expect(text.contains(reason), "\(text)")
      }
      _ = try shop.post(("H6", "redeem", "03", #""attributes":{"name":"mgu"}"#))
      let redemption = try shop.explain("H6")
      #expect(
        redemption.contains(
          "mgu    the redemption was refused: unknown; no reward is called `mgu`; did you mean "
            + "`mug`?"), "\(redemption)")
      let pay = try shop.patron("hold", "C1", "--pay", "1.005")
      #expect(pay.status == 1 && pay.stderr.contains("EUR has 2"), "\(pay.stderr)")
    }
  }

  @Test func `a refund of a hold tells what was given back`() throws {
    try withShop { shop in
      let held = #""original":{"source":"till","id":"H"}"#
      _ = try shop.post(
        ("H", "hold", "03", #""attributes":{"pay":"2.00"}"#))
      _ = try shop.post(("K", "capture", "03", held))
      _ = try shop.post(("F", "refund", "04", held + #","attributes":{"points":"50"}"#))
      let text = try shop.explain("F")
      #expect(
        text.contains("What the hold till/H had redeemed is given back: 50 points."), "\(text)")
      #expect(!text.contains("No rule matched"))
    }
  }

  @Test func `what comes back beyond what is left is told in pieces and money`() throws {
    try withShop { shop in
      _ = try shop.post(
        (
          "R1", "return", "05",
          #""original":{"source":"till","id":"S1"},"lines":"#
            + #"[{"sku":"A","quantity":5,"total":"50.00"},{"sku":"B","total":"25.00"}]"#
        ),
        ("R2", "return", "06", #""original":{"source":"till","id":"S2"}"#),
        ("R3", "return", "07", #""lines":[{"sku":"Z","total":"90.00"}]"#))
      let text = try shop.explain("R1")
      #expect(text.contains("2 of A for 20.00 EUR: refused"), "\(text)")
      #expect(text.contains("25.00 EUR are more than was left"), "\(text)")
      let visits = try shop.done("balance", "C1", "--at", "2026-02-08")
      #expect(visits.contains(/return +50\.00 .*till\/R1/), "\(visits)")
      #expect(visits.contains(/return +3\.00 .*till\/R2/), "\(visits)")
      let free = try shop.explain("R3")
      #expect(
        free.contains("none of the 900 points could be taken back, for no more was still there"),
        "\(free)")
      #expect(!free.contains("This is not what is booked"))
    }
  }

  @Test func `a slip in a name is told to whoever posted it`() throws {
    try withShop { shop in
      let posted = try shop.post(
        ("E", "survey", "03", #""attributes":{"stras":5}"#),
        ("P", "partner", "03", #""attributes":{"partner":"x","amount":"5.00"}"#),
        ("L", "claim", "03", #""attributes":{"name":"duoble"}"#))
      #expect(posted.contains("accepted                3"), "\(posted)")
      #expect(
        posted.contains("`stras` of the event `survey` is not declared")
          && posted.contains("did you mean `stars`?"), "\(posted)")
      let claim = try shop.explain("L")
      #expect(
        claim.contains("nothing that can be claimed is called `duoble`; did you mean `double`?"),
        "\(claim)")
    }
  }

  @Test func `what a sale and its lines carry undeclared is told, too`() throws {
    try withShop { shop in
      let line = #"{"sku":"A","total":"1.00","attributes":{"color":"red","brand":"x"}}"#
      let posted = try shop.post(
        (
          "A1", "sale", "03",
          #""attributes":{"saleroom":"2","skin":"dry","partner":"x","business-day":"2026-02-03"},"#
            + #""lines":[\#(line),\#(line)]"#
        ))
      #expect(posted.contains("accepted                1"), "\(posted)")
      #expect(
        posted.contains(
          "`saleroom` of the transaction is not declared, so no rule reads it (1 transaction): did "
            + "you mean `salesroom`?"), "\(posted)")
      #expect(
        posted.contains(
          "`color` of a line is not declared, so no rule reads it (2 lines): did you mean "
            + "`colour`?"), "\(posted)")
      for name in ["skin", "partner", "business-day", "brand"] {
        #expect(!posted.contains("`\(name)`"), "\(posted)")
      }
    }
  }

  @Test func `an event that nobody declares is parked with the name that was meant`() throws {
    try withShop { shop in
      for (name, meant) in [
        ("captur", "capture"), ("enrolmnt", "enrolment"), ("retrun", "return"), ("refnd", "refund"),
      ] {
        _ = try shop.post(("U-\(name)", name, "03", ""))
        let text = try shop.explain("U-\(name)")
        #expect(
          text.contains("the program declares no event `\(name)`; did you mean `\(meant)`?"),
          "\(text)")
        #expect(text.contains("send it again under an id of its own"), "\(text)")
      }
      let twice = try shop.post(("V", "surveyy", "03", ""), ("W", "surveyy", "03", ""))
      #expect(
        twice.contains(
          "the program declares no event `surveyy`, so it waits parked (2 transactions): did you "
            + "mean `survey`? declare it"), "\(twice)")
      let row = #"{"source":"till","id":"X","kind":"purchase","at":"2026-02-03T10:00:00Z"}"#
      let dry = try shop.patron("post", try shop.file("feed.ndjson", row), "--dry-run")
      #expect(dry.stderr.contains("(1 transaction): did you mean `sale`?"), "\(dry)")
      _ = try shop.post(("U", "xyzzy", "03", ""))
      #expect(try shop.explain("U").contains("no event `xyzzy`)"))
    }
  }

  @Test func `what could not be read is told at each post, and given up together`() throws {
    try withShop { shop in
      let rows = #"{"source":"till","id":"B1"}"# + "\n" + #"{"source":"till","id":"B2"}"#
      let file = try shop.file("feed.ndjson", rows)
      #expect(try shop.patron("post", file).status == 2)
      let again = try shop.done("post", file)
      #expect(
        again.contains("all 2 transactions are there already")
          && again.contains("2 of them could not be read, now as before: `patron parked`"),
        "\(again)")
      let mended = try shop.post(("B1", "sale", "03", #""lines":[{"sku":"A","total":"1.00"}]"#))
      #expect(mended.contains("1 that could not be read before came in now"), "\(mended)")
      #expect(try shop.done("parked", "--reason", "dropped").contains("till/B1"))
      let other = #"{"source":"till","id":"B1","kind":"sale","at":"2026-02-03T10:00:00Z","#
      let changed = try shop.file("feed.ndjson", other + #""lines":[{"sku":"A","total":"2.00"}]}"#)
      let conflict = try shop.patron("post", changed)
      #expect(conflict.status == 2)
      #expect(
        conflict.stderr.contains("conflict: the same id came again with another "),
        "\(conflict)")
      #expect(conflict.stdout.contains("`patron conflicts` lists them, `patron resolve`"))
      // What comes later and cannot be read is not given up for what came before it.
      let broken = try shop.file("feed.ndjson", #"{"source":"till","id":"B1","kind":7}"#)
      #expect(try shop.patron("post", broken).status == 2)
      #expect(try shop.done("parked", "--reason", "unreadable").contains("till/B1"))
      #expect(try shop.patron("parked", "drop", "--why", "x").status == 64)
      let dropped = try shop.done("parked", "drop", "--reason", "unreadable", "--why", "mapping")
      #expect(dropped == "2 dropped\n")
      #expect(try shop.done("parked", "--reason", "unreadable").contains("Nothing is parked"))
    }
  }

  @Test func `a receipt with the id of a diagnostic is the one that is explained`() throws {
    try withShop { shop in
      #expect(try shop.done("explain", "R012").hasPrefix("R012  "))
      let unknown = try shop.patron("explain", "R777")
      #expect(unknown.status == 64 && unknown.stderr.contains("no transaction"), "\(unknown)")
      _ = try shop.post(
        ("R777", "sale", "03", #""lines":[{"sku":"A","total":"1.00"}]"#),
        ("R012", "sale", "03", #""lines":[{"sku":"A","total":"2.00"}]"#))
      #expect(try shop.done("explain", "R777").hasPrefix("till/R777  sale"))
      let both = try shop.patron("explain", "R012")
      #expect(both.stdout.hasPrefix("till/R012  sale"), "\(both)")
      #expect(both.stderr.contains("`patron explain R012 --code`"), "\(both)")
      #expect(try shop.done("explain", "R012", "--code").hasPrefix("R012  "))
      #expect(try shop.done("explain", "Y005", "--json").hasPrefix(#"{"code":"Y005","title":"#))
    }
  }

  @Test func `after a merge the history tells the balance of the account that is asked for`() throws
  {
    try withShop { shop in
      _ = try shop.post(
        ("T", "sale", "01", #""card":"C2","lines":[{"sku":"A","total":"7.00"}]"#))
      _ = try shop.done("member", "merge", "M2", "--into", "M1", "--reason", "one person")
      let history = try shop.done("history", "M1")
      #expect(history.contains(/\+500 points +=.* 500 +earned: base +till\/S1/), "\(history)")
      #expect(history.contains(/\+30 points +=.* 530 +earned: base +till\/S2/), "\(history)")
      #expect(
        history.contains(/\+70 points +earned: base, in an account that was merged into this one/),
        "\(history)")
      #expect(history.contains(/\+70 points +=.* 600 +came with another account/), "\(history)")
    }
  }

  @Test func `days of a member that cannot be are refused`() throws {
    try withShop { shop in
      for (option, day, reason) in [
        ("--joined", "2999-01-01", "lies in the future"),
        ("--birthday", "2999-01-01", "lies in the future"),
        ("--birthday", "1899-12-31", "lies before 1900"),
        ("--joined", "0001-01-01", "0001-01-01 lies before 1900; write the first day"),
        ("--joined", "1899-12-31", "lies before 1900"),
      ] {
        let result = try shop.patron("member", "update", "M1", option, day)
        #expect(result.status == 1 && result.stderr.contains(reason), "\(result.stderr)")
        let enrolled = try shop.patron("member", "enrol", "M9", option, day)
        #expect(enrolled.status == 1 && enrolled.stderr.contains(reason))
        let row = #"{"member": "M9", "\#(option.dropFirst(2))": "\#(day)"}"#
        let loaded = try shop.patron("load", "members", try shop.file("late.ndjson", row))
        #expect((loaded.stdout + loaded.stderr).contains(reason), "\(loaded)")
      }
      let tomorrow = Date.now.addingTimeInterval(86_400).ISO8601Format().prefix(10)
      _ = try shop.done("member", "update", "M1", "--joined", String(tomorrow))
      let everybody = try shop.patron("member", "find", " ")
      #expect(everybody.status == 64 && everybody.stderr.contains("say whom to find"))
    }
  }
}

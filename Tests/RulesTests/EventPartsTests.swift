import Foundation
import Loyalty
import Rules
import Testing
import YAML

/// Who rates leaves out of a sale what no program asks for. What is asked for is found by the
/// compiled program; that nothing else matters is tried here.
@Suite struct EventPartsTests {
  @Test(arguments: ExampleTests.programs)
  func `what a program does not ask for makes no difference`(_ name: String) throws {
    let (program, registry) = try Self.program(
      SourceFile(
        name: name, bytes: try Data(contentsOf: ExampleTests.folder.appending(path: name))))
    let seed = UInt64.random(in: 1..<1_000_000)
    var random = Numbers(state: seed)
    let words = registry.symbols.values.sorted { $0.id < $1.id }
    var (whole, less) = (Rater(program), Rater(program))
    var accounts = (0..<8).map { Account(shard: 0, id: $0) }
    var others = accounts
    for number in 0..<400 {
      let place = random.below(accounts.count)
      let sale = Self.sale(number, words, &random)
      var (outcome, other) = (Outcome(), Outcome())
      whole.rate(sale, &accounts[place], &outcome)
      less.rate(Self.leavingOut(program.eventParts, sale), &others[place], &other)
      #expect(Self.text(outcome) == Self.text(other), "seed \(seed), sale \(number)")
      accounts[place].position += 1
      others[place].position += 1
    }
    #expect("\(accounts)" == "\(others)", "seed \(seed)")
  }

  private static let asked: [(rule: String, parts: EventParts)] = [
    ("items: {category: milk}, earn: {points: 1 per 1.00}", []),
    ("items: {sku: M1}, earn: {points: 1 per 1.00}", .products),
    ("earn: {points: 1 per unit}", .quantities),
    ("off: 5%", .quantities),
    ("when: {basket: {quantity: at least 3}}, earn: {points: 5}", .quantities),
    ("when: {basket: {variety: at least 3}}, earn: {points: 5}", .products),
    ("when: {region: north}, earn: {points: 5}", .regions),
    ("tender: card, earn: {points: 1 per 1.00}", .tenders),
    ("items: {favourite: sku}, earn: {points: 1 per 1.00}", [.products, .quantities]),
  ]

  @Test(arguments: asked)
  func `a program asks for what its rules name`(_ rule: String, _ parts: EventParts) throws {
    let text = """
      program: small
      timezone: UTC
      money: USD
      currencies:
        points: {expires: never}
      rules:
        only: {\(rule)}
      """
    #expect(try Self.program(SourceFile(name: "small.yaml", text: text)).0.eventParts == parts)
  }

  private static func program(_ file: SourceFile) throws -> (Program, Registry) {
    let result = ProgramReader.read([file])
    #expect(DiagnosticReport(result.diagnostics, sources: [file]).text == "")
    let syntax = try #require(result.program)
    var registry = Registry()
    let program = Compiler.compile(
      syntax, zone: try ExampleTests.zone(syntax.timezone.value), registry: &registry)
    return (program, registry)
  }

  /// Of things whose names are all the words of the program, whatever they mean there.
  private static func sale(
    _ number: Int, _ words: [Symbol], _ random: inout Numbers
  ) -> Event {
    let at = Instant(seconds: 1_767_600_000 + Int64(number) * 40_000)
    var sale = Event(seq: Int64(number) + 1, kind: .sale, at: at, offset: 0)
    guard !words.isEmpty else { return sale }
    sale.store = random.pick(words)
    sale.region = random.pick(words)
    sale.channel = random.pick(words)
    for place in 0...random.below(6) {
      var line = Line(
        product: random.pick(words), category: random.pick(words),
        quantity: Quantity(millionths: Int64(1 + random.below(6)) * 500_000),
        total: Money(minor: Int64(50 + random.below(9_000))))
      line.number = Int32(place + 1)
      sale.lines.append(line)
    }
    let due = sale.lines.reduce(Money.zero) { $0 + $1.total }
    sale.tenders = [EventTender(kind: random.pick(words), amount: due)]
    return sale
  }

  private static func leavingOut(_ asked: EventParts, _ sale: Event) -> Event {
    var sale = sale
    for place in sale.lines.indices {
      if !asked.contains(.products) { sale.lines[place].product = .none }
      if !asked.contains(.quantities) { sale.lines[place].quantity = Quantity(1) }
      if !asked.contains(.numbers) { sale.lines[place].number = 0 }
    }
    if !asked.contains(.tenders) { sale.tenders = [] }
    if !asked.contains(.regions) { sale.region = .none }
    return sale
  }

  private static func text(_ outcome: Outcome) -> String {
    var text = "\(outcome.parts.map { $0 }) \(outcome.postings.map { $0 })"
    text += " \(outcome.facts.map { $0 }) \(outcome.benefits.map { $0 })"
    text += " \(outcome.tierChanges.map { $0 }) \(outcome.coupons.map { $0 })"
    return text + " \(outcome.segmentChanges.map { $0 }) \(outcome.lineOffs.map { $0 })"
  }
}

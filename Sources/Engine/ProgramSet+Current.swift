import Ledger
import Loyalty
import Rules
import YAML

/// One version alone, for those who only ask.
extension ProgramSet {
  /// The version in force at an instant, or else the first that will be: enough for questions about
  /// accounts (tiers,
  /// lots, names). Texts have no numbers of the store here, so it must not rate. Nil where nothing
  /// is published.
  public static func current(
    _ store: borrowing Store, at instant: Instant
  ) throws -> (version: Version, rater: Rater)? {
    guard let version = try store.version(inForceAt: instant) else { return nil }
    let names = try store.names()
    var registry = Registry()
    registry.take(names)
    var program = try compile(version, &registry)
    if !program.perks.isEmpty {
      // A perk goes by the number of its text.
      registry = Registry(symbols: try store.knownSymbols(program.perks.map(\.key)))
      registry.take(names)
      program = try compile(version, &registry)
    }
    var rater = Rater(program)
    rater.begins = try store.versions(withFiles: false).first?.begins ?? version.begins
    return (version, rater)
  }

  /// A version by its number, ready to rate again what it has rated. Gives no numbers to anything;
  /// nil where it is not there.
  public static func version(
    _ id: Int32, _ store: borrowing Store
  ) throws -> (version: Version, rater: Rater)? {
    guard let version = try store.version(id) else { return nil }
    var draft = Registry()
    _ = try compile(version, &draft)
    var registry = Registry(symbols: try store.knownSymbols(Array(draft.symbols.keys)))
    registry.take(try store.names())
    return (version, Rater(try compile(version, &registry)))
  }

  private static func compile(_ version: Version, _ registry: inout Registry) throws -> Program {
    let files = version.files.map { SourceFile(name: $0.path, text: $0.body) }
    guard let syntax = ProgramReader.read(files).program else {
      throw ProgramFailure(
        message: "version \(version.id) was published by a Patron that reads more than this one")
    }
    guard let zone = ZoneTable.zone(syntax.timezone.value) else {
      throw ProgramFailure(message: "no time zone is called \(syntax.timezone.value)")
    }
    return Compiler.compile(syntax, zone: zone, registry: &registry)
  }
}

extension Registry {
  mutating func take(_ names: Names) {
    currencies = names.currencies
    tiers = names.tiers
    rules = names.rules
    coupons = names.coupons
    segments = names.segments
    counters = names.counters
    budgets = names.budgets
    rewards = names.rewards
  }
}

import Ledger
import Loyalty
import Rules

/// A program that is not published, beside those that are.
extension ProgramSet {
  /// The published versions as they hold before `from`, and a draft that holds from then on.
  /// Nothing is stored: what is new in the draft gets numbers that are nobody else's.
  public func trying(
    _ syntax: ProgramSyntax, from: Instant, _ store: borrowing Store
  ) throws -> ProgramSet {
    guard let zone = ZoneTable.zone(syntax.timezone.value) else {
      throw ProgramFailure(message: "no time zone is called \(syntax.timezone.value)")
    }
    var texts = Registry()
    _ = Compiler.compile(syntax, zone: zone, registry: &texts)
    var registry = Registry(
      symbols: try store.knownSymbols(Array(texts.symbols.keys)), taken: try store.lastSymbol())
    registry.take(try store.names())
    let program = Compiler.compile(syntax, zone: zone, registry: &registry)
    let version = Version(
      id: 0, program: syntax.key.value, digest: "", begins: from, publishedAt: from,
      publishedBy: "", isFilled: true)
    return ProgramSet(
      entries.filter { $0.version.begins < from } + [Entry(version: version, rater: Rater(program))]
    )
  }
}

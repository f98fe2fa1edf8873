import YAML

/// Names that only the feed and the tables of products and stores know: whoever has a database can
/// ask whether anything has them.
public struct FeedName: Sendable {
  public enum Kind: String, Sendable, CaseIterable { case category, sku, store, region }
  public var kind: Kind
  public var name: Written<String>

  /// All that a program's rules name, each place once; examples are made up.
  public static func all(of program: ProgramSyntax) -> [FeedName] {
    var found: [FeedName] = []
    func add(_ kind: Kind, _ names: [Written<String>]) {
      found += names.map { FeedName(kind: kind, name: $0) }
    }
    program.forEachItems { items in
      switch items {
      case .categories(let names): add(.category, names)
      case .skus(let names): add(.sku, names)
      default: break
      }
    }
    program.forEachCondition { condition, _ in
      switch condition {
      case .stores(let names): add(.store, names)
      case .regions(let names): add(.region, names)
      default: break
      }
    }
    var seen: Set<Place> = []
    return found.filter { seen.insert($0.name.place).inserted }
  }

  /// The warning for a name that nothing has.
  public func diagnostic(among known: [String]) -> Diagnostic {
    let thing = kind == .category || kind == .sku ? "product" : "store"
    let what = kind == .sku ? "the SKU" : "the \(kind.rawValue)"
    let near = NearName.of(name.value, among: known)
    return Diagnostic(
      "R095", .warning, at: name.place, "no \(thing) has \(what) `\(name.value)`",
      help: near.map { "did you mean `\($0)`?" }
        ?? "correct it, or load the \(thing)s again (`patron load \(thing)s FILE`)")
  }
}

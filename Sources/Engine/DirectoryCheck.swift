import Ledger
import Rules
import YAML

/// Names of a program that no product and no store of the database has.
public enum DirectoryCheck {
  /// Warnings; of a table that is empty nothing is said.
  public static func check(_ program: ProgramSyntax, _ store: borrowing Store) throws
    -> [Diagnostic]
  {
    let names = FeedName.all(of: program)
    let skus = names.filter { $0.kind == .sku }.map(\.name.value)
    let known = try store.knownNames(skus: skus)
    var found: [Diagnostic] = []
    for name in names {
      switch name.kind {
      case .category: add(name, known.categories, to: &found)
      case .store: add(name, known.stores, to: &found)
      case .region: add(name, known.regions, to: &found)
      case .sku:
        guard known.hasProducts, !known.skus.contains(name.name.value) else { continue }
        found.append(name.diagnostic(among: try store.skusLike(name.name.value)))
      }
    }
    return found
  }

  private static func add(_ name: FeedName, _ known: [String], to found: inout [Diagnostic]) {
    if !known.isEmpty, !known.contains(name.name.value) {
      found.append(name.diagnostic(among: known))
    }
  }
}

import Loyalty
import Postgres

/// What the tables of products and stores know, for whoever checks the names in a program.
public struct KnownNames: Sendable {
  public var categories: [String] = []
  public var stores: [String] = []
  public var regions: [String] = []
  /// Those of the SKUs asked for that a product has.
  public var skus: Set<String> = []
  public var hasProducts = false
}

extension Store {
  /// Categories, stores and regions, and which of `skus` are there.
  public func knownNames(skus: [String]) throws -> KnownNames {
    var known = KnownNames()
    known.categories = try texts(
      "SELECT DISTINCT s.text FROM patron.products p JOIN patron.symbols s ON s.symbol = p.category"
    )
    known.stores = try texts(
      "SELECT s.text FROM patron.stores p JOIN patron.symbols s ON s.symbol = p.store")
    known.regions = try texts(
      "SELECT DISTINCT s.text FROM patron.stores p JOIN patron.symbols s ON s.symbol = p.region")
    known.skus = Set(
      try texts(
        """
        SELECT s.text FROM patron.symbols s JOIN patron.products p ON p.sku = s.symbol
        WHERE s.text = ANY($1)
        """, [.textArray(skus)]))
    known.hasProducts = try db.query("SELECT FROM patron.products LIMIT 1").count > 0
    return known
  }

  /// SKUs that begin or end like this one: among them is what was probably meant.
  public func skusLike(_ sku: String) throws -> [String] {
    try texts(
      """
      SELECT s.text FROM patron.symbols s JOIN patron.products p ON p.sku = s.symbol
      WHERE abs(length(s.text) - length($1)) <= 3
        AND (left(s.text, 2) = left($1, 2) OR right(s.text, 2) = right($1, 2)) LIMIT 1000
      """, [.text(sku)])
  }

  private func texts(_ sql: String, _ parameters: [Cell] = []) throws -> [String] {
    let rows = try db.query(Statement("known names", sql), parameters)
    return (0..<rows.count).map { rows.text($0, 0) }
  }
}

/// What a text may be at most. A file that is larger is no rule file but a mistake, or an attack.
public enum Limits {
  /// In bytes. Ten thousand rules fit.
  public static let textBytes = 4 * 1024 * 1024
  /// Nesting of mappings and sequences.
  public static let depth = 32
  /// Scalars, mappings and sequences in one text.
  public static let nodes = 500_000
}

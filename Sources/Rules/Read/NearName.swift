/// Finds the name that was probably meant.
public enum NearName {
  /// The nearest of `candidates` within a third of the name's length, at most 3 slips; the first
  /// of equals.
  public static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    var limit = wanted.count < 3 ? 1 : min(3, max(1, (wanted.count + 1) / 3))
    var best: String?
    for candidate in candidates where candidate != name {
      let other = Array(candidate.lowercased().unicodeScalars)
      guard abs(other.count - wanted.count) <= limit,
        let found = distance(wanted, other, limit: limit)
      else { continue }
      // A short name with every letter changed is another name.
      guard found < max(wanted.count, other.count) else { continue }
      if best == nil || found < limit { best = candidate }
      limit = min(limit, found)
      if found == 0 { break }
    }
    return best
  }

  /// Damerau-Levenshtein distance (optimal string alignment): slips, gaps, extra letters,
  /// neighbours swapped.
  static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], limit: Int) -> Int? {
    var before = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in 0..<b.count {
        var value = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          value = min(value, before[j - 1] + 1)
        }
        row.append(value)
      }
      guard row.contains(where: { $0 <= limit }) else { return nil }
      (before, last) = (last, row)
    }
    return last[b.count] <= limit ? last[b.count] : nil
  }
}

import JSON

/// Finds a field by its name's bytes. Feeds name their fields in the same order row after row, so
/// the field after
/// the last one found is tried first.
struct KeyTable<Key: CaseIterable & RawRepresentable & Sendable>: Sendable
where Key.RawValue == Int {
  let names: [String]
  /// The names' bytes packed into two words: they have at most 16.
  private let words: [Words]
  private let keys: [Key]
  private var expected = 0

  struct Words: Sendable, Equatable {
    var first: UInt64 = 0
    var second: UInt64 = 0
  }

  /// The cases' own names are the fields' names.
  init(_ type: Key.Type = Key.self) {
    keys = Array(Key.allCases)
    names = keys.map { String(describing: $0) }
    words = names.map { name in
      let bytes = Array(name.utf8)
      return KeyTable.pack(bytes, 0..<bytes.count)
    }
  }

  mutating func find(_ text: JSONText, in json: JSONReader) -> Key? {
    guard !text.isEscaped else {
      return names.firstIndex(of: json.string(text)).map { keys[$0] }
    }
    guard text.range.count <= 16 else { return nil }
    let name = KeyTable.pack(json.bytes, text.range)
    if expected < words.count, words[expected] == name {
      expected += 1
      return keys[expected - 1]
    }
    guard let index = words.firstIndex(of: name) else { return nil }
    expected = index + 1
    return keys[index]
  }

  private static func pack(_ bytes: [UInt8], _ range: Range<Int>) -> Words {
    var words = Words()
    for index in range {
      words.first = words.first << 8 | words.second >> 56
      words.second = words.second << 8 | UInt64(bytes[index])
    }
    return words
  }
}

enum NearName {
  /// The one of `names` that was surely meant: at most two letters away, and less than half of it.
  static func of(_ word: String, in names: [String]) -> String? {
    let nearest = names.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
    guard let (name, distance) = nearest, distance <= 2, distance * 2 < max(name.count, 2) else {
      return nil
    }
    return name
  }

  /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
  static func distance(_ first: String, _ second: String) -> Int {
    let a = Array(first.lowercased())
    let b = Array(second.lowercased())
    var rows = [Array(0...b.count)]
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var cost = min(row[j], rows[i][j + 1]) + 1
        cost = min(cost, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, rows[i - 1][j - 1] + 1)
        }
        row.append(cost)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

import Loyalty

/// Numbers by symbol, without hashing strings or making objects: open addressing in two flat
/// arrays.
struct SymbolTable: Sendable {
  private var keys: [Int32] = [0, 0]
  private var values: [Int32] = [-1, -1]
  private var mask = 1
  private(set) var count = 0
  var allKeys: [Int32] { keys }

  /// The value of a symbol, −1 where it has none.
  @inline(__always)
  subscript(symbol: Symbol) -> Int32 {
    var slot = SymbolTable.hash(symbol.id) & mask
    while true {
      let key = keys[slot]
      if key == symbol.id { return values[slot] }
      if key == 0 { return -1 }
      slot = (slot + 1) & mask
    }
  }

  @inline(__always)
  func contains(_ symbol: Symbol) -> Bool { self[symbol] >= 0 }

  mutating func set(_ symbol: Symbol, _ value: Int32) {
    precondition(symbol != .none)
    if (count + 1) * 2 > keys.count { grow() }
    var slot = SymbolTable.hash(symbol.id) & mask
    while keys[slot] != 0, keys[slot] != symbol.id { slot = (slot + 1) & mask }
    if keys[slot] == 0 { count += 1 }
    keys[slot] = symbol.id
    values[slot] = value
  }

  private mutating func grow() {
    let (oldKeys, oldValues) = (keys, values)
    keys = Array(repeating: 0, count: oldKeys.count * 2)
    values = Array(repeating: -1, count: oldKeys.count * 2)
    mask = keys.count - 1
    count = 0
    for (key, value) in zip(oldKeys, oldValues) where key != 0 { set(Symbol(id: key), value) }
  }

  /// Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4).
  @inline(__always)
  static func hash(_ key: Int32) -> Int {
    Int(truncatingIfNeeded: (UInt64(UInt32(bitPattern: key)) &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }
}

/// Symbols to the selectors that ask for them, all lists in one flat array; a symbol's place and
/// where its list lies stand together, so that a look at one touches one cache line.
struct SymbolIndex: Sendable {
  struct Entry: Sendable {
    var symbol: Int32 = 0
    var start: Int32 = 0
    var end: Int32 = 0
  }
  struct Item: Sendable {
    let selector: Int32
    /// Nothing is left to ask of a line that is found here.
    let isSure: Bool
  }
  private(set) var entries = [Entry()]
  private(set) var items: [Item] = []

  init(_ lists: [Symbol: [Item]] = [:]) {
    while entries.count < lists.count * 2 { entries += entries }
    for symbol in lists.keys.sorted() {
      var slot = SymbolIndex.slot(symbol.id, entries.count)
      while entries[slot].symbol != 0 { slot = (slot + 1) & (entries.count - 1) }
      let start = Int32(items.count)
      items += lists[symbol] ?? []
      entries[slot] = Entry(symbol: symbol.id, start: start, end: Int32(items.count))
    }
  }

  /// Where the list of a symbol lies; empty where there is none.
  @inline(__always)
  static func range(_ symbol: Symbol, _ entries: borrowing Span<Entry>) -> Range<Int> {
    var slot = slot(symbol.id, entries.count)
    while true {
      let entry = entries[slot]
      if entry.symbol == symbol.id { return Int(entry.start)..<Int(entry.end) }
      if entry.symbol == 0 { return 0..<0 }
      slot = (slot + 1) & (entries.count - 1)
    }
  }

  /// `count` is a power of two.
  @inline(__always)
  private static func slot(_ key: Int32, _ count: Int) -> Int {
    SymbolTable.hash(key) & (count - 1)
  }
}

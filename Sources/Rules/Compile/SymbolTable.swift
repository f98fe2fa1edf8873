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
  private static func hash(_ key: Int32) -> Int {
    Int(truncatingIfNeeded: (UInt64(UInt32(bitPattern: key)) &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }
}

/// Lists by place, all in one flat array.
struct FlatLists<Element: Sendable>: Sendable {
  private(set) var starts: [Int32] = [0]
  private(set) var items: [Element] = []

  init(_ lists: [[Element]] = []) {
    for list in lists {
      items += list
      starts.append(Int32(items.count))
    }
  }

  @inline(__always)
  func range(_ place: Int) -> Range<Int> { Int(starts[place])..<Int(starts[place + 1]) }
}

/// Symbols to the lists of things that select on them, all lists in one flat array.
struct SymbolIndex: Sendable {
  private var table = SymbolTable()
  private var starts: [Int32] = [0]
  private var items: [Int32] = []

  init(_ lists: [Symbol: [Int32]]) {
    for (number, symbol) in lists.keys.sorted().enumerated() {
      table.set(symbol, Int32(number))
      items += lists[symbol] ?? []
      starts.append(Int32(items.count))
    }
  }

  /// Where the list of a symbol lies; empty where there is none.
  @inline(__always)
  func range(_ symbol: Symbol) -> Range<Int> {
    if items.isEmpty { return 0..<0 }
    let number = Int(table[symbol])
    guard number >= 0 else { return 0..<0 }
    return Int(starts[number])..<Int(starts[number + 1])
  }

  @inline(__always)
  func item(_ position: Int) -> Int { Int(items[position]) }
}

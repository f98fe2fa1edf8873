import Loyalty

/// The gates of purchases' rules, list by list, with what closes most of them as masks: up to 64
/// gates of one list are a block, and one bit of each of its words is a gate.
struct GateTable: Sendable {
  let gates: [RuleGate]
  /// By list, its first block; behind the last one's the number of blocks.
  let firstBlocks: [Int32]
  /// By block, its first gate.
  let starts: [Int32]
  /// By block `stride` words: the gates open on each weekday from Monday, those open to every
  /// account, those open to each tier by its bit.
  let masks: [UInt64]
  let stride: Int
  /// The bits of tiers that have a word.
  let tierBits: UInt64

  static let everyTier = 7
  static let firstTier = 8
  private static let blockSize = 64

  /// By the selector without which a list's rules cannot match; behind the last one's, those of
  /// none.
  init(_ lists: [[RuleGate]]) {
    gates = lists.flatMap { $0 }
    let asked = gates.reduce(UInt64(0)) {
      $1.tiers & RuleGate.anyTier == 0 ? $0 | $1.tiers : $0
    }
    let tiers = UInt64.bitWidth - asked.leadingZeroBitCount
    tierBits = tiers == 0 ? 0 : UInt64.max >> UInt64(UInt64.bitWidth - tiers)
    stride = GateTable.firstTier + tiers
    var firstBlocks: [Int32] = [0]
    var starts: [Int32] = []
    var masks: [UInt64] = []
    var place = 0
    for list in lists {
      for first in Swift.stride(from: 0, to: list.count, by: GateTable.blockSize) {
        let block = list[first..<min(first + GateTable.blockSize, list.count)]
        starts.append(Int32(place + first))
        masks += GateTable.words(block, tiers)
      }
      place += list.count
      firstBlocks.append(Int32(starts.count))
    }
    self.firstBlocks = firstBlocks
    self.starts = starts
    self.masks = masks
  }

  private static func words(_ block: ArraySlice<RuleGate>, _ tiers: Int) -> [UInt64] {
    let word = { (isOpen: (RuleGate) -> Bool) in
      block.enumerated().reduce(UInt64(0)) { isOpen($1.element) ? $0 | 1 << UInt64($1.offset) : $0 }
    }
    return (0..<everyTier).map { day in word { $0.weekdays & 1 << UInt8(day) != 0 } }
      + [word { $0.tiers & RuleGate.anyTier != 0 }]
      + (0..<tiers).map { tier in word { $0.tiers & 1 << UInt64(tier) != 0 } }
  }
}

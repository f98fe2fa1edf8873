/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA
/// 2014): the same seed
/// gives the same numbers on every machine, for ever.
struct SplitMix64: Sendable {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  /// A generator of its own for one purpose, so that a change in one place moves nothing elsewhere.
  init(_ seed: UInt64, _ purpose: UInt64) {
    var mixer = SplitMix64(seed ^ (purpose &* 0xD1B5_4A32_D192_ED03))
    state = mixer.next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0 ..< bound, by multiplication (Lemire); its bias is far below what a sample could show.
  mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  /// True `count` times in `of`.
  mutating func chance(_ count: Int, in of: Int) -> Bool { below(of) < count }

  mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }
}

/// Draws places by their weights.
struct WeightedChoice: Sendable {
  private var sums: [Int] = []

  init(_ weights: [Int]) {
    var sum = 0
    for weight in weights {
      sum += weight
      sums.append(sum)
    }
  }

  func pick(_ random: inout SplitMix64) -> Int {
    let wanted = random.below(sums[sums.count - 1])
    var low = 0
    var high = sums.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > wanted { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

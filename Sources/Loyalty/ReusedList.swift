/// A list that is filled and emptied for event after event: emptying it costs nothing and keeps
/// its memory. For plain values: what an element refers to lives until its place is used again.
@frozen
public struct ReusedList<Element: Sendable>: Sendable {
  /// True up to `filled`.
  @usableFromInline var items: [Element] = []
  @usableFromInline var filled = 0

  @inlinable
  public init() {}

  @inlinable
  public mutating func append(_ element: Element) {
    if filled < items.count { items[filled] = element } else { items.append(element) }
    filled += 1
  }

  /// Appends those elements of a list that stand at `places`.
  @inlinable
  public mutating func append(
    _ places: borrowing Span<Int32>, of source: borrowing Span<Element>
  ) {
    guard !places.isEmpty else { return }
    let first = filled
    lengthen(by: places.count, source[Int(places[0])])
    var list = items.mutableSpan
    for index in places.indices { list[first + index] = source[Int(places[index])] }
  }

  /// Appends what `body` writes, at most `most` elements: it writes from the place that it is given
  /// on, and gives the one behind its last. Of nil nothing is appended, and false comes back.
  @inlinable
  public mutating func append(
    atMost most: Int, _ filler: Element, _ body: (inout MutableSpan<Element>, Int) -> Int?
  ) -> Bool {
    let first = filled
    lengthen(by: most, filler)
    var list = items.mutableSpan
    let end = body(&list, first)
    filled = end ?? first
    return end != nil
  }

  /// Makes the list longer by places that are to be written over, whatever is there now.
  @inlinable
  mutating func lengthen(by count: Int, _ filler: Element) {
    filled += count
    while items.count < filled { items.append(filler) }
  }

  @inlinable
  public mutating func removeAll() { filled = 0 }

  @inlinable
  public mutating func removeLast(_ some: Int) {
    precondition(some <= filled)
    filled -= some
  }

  @inlinable
  public mutating func removeAll(where isGone: (Element) -> Bool) {
    var kept = 0
    for place in 0..<filled where !isGone(items[place]) {
      if kept != place { items[kept] = items[place] }
      kept += 1
    }
    filled = kept
  }

  /// Sorts by insertion: for a few elements, nearly in order.
  @inlinable
  public mutating func sortFew(by key: (Element) -> Int32) {
    let count = filled
    guard count > 1 else { return }
    var list = items.mutableSpan
    for end in 1..<count where key(list[end - 1]) > key(list[end]) {
      let element = list[end]
      var place = end
      while place > 0, key(list[place - 1]) > key(element) {
        list[place] = list[place - 1]
        place -= 1
      }
      list[place] = element
    }
  }

  @inlinable
  public mutating func remove(at place: Int) {
    precondition(place < filled)
    for next in place + 1..<filled { items[next - 1] = items[next] }
    filled -= 1
  }
}

extension ReusedList: RandomAccessCollection, MutableCollection {
  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { filled }
  @inlinable public var count: Int { filled }
  @inlinable public var isEmpty: Bool { filled == 0 }
  @inlinable public var indices: Range<Int> { 0..<filled }

  @inlinable
  public subscript(place: Int) -> Element {
    get {
      precondition(place < filled)
      return items[place]
    }
    _modify {
      precondition(place < filled)
      yield &items[place]
    }
  }
}

/// How much of an original came back, and what is left of it.
extension Original {
  /// By line, what came back so far and did not go again.
  public var back: [LineBack] {
    var back = event.lines.indices.map { LineBack(line: Int32($0), quantity: 0) }
    for record in returns { Original.add(record.lines, to: &back) }
    return back
  }

  /// The returns that stand: not those that were voided, nor the voids.
  public var standingReturns: [ReturnRecord] {
    let undone = Set(returns.lazy.filter(\.isGone).compactMap(\.undoes))
    return returns.filter { !$0.isGone && !undone.contains($0.n) }
  }

  /// What one event brought back of it.
  public func record(by key: OriginalKey) -> ReturnRecord? {
    returns.last { $0.by == key }
  }

  /// As it stood before an event brought something back of it, or undid that.
  public func before(_ key: OriginalKey) -> Original {
    guard let own = record(by: key) else { return self }
    var before = self
    before.returns.removeAll { $0.n >= own.n }
    return before
  }

  /// Whether a coupon that was used for it came back and was not used for it again.
  public func isGivenBack(_ coupon: CouponKey) -> Bool {
    returns.reduce(0) { sum, record in
      record.coupons.contains(coupon) ? sum + (record.isGone ? -1 : 1) : sum
    } > 0
  }

  static func add(_ lines: [LineBack], to back: inout [LineBack]) {
    for line in lines where back.indices.contains(Int(line.line)) {
      back[Int(line.line)].quantity += line.quantity
      back[Int(line.line)].amount += line.amount
    }
  }

  /// Whether nothing is left: of an event without goods, whether anything was said to come back.
  public func isAllBack(_ back: [LineBack], _ returns: Int) -> Bool {
    let goods = event.lines.indices.filter { isGoods(event.lines[$0]) }
    if goods.isEmpty { return returns > 0 }
    return goods.allSatisfy { quantityLeft($0, back) == 0 }
  }

  /// What can be carried back; a discount on a line of its own cannot.
  private func isGoods(_ line: Line) -> Bool {
    line.quantity.millionths > 0 && line.total.minor >= 0
  }

  private func quantityLeft(_ line: Int, _ back: [LineBack]) -> Int64 {
    max(0, event.lines[line].quantity.millionths - back[line].quantity)
  }

  /// What the customer paid for what is left of a line. Pieces that come back carry their share,
  /// cut to the minor unit; the last one carries the rest.
  private func totalLeft(_ line: Int, _ back: [LineBack]) -> Int64 {
    let left = scaled(event.lines[line].total.minor, line, back)
    return left > 0 ? max(0, left - back[line].amount) : min(0, left - back[line].amount)
  }

  private func scaled(_ amount: Int64, _ line: Int, _ back: [LineBack]) -> Int64 {
    let quantity = event.lines[line].quantity.millionths
    guard quantity > 0, back[line].quantity > 0 else { return amount }
    return amount - Int64(Int128(amount) * Int128(back[line].quantity) / Int128(quantity))
  }

  /// What was paid for it, and what of that came back, in minor units.
  func value(_ back: [LineBack]) -> (whole: Int64, back: Int64) {
    var (whole, left): (Int64, Int64) = (0, 0)
    for line in event.lines.indices where isGoods(event.lines[line]) {
      whole += event.lines[line].total.minor
      left += totalLeft(line, back)
    }
    return (whole, whole - left)
  }

  /// What was paid for what one event brought back, or undid.
  public func money(of record: ReturnRecord) -> Money {
    let before = self.before(record.by)
    var back = before.back
    let already = before.value(back).back
    Original.add(record.lines, to: &back)
    return Money(minor: abs(before.value(back).back - already))
  }

  /// What lines were worth before anything was taken off for members, and what of it came back; of
  /// none, all lines.
  func value(of lines: [Int32], _ back: [LineBack]) -> (whole: Int64, back: Int64) {
    var (whole, left): (Int64, Int64) = (0, 0)
    for line in event.lines.indices
    where isGoods(event.lines[line]) && (lines.isEmpty || lines.contains(Int32(line))) {
      let worth = event.lines[line].total.minor + event.lines[line].loyaltyDiscount.minor
      whole += worth
      left += scaled(worth, line, back)
    }
    return (whole, whole - left)
  }

  /// Whether these lines came back whole; of none, whether all did.
  public func isBack(_ lines: [Int32], _ back: [LineBack], _ returns: Int) -> Bool {
    if lines.isEmpty || isAllBack(back, returns) { return isAllBack(back, returns) }
    return lines.allSatisfy { quantityLeft(Int($0), back) == 0 }
  }

  /// The event as if what came back had never been bought; nil where nothing is left.
  public func left(_ back: [LineBack], returns: Int) -> Event? {
    guard !isAllBack(back, returns) else { return nil }
    var left = event
    for line in event.lines.indices {
      left.lines[line].quantity = Quantity(
        millionths: event.lines[line].quantity.millionths - back[line].quantity)
      left.lines[line].total = Money(minor: totalLeft(line, back))
      for path in Original.amounts {
        left.lines[line][keyPath: path] = Money(
          minor: scaled(event.lines[line][keyPath: path].minor, line, back))
      }
    }
    left.costs = event.costs.enumerated().map { scaled($1, $0, back) }
    return left.keeping(
      event.lines.indices.filter {
        event.lines[$0].quantity.millionths <= 0 || quantityLeft($0, back) > 0
      })
  }

  private static var amounts: [WritableKeyPath<Line, Money>] {
    [\.tax, \.storeDiscount, \.manufacturerDiscount, \.loyaltyDiscount]
  }

  /// Finds what a return brings back among what is left, line by line: by the line's number, or by
  /// its product. What is more than that is told apart.
  public func record(of event: Event, by key: OriginalKey) -> ReturnRecord {
    var record = ReturnRecord(of: self, by: key)
    var back = self.back
    let lines = event.returnedLines()
    if event.kind == .void || event.kind == .return && lines.isEmpty {
      record.lines = rest(back)
      return record
    }
    for (place, line) in lines {
      var wanted = LineBack(
        line: Int32(place), quantity: line.quantity.millionths,
        amount: line.quantity.millionths == 0 ? line.total.minor : 0)
      for candidate in candidates(line) where wanted.quantity > 0 || wanted.amount > 0 {
        let taken = LineBack(
          line: Int32(candidate), quantity: min(wanted.quantity, quantityLeft(candidate, back)),
          amount: min(wanted.amount, max(0, totalLeft(candidate, back))))
        guard taken.quantity > 0 || taken.amount > 0 else { continue }
        Original.add([taken], to: &back)
        Original.add([taken], toFew: &record.lines)
        wanted.quantity -= taken.quantity
        wanted.amount -= taken.amount
      }
      if wanted.quantity > 0 || wanted.amount > 0 { record.excess.append(wanted) }
    }
    return record
  }

  /// As much of lines as is left to come back.
  public func left(of lines: [LineBack]) -> [LineBack] {
    let back = self.back
    return lines.compactMap { line in
      let place = Int(line.line)
      let piece = LineBack(
        line: line.line, quantity: min(line.quantity, quantityLeft(place, back)),
        amount: min(line.amount, max(0, totalLeft(place, back))))
      return piece.quantity > 0 || piece.amount > 0 ? piece : nil
    }
  }

  private static func add(_ lines: [LineBack], toFew list: inout [LineBack]) {
    for line in lines {
      if let place = list.firstIndex(where: { $0.line == line.line }) {
        list[place].quantity += line.quantity
        list[place].amount += line.amount
      } else {
        list.append(line)
      }
    }
  }

  /// All that is left.
  private func rest(_ back: [LineBack]) -> [LineBack] {
    event.lines.indices.compactMap { line in
      let quantity = quantityLeft(line, back)
      if quantity > 0 { return LineBack(line: Int32(line), quantity: quantity) }
      guard event.lines[line].quantity.millionths <= 0 else { return nil }
      let amount = totalLeft(line, back)
      return amount > 0 ? LineBack(line: Int32(line), quantity: 0, amount: amount) : nil
    }
  }

  /// The lines that a returned line may mean: the one of its number, or else all of its product,
  /// those at the same price first.
  private func candidates(_ line: Line) -> [Int] {
    if line.number > 0 {
      let isNumbered = event.lines.contains { $0.number > 0 }
      let place =
        isNumbered
        ? event.lines.firstIndex { $0.number == line.number } : Int(line.number) - 1
      if let place, event.lines.indices.contains(place),
        line.product == .none || line.product == event.lines[place].product
      {
        return [place]
      }
    }
    guard line.product != .none else { return [] }
    let all = event.lines.indices.filter { event.lines[$0].product == line.product }
    let atPrice = all.filter {
      Int128(event.lines[$0].total.minor) * Int128(line.quantity.millionths)
        == Int128(line.total.minor) * Int128(event.lines[$0].quantity.millionths)
    }
    return atPrice + all.filter { !atPrice.contains($0) }
  }

  /// By rule and currency, what stands after what was taken back before.
  public var standing: [Award] {
    var standing = awards
    for change in returns.flatMap(\.awards) {
      if let place = standing.firstIndex(where: {
        $0.rule == change.rule && $0.currency == change.currency
      }) {
        standing[place].amount += change.amount
      } else if let first = standing.first(where: { $0.currency == change.currency }) {
        var award = first
        award.rule = change.rule
        award.amount = change.amount
        standing.append(award)
      }
    }
    return standing
  }
}

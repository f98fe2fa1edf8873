import JSON
import Loyalty

/// Movements as they lie in the attributes of their events. Instants are microseconds since 1970
/// UTC, amounts the smallest units of currencies by their numbers.
public enum MovementJSON {
  public static func text(
    _ movement: Movement, note: [(name: String, value: String)] = []
  ) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("movement", movement.what.rawValue)
      for (name, value) in note { json.member(name, value) }
      if movement.account != 0 { json.member("account", movement.account) }
      rows("lots", movement.lots, &json) {
        [Int64($0.currency), $0.amount, $0.due.microseconds, $0.expires.microseconds]
      }
      rows("amounts", movement.amounts, &json) { [Int64($0.currency), $0.amount] }
      rows("counters", movement.counters, &json) {
        [Int64($0.counter), Int64($0.bucket.day), $0.amount]
      }
      rows("standings", movement.standings, &json) {
        [Int64($0.tier), $0.since.microseconds, $0.until.microseconds]
      }
      rows("grounds", movement.grounds, &json) {
        [
          Int64($0.tier), Int64($0.kind.rawValue), $0.account, $0.seq, Int64($0.parent),
          Int64($0.day.day), $0.since.microseconds, $0.until.microseconds, $0.isBack ? 1 : 0,
        ]
      }
      rows("segments", movement.segments, &json) { [Int64($0)] }
    }
    return json.text
  }

  private static func rows<T>(
    _ name: String, _ list: [T], _ json: inout JSONWriter, _ row: (T) -> [Int64]
  ) {
    guard !list.isEmpty else { return }
    json.memberArray(name) { json in
      for element in list { json.array { json in for value in row(element) { json.value(value) } } }
    }
  }

  /// Nil where it is none.
  static func movement(_ text: String) -> Movement? {
    guard let json = try? JSONValue(Array(text.utf8)), case .text(let word)? = json["movement"],
      let what = Movement.What(rawValue: word)
    else { return nil }
    var account: Int64 = 0
    if case .number(let digits)? = json["account"] { account = Int64(digits) ?? 0 }
    return Movement(
      what, account: account,
      lots: rows(json["lots"], 4).map {
        Movement.Lot(
          currency: CurrencyID($0[0]), amount: $0[1], due: Instant(microseconds: $0[2]),
          expires: Instant(microseconds: $0[3]))
      },
      amounts: rows(json["amounts"], 2).map {
        Movement.Amount(currency: CurrencyID($0[0]), amount: $0[1])
      },
      counters: rows(json["counters"], 3).map {
        Movement.Count(
          counter: CounterID($0[0]), bucket: CivilDate(day: Int32($0[1])), amount: $0[2])
      },
      standings: rows(json["standings"], 3).map {
        Standing(
          tier: TierID($0[0]), since: Instant(microseconds: $0[1]),
          until: Instant(microseconds: $0[2]))
      },
      grounds: rows(json["grounds"], 9).compactMap { ground($0) },
      segments: rows(json["segments"], 1).map { SegmentID($0[0]) })
  }

  private static func ground(_ row: [Int64]) -> TierGround? {
    guard let kind = TierGround.Kind(rawValue: Int16(truncatingIfNeeded: row[1])) else {
      return nil
    }
    var ground = TierGround(
      TierID(row[0]), kind, day: CivilDate(day: Int32(row[5])),
      since: Instant(microseconds: row[6]), until: Instant(microseconds: row[7]))
    (ground.account, ground.seq, ground.parent) = (row[2], row[3], TierID(row[4]))
    ground.isBack = row[8] != 0
    return ground
  }

  /// Rows of so many numbers; others are left out.
  private static func rows(_ value: JSONValue?, _ count: Int) -> [[Int64]] {
    guard case .array(let list)? = value else { return [] }
    return list.compactMap { element in
      guard case .array(let cells) = element else { return nil }
      let numbers = cells.compactMap { cell -> Int64? in
        guard case .number(let digits) = cell else { return nil }
        return Int64(digits)
      }
      return numbers.count == count ? numbers : nil
    }
  }
}

import Loyalty
import Postgres

/// Why accounts keep their tiers: written where a tier is reached, renewed or left behind, read
/// where something comes back.
extension Store {
  static let loadTierGrounds = loading(
    "tier_grounds",
    """
    t.tier, t.kind, t.cause_account, t.cause_seq, t.parent, t.day, t.since, t.until, t.back, t.seq,
      t.n
    """,
    order: "ORDER BY key.n, t.seq, t.n")

  static func readTierGrounds(_ rows: Rows, _ chosen: [Int], _ accounts: inout [Account]) {
    for row in 0..<rows.count {
      var ground = TierGround(
        rows.int2(row, 1), TierGround.Kind(rawValue: rows.int2(row, 2)) ?? .given,
        day: CivilDate(day: rows.date(row, 6)), since: Instant(microseconds: rows.instant(row, 7)),
        until: Instant(microseconds: rows.instant(row, 8)))
      ground.account = rows.int8(row, 3)
      ground.seq = rows.int8(row, 4)
      ground.parent = rows.int2(row, 5)
      ground.isBack = rows.bool(row, 9)
      ground.booked = rows.int8(row, 10)
      ground.n = rows.int2(row, 11)
      accounts[chosen[rows.int(row, 0) - 1]].grounds.append(ground)
    }
  }

  func writeTierGrounds(_ booking: Booking) throws {
    if !booking.tierGrounds.isEmpty { try copyTierGrounds(booking) }
    guard !booking.groundMarks.isEmpty else { return }
    // Several returns of one batch may have marked the same one: the last word counts.
    var last: [MarkedGround: Int] = [:]
    for (place, mark) in booking.groundMarks.enumerated() {
      let ground = MarkedGround(
        account: mark.owner.account, booked: mark.mark.booked, n: mark.mark.n)
      last[ground] = place
    }
    let marks = last.values.sorted().map { booking.groundMarks[$0] }
    try db.query(
      """
      UPDATE patron.tier_grounds t SET back = m.back
      FROM unnest($1::int2[], $2::int8[], $3::int8[], $4::int2[], $5::bool[])
        AS m (shard, account_id, seq, n, back)
      WHERE t.shard = m.shard AND t.account_id = m.account_id AND t.seq = m.seq AND t.n = m.n
      """,
      [
        .int2Array(marks.map(\.owner.shard)), .int8Array(marks.map(\.owner.account)),
        .int8Array(marks.map(\.mark.booked)), .int2Array(marks.map(\.mark.n)),
        .boolArray(marks.map(\.mark.isBack)),
      ])
  }

  private func copyTierGrounds(_ booking: Booking) throws {
    try db.copyIn(
      """
      COPY patron.tier_grounds (shard, account_id, seq, n, tier, kind, cause_account, cause_seq,
        parent, day, since, until, back) FROM STDIN (FORMAT binary)
      """
    ) { copy in
      for row in booking.tierGrounds {
        copy.row(fields: 13)
        copy.int2(row.shard)
        copy.int8(row.account)
        copy.int8(row.seq)
        copy.int2(row.n)
        copy.int2(row.ground.tier)
        copy.int2(row.ground.kind.rawValue)
        copy.int8(row.ground.account)
        copy.int8(row.ground.seq)
        copy.int2(row.ground.parent)
        copy.date(row.ground.day.day)
        copy.instant(row.ground.since.microseconds)
        copy.instant(row.ground.until.microseconds)
        copy.bool(row.ground.isBack)
      }
    }
  }
}

private struct MarkedGround: Hashable {
  var account: Int64
  var booked: Int64
  var n: Int16
}

import Foundation
import Loyalty

/// Time zones by the system's own data, read once and turned into tables.
public enum ZoneTable {
  /// Nil where no zone has this name (IANA, as `Europe/London`).
  public static func zone(_ name: String) -> Zone? {
    guard let zone = TimeZone(identifier: name) else { return nil }
    var changes: [Int64] = []
    var date = Date(timeIntervalSince1970: first)
    var offsets = [Int32(zone.secondsFromGMT(for: date))]
    while let next = zone.nextDaylightSavingTimeTransition(after: date),
      next.timeIntervalSince1970 < last, next > date
    {
      changes.append(Int64(next.timeIntervalSince1970))
      offsets.append(Int32(zone.secondsFromGMT(for: next)))
      date = next
    }
    return Zone(name: name, changes: changes, offsets: offsets)
  }

  /// 1970 to 2100: before and after, the nearest offset is taken.
  private static let first: TimeInterval = 0
  private static let last: TimeInterval = 4_102_444_800
}

import Engine
import Foundation
import Loyalty

extension CivilDate {
  /// Today by the machine's clock, in UTC: for warnings about what is past.
  static var today: CivilDate { Instant.now.local(offset: 0).date }
}

extension Instant {
  /// Reads `2026-03-01` (its first moment) or `2026-03-01T06:00`, with or without an offset, in a
  /// program's zone.
  static func read(_ text: String, option: String, zone: Zone) throws -> Instant {
    guard let written = WrittenTime(text) else {
      throw UsageFailure(
        "`--\(option) \(text)` is no date or time; write 2026-03-01 or 2026-03-01T06:00")
    }
    if let offset = written.offset {
      return Zone(name: "", changes: [], offsets: [offset]).instant(of: written.civil)
    }
    return zone.instant(of: written.civil)
  }
}

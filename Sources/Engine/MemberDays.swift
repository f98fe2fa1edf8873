import Ledger
import Loyalty

/// Days of a member that cannot be: they would give a birthday gift to nobody for ever, or a
/// membership that has not begun.
enum MemberDays {
  /// Somebody who was born before is older than any person ever was, and joined nothing.
  private static let firstDay = CivilDate(year: 1900, month: 1, day: 1)!

  static func fault(
    birthday: CivilDate?, joined: CivilDate?, now: Instant = .now
  ) -> (field: String, reason: String)? {
    // Where it is tomorrow already, a day of today is tomorrow's here.
    let last = now.local(offset: 0).date + 1
    if let birthday, birthday < firstDay {
      return ("birthday", "\(birthday) lies before 1900; correct its year, or leave it out")
    }
    if let birthday, birthday > last {
      return ("birthday", "\(birthday) lies in the future; correct its year, or leave it out")
    }
    if let joined, joined < firstDay {
      return (
        "joined",
        "\(joined) lies before 1900; write the first day of membership, or leave it out"
      )
    }
    if let joined, joined > last {
      return (
        "joined",
        "\(joined) lies in the future; write the first day of membership, today at the latest"
      )
    }
    return nil
  }

  static func refuse(birthday: CivilDate?, joined: CivilDate?) throws {
    if let (field, reason) = fault(birthday: birthday, joined: joined) {
      throw EngineError("\(field): \(reason)")
    }
  }
}

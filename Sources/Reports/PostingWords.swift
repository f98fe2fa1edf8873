import Loyalty

/// What was booked, in plain words.
extension StoredPosting {
  /// `rules` are those that gave it.
  public func words(_ rules: [String], _ zone: Zone) -> String {
    let by = rules.isEmpty ? "" : ": " + rules.joined(separator: ", ")
    switch reason {
    case .accrual:
      switch to {
      case .debt: return "earned, paid off what was owed" + by
      case .pending:
        return "earned, pending" + (due.map { " until \(zone.date(of: $0 + (-1)))" } ?? "") + by
      default: return "earned" + by
      }
    case .return where from == .issued:
      let again = "given again, for a return was voided"
      return to == .pending ? again + ", pending" + by : again + paidOff + by
    case .return:
      return "taken back" + (from == .pending ? " from pending" : owed) + by
    case .release: return "no longer pending" + paidOff
    case .expiry where from == .expired: return "good again, redeemed before they expired"
    case .expiry: return "expired" + (from == .pending ? " while pending" : "")
    case .opening: return "opening balance" + paidOff
    case .correction:
      return (to == .issued ? "corrected, taken back" : "corrected, given") + owed + by
    case .conversion where from == .redeemed:
      return "back, for what they had been given up for came back" + paidOff
    case .conversion: return "given up for another currency"
    case .redemption: return "redeemed" + owed
    case .hold: return "held for a redemption"
    case .holdEnded: return "no longer held" + paidOff
    case .givenBack where to == .redeemed:
      return "spent again, for a return was voided" + owed
    case .givenBack: return "given back for what it had paid" + paidOff
    case .adjustment: return (to == .adjusted ? "taken by hand" : "given by hand") + paidOff
    case .transfer:
      return to == .transfer ? "given to another member" : "given by another member" + paidOff
    case .merge:
      return to == .transfer
        ? "went with the account" + owed : "came with another account" + paidOff
    case .closing:
      return (from == .adjusted ? "let go" : "forfeited") + " when the account was closed"
    }
  }

  private var owed: String { from == .debt ? ", owed from now on" : "" }
  private var paidOff: String { to == .debt ? ", paid off what was owed" : "" }
}

extension TierChange.Reason {
  /// A change of tier for this reason, in plain words.
  public func words(from: String?, to: String?, lastDay: CivilDate?) -> String {
    let until = lastDay.map { " until \($0)" } ?? ""
    switch self {
    case .requalified: return "\(to ?? "tier") again\(until)"
    case .ended: return "\(from ?? "tier") ended, \(to ?? "no tier")\(until)"
    case .review: return "\(to ?? "no tier")\(until), by review"
    case .granted: return "\(to ?? "no tier")\(until), granted by a rule"
    case .byHand: return "\(to ?? "no tier")\(until), by hand"
    case .returned:
      return from == to
        ? "\(to ?? "tier")\(until), for a sale came back"
        : "\(from ?? "tier") withdrawn, for the sale that caused it came back; "
          + "\(to ?? "no tier")\(until)"
    case .restored: return "\(to ?? "no tier")\(until) again, for a return was voided"
    case .merged: return "\(to ?? "no tier")\(until), by a merge of accounts"
    case .qualified: return "\(from.map { "\($0) → " } ?? "")\(to ?? "no tier")\(until)"
    }
  }
}

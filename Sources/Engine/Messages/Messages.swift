import JSON
import Ledger
import Loyalty
import Rules

/// What others must hear of, as versioned JSON in the outbox.
enum Messages {
  static func tell(
    _ outcome: Outcome, codes: [String], _ program: Program, _ account: Account, _ event: Event,
    _ booking: inout Booking
  ) {
    for change in outcome.tierChanges {
      booking.tell(.tier, account, seq: event.seq, at: change.at) { writer in
        writer.member("from", program.tierKey(change.from))
        writer.member("to", program.tierKey(change.to))
        writer.member("until", change.until == .distantFuture ? nil : change.until.text(offset: 0))
        writer.member("reason", word(change.reason))
      }
    }
    for change in outcome.segmentChanges {
      booking.tell(.segment, account, seq: event.seq, at: change.at) { writer in
        writer.member("segment", program.segments.first { $0.id == change.segment }?.key)
        writer.member("change", change.isIn ? "entered" : "left")
      }
    }
    tellNotices(outcome, program, account, event, &booking)
    tellCoupons(outcome, codes: codes, program, account, event, &booking)
  }

  static func tellNotices(
    _ outcome: Outcome, _ program: Program, _ account: Account, _ event: Event,
    _ booking: inout Booking
  ) {
    for notice in outcome.notices {
      if let perk = program.perkNotices[notice.text] {
        booking.tell(.perk, account, seq: event.seq, at: notice.at ?? event.at) { writer in
          writer.member("rule", program.ruleKey(notice.rule))
          writer.member("perk", perk)
        }
        continue
      }
      booking.tell(.notice, account, seq: event.seq, at: notice.at ?? event.at) { writer in
        writer.member("rule", program.ruleKey(notice.rule))
        writer.member("tier", program.tierKey(notice.tier))
        writer.memberObject("text") { writer in
          let texts = program.notices[Int(notice.text)].byLanguage
          for (language, text) in texts.sorted(by: { $0.key < $1.key }) {
            writer.member(language.isEmpty ? "text" : language, text)
          }
        }
      }
    }
  }

  /// Why a tier changed, in the words of the messages' form: they stay whatever becomes of the
  /// names in the source.
  private static func word(_ reason: TierChange.Reason) -> String {
    switch reason {
    case .qualified: "qualified"
    case .requalified: "requalified"
    case .ended: "ended"
    case .review: "review"
    case .byHand: "by hand"
    case .granted: "granted"
    case .returned: "returned"
    case .merged: "merged"
    case .restored: "restored"
    }
  }
}

extension Program {
  func ruleKey(_ id: RuleID) -> String? {
    rules.firstIndex { $0.id == id }.map { syntax.rules[$0].key.value }
  }

  public func tierKey(_ id: TierID) -> String? { tiers.first { $0.id == id }?.key }
}

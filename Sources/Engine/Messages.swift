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
      var writer = JSONWriter()
      writer.object { writer in
        head(&writer, "tier", account, change.at)
        writer.member("from", program.tierKey(change.from))
        writer.member("to", program.tierKey(change.to))
        writer.member("until", change.until == .distantFuture ? nil : change.until.text(offset: 0))
        writer.member("reason", "\(change.reason)")
      }
      booking.tell("tier", writer.text, account: account, seq: event.seq)
    }
    for change in outcome.segmentChanges {
      var writer = JSONWriter()
      writer.object { writer in
        head(&writer, "segment", account, change.at)
        writer.member("segment", program.segments.first { $0.id == change.segment }?.key)
        writer.member("change", change.isIn ? "entered" : "left")
      }
      booking.tell("segment", writer.text, account: account, seq: event.seq)
    }
    tellNotices(outcome, program, account, event, &booking)
    tellCoupons(outcome, codes: codes, program, account, event, &booking)
  }

  static func tellNotices(
    _ outcome: Outcome, _ program: Program, _ account: Account, _ event: Event,
    _ booking: inout Booking
  ) {
    for notice in outcome.notices {
      var writer = JSONWriter()
      writer.object { writer in
        head(&writer, "notice", account, notice.at ?? event.at)
        writer.member("rule", program.ruleKey(notice.rule))
        writer.member("tier", program.tierKey(notice.tier))
        writer.name("text")
        writer.object { writer in
          let texts = program.notices[Int(notice.text)].byLanguage
          for (language, text) in texts.sorted(by: { $0.key < $1.key }) {
            writer.member(language.isEmpty ? "text" : language, text)
          }
        }
      }
      booking.tell("notice", writer.text, account: account, seq: event.seq)
    }
  }

  private static func tellCoupons(
    _ outcome: Outcome, codes: [String], _ program: Program, _ account: Account, _ event: Event,
    _ booking: inout Booking
  ) {
    for (issue, code) in zip(outcome.coupons, codes) {
      var writer = JSONWriter()
      writer.object { writer in
        head(&writer, "coupon", account, issue.issuedAt ?? event.at)
        writer.member("coupon", program.coupons.first { $0.id == issue.template }?.key)
        writer.member("code", code)
        writer.member(
          "valid until",
          issue.validUntil == .distantFuture ? nil : issue.validUntil.text(offset: 0))
      }
      booking.tell("coupon", writer.text, account: account, seq: event.seq)
    }
  }

  static func head(
    _ writer: inout JSONWriter, _ topic: String, _ account: Account, _ at: Instant
  ) {
    writer.member("version", 1)
    writer.member("topic", topic)
    writer.member("account", account.id)
    writer.member("at", at.text(offset: 0))
  }
}

extension Program {
  func ruleKey(_ id: RuleID) -> String? {
    rules.firstIndex { $0.id == id }.map { syntax.rules[$0].key.value }
  }

  public func tierKey(_ id: TierID) -> String? { tiers.first { $0.id == id }?.key }
}

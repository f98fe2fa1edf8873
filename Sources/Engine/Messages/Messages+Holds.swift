import JSON
import Ledger
import Loyalty
import Rules

/// What others must hear of holds.
extension Messages {
  static func tell(
    _ change: HoldChange, of outcome: Outcome, _ program: Program, _ account: Account,
    _ event: Event, _ booking: inout Booking
  ) {
    let hold = change.hold
    var use = BenefitUse(source: hold.source, id: hold.id)
    use.times = hold.times
    booking.tell(.hold, account, seq: event.seq, at: change.at) { writer in
      // Of an account that was merged since, it stands below zero.
      writer.member("hold", abs(hold.seq))
      writer.member("state", hold.state.word)
      writer.member("what", program.name(of: use))
      if hold.times != 1 { writer.member("times", hold.times) }
      if hold.pays > 0 {
        writer.name("pays")
        writer.number(program.money.text(Money(minor: hold.pays)))
      }
      writer.member("past its terms", pastTerms(hold, outcome))
      if hold.isOpen { writer.member("until", hold.until.text(offset: 0)) }
      if !hold.lots.isEmpty { write(hold, program, &writer) }
    }
  }

  /// A step of a redemption that came to nothing: a feed gets no other answer.
  static func tellRefused(
    _ reason: String, _ account: Account, _ event: Event, _ booking: inout Booking
  ) {
    booking.tell(.hold, account, seq: event.seq, at: event.at) { writer in
      writer.member("hold", abs(event.original == 0 ? event.seq : event.original))
      writer.member("state", "\(event.kind) refused")
      writer.member("reason", reason)
    }
  }

  /// What others had taken of it by the time at which its capture was heard of.
  private static func pastTerms(_ hold: Hold, _ outcome: Outcome) -> String? {
    guard hold.state == .captured else { return nil }
    return outcome.benefits.first {
      $0.times > 0 && $0.at == hold.at && $0.source == hold.source && $0.id == hold.id
    }?.refusal?.text
  }

  /// Points by currency: held, and what became of them.
  private static func write(_ hold: Hold, _ program: Program, _ writer: inout JSONWriter) {
    writer.memberArray("points") { writer in
      for id in hold.currencies {
        let own = hold.lots.filter { $0.currency == id }
        let currency = program.currencies.first { $0.id == id }
        let decimals = currency?.decimals ?? 0
        func member(_ name: String, _ value: Int64, _ writer: inout JSONWriter) {
          writer.name(name)
          writer.number(ExactDecimal.text(value, places: decimals))
        }
        writer.object { writer in
          writer.member("currency", currency?.key)
          member("held", own.reduce(0) { $0 + $1.amount }, &writer)
          let captured = own.reduce(0) { $0 + $1.captured }
          if captured > 0 { member("captured", captured, &writer) }
          let returned = own.reduce(0) { $0 + $1.returned }
          if returned > 0 { member("given back", returned, &writer) }
        }
      }
    }
  }
}

extension Hold.State {
  /// As messages and answers say it.
  public var word: String {
    switch self {
    case .open: "held"
    case .captured: "captured"
    case .released: "released"
    case .lapsed: "fallen away"
    case .refunded: "refunded"
    case .moved: "moved"
    }
  }
}

import Engine
import JSON
import Loyalty
import Reports

/// `patron claim`: a receipt without a card becomes a member's.
enum ClaimCommand: Command {
  static let name = "claim"
  static let summary = "give a sale without a card to the member who shows the receipt"
  static let usage = "claim SOURCE/ID --card CARD [--within DAYS] [--json]"
  static let help = """
    A sale that came without a card earns nothing. Who shows its receipt afterwards gets it, once
    and within a time: it is then rated as of its own instant, by the next `patron run`.
    """
  static let options = [
    Option("card", "CARD", "the member's card"),
    Option("within", "DAYS", "how old the sale may be at most (30)"), Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let receipt = try arguments.next("a receipt's SOURCE/ID")
    try arguments.end()
    guard let card = arguments.value("card") else {
      throw UsageFailure("`--card CARD` is missing: whose is it to be?")
    }
    let days = try arguments.number(
      "within", in: 0...36_500, default: ReceiptClaim.usualDays)
    let store = try Asking.store()
    let found = try ClaimedTransaction.find(receipt, store)
    guard found.count <= 1 else {
      let names = found.map { "\($0.source)/\($0.id)" }.joined(separator: ", ")
      throw ReportFailure("several sources have sent `\(receipt)`; say which one: \(names)")
    }
    let result: ReceiptClaim.Result =
      if let found = found.first {
        try ReceiptClaim.claim(
          source: found.source, id: found.id, card: card, days: days, store)
      } else {
        .unknown
      }
    let (isDone, sentence) = Self.sentence(result, card, days)
    if arguments.has("json") {
      var json = JSONWriter()
      json.object { json in
        json.member("claimed", isDone)
        json.member("answer", sentence)
      }
      print(json.text)
    } else if isDone {
      print(sentence)
    } else {
      Terminal.error(sentence)
    }
    return isDone ? ExitStatus.done : ExitStatus.failed
  }

  private static func sentence(
    _ result: ReceiptClaim.Result, _ card: String, _ days: Int
  ) -> (isDone: Bool, String) {
    switch result {
    case .given: (true, "the receipt is given to this card; `patron run` rates it")
    case .already: (true, "the receipt is this card's already")
    case .another: (false, "the receipt is another member's")
    case .unknown:
      (
        false,
        "no such receipt was ever taken in; has its till posted yet? `patron status` tells what "
          + "waits"
      )
    case .parked(let number):
      (false, "the receipt waits as parked row \(number): `patron parked` tells why")
    case .cameBack:
      (
        false,
        "something of that sale came back already; what is left is given by hand: "
          + "`patron member adjust`"
      )
    case .noSale:
      (false, "that is no sale, and only a sale is claimed")
    case .tooOld(let at, let offset):
      (
        false,
        "the sale was at \(at.shown(offset: offset)); receipts are claimed within "
          + CheckCommand.counted(days, "day")
      )
    case .unknownCard:
      (false, "nobody has the card …\(card.suffix(4)): `patron member enrol`")
    }
  }
}

import Engine
import JSON
import Ledger
import Loyalty

/// `patron orders`: things that were redeemed.
enum OrdersCommand: Command {
  static let name = "orders"
  static let summary = "things that were redeemed: what waits, was sent, was handed over"
  static let usage = "orders [send|hand-over|cancel ORDER…] [--all] [--limit N] [--json]"
  static let help = """
    Without more it lists what waits to be sent or handed over, the oldest first: rewards that say
    `thing: yes`. `send` and `hand-over` note that it happened; `cancel` gives back what it cost,
    with the last day of use that the points had.
    """
  static let options = [
    Option("all", "those that are done, too"), Option("limit", "N", "rows to list at most (50)"),
    Option("at", "INSTANT", "when it happened (now)"), Asking.json,
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    guard let word = arguments.nextOrNil() else { return try list(arguments) }
    guard ["send", "hand-over", "cancel"].contains(word) else {
      throw UsageFailure("`\(word)` is none of send, hand-over, cancel")
    }
    var desk = try MemberCommand.desk()
    let at = try MemberCommand.instant(arguments, desk)
    var text: String? = try arguments.next("an ORDER")
    while let one = text {
      guard let key = Order.Key(one) else {
        throw UsageFailure("`\(one)` is no order; they are written like 1042-7")
      }
      let (isDone, done) =
        switch word {
        case "send": (try desk.move(key, to: .sent, at: at), "sent")
        case "hand-over": (try desk.move(key, to: .handedOver, at: at), "handed over")
        default: (try desk.cancel(key, at: at), "cancelled")
        }
      print("Order \(one) \(isDone ? "is" : "was already") \(done).")
      text = arguments.nextOrNil()
    }
    return ExitStatus.done
  }

  private static func list(_ arguments: Arguments) throws -> Int32 {
    let most = try arguments.number("limit", in: 1...1_000_000, default: 50)
    let store = try Asking.store()
    let orders = try store.orders(waitingOnly: !arguments.has("all"), most: most)
    if arguments.has("json") {
      for order in orders { print(json(order)) }
      return ExitStatus.done
    }
    guard !orders.isEmpty else {
      print(arguments.has("all") ? "None." : "Nothing waits.")
      return ExitStatus.done
    }
    var table = Table([.left, .left, .right, .left, .left, .left])
    for order in orders {
      table.add(
        [
          order.key.text, String(order.orderedAt.text(offset: 0).prefix(10)), "\(order.times)",
          order.reward, order.state.word, order.members,
        ], [.bold, .dim])
    }
    table.show(indent: 0)
    if orders.count == most { print("… the first \(most); `--limit N` shows more") }
    return ExitStatus.done
  }

  private static func json(_ order: Order) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("order", order.key.text)
      json.member("reward", order.reward)
      json.member("times", order.times)
      json.member("state", order.state.word)
      json.member("ordered", order.orderedAt.text(offset: 0))
      json.member("changed", order.changedAt.text(offset: 0))
      json.member("members", order.members)
    }
    return json.text
  }
}

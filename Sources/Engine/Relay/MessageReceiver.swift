import JSON
import Ledger

/// Where messages go. Owned by one thread.
protocol MessageReceiver: AnyObject {
  /// Sends the messages of each queue in their order, those of different queues at the same time
  /// or not, and gives what became of them. Sends no more once it is told to stop.
  func deliver(_ queues: [MessageQueue], isStopping: () -> Bool) -> Dispatch
}

/// What became of messages.
struct Dispatch {
  /// One for each queue.
  var deliveries: [Delivery]
  /// Why nobody could be reached; no message is to blame for it.
  var lost: String?

  init(of queues: [MessageQueue]) {
    deliveries = Array(repeating: Delivery(), count: queues.count)
  }
}

extension MessageQueue {
  /// What a receiver gets of a message: its form begins with the number and the members' codes.
  func text(of message: Message) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", message.id)
    writer.memberArray("members") { writer in for code in members { writer.value(code) } }
    return writer.bytes + [UInt8(ascii: ",")] + message.body.utf8.dropFirst()
  }
}

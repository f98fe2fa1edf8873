import HTTPClient
import Ledger
import Loyalty

/// Posts messages to a webhook, each by itself: those of one account one after the other, those of
/// many accounts at the same time.
final class WebhookReceiver: MessageReceiver {
  private let webhook: Webhook
  private var sender: HTTPSender

  /// Posts under way at a time.
  private static let parallel = 16
  /// After so long no further post begins: what was taken is to be deleted soon.
  private static let longest = Duration.seconds(2)
  /// Characters of an answer that are kept.
  private static let shown = 200

  init(_ webhook: Webhook) throws {
    self.webhook = webhook
    sender = try HTTPSender(to: webhook.url, timeoutMilliseconds: webhook.timeoutMilliseconds)
  }

  func deliver(_ queues: [MessageQueue], isStopping: () -> Bool) -> Dispatch {
    var dispatch = Dispatch(of: queues)
    let begun = ContinuousClock.now
    var next = 0
    var mayBegin: Bool {
      dispatch.lost == nil && !isStopping() && ContinuousClock.now - begun < Self.longest
    }
    while true {
      while next < queues.count, sender.count < Self.parallel, mayBegin {
        post(queues, next, &dispatch)
        next += 1
      }
      guard sender.count > 0 else { return dispatch }
      for (place, result) in sender.take(waitingMilliseconds: 100) {
        take(result, place, &dispatch)
        let delivery = dispatch.deliveries[place]
        let hasMore = delivery.taken < queues[place].messages.count
        if delivery.failure == nil, hasMore, mayBegin { post(queues, place, &dispatch) }
      }
    }
  }

  /// Begins to send the next message of a queue.
  private func post(_ queues: [MessageQueue], _ place: Int, _ dispatch: inout Dispatch) {
    let message = queues[place].messages[dispatch.deliveries[place].taken]
    let body = queues[place].text(of: message)
    let headers = webhook.headers(id: message.id, at: .now, body: body)
    do {
      try sender.start(HTTPPost(headers: headers, body: body), tag: place)
    } catch {
      dispatch.lost = error.description
    }
  }

  private func take(
    _ result: Result<HTTPAnswer, HTTPFailure>, _ place: Int, _ dispatch: inout Dispatch
  ) {
    switch result {
    case .success(let answer) where (200..<300).contains(answer.status):
      dispatch.deliveries[place].taken += 1
    case .success(let answer):
      dispatch.deliveries[place].failure = Delivery.Failure(
        isRefusal: Webhook.isRefusal(answer.status), text: Self.words(answer))
    case .failure(let failure) where failure.code == .unreachable:
      dispatch.lost = failure.description
    case .failure(let failure):
      dispatch.deliveries[place].failure = Delivery.Failure(
        isRefusal: false, text: "no answer: \(failure.description)")
    }
  }

  /// PostgreSQL keeps no zero in a text.
  private static func words(_ answer: HTTPAnswer) -> String {
    let text = answer.text.split(whereSeparator: { $0.isWhitespace || $0 == "\0" })
      .joined(separator: " ").prefix(shown)
    return "answered \(answer.status)" + (text.isEmpty ? "" : ": \(text)")
  }
}

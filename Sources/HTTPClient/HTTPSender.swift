import CCurl

/// Sends posts to one place, several at once, over connections that stay open between them; by
/// libcurl. Owned by one thread.
///
/// Certificates are checked, redirections are not followed.
public struct HTTPSender: ~Copyable {
  private let multi: UnsafeMutableRawPointer
  private let place: String
  private let timeoutMilliseconds: Int
  private var running: [UnsafeMutableRawPointer: HTTPTransfer] = [:]

  /// libcurl asks for this once in a process, before threads use it.
  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// `place` is an http or https URL. The timeout holds for one post, from connecting to the end
  /// of the answer.
  public init(to place: String, timeoutMilliseconds: Int) throws(HTTPFailure) {
    guard Self.isReady, let multi = curl_multi_init() else {
      throw HTTPFailure(.unreachable, "libcurl cannot be started")
    }
    self.multi = multi
    self.place = place
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  deinit {
    for handle in running.keys {
      curl_multi_remove_handle(multi, handle)
      curl_easy_cleanup(handle)
    }
    curl_multi_cleanup(multi)
  }

  /// How many posts are under way.
  public var count: Int { running.count }

  /// Begins to send; `take` gives the answer under `tag`.
  public mutating func start(_ post: HTTPPost, tag: Int) throws(HTTPFailure) {
    guard let handle = curl_easy_init() else {
      throw HTTPFailure(.unreachable, "libcurl has no memory")
    }
    let transfer = HTTPTransfer(tag: tag)
    let isSet =
      patron_curl_set_text(handle, CURLOPT_URL, place) == CURLE_OK
      && patron_curl_set_web_only(handle) == CURLE_OK
      && patron_curl_set_number(handle, CURLOPT_NOSIGNAL, 1) == CURLE_OK
      && patron_curl_set_number(handle, CURLOPT_TIMEOUT_MS, timeoutMilliseconds) == CURLE_OK
      && transfer.attach(post, to: handle)
      && curl_multi_add_handle(multi, handle) == CURLM_OK
    guard isSet else {
      curl_easy_cleanup(handle)
      throw HTTPFailure(.unreachable, "libcurl does not take \(place)")
    }
    running[handle] = transfer
  }

  /// What has ended, waiting up to the timeout where nothing has.
  public mutating func take(
    waitingMilliseconds: Int
  ) -> [(tag: Int, result: Result<HTTPAnswer, HTTPFailure>)] {
    var count: Int32 = 0
    curl_multi_perform(multi, &count)
    if Int(count) == running.count, count > 0 {
      curl_multi_poll(multi, nil, 0, Int32(clamping: waitingMilliseconds), nil)
      curl_multi_perform(multi, &count)
    }
    var ended: [(tag: Int, result: Result<HTTPAnswer, HTTPFailure>)] = []
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
        let transfer = running.removeValue(forKey: handle)
      else { continue }
      // The message is gone once its handle is removed.
      ended.append((transfer.tag, transfer.result(message.pointee.data.result, of: handle)))
      curl_multi_remove_handle(multi, handle)
      curl_easy_cleanup(handle)
    }
    return ended
  }
}

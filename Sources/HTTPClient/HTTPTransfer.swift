import CCurl

/// A post under way: libcurl writes the answer into it.
final class HTTPTransfer {
  let tag: Int
  private var text: [UInt8] = []
  private var headers: UnsafeMutablePointer<curl_slist>?

  /// Bytes of an answer that are kept.
  static let longestText = 1_000

  init(tag: Int) { self.tag = tag }

  deinit { curl_slist_free_all(headers) }

  /// The handle must be done with before this object ends.
  func attach(_ post: HTTPPost, to handle: UnsafeMutableRawPointer) -> Bool {
    // libcurl would wait for the server's leave to send a long body.
    var lines = ["Expect:"]
    lines += post.headers.map { "\($0.name): \($0.value)" }
    for line in lines {
      guard let longer = curl_slist_append(headers, line) else { return false }
      headers = longer
    }
    let isBodySet = post.body.withUnsafeBytes { bytes in
      patron_curl_set_body(
        handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) == CURLE_OK
    }
    return isBodySet && patron_curl_set_headers(handle, headers) == CURLE_OK
      && patron_curl_set_writer(
        handle, { bytes, size, count, data in HTTPTransfer.take(bytes, size * count, data) },
        Unmanaged.passUnretained(self).toOpaque()) == CURLE_OK
  }

  private static func take(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ data: UnsafeMutableRawPointer?
  ) -> Int {
    guard let bytes, let data else { return 0 }
    let transfer = Unmanaged<HTTPTransfer>.fromOpaque(data).takeUnretainedValue()
    let room = max(0, longestText - transfer.text.count)
    transfer.text += UnsafeRawBufferPointer(start: bytes, count: min(count, room))
    return count
  }

  func result(
    _ code: CURLcode, of handle: UnsafeMutableRawPointer
  ) -> Result<HTTPAnswer, HTTPFailure> {
    guard code == CURLE_OK else {
      let hasSent = patron_curl_has_sent(handle) != 0
      return .failure(
        HTTPFailure(
          hasSent ? .unanswered : .unreachable, String(cString: curl_easy_strerror(code))))
    }
    return .success(
      HTTPAnswer(
        status: Int(patron_curl_status(handle)), text: String(decoding: text, as: UTF8.self)))
  }
}

import Foundation

/// A file without a name: it is gone when the process is, however it ends.
struct TemporaryFile: ~Copyable {
  private let descriptor: Int32
  private var waiting: [UInt8] = []
  private var written = 0
  /// Bytes gathered before they are written.
  private static let chunk = 1 << 20

  init() throws(FeedError) {
    let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/var/tmp"
    var template = Array((folder + "/patron-XXXXXX").utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw FeedError(
        .inputOutput, "no temporary file can be made in \(folder): \(SystemError.text(errno))")
    }
    unlink(template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// Where the next byte will stand.
  var length: Int { written + waiting.count }

  /// Lets `body` add to the file's end.
  mutating func append(_ body: (inout [UInt8]) -> Void) throws(FeedError) {
    body(&waiting)
    if waiting.count >= TemporaryFile.chunk { try flush() }
  }

  mutating func flush() throws(FeedError) {
    var done = 0
    while done < waiting.count {
      let count = waiting.withUnsafeBytes { bytes in
        write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw FeedError(
          .inputOutput, "the temporary file cannot be written: \(SystemError.text(errno))")
      }
      done += count
    }
    written += done
    waiting.removeAll(keepingCapacity: true)
  }

  /// Reads a part of what has been flushed into the beginning of `buffer`.
  func read(_ range: Range<Int>, into buffer: inout [UInt8]) throws(FeedError) {
    buffer.removeAll(keepingCapacity: true)
    try read(range, appendingTo: &buffer)
  }

  func read(_ range: Range<Int>, appendingTo buffer: inout [UInt8]) throws(FeedError) {
    let start = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: range.count))
    var done = 0
    while done < range.count {
      let count = buffer.withUnsafeMutableBytes { bytes in
        pread(
          descriptor, bytes.baseAddress! + start + done, range.count - done,
          off_t(range.lowerBound + done))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw FeedError(
          .inputOutput, "the temporary file cannot be read: \(SystemError.text(errno))")
      }
      done += count
    }
  }
}

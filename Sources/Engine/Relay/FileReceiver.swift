import Foundation
import Ledger

/// Appends messages to a file, one a line, and counts them as taken once they are on the disk.
///
/// The file is opened for each batch, so it may be renamed between two; several relays may write
/// to one.
final class FileReceiver: MessageReceiver {
  private let path: String

  /// What each line begins with.
  private static let head = Array("{\"id\":".utf8)
  private static let newline = UInt8(ascii: "\n")

  init(_ path: String) { self.path = path }

  func deliver(_ queues: [MessageQueue], isStopping: () -> Bool) -> Dispatch {
    var dispatch = Dispatch(of: queues)
    var lines: [UInt8] = []
    for queue in queues {
      for message in queue.messages { lines += queue.text(of: message) + [Self.newline] }
    }
    do {
      try append(lines)
      for place in queues.indices {
        dispatch.deliveries[place].taken = queues[place].messages.count
      }
    } catch {
      dispatch.lost = "\(error)"
    }
    return dispatch
  }

  private func append(_ lines: [UInt8]) throws {
    let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure() }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var state = stat()
    guard fstat(descriptor, &state) == 0 else { throw failure() }
    guard state.st_mode & S_IFMT == S_IFREG else {
      throw EngineError("\(path): this is not a plain file")
    }
    guard flock(descriptor, LOCK_EX) == 0 else { throw failure() }
    try cutTornLine(file)
    try file.write(contentsOf: Data(lines))
    guard fsync(descriptor) == 0 else { throw failure() }
    if state.st_size == 0 { try syncFolder() }
    try file.close()
  }

  /// A relay that was killed while it wrote left part of a line, and nobody counted it as taken.
  private func cutTornLine(_ file: FileHandle) throws {
    let length = try file.seekToEnd()
    var tail: [UInt8] = []
    var begin = length
    while begin > 0, !tail.contains(Self.newline) {
      let step = min(begin, 1 << 16)
      begin -= step
      try file.seek(toOffset: begin)
      tail = Array(try file.read(upToCount: Int(step)) ?? Data()) + tail
    }
    if let last = tail.lastIndex(of: Self.newline) { tail.removeSubrange(...last) }
    guard !tail.isEmpty else { return }
    guard zip(tail, Self.head).allSatisfy({ $0 == $1 }) else {
      throw EngineError("\(path): its last line is not whole, and no message")
    }
    try file.truncate(atOffset: length - UInt64(tail.count))
  }

  /// A new file's name must be on the disk, too.
  private func syncFolder() throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure() }
  }

  private func failure() -> EngineError {
    EngineError("\(path): \(String(cString: strerror(errno)))")
  }
}

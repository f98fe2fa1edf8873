import Foundation

/// Where a feed's bytes come from.
public enum FeedInput: Sendable, Equatable {
  case file(String)
  case standardInput
  /// A pipe's end, for one; it stays the caller's to close.
  case descriptor(Int32)
}

/// Reads an input piece by piece.
struct InputFile: ~Copyable {
  private let descriptor: Int32
  private let isOwned: Bool
  private(set) var bytesRead = 0

  init(_ input: FeedInput) throws(FeedError) {
    switch input {
    case .standardInput: (descriptor, isOwned) = (STDIN_FILENO, false)
    case .descriptor(let given): (descriptor, isOwned) = (given, false)
    case .file(let path):
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      isOwned = true
      guard descriptor >= 0 else {
        throw FeedError(.inputOutput, "\(path) cannot be opened: \(SystemError.text(errno))")
      }
    }
  }

  deinit { if isOwned, descriptor >= 0 { close(descriptor) } }

  /// Fills `buffer` from `position` to its end as far as bytes come; 0 at the end of the input.
  mutating func read(into buffer: inout [UInt8], at position: Int) throws(FeedError) -> Int {
    while true {
      let count = buffer.withUnsafeMutableBytes { bytes in
        Foundation.read(descriptor, bytes.baseAddress! + position, bytes.count - position)
      }
      if count >= 0 {
        bytesRead += count
        return count
      }
      guard errno == EINTR else {
        throw FeedError(.inputOutput, "the input cannot be read: \(SystemError.text(errno))")
      }
    }
  }
}

enum SystemError {
  static func text(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }
}

enum ByteSearch {
  /// Where `byte` first stands in a part of the bytes.
  static func first(_ byte: UInt8, in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    guard !range.isEmpty else { return nil }
    return bytes.withUnsafeBytes { all in
      let start = all.baseAddress! + range.lowerBound
      guard let found = memchr(start, Int32(byte), range.count) else { return nil }
      return range.lowerBound + (UnsafeRawPointer(found) - start)
    }
  }

  /// Where `byte` last stands in a part of the bytes.
  static func last(_ byte: UInt8, in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    bytes[range].lastIndex(of: byte)
  }

  /// How often `byte` stands in the bytes.
  static func count(_ byte: UInt8, in bytes: [UInt8]) -> Int {
    var count = 0
    var from = 0
    while let found = first(byte, in: bytes, from..<bytes.count) {
      count += 1
      from = found + 1
    }
    return count
  }
}

/// What the beginning of a text file tells before anybody reads its lines.
enum FirstBytes {
  /// Bytes of which is known how their lines end, where no line feed stands before.
  static let looked = 1 << 16

  /// UTF-16, as Excel's "Unicode text" is: read as UTF-8 it would be one complaint a row.
  static func refuseUTF16(_ bytes: ArraySlice<UInt8>) throws(FeedError) {
    let first = Array(bytes.prefix(2))
    guard first.count == 2 else { return }
    let isMarked = first == [0xFF, 0xFE] || first == [0xFE, 0xFF]
    guard isMarked || (first[0] == 0) != (first[1] == 0) else { return }
    throw FeedError(
      .wrongFormat,
      "the file is UTF-16, so nothing of it was taken; save it as UTF-8 (in Excel: \"CSV UTF-8\") "
        + "and post it again")
  }

  /// Whether lines end with a carriage return alone, as old exports of Macs have it.
  static func endLinesWithReturns(_ bytes: ArraySlice<UInt8>) -> Bool {
    // First what stands near the beginning of nearly all files.
    !bytes.contains(0x0A) && bytes.contains(0x0D)
  }

  /// In JSON a carriage return is a blank, and in a CSV it ends a line inside of quotes, too.
  static func turnReturns(_ bytes: inout [UInt8], from start: Int, to end: Int) {
    for index in start..<end where bytes[index] == 0x0D { bytes[index] = 0x0A }
  }
}

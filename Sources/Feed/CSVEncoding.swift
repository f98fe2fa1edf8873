import Foundation

extension CSVReader {
  /// How a file writes its letters. In each of them delimiters, quotes and line ends are the bytes
  /// that they are in ASCII; only `|` may be half of a letter where letters have two bytes.
  enum Encoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case latin1 = "latin-1"
    case latin9 = "latin-9"
    case windows1250 = "windows-1250"
    case windows1251 = "windows-1251"
    case windows1252 = "windows-1252"
    case windows1253 = "windows-1253"
    case windows1254 = "windows-1254"
    case windows1255 = "windows-1255"
    case windows1256 = "windows-1256"
    case windows1257 = "windows-1257"
    case cp850, cp866
    case gbk, big5
    case shiftJIS = "shift-jis"
    case eucKR = "euc-kr"
  }
}

extension CSVReader.Encoding {
  /// By what other programs call them (IANA's character sets, Microsoft's code pages), however
  /// their parts are joined.
  private static let others: [String: CSVReader.Encoding] = [
    "utf8": .utf8, "ascii": .utf8, "usascii": .utf8, "iso88591": .latin1, "latin1": .latin1,
    "iso885915": .latin9, "latin9": .latin9, "ansi": .windows1252, "ibm850": .cp850,
    "dos850": .cp850, "ibm866": .cp866, "dos866": .cp866, "gb2312": .gbk, "gb18030": .gbk,
    "cp936": .gbk, "cp950": .big5, "sjis": .shiftJIS, "shiftjis": .shiftJIS, "cp932": .shiftJIS,
    "windows31j": .shiftJIS, "ms932": .shiftJIS, "euckr": .eucKR, "cp949": .eucKR, "uhc": .eucKR,
  ]

  /// The one that goes by another name.
  static func named(_ name: String) -> CSVReader.Encoding? {
    let letters = String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    if let known = others[letters] { return known }
    for page in ["windows", "win", "cp"] where letters.hasPrefix(page + "125") {
      return CSVReader.Encoding(rawValue: "windows-" + letters.dropFirst(page.count))
    }
    return nil
  }

  /// Whether letters have two bytes, of which the second may be below 0x80.
  var isWide: Bool { [.gbk, .big5, .shiftJIS, .eucKR].contains(self) }

  /// Foundation's number of it, where it is not read byte by byte: Core Foundation's with the
  /// highest bit set. Those of East Asia are Microsoft's, with the letters that tills there use
  /// beyond the standards; GBK is read as GB 18030, which holds it.
  private var number: UInt? {
    let code: UInt
    switch self {
    case .utf8, .latin1, .windows1252: return nil
    case .latin9: code = 0x020F
    case .windows1250: code = 0x0501
    case .windows1251: code = 0x0502
    case .windows1253: code = 0x0503
    case .windows1254: code = 0x0504
    case .windows1255: code = 0x0505
    case .windows1256: code = 0x0506
    case .windows1257: code = 0x0507
    case .cp850: code = 0x0410
    case .cp866: code = 0x041B
    case .gbk: code = 0x0632
    case .big5: code = 0x0423
    case .shiftJIS: code = 0x0420
    case .eucKR: code = 0x0422
    }
    return 0x8000_0000 | code
  }

  /// Nil where the bytes mean nothing.
  func text(_ bytes: ArraySlice<UInt8>) -> String? {
    // Most fields have ASCII alone, and are what they are.
    guard bytes.contains(where: { $0 >= 0x80 }) else {
      return String(decoding: bytes, as: UTF8.self)
    }
    if let number { return String(bytes: bytes, encoding: String.Encoding(rawValue: number)) }
    var text = ""
    for byte in bytes { text.unicodeScalars.append(scalar(byte)) }
    return text
  }

  /// Windows-1252 from 0x80 to 0x9F (WHATWG Encoding Standard); elsewhere it is Latin-1.
  private static let windows: [UInt32] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC,
    0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
  ]

  private func scalar(_ byte: UInt8) -> Unicode.Scalar {
    guard self == .windows1252, (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
    return Unicode.Scalar(Self.windows[Int(byte) - 0x80]) ?? "\u{FFFD}"
  }
}

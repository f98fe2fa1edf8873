import CCrypto

/// SHA-256 (FIPS 180-4) by OpenSSL's libcrypto.
public enum SHA256 {
  /// The 32 bytes of the digest of `bytes`.
  public static func digest(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let whole = Array(bytes)
    return digest(whole[...])
  }

  /// The 32 bytes of the digest of a part of an array, without copying it.
  public static func digest(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { out, count in
      var state = SHA256_CTX()
      SHA256_Init(&state)
      bytes.withUnsafeBytes { input in
        _ = SHA256_Update(&state, input.baseAddress, input.count)
      }
      SHA256_Final(out.baseAddress, &state)
      count = Int(SHA256_DIGEST_LENGTH)
    }
  }

  /// The digest in lower-case hexadecimal, as published versions are named.
  public static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in digest(bytes) {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

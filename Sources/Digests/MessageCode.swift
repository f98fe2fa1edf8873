import CCrypto

/// HMAC-SHA256 (RFC 2104, FIPS 198-1) by OpenSSL's libcrypto: what only the holder of a key can say
/// of a text.
public enum MessageCode {
  /// The 32 bytes of the code of `bytes` under `key`.
  public static func of(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { out, count in
      var length: UInt32 = 0
      let code = HMAC(
        EVP_sha256(), key, Int32(key.count), bytes, bytes.count, out.baseAddress, &length)
      precondition(code != nil, "libcrypto has no HMAC-SHA256")
      count = Int(length)
    }
  }
}

import Digests
import Testing

/// The test cases of RFC 4231.
@Suite struct MessageCodeTests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }

  @Test func `a text has the code that the standard says`() {
    let first = MessageCode.of(Array("Hi There".utf8), key: Array(repeating: 0x0B, count: 20))
    #expect(hex(first) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    let second = MessageCode.of(
      Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
    #expect(hex(second) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    let longKey = MessageCode.of(
      Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      key: Array(repeating: 0xAA, count: 131))
    #expect(hex(longKey) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
  }
}

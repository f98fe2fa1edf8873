import Feed
import Foundation
import Loyalty
import Testing

/// Files of XML as they come: broken, unfinished, hostile, large.
@Suite struct POSLogFileTests {
  private static let good = POSLogTests.transaction(
    1, POSLogTests.item(1, "A", "5.00") + POSLogTests.total("5.00"))

  private static func error(_ text: String) -> FeedError? {
    do {
      _ = try POSLogTests.read(bytes: Array(text.utf8))
      return nil
    } catch {
      return error as? FeedError
    }
  }

  @Test func `one broken transaction does not break the others`() throws {
    let other = Self.good.replacing(
      "<SequenceNumber>1</SequenceNumber>\n", with: "<SequenceNumber>2</SequenceNumber>\n")
    for (broken, reason) in [
      ("<Transaction><a></b></Transaction>", "an end tag does not fit its start tag"),
      ("<Transaction><a>&nosuch;</a></Transaction>", "an entity (&…;)"),
      ("<Transaction><a", "broken"), ("<Transaction><a>", "an end tag does not fit"),
      ("<Transaction><a x=\"1\" x=\"2\"/></Transaction>", "an attribute stands twice"),
      ("<Transaction><a>3 < 4</a></Transaction>", "an & or < stands"),
      ("<Transaction>\u{1}</Transaction>", "a character stands in it that XML does not allow"),
    ] {
      let read = try POSLogTests.read(Self.good, broken, other)
      #expect(read.transactions.count == 2, "\(broken)")
      #expect(read.problems.count == 1 && read.problems[0].contains(reason), "\(read.problems)")
    }
  }

  @Test func `a broken transaction is told with its line`() throws {
    let read = try POSLogTests.read(Self.good, "<Transaction>\n\n<a></b>\n</Transaction>")
    #expect(read.problems.first?.hasPrefix("9 -: line 11: the XML is broken") == true)
  }

  @Test(arguments: [
    "", "  \n", "<!-- nothing -->", "{\"id\": 1}", "<rss></rss>", "<POSLog>",
    "<POSLog><Transaction>", "<POSLog><Transaction></Transaction>", "<POSLog><!-- ",
    "<POSLog><Transaction><![CDATA[ </Transaction></POSLog>", "<POSLog><Transaction", "<", "<a",
    "<>", "</>", "<POSLog><<</POSLog", "<?xml version='1.0' encoding='UTF-16'?><POSLog></POSLog>",
    "<!DOCTYPE POSLog [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><POSLog>&a;</POSLog>",
  ])
  func `a file that is no whole POSLog is refused whole`(_ text: String) {
    #expect(Self.error(text)?.isOfFile == true, "\(text)")
  }

  @Test func `entities are not followed, wherever they are declared`() throws {
    let bomb = """
      <?xml version="1.0"?>
      <!DOCTYPE POSLog [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
      <POSLog><Transaction>&b;</Transaction></POSLog>
      """
    #expect(Self.error(bomb)?.line == 2)
    #expect(Self.error(bomb)?.message.contains("are not followed") == true)
    let inside =
      "<POSLog><Transaction><!DOCTYPE a SYSTEM 'file:///etc/passwd'></Transaction></POSLog>"
    #expect(Self.error(inside)?.code == .wrongFormat)
  }

  @Test func `an unfinished file tells where its last transaction begins`() {
    let error = Self.error("<POSLog>\n" + Self.good + "\n<Transaction>\n<a>")
    #expect(error?.code == .unfinished && error?.line == 6, "\(String(describing: error))")
  }

  @Test func `comments, CDATA and quotes may hold what looks like tags`() throws {
    let odd = Self.good
      .replacing("<ItemID>A</ItemID>", with: "<ItemID><![CDATA[A</Transaction>]]></ItemID>")
      .replacing("<Quantity>", with: "<!-- </Transaction> --><?x </Transaction> ?><Quantity>")
      .replacing("ItemType=\"Stock\"", with: "ItemType='a > b'")
    let read = try POSLogTests.read(odd, Self.good)
    #expect(read.problems == [])
    #expect(read.transactions.map { $0.lines.map(\.sku) } == [["A</Transaction>"], ["A"]])
  }

  @Test func `prefixes, Latin 1 and a byte order mark`() throws {
    let prefixed = """
      <p:POSLog xmlns:p='urn:x'><p:Transaction><p:SequenceNumber>5</p:SequenceNumber>\
      <p:EndDateTime>2026-03-01T10:00:00+01:00</p:EndDateTime><p:RetailTransaction><p:LineItem>\
      <p:Sale><p:ItemID>Tee</p:ItemID><p:ExtendedAmount>2.00</p:ExtendedAmount></p:Sale>\
      </p:LineItem></p:RetailTransaction></p:Transaction></p:POSLog>
      """
    let read = try POSLogTests.read(bytes: [0xEF, 0xBB, 0xBF] + Array(prefixed.utf8))
    #expect(read.first?.lines.map(\.sku) == ["Tee"] && read.first?.id == "5")
    let latin =
      Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>".utf8)
      + prefixed.replacing("Tee", with: "Th\u{E9}").unicodeScalars.map { UInt8($0.value) }
    #expect(try POSLogTests.read(bytes: latin).first?.lines.map(\.sku) == ["Th\u{E9}"])
  }

  /// Foundation's parser would trap on such a name.
  @Test func `what is no UTF-8 is parked`() throws {
    let bad =
      Array("<POSLog>\(Self.good)<Transaction><".utf8) + [0xD6]
      + Array("a/></Transaction></POSLog>".utf8)
    let read = try POSLogTests.read(bytes: bad)
    #expect(read.transactions.count == 1)
    #expect(read.problems.first?.contains("the text is no UTF-8") == true, "\(read.problems)")
  }

  @Test func `mutated files are read, parked or refused, and never crash`() throws {
    var random = Seeded.printed()
    let pieces = [
      "<", ">", "/", "</Transaction>", "<Transaction>", "<!--", "-->", "<![CDATA[", "]]>", "\"",
      "<?", "&", "&amp;", "-", "9999999999999999999", "VoidFlag=\"true\"", "</POSLog>", "\u{0}",
      "<Return>", "<Total TotalType=\"TransactionGrandAmount\">1</Total>", ".", "\u{E9}", "<!",
    ]
    let whole = Array("<POSLog>\n\(Self.good)\n\(Self.good)\n</POSLog>\n".utf8)
    for _ in 0..<150 {
      var bytes = whole
      for _ in 0...random.below(3) {
        let at = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(40)))
        case 1: bytes[at] = UInt8(random.below(256))
        case 2: bytes = Array(bytes[..<max(at, 1)])
        default: bytes.insert(contentsOf: pieces[random.below(pieces.count)].utf8, at: at)
        }
      }
      do {
        let read = try POSLogTests.read(bytes: bytes)
        #expect(read.transactions.count <= 3)
      } catch let error as FeedError {
        #expect(error.isOfFile, "\(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }

  /// Bytes of a pipe come in pieces of any size.
  @Test func `a large file is read in its order`() throws {
    let count = 2_000
    var text = "<POSLog>\n"
    for number in 1...count {
      text +=
        POSLogTests.transaction(
          number, POSLogTests.item(1, "A\(number)", "5.00") + POSLogTests.total("5.00")) + "\n"
    }
    let read = try POSLogTests.read(bytes: Array((text + "</POSLog>").utf8))
    #expect(read.problems == [] && read.transactions.count == count)
    #expect(read.transactions.last?.lines.first?.sku == "A\(count)")
  }

  @Test(
    "the shared POSLog: 42 transactions balance, 2,643.72 in all",
    .enabled(if: RealFeed.exists("poslog/ncr_acs_poslog_scrubbed.xml.gz"), "the feed is not here"))
  func realFile() throws {
    let path = try RealFeed.unpacked("poslog/ncr_acs_poslog_scrubbed.xml.gz")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let read = try POSLogTests.read(bytes: Array(Data(contentsOf: URL(fileURLWithPath: path))))
    #expect(read.problems == [])
    #expect(read.transactions.count == 42 && read.leftOut == 9)
    var sum: Int64 = 0
    for transaction in read.transactions {
      let total = transaction.lines.reduce(0) { $0 + $1.total.minor + $1.tax.minor }
      #expect(total == transaction.tenders.reduce(0) { $0 + $1.amount.minor }, "\(transaction.id)")
      sum += total
    }
    #expect(sum == 264_372)
    #expect(read.transactions.filter { !$0.cards.isEmpty }.count == 4)
    #expect(read.transactions.flatMap(\.lines).filter { $0.unit == "weight" }.count > 100)
    let rewards = read.transactions.flatMap(\.lines).flatMap(\.discounts)
      .filter { $0.kind == .loyalty }
    #expect(rewards.reduce(0) { $0 + $1.amount.minor } > 0)
  }
}

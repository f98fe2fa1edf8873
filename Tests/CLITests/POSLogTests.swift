import Foundation
import TestSupport
import Testing

/// A day of a till as POSLog, through the program.
@Suite struct POSLogTests {
  private static let day = """
    <?xml version="1.0" encoding="UTF-8"?>
    <POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/">
    <Transaction><RetailStoreID>14</RetailStoreID><WorkstationID>3</WorkstationID>
      <SequenceNumber>31</SequenceNumber><BusinessDayDate>2025-05-08</BusinessDayDate>
      <EndDateTime>2025-05-08T10:00:00</EndDateTime>
      <RetailTransaction>
        <LoyaltyAccount><LoyaltyID>6035001</LoyaltyID></LoyaltyAccount>
        <LineItem><SequenceNumber>1</SequenceNumber><Sale ItemType="Stock"><ItemID>K-1</ItemID>
          <MerchandiseHierarchy>ornaments</MerchandiseHierarchy>
          <ExtendedAmount>14.97</ExtendedAmount><Quantity>3</Quantity></Sale></LineItem>
        <LineItem><Tax><Amount>1.20</Amount></Tax></LineItem>
        <LineItem><Tender TenderType="Cash"><Amount>16.17</Amount></Tender></LineItem>
        <Total TotalType="TransactionGrandAmount">16.17</Total>
      </RetailTransaction></Transaction>
    <Transaction><SequenceNumber>32</SequenceNumber><ControlTransaction/></Transaction>

    """

  @Test func `a day is laid beside the till's figures, posted once, and earns`() throws {
    try TestCluster.shared.withDatabase { settings in
      let url = settings.url
      func patron(_ words: String..., input: String = "") throws -> ProgramResult {
        try runPatron(words, env: ["DATABASE_URL": url], stdin: input, folder: packageFolder())
      }
      func done(_ words: String..., input: String = "") throws -> String {
        let result = try runPatron(
          words, env: ["DATABASE_URL": url], stdin: input, folder: packageFolder())
        #expect(result.status == 0, "\(words): \(result.stdout)\(result.stderr)")
        return result.stdout
      }
      _ = try done("init")
      _ = try done("publish", "config/gold-crown", "--from", "2025-01-01")
      let members = FileManager.default.temporaryDirectory.path + "/m-\(UUID().uuidString).csv"
      try "member,cards\nM1,6035001\n".write(toFile: members, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: members) }
      _ = try done("load", "members", members)

      let unfinished = try patron("post", "-", "--format", "poslog", input: Self.day)
      #expect(unfinished.status == 2)
      #expect(unfinished.stderr.contains("nothing of it was taken"), "\(unfinished.stderr)")
      let whole = Self.day + "</POSLog>\n"
      let dry = try done("post", "-", "--format", "poslog", "--dry-run", input: whole)
      #expect(
        dry.contains("sale      1  lines 14.97 + tax 1.20 = 16.17 USD; tenders 16.17"), "\(dry)")
      #expect(dry.contains("1 left out"))
      let first = try done("post", "-", "--format", "poslog", input: whole)
      #expect(first.contains("accepted"), "\(first)")
      #expect(
        try done("post", "-", "--format", "poslog", input: whole).contains("nothing was changed"))
      _ = try done("run", "--once")
      let told = try done("explain", "poslog/14/3/2025-05-08/31")
      #expect(told.contains("1 point for each full 1.00 of 14.97"), "\(told)")
      #expect(try done("audit").contains("ok"))
      let wrong = try patron("post", "-", "--format", "xml")
      #expect(wrong.status == 64 && wrong.stderr.contains("ndjson, csv or poslog"))
    }
  }
}

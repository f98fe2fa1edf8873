import Foundation
import Postgres
import TestSupport
import Testing

/// `patron member`, `load balances` and `liability`, as people type them.
@Suite struct MemberTests {
  static let program = """
    program: club
    timezone: America/Chicago
    money: USD
    currencies:
      points: {worth: 1.00 per 100, expires: end of month 12 months after earning}
    rules:
      base: {earn: {points: 1 per 1.00}}
    """

  /// A database, its location for `DATABASE_URL`, and the published program.
  private func shop() throws -> [String: String] {
    let store = try TestStore(Self.program)
    return ["DATABASE_URL": store.settings.url]
  }

  private func patron(
    _ line: String, _ env: [String: String], stdin: String = ""
  ) throws -> ProgramResult {
    // Words between two single quotes are one.
    var words: [String] = []
    for (place, part) in line.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
      if place % 2 == 1 {
        words.append(String(part))
      } else {
        words += part.split(separator: " ").map(String.init)
      }
    }
    return try runPatron(words, env: env, stdin: stdin)
  }

  private func told(_ line: String, _ env: [String: String], _ text: String) throws {
    let result = try patron(line, env)
    #expect(result.status == 0, "\(line): \(result.stderr)")
    #expect(result.stdout.contains(text), "\(line): \(result.stdout)")
  }

  private func refused(_ line: String, _ env: [String: String], _ status: Int32, _ text: String)
    throws
  {
    let result = try patron(line, env)
    #expect(result.status == status, "\(line): \(result.stdout)")
    #expect(result.stderr.contains(text), "\(line): \(result.stderr)")
  }

  @Test func `a member's life at the desk`() throws {
    let shop = try shop()
    try told(
      "member enrol A-1 --name 'Ann Lee' --phone 555-0101 --card 6001 --attributes skin=dry", shop,
      "A-1 is enrolled")
    try told("member enrol B-2 --name 'Bo Diaz' --card 6002", shop, "B-2 is enrolled")
    try refused("member enrol A-1", shop, 1, "is there already")
    try told("member find ann", shop, "Ann Lee")
    try told("member update 5550101 --email ann@example.com", shop, "A-1 is changed")
    try told("member show A-1", shop, "ann@example.com")
    try told("member card add A-1 6003", shop, "…6003 is a card of A-1")
    try refused("member card add B-2 6003", shop, 1, "belongs to somebody already")
    try told("member card replace 6003 6004", shop, "…6003 is blocked")
    try told("member adjust A-1 500 --reason 'welcome back'", shop, "Adjustment 1 is booked")
    try refused("member adjust A-1 5", shop, 64, "say why")
    try refused("member adjust A-1 1.5 --reason x", shop, 64, "no amount")
    try told("member transfer A-1 6002 200", shop, "200 points of A-1 are B-2's now")
    try refused("member transfer A-1 6002 301", shop, 1, "not so many points")
    try told("balance B-2", shop, "200")
    try told("history A-1", shop, "given to another member")
    try told("explain 'patron desk/adjustment 1'", shop, "given by hand")
    try told("explain 'patron desk/adjustment 1'", shop, ": welcome back.")
    try told("member note A-1 'parcel came broken' --kind complaint", shop, "Contact 1")
    try told("member contacts", shop, "parcel came broken")
    try told("status", shop, "complaints")
    try told("member settle 1 'sent a new one'", shop, "settled")
    try told("member contacts", shop, "No complaint is open")
    try told("member contacts A-1", shop, "sent a new one")
    try told("member household join B-2 --with A-1", shop, "shares the account")
    try told("balance 6002", shop, "500")
    try told("member household leave B-2", shop, "account of her own")
    try told("member merge B-2 --into A-1", shop, "B-2 is A-1 now")
    try told("member pause A-1", shop, "paused")
    try told("balance A-1", shop, "The account is paused")
    try told("member resume A-1", shop, "open again")
    try told("member export A-1", shop, "Ann Lee")
    try told("member statement --from 2026-01-01 --to 2026-01-31", shop, "\"opening\":0")
    try told("liability", shop, "500")
    try told("holdout", shop, "no rule has ever held out anybody")
    try told("member forget A-1", shop, "would be forgotten")
    try told("member forget A-1 --yes", shop, "Forgotten")
    try refused("member show A-1", shop, 1, "nobody has")
    try told("audit", shop, "ok")
  }

  @Test func `operators, and a second person`() throws {
    let shop = try shop()
    try told("member enrol A-1", shop, "enrolled")
    try told("member operator anna --each 50 --month 80", shop, "anna is an operator")
    try told("member operator ben --confirms yes", shop, "ben is an operator")
    try told("member adjust A-1 50 --reason late --operator anna", shop, "Adjustment 1 is booked")
    try told("member adjust A-1 60 --reason late --operator anna", shop, "waits for a second")
    try told("member adjustments", shop, "waiting")
    try refused("member confirm 2 --operator anna", shop, 1, "a second person")
    try told("member confirm 2 --operator ben", shop, "Adjustment 2 is booked")
    try told("member adjust A-1 70 --reason late --operator anna", shop, "waits for a second")
    try told("member refuse 3 --operator ben", shop, "refused")
    try told("balance A-1", shop, "110")
    try told("member operators", shop, "50 points at a time")
    try refused("member enroll B-2", shop, 64, "did you mean `enrol`")
  }

  @Test func `what was done is told as JSON when it is asked for`() throws {
    let shop = try shop()
    let acts: [(line: String, object: String)] = [
      ("enrol A-1 --name Ann --card 6001", #"{"done":"enrolled","member":"A-1"}"#),
      ("enrol B-2", #"{"done":"enrolled","member":"B-2"}"#),
      ("update A-1 --name 'Ann Lee'", #"{"done":"changed","member":"A-1"}"#),
      ("card add A-1 6002", #"{"done":"card added","card":"…6002","member":"A-1"}"#),
      ("card block 6002", #"{"done":"card blocked","card":"…6002"}"#),
      (
        "adjust A-1 50 --reason late",
        #"{"done":"booked","adjustment":1,"member":"A-1","currency":"points","amount":50}"#
      ),
      (
        "transfer A-1 B-2 20 --id t-1",
        #""from":"A-1","to":"B-2","currency":"points","amount":20}"#
      ),
      (
        "transfer A-1 B-2 20 --id t-1",
        #"{"done":"already","from":"A-1","to":"B-2","currency":"points","amount":20}"#
      ),
      ("pause A-1", #"{"done":"paused","member":"A-1"}"#),
      ("resume A-1", #"{"done":"resumed","member":"A-1"}"#),
      ("note A-1 hello", #"{"done":"noted","contact":1,"member":"A-1","kind":"note"}"#),
      ("operator anna --each 5 --month 9", #"{"done":"set","operator":"anna"}"#),
      (
        "operators",
        #"{"operator":"anna","confirms":false,"may give alone":[{"currency":"points","each":5,"#
      ),
      ("household join B-2 --with A-1", #"{"done":"joined","member":"B-2","with":"A-1","id":"#),
      ("household leave B-2", #"{"done":"left","member":"B-2"}"#),
      ("merge B-2 --into A-1", #"{"done":"merged","member":"B-2","into":"A-1","id":"#),
      ("forget A-1", #"{"done":"nothing","member":"A-1"}"#),
      ("close A-1", #"{"done":"closed","member":"A-1"}"#),
      ("forget A-1 --yes", #"{"done":"forgotten"}"#),
    ]
    for act in acts {
      let result = try patron("member \(act.line) --json", shop)
      #expect(result.status == 0, "\(act.line): \(result.stderr)")
      #expect(result.stdout.contains(act.object), "\(act.line): \(result.stdout)")
      #expect(result.stdout.filter { $0 == "\n" }.count == 1, "\(act.line): \(result.stdout)")
    }
  }

  @Test func `who left a household is told apart from who was taken in`() throws {
    let shop = try shop()
    for code in ["A-1", "B-2", "C-3"] { try told("member enrol \(code)", shop, "enrolled") }
    try told("member household join B-2 --with A-1", shop, "shares the account")
    try told("member merge C-3 --into A-1", shop, "C-3 is A-1 now")
    #expect(try patron("member show A-1", shop).stdout.contains("It took in: C-3\n"))
    try told("member household leave B-2", shop, "account of her own")
    try told("member show A-1", shop, "It took in: C-3\n")
    try told(
      "member show A-1", shop, "It took in B-2, who left again: what had come along stayed here.")
    try told("member show A-1 --json", shop, #""absorbed":["C-3"],"left":["B-2"]"#)
    #expect(try !patron("member show B-2", shop).stdout.contains("took in"))
    try told("member merge B-2 --into A-1", shop, "B-2 is A-1 now")
    try told("member show A-1 --json", shop, #""left":[]"#)
  }

  @Test func `opening balances from a file`() throws {
    let shop = try shop()
    try told("member enrol A-1 --card 6001", shop, "enrolled")
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).csv")
    try Data("card,amount,expires\n6001,120,2099-12-31\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try refused("load balances \(file.path)", shop, 2, "--total points=120")
    try refused("load balances \(file.path) --total points=121", shop, 2, "comes to 120")
    try told("load balances \(file.path) --total points=120", shop, "120 points are booked")
    try told("load balances \(file.path) --total points=120", shop, "there already")
    try told("balance A-1", shop, "120")
    try told("liability --json", shop, "\"opening\":120")
    try told("audit", shop, "ok")
  }
}

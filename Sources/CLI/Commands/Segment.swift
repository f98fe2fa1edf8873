import Engine
import Foundation
import Ledger
import Loyalty
import Reports

/// `patron segment`: who is in a segment now.
enum SegmentCommand: Command {
  static let name = "segment"
  static let summary = "who is in a segment, as CSV"
  static let usage = "segment NAME"
  static let help = """
    Writes the members who are in the segment NAME to standard output, one account a row: member,
    account, since. A segment by condition is as true as the accounts are brought up: what time
    alone changes shows when the account's next event is rated, or its day is closed.
    """

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let key = try arguments.next("the segment's NAME")
    try arguments.end()
    let store = try Asking.store()
    let names = try store.names()
    guard let segment = names.segments[key] else {
      throw ReportFailure("the program declares no segment `\(key)`")
    }
    print("member,account,since")
    var after: (shard: Int16, account: Int64) = (-1, -1)
    while true {
      let rows = try store.members(of: segment, after: after, most: 1_000)
      guard let last = rows.last else { return ExitStatus.done }
      var text = ""
      for (_, member) in rows {
        let codes = member.members.joined(separator: " ")
        text += "\(codes),\(member.account),\(member.since.text(offset: 0))\n"
      }
      FileHandle.standardOutput.write(Data(text.utf8))
      after = (last.shard, last.member.account)
    }
  }
}

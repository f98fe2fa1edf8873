import Engine
import Feed
import Foundation
import Ledger

/// `patron load`: members, products and stores from elsewhere.
enum LoadCommand: Command {
  static let name = "load"
  static let summary = "bring in members, products, stores, a segment's list or opening balances"
  static let usage = "load members|products|stores|segment NAME|balances FILE|- [--total …]"
  static let help = """
    Adds or updates what FILE holds, as NDJSON or (where its name ends in .csv) as CSV with the same
    heads:
      members   member, name, phone, email, birthday, joined, cards, attributes
      products  sku, name, category, attributes
      stores    store, name, timezone, region
    `load segment NAME FILE` makes a segment that the program declares `by list` exactly the members
    whose codes or cards the file holds, one a line; the outbox hears of who entered and who left.
    `load balances FILE --total points=123456,miles=7.50` takes over what members had in another
    system: member or card, currency, amount, expires (the last day; empty: it does not end). The
    file is taken whole or not at all, and only where it comes to the totals that you say; the
    opening balances are then booked, and summed up again from the ledger. The same file again is
    there already.
    A new member gets an account; transactions that waited for one of her cards are taken in at
    once. What a row does not name stays as it is. Exit status: 0 done, 2 when rows were refused.
    """

  static let options = [
    Option("total", "KEY=N,…", "what the opening balances of each currency must come to"),
    Option("at", "INSTANT", "when the opening balances hold (now)"),
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let what = try arguments.next("members, products, stores, segment or balances")
    if what == "segment" { return try loadSegment(&arguments) }
    if what == "balances" { return try loadBalances(&arguments) }
    let path = try arguments.next("FILE")
    try arguments.end()
    let input: FeedInput = path == "-" ? .standardInput : .file(path)
    let format: RecordReader.Format = path.lowercased().hasSuffix(".csv") ? .csv : .ndjson
    guard ["members", "products", "stores"].contains(what) else {
      throw UsageFailure("`\(what)` is not one of members, products, stores, segment, balances")
    }
    let store = try Store(try Database.settings())
    let file = (path as NSString).lastPathComponent
    let summary: LoadSummary
    do {
      switch what {
      case "members": summary = try Loader.members(input, format, file: file, store)
      case "products": summary = try Loader.products(input, format, file: file, store)
      default: summary = try Loader.stores(input, format, file: file, store)
      }
    } catch let error as FeedError {
      throw error.of(path)
    }
    for problem in summary.problems { Terminal.note(problem) }
    print(
      "\(path): \(Terminal.grouped(summary.added)) \(what) added, "
        + "\(Terminal.grouped(summary.updated)) updated, \(summary.refused) refused")
    if summary.released.total > 0 {
      let count = summary.released["accepted"]
      print(
        CheckCommand.counted(count, "waiting transaction")
          + (count == 1 ? " was taken in" : " were taken in"))
      try store.wake()
    }
    return summary.refused > 0 ? ExitStatus.errors : ExitStatus.done
  }

  private static func loadSegment(_ arguments: inout Arguments) throws -> Int32 {
    let key = try arguments.next("the segment's NAME")
    let path = try arguments.next("FILE")
    try arguments.end()
    let data =
      path == "-"
      ? FileHandle.standardInput.readDataToEndOfFile() : try Data(contentsOf: URL(filePath: path))
    let store = try Store(try Database.settings())
    let result = try SegmentList.load(key, String(decoding: data, as: UTF8.self), store)
    for name in result.unknown.prefix(50) {
      Terminal.note("no member has the code or card `…\(name.suffix(4))`")
    }
    print(
      "\(key): \(Terminal.grouped(result.entered)) entered, "
        + "\(Terminal.grouped(result.left)) left, \(result.unknown.count) unknown")
    return result.unknown.isEmpty ? ExitStatus.done : ExitStatus.errors
  }
}

import Engine
import Feed
import Foundation
import Ledger
import Loyalty
import Postgres
import YAML

/// `patron post`: brings a file of transactions in.
enum PostCommand: Command {
  static let name = "post"
  static let summary = "bring a file of transactions in"
  static let usage =
    "post FILE|- [--mapping MAPPING | --format poslog] [--dry-run] [--results FILE]"
  static let help = """
    Brings in transactions as NDJSON (one a line, in the words of the feed), as CSV with a mapping
    file that says which column is what, or as POSLog, the retail industry's XML. The file is read
    whole before anything of it is published: one that ends in the middle changes nothing. What
    cannot be read is parked with its reason, the rest goes in; a file posted twice changes nothing.
    A row with `"status": "suspended"` was laid aside at the till: it is recorded and earns nothing,
    and its id stays free for the sale that becomes of it; `resumed` and `completed` say that it is
    done, which needs no word. A row of a register with `"training": true` earns nothing either.
    `-` is standard input. A line (of a POSLog a transaction) longer than 8 MB, or a beginning of
    another kind, refuses the whole file. --dry-run tells what the transactions come to, to be laid
    beside the till's own figures. An event that no program declares is parked, and told once for
    each name; so is an attribute of an event, or where the program declares any of a transaction
    or a line, that no declaration names: it is taken in, and no rule reads it.
    Exit status: 0 done, 1 failed, 2 when rows could not be read or are in conflict, and when the
    file is unfinished or does not fit its mapping.
    """
  static let options = [
    Option("mapping", "FILE", "a mapping file: the input is CSV"),
    Option("format", "FORMAT", "ndjson (the default), csv (with a mapping) or poslog"),
    Option("source", "NAME", "the source of rows that name none; of a POSLog without it: poslog"),
    Option("dry-run", "read and check everything, change nothing"),
    Option("results", "FILE", "write a verdict for each transaction (CSV)"),
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let path = try arguments.next("FILE")
    try arguments.end()
    let settings = try Database.settings()
    let store = try Store(settings)
    let programs = try ProgramSet(store)
    let context = try programs.feedContext(store, source: arguments.value("source"))
    let input: FeedInput = path == "-" ? .standardInput : .file(path)
    guard let format = try format(arguments, context) else { return ExitStatus.errors }
    let name = path == "-" ? "-" : (path as NSString).lastPathComponent
    guard let spool = try read(input, format, path) else { return ExitStatus.errors }
    if arguments.has("dry-run") {
      return try dryRun(spool, name, context.money, UndeclaredNames(programs))
    }
    var results = try arguments.value("results").map { try ResultFile($0) }
    var summary = PostSummary()
    var problems: [String] = []
    var unread = UndeclaredNames(programs)
    var posting = ProgressBar("posting", unit: "transactions")
    try Poster.post(spool, file: name, settings: settings) { batch in
      batch.count(in: &summary)
      batch.forEachTransaction { unread.add($0) }
      try results?.write(batch)
      if batch.hasProblems, problems.count < mostShown {
        for (arrival, verdict) in batch.inOrder
        where verdict.isProblem && problems.count < mostShown {
          problems.append("\(arrival.origin ?? name): \(told(verdict))")
        }
      }
      posting.show(summary.total, of: spool.count)
    }
    posting.end()
    try results?.close()
    try store.wake()
    for problem in problems { Terminal.note(problem) }
    let more = summary["unreadable"] + summary["conflict"] - problems.count
    if more > 0 {
      Terminal.note("… and \(Terminal.grouped(more)) more; `--results FILE` tells all of them")
    }
    show(summary, path)
    let reread = try store.dropReread()
    if reread > 0 {
      print("  \(Terminal.grouped(reread)) that could not be read before came in now")
    }
    showLeftOut(spool)
    for line in unread.lines { Terminal.note(line) }
    return summary["unreadable"] + summary["conflict"] > 0 ? ExitStatus.errors : ExitStatus.done
  }

  /// Nil where the file itself is wrong, which is told.
  private static func read(
    _ input: FeedInput, _ format: FeedFormat, _ path: String
  ) throws -> FileSpool? {
    let size = path == "-" ? 0 : fileSize(path)
    var bar = ProgressBar("reading", unit: "bytes")
    do {
      let spool = try FileSpool.read(input, format) { bar.show($0, of: size) }
      bar.end()
      if let line = spool.openLine {
        Terminal.note(
          "\(path):\(line): no end of line stands behind the last row: if the file was cut there, "
            + "so is the row's last field; look at it, and post the file again if it is not whole")
      }
      return spool
    } catch {
      bar.end()
      let error = error.of(path)
      if !error.isOfFile { throw error }
      Terminal.error(Failure.text(error))
      return nil
    }
  }

  /// Rows with problems that are shown.
  private static let mostShown = 20

  private static func format(_ arguments: Arguments, _ context: FeedContext) throws -> FeedFormat? {
    let name = arguments.value("format")
    guard [nil, "ndjson", "csv", "poslog"].contains(name) else {
      throw UsageFailure("`--format \(name ?? "")`: it is ndjson, csv or poslog")
    }
    guard let path = arguments.value("mapping") else {
      if name == "csv" {
        throw UsageFailure("of CSV a mapping file tells which column is what: --mapping FILE")
      }
      return name == "poslog" ? .poslog(context) : .ndjson(context)
    }
    guard name == nil || name == "csv" else {
      throw UsageFailure("a mapping is for CSV; --format \(name ?? "") needs none")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UsageFailure("the mapping file \(path) cannot be read")
    }
    let file = SourceFile(name: path, bytes: [UInt8](data))
    let (mapping, diagnostics) = MappingReader.read(file)
    if !diagnostics.isEmpty {
      Terminal.note(DiagnosticReport(diagnostics, sources: [file]).text)
    }
    return mapping.map { .csv($0, context) }
  }

  private static func fileSize(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? Int) ?? 0
  }

  static func show(_ summary: PostSummary, _ path: String) {
    if summary.total > 0, summary["already"] == summary.total {
      print(
        summary.total == 1
          ? "\(path): its 1 transaction is there already; nothing was changed."
          : "\(path): all \(Terminal.grouped(summary.total)) transactions are there already; "
            + "nothing was changed.")
      if summary.unread > 0 { print("  \(unread(summary))") }
      return
    }
    print("\(path): \(CheckCommand.counted(summary.total, "transaction"))")
    for word in ["accepted", "no card", "already", "parked", "unreadable", "conflict"]
    where summary[word] > 0 {
      print(
        "  " + Terminal.padded(word, 12) + " "
          + Terminal.padded(Terminal.grouped(summary[word]), 12, right: true)
      )
      if word == "already", summary.unread > 0 { print("    \(unread(summary))") }
      if word == "conflict" {
        print("    `patron conflicts` lists them, `patron resolve` settles them")
      }
      guard word == "parked" else { continue }
      for (reason, count) in summary.parked.sorted(by: { $0.key < $1.key }) {
        print("    \(Terminal.padded(reason, 20)) \(Terminal.grouped(count))")
      }
    }
  }

  private static func told(_ verdict: Verdict) -> String {
    if case .conflict(let fields) = verdict {
      return "conflict: the same id came again with another \(fields)"
    }
    return "\(verdict.word): \(verdict.detail)"
  }

  private static func unread(_ summary: PostSummary) -> String {
    "\(Terminal.grouped(summary.unread)) of them could not be read, now as before: `patron parked`"
  }

  /// What was passed over because it is no transaction of a customer, or by its mapping.
  private static func showLeftOut(_ spool: borrowing FileSpool) {
    guard spool.leftOutCount > 0 else { return }
    print("  \(Terminal.grouped(spool.leftOutCount)) left out")
  }

  private static func dryRun(
    _ spool: borrowing FileSpool, _ name: String, _ money: MoneyUnit,
    _ undeclared: UndeclaredNames
  ) throws -> Int32 {
    var shown = 0
    var unread = undeclared
    var totals = PostTotals()
    try spool.batches(of: 1_000) { rows in
      for row in rows {
        switch row {
        case .transaction(let transaction, _, _, _):
          totals.add(transaction)
          unread.add(transaction)
        case .unreadable(_, _, _, let problems, _, let line):
          guard shown < mostShown else { continue }
          shown += 1
          for problem in problems {
            Terminal.note("\(name):\(line): \(problem.described(behindLine: line))")
          }
        }
      }
    }
    if spool.problemCount > shown {
      Terminal.note("… and \(Terminal.grouped(spool.problemCount - shown)) more")
    }
    print(
      "\(name): \(CheckCommand.counted(spool.count, "transaction")), of which "
        + "\(Terminal.grouped(spool.problemCount)) cannot be read; nothing was changed (--dry-run)")
    for text in totals.text(money) { print(text) }
    showLeftOut(spool)
    for line in unread.lines { Terminal.note(line) }
    return spool.problemCount > 0 ? ExitStatus.errors : ExitStatus.done
  }
}

/// A verdict for each transaction, as CSV.
struct ResultFile {
  private let handle: FileHandle

  init(_ path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw UsageFailure("`--results \(path)` cannot be written") }
    self.handle = handle
    try handle.write(contentsOf: Data("origin,source,id,verdict,detail\n".utf8))
  }

  mutating func write(_ batch: PostedBatch) throws {
    var text = ""
    for (arrival, verdict) in batch.inOrder {
      var source = ""
      var id = ""
      switch arrival.content {
      case .transaction(let readable):
        (source, id) = (readable.transaction.source, readable.transaction.sentID)
      case .unreadable(_, let given, let number, _): (source, id) = (given ?? "", number ?? "")
      }
      text +=
        [arrival.origin ?? "", source, id, verdict.word, verdict.detail]
        .map { quoted($0) }.joined(separator: ",") + "\n"
    }
    try handle.write(contentsOf: Data(text.utf8))
  }

  private func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  func close() throws { try handle.close() }
}

import Digests
import Feed
import Ledger
import Loyalty
import Postgres
import Rules

/// Takes over opening balances from another system: a file whole or not at all, once, and proves
/// that what was booked is what was said.
public struct OpeningLoader: ~Copyable {
  public enum Result: Sendable, Equatable {
    /// The file's number, and how many accounts it has.
    case loaded(opening: Int32, accounts: Int64)
    /// The same lines were taken before.
    case already(opening: Int32)
    /// Nothing was taken: what is wrong, line by line, the first of them.
    case refused([String])
  }

  private let store: Store
  private let program: Program
  private let at: Instant
  private let file: String
  private var rows: [OpeningRow] = []
  private var problems: [String] = []
  private var count: Int64 = 0
  private var sums: [CurrencyID: Int64] = [:]
  /// Of the lines, in their order.
  private var chain: [UInt8] = []

  static let batch = 5_000
  static let shownProblems = 50

  private init(_ store: consuming Store, _ program: Program, file: String, at: Instant) {
    self.store = store
    self.program = program
    self.at = at
    self.file = file
  }

  private static func program(at instant: Instant, _ store: borrowing Store) throws -> Program {
    let programs = try ProgramSet(store)
    guard let place = programs.place(at: instant) else {
      throw EngineError("no version of the program is in force at \(instant.text(offset: 0))")
    }
    return programs.entries[place].rater.program
  }

  /// Reads `input` and posts an opening event to each account, to be rated like anything else.
  /// `totals` says what the file must come to, in units of each currency's key.
  public static func load(
    _ input: FeedInput, _ format: RecordReader.Format, file: String, at: Instant,
    totals: [String: ExactDecimal], _ settings: ConnectionSettings
  ) throws -> Result {
    let store = try Store(settings)
    let program = try program(at: at, store)
    var loader = OpeningLoader(store, program, file: file, at: at)
    try loader.store.db.begin()
    do {
      let result = try loader.run(input, format, totals)
      if case .loaded = result { try loader.store.db.commit() } else { loader.store.db.rollback() }
      return result
    } catch {
      loader.store.db.rollback()
      throw error
    }
  }

  private mutating func run(
    _ input: FeedInput, _ format: RecordReader.Format, _ totals: [String: ExactDecimal]
  ) throws -> Result {
    try store.lockOpenings()
    try store.stageOpenings()
    try read(input, format)
    let digest = SHA256.hex(chain)
    if let known = try store.opening(digest: digest) { return .already(opening: known) }
    try compare(totals)
    if problems.isEmpty {
      for strange in try store.strangeOpenings(most: Self.shownProblems) {
        let who = "…\(strange.who.suffix(4))"
        refuse(
          strange.isThere
            ? "the account of \(who) is closed" : "nobody has the code or card \(who)",
          Int(strange.line))
      }
    }
    guard problems.isEmpty else { return .refused(problems) }
    guard count > 0 else { return .refused(["\(file): there is nothing in it"]) }
    let posted = try store.postOpenings(
      digest: digest, rows: count, at: at, offset: program.zone.offset(at: at))
    return .loaded(opening: posted.id, accounts: posted.accounts)
  }

  private mutating func read(_ input: FeedInput, _ format: RecordReader.Format) throws {
    var records: [(BalanceRecord, Int)] = []
    try RecordReader.balances(input, format) { row in
      switch row {
      case .record(let record, let line): records.append((record, line))
      case .unreadable(_, let problems, let line):
        refuse(problems.map(\.description).joined(separator: "; "), line)
      }
      if records.count >= Self.batch {
        try take(records)
        records.removeAll(keepingCapacity: true)
      }
    }
    try take(records)
  }

  private mutating func take(_ records: [(BalanceRecord, Int)]) throws {
    rows.removeAll(keepingCapacity: true)
    for (record, line) in records { take(record, line) }
    try store.stage(rows)
  }

  private mutating func take(_ record: BalanceRecord, _ line: Int) {
    let only = program.currencies.count == 1 ? program.currencies[0] : nil
    let named = record.currency.map { key in program.currencies.first { $0.key == key } } ?? only
    guard let currency = named else {
      return refuse(
        record.currency.map { "the program has no currency `\($0)`" } ?? "say which currency", line)
    }
    guard let amount = record.amount.exactly(places: currency.decimals) else {
      return refuse("the amount has more decimals than \(currency.key)", line)
    }
    guard amount >= 0 else {
      return refuse("a balance below zero cannot be taken over; adjust it afterwards", line)
    }
    let expires = record.expires.map { program.zone.end(of: $0) } ?? .distantFuture
    guard expires > at else {
      return refuse("it had ended before the balances are taken over", line)
    }
    chain = SHA256.digest(
      chain + Array("\(record.who)\0\(record.isCard)\0\(currency.key)\0\(amount)\0\(expires)".utf8))
    count += 1
    guard amount > 0 else { return }
    let (sum, overflow) = (sums[currency.id] ?? 0).addingReportingOverflow(amount)
    if overflow { return refuse("the sum of \(currency.key) is more than can be counted", line) }
    sums[currency.id] = sum
    rows.append(
      OpeningRow(
        who: record.who, isCard: record.isCard, currency: currency.id, amount: amount,
        expires: expires, line: Int64(line)))
  }

  /// What the file comes to must be what was said, to the last point and for every currency.
  private mutating func compare(_ totals: [String: ExactDecimal]) throws {
    for currency in program.currencies {
      let sum = sums[currency.id] ?? 0
      guard let said = totals[currency.key] else {
        if sum != 0 {
          problems.append(
            "\(file): it holds \(ExactDecimal.text(sum, places: currency.decimals)) "
              + "\(currency.key); say what it must come to: "
              + "--total \(currency.key)=\(ExactDecimal.text(sum, places: currency.decimals))")
        }
        continue
      }
      guard said.exactly(places: currency.decimals) != sum else { continue }
      problems.append(
        "\(file): it comes to \(ExactDecimal.text(sum, places: currency.decimals)) "
          + "\(currency.key), and not to \(said)")
    }
    for key in totals.keys.sorted() where !program.currencies.contains(where: { $0.key == key }) {
      problems.append("the program has no currency `\(key)`")
    }
  }

  private mutating func refuse(_ problem: String, _ line: Int) {
    if problems.count < Self.shownProblems { problems.append("\(file):\(line): \(problem)") }
  }
}

import Engine
import Feed
import Foundation
import Ledger
import Loyalty
import Reports

/// `patron load balances`.
extension LoadCommand {
  static func loadBalances(_ arguments: inout Arguments) throws -> Int32 {
    let path = try arguments.next("FILE")
    try arguments.end()
    let settings = try Database.settings()
    let store = try Store(settings)
    let at = try Asking.instant(arguments, "at", store) ?? .now
    let format: RecordReader.Format = path.lowercased().hasSuffix(".csv") ? .csv : .ndjson
    let result: OpeningLoader.Result
    do {
      result = try OpeningLoader.load(
        path == "-" ? .standardInput : .file(path), format,
        file: (path as NSString).lastPathComponent, at: at,
        totals: try totals(arguments.value("total") ?? ""), settings)
    } catch let error as FeedError {
      throw error.of(path)
    }
    switch result {
    case .refused(let problems):
      for problem in problems { Terminal.note(problem) }
      Terminal.error("nothing was taken over")
      return ExitStatus.errors
    case .already(let id):
      print("\(path): it is there already (opening \(id))")
      return try prove(id, store)
    case .loaded(let id, let accounts):
      print("\(path): \(CheckCommand.counted(accounts, "account")) (opening \(id))")
      try Runner(settings, once: true).run()
      return try prove(id, store)
    }
  }

  /// What the ledger says of it.
  private static func prove(_ id: Int32, _ store: borrowing Store) throws -> Int32 {
    let (sums, waiting) = try store.booked(opening: id)
    guard waiting == 0 else {
      Terminal.note(
        CheckCommand.counted(waiting, "account") + (waiting == 1 ? " waits" : " wait")
          + " to be rated: `patron run --once`, then load it again")
      return ExitStatus.failed
    }
    let names = try CurrencyNames(store)
    for (currency, sum) in sums.sorted(by: { $0.key < $1.key }) {
      let (key, decimals) = names[currency]
      print("\(Asking.points(sum, decimals)) \(key) are booked")
    }
    return ExitStatus.done
  }

  private static func totals(_ text: String) throws -> [String: ExactDecimal] {
    var totals: [String: ExactDecimal] = [:]
    for pair in text.split(separator: ",") {
      let parts = pair.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
      guard parts.count == 2, let amount = ExactDecimal(parts[1]) else {
        throw UsageFailure("`--total \(pair)`: write KEY=AMOUNT, like points=123456")
      }
      totals[parts[0]] = amount
    }
    return totals
  }
}

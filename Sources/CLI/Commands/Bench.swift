import Foundation
import Samples

/// `patron bench`: how fast this machine is at Patron's work, beside what it is measured by.
enum BenchCommand: Command {
  static let name = "bench"
  static let summary = "measure how fast Patron is on this machine"
  static let usage = "bench [--only a,b] [--transactions N] [--seed N]"
  static let help = """
    Prints, from one run on this machine, a table of figure, yardstick and ratio.
      a  rating alone, one core: 100 rules, 20,000 accounts, transactions of 5 lines
      b  the same with 10,000 rules over 2,000 categories, so that as many match; its yardstick is
      (a)
    """
  static let options = [
    Option("only", "LETTERS", "which measurements, as in `a,b`"),
    Option("transactions", "N", "how many transactions (default 100,000)"),
    Option("seed", "N", "another workload of the same kind"),
  ]

  /// One line of the table.
  struct Figure {
    let letter: String
    let what: String
    /// Transactions a second.
    let rate: Double
    let yardstick: String
    let ratio: Double
  }

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    try arguments.end()
    let wanted = try letters(arguments.value("only") ?? "a,b")
    let count = try arguments.number("transactions", in: 1_000...10_000_000, default: 100_000)
    let seed = UInt64(try arguments.number("seed", in: 0...Int.max, default: 1))
    var figures: [Figure] = []
    var small = try RatingBench(BenchWorkload(transactions: count, seed: seed))
    let base = small.measure()
    if wanted.contains("a") {
      figures.append(
        Figure(
          letter: "a", what: "rating alone, 100 rules (\(perSale(small.parts, count)))", rate: base,
          yardstick: "1,000,000/s", ratio: base / 1_000_000))
    }
    if wanted.contains("b") {
      var large = try RatingBench(
        BenchWorkload(rules: 10_000, categories: 2_000, transactions: count, seed: seed))
      let rate = large.measure()
      figures.append(
        Figure(
          letter: "b", what: "rating alone, 10,000 rules (\(perSale(large.parts, count)))",
          rate: rate, yardstick: "half of (a)", ratio: rate / (base / 2)))
    }
    show(figures)
    return ExitStatus.done
  }

  private static func letters(_ text: String) throws -> Set<String> {
    let letters = Set(text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
    guard letters.isSubset(of: ["a", "b"]) else {
      throw UsageFailure("`--only \(text)`: letters of the list, as in `a,b`")
    }
    return letters
  }

  private static func perSale(_ parts: Int, _ count: Int) -> String {
    String(format: "%.1f parts a sale", Double(parts) / Double(count))
  }

  private static func show(_ figures: [Figure]) {
    let width = figures.map(\.what.count).max() ?? 0
    print(
      "   " + Terminal.padded("", width) + "  transactions/s  " + Terminal.padded("yardstick", 16)
        + "  ratio")
    for figure in figures {
      let rate = Terminal.padded(Terminal.grouped(Int(figure.rate)), 14, right: true)
      print(
        "\(figure.letter)  " + Terminal.padded(figure.what, width) + "  \(rate)  "
          + Terminal.padded(figure.yardstick, 16) + "  " + String(format: "%5.2f", figure.ratio))
    }
  }
}

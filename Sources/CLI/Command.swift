/// One command: its file is named after its first word.
protocol Command {
  static var name: String { get }
  /// One line for the list of commands.
  static var summary: String { get }
  /// What is typed after `patron`.
  static var usage: String { get }
  static var help: String { get }
  static var options: [Option] { get }
  /// Gives the exit status.
  static func run(_ arguments: inout Arguments) throws -> Int32
}

extension Command {
  static var options: [Option] { [] }
}

/// `--name VALUE`, or `--name` alone where `value` is nil.
struct Option {
  let name: String
  let value: String?
  let help: String

  init(_ name: String, _ value: String?, _ help: String) {
    self.name = name
    self.value = value
    self.help = help
  }

  init(_ name: String, _ help: String) { self.init(name, nil, help) }

  var heading: String { "--\(name)" + (value.map { " \($0)" } ?? "") }
}

struct UsageFailure: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

/// The words behind a command, sorted into options and the rest.
struct Arguments {
  private(set) var words: [String] = []
  private var values: [String: String] = [:]
  private var flags: Set<String> = []

  init(_ all: [String], _ options: [Option]) throws {
    var rest = all[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--"), word.count > 2 else {
        words.append(word)
        continue
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
      guard let option = options.first(where: { $0.name == parts[0] }) else {
        let near = Names.nearest(to: parts[0], among: options.map(\.name))
        throw UsageFailure(
          "there is no option `--\(parts[0])`" + (near.map { "; did you mean `--\($0)`?" } ?? ""))
      }
      if let placeholder = option.value {
        guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
          throw UsageFailure("`--\(option.name)` needs a value: \(placeholder)")
        }
        values[option.name] = value
      } else {
        guard parts.count == 1 else { throw UsageFailure("`--\(option.name)` takes no value") }
        flags.insert(option.name)
      }
    }
  }

  func has(_ flag: String) -> Bool { flags.contains(flag) }
  func value(_ name: String) -> String? { values[name] }

  /// The next word that is no option.
  mutating func next(_ what: String) throws -> String {
    guard !words.isEmpty else { throw UsageFailure("\(what) is missing") }
    return words.removeFirst()
  }

  mutating func nextOrNil() -> String? { words.isEmpty ? nil : words.removeFirst() }

  func end() throws {
    if let word = words.first { throw UsageFailure("what is `\(word)` for?") }
  }

  /// A whole number from `range`.
  func number(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws -> Int {
    guard let text = values[name] else { return standard }
    guard let number = Int(text), range.contains(number) else {
      throw UsageFailure(
        "`--\(name) \(text)`: a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

/// Names that are near to a mistyped one.
enum Names {
  static func nearest(to word: String, among names: [String]) -> String? {
    let scored = names.map { (name: $0, distance: distance(Array(word), Array($0))) }
    guard let best = scored.min(by: { $0.distance < $1.distance }),
      best.distance <= max(1, word.count / 3)
    else { return nil }
    return best.name
  }

  /// Optimal string alignment distance (Damerau-Levenshtein without overlaps).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in 1..<(a.count + 1) {
      var row = [i] + Array(repeating: 0, count: b.count)
      for j in 1..<(b.count + 1) {
        let cost = a[i - 1] == b[j - 1] ? 0 : 1
        row[j] = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + cost)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          row[j] = min(row[j], rows[i - 2][j - 2] + 1)
        }
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

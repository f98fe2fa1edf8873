/// A number with a comma inside `{ }`, where YAML cuts it in two: `at least 1.000,00`.
struct CutNumber {
  /// What stands before the comma, and what behind it.
  var before: String
  var behind: String

  /// Behind the comma up to the end of the number, and the words that follow.
  private var digits: Substring { behind.prefix { $0.isNumber || $0 == "." || $0 == "," } }
  private var words: Substring { behind.dropFirst(digits.count) }

  func diagnostic(at place: Place) -> Diagnostic {
    let (number, why) = meant
    return Diagnostic(
      "Y018", at: place, "a comma cut the number `\(before),\(digits)` in two",
      help: "\(why): write `\(number)\(words)`")
  }

  /// The number in the language's own spelling, with the words before it.
  private var meant: (text: String, why: String) {
    var words = before.split(separator: " ").map(String.init)
    var whole = words.removeLast()
    let groups = whole.split(separator: ".").map(String.init)
    var isGrouped = groups.count > 1 && groups.dropFirst().allSatisfy { $0.count == 3 }
    if isGrouped { whole = groups.joined() }
    while whole.count % 3 == 0, let last = words.last,
      last.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    {
      (whole, isGrouped) = (words.removeLast() + whole, true)
    }
    let parts = digits.split(separator: ",").map(String.init)
    // `3,00,000`: in India the groups above the thousands have two digits.
    let counts = parts.map { $0.prefix { $0 != "." }.count }
    let isIndian = counts.count > 1 && counts.dropLast().allSatisfy { $0 == 2 }
    let isThousands = counts.allSatisfy { $0 == 3 } || isIndian && counts.last == 3
    let text: String
    let why: String
    if isThousands, !isGrouped {
      let hasDecimals = digits.contains(".")
      text = ([whole] + parts).joined(separator: hasDecimals ? "" : "_")
      why = "numbers take no comma"
    } else {
      text = whole + "." + parts.joined()
      why = "a point stands before decimals" + (isGrouped ? ", and nothing between thousands" : "")
    }
    return ((words + [text]).joined(separator: " "), why)
  }
}

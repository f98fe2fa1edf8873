/// Says in plain words what libyaml met, from its own word and from the text around it.
struct Explanation {
  private let source: SourceText
  private let firstLine: Int

  init(_ source: SourceText, firstLine: Int) {
    self.source = source
    self.firstLine = firstLine
  }

  func diagnostic(_ failure: SyntaxFailure) -> Diagnostic {
    if let wide = fullWidthColon(failure) { return wide }
    switch failure.problem {
    case "could not find expected ':'": return missingColon(failure)
    case "mapping values are not allowed in this context": return secondColon(failure)
    case "did not find expected key", "did not find expected '-' indicator",
      "did not find expected <document start>",
      "block sequence entries are not allowed in this context":
      return indentation(failure)
    case "did not find expected ',' or '}'": return bracket(failure, open: "{", close: "}")
    case "did not find expected ',' or ']'": return bracket(failure, open: "[", close: "]")
    case "found unexpected end of stream", "found unexpected document indicator":
      return Diagnostic(
        "Y007", at: place(failure.began), "the quote that opens here is never closed",
        help: "close it at the end of the text")
    case "found character that cannot start any token",
      "did not find expected alphabetic or numeric character":
      return character(failure)
    case "did not find expected node content": return missingValue(failure)
    case _ where failure.context.contains("block scalar"): return character(failure)
    default: return other(failure)
    }
  }

  private func place(_ mark: Mark, length: Int = 1) -> Place {
    // The mark of the end of input is one line past the text.
    let line = min(mark.line + firstLine, max(1, source.lineCount))
    let isPast = mark.line + firstLine > source.lineCount
    let column = isPast ? source.scalars(ofLine: line).count : mark.column
    return Place(file: source.file, line: line, column: column + 1, length: length)
  }

  private func scalars(_ mark: Mark) -> [Unicode.Scalar] {
    source.scalars(ofLine: mark.line + firstLine)
  }

  private func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// `points： 1`: what looks like a colon is none.
  private func fullWidthColon(_ failure: SyntaxFailure) -> Diagnostic? {
    let colons = ["could not find expected ':'", "mapping values are not allowed in this context"]
    guard colons.contains(failure.problem) || failure.problem.hasPrefix("did not find expected")
    else { return nil }
    for mark in [failure.began, failure.at, Mark(line: failure.at.line - 1, column: 0)] {
      guard mark.line >= 0, let column = scalars(mark).firstIndex(of: "：") else { continue }
      return Diagnostic(
        "Y020", at: place(Mark(line: mark.line, column: column)),
        "the colon here is a full-width one", help: "write `: `, a plain colon and a space")
    }
    return nil
  }

  private func missingColon(_ failure: SyntaxFailure) -> Diagnostic {
    let line = scalars(failure.began).dropFirst(failure.began.column)
    let text = string(line.prefix { $0 != "#" }).trimmed
    if let comment = comment(in: scalars(failure.began)) {
      return Diagnostic(
        "Y005", at: place(failure.began, length: max(1, text.unicodeScalars.count)),
        "no colon stands behind `\(text)`",
        help: "a comment begins with `#`: write `# \(comment)`")
    }
    let at = place(failure.began, length: max(1, text.unicodeScalars.count))
    if let colon = text.firstIndex(of: ":"), text.index(after: colon) < text.endIndex {
      let rest = text[text.index(after: colon)...]
      return Diagnostic(
        "Y005", at: at, "no space stands after the colon of `\(text)`",
        help: "write `\(text[..<colon]): \(rest)`")
    }
    return Diagnostic(
      "Y005", at: at, "no colon stands behind `\(text)`",
      help:
        "write `\(text.split(separator: " ").first ?? "name"):`, and what belongs to it "
        + "behind or below"
    )
  }

  /// The text behind `//` or `--`, with which comments begin elsewhere.
  private func comment(in line: [Unicode.Scalar]) -> String? {
    let text = string(line).trimmed
    guard text.hasPrefix("//") || text.hasPrefix("--") else { return nil }
    return String(text.dropFirst(2)).trimmed
  }

  /// `: ` where no name can stand: in a free text, or below a line that has its value already.
  private func secondColon(_ failure: SyntaxFailure) -> Diagnostic {
    let line = scalars(failure.at)
    let before = line.prefix(failure.at.column)
    let first = before.indices.first { index in
      before[index] == ":" && index + 1 < line.count && line[index + 1] == " "
    }
    if let first {
      let value = string(line[(first + 1)...]).trimmed
      let inner = string(line[(first + 1)..<failure.at.column]).trimmed
      let isWord = inner.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
      let name = string(line[..<first]).trimmed
      if value.hasPrefix("not {"), value.hasSuffix("}") {
        return Diagnostic(
          "Y009", at: place(failure.at), "a second colon stands in one line",
          help: "write `\(name): {not: \(value.dropFirst("not ".count))}`")
      }
      let isBracket = value.first.map { "(（｛[［【".contains($0) } ?? false
      return Diagnostic(
        "Y009", at: place(failure.at), "a second colon stands in one line",
        help: isBracket
          ? "names with values stand in `{ }`: write `\(name): {\(value.dropFirst().dropLast())}`"
          : isWord
            ? "put `\(inner):` and what is behind it into a line of its own, indented below "
              + "`\(name):`; "
              + "in one line it is `\(name): {\(value)}`"
            : "put the text in quotes: \"\(value.replacingQuotes)\"")
    }
    if let missing = missingColonAbove(failure.at.line) { return missing }
    let start = before.prefix { $0 == " " }.count
    return Diagnostic(
      "Y008",
      at: place(Mark(line: failure.at.line, column: start), length: max(1, before.count - start)),
      "this line is indented below one that has its value already",
      help: "indent it as the line above, or move that line's value down")
  }

  /// A line without its colon runs into the next one, where libyaml is surprised.
  private func missingColonAbove(_ line: Int) -> Diagnostic? {
    var above = line - 1
    while above > 0, string(source.scalars(ofLine: above + firstLine)).trimmed.isEmpty {
      above -= 1
    }
    guard above >= 0 else { return nil }
    let scalars = source.scalars(ofLine: above + firstLine)
    let start = scalars.prefix { $0 == " " || $0 == "-" }.count
    let text = string(scalars.dropFirst(start).prefix { $0 != "#" }).trimmed
    guard !text.isEmpty, !text.hasSuffix(":"), !text.contains(": ") else { return nil }
    let mark = Mark(line: above, column: start)
    return missingColon(SyntaxFailure(problem: "", context: "", at: mark, began: mark))
  }

  private func indentation(_ failure: SyntaxFailure) -> Diagnostic {
    let line = scalars(failure.at)
    let start = line.prefix { $0 == " " }.count
    let text = string(line.dropFirst(start))
    let mark = Mark(line: failure.at.line, column: min(start, max(0, line.count)))
    if failure.at.column > start, failure.problem.hasPrefix("block sequence") {
      return Diagnostic(
        "Y008", at: place(failure.at), "a list begins in the line of its name",
        help: "put each `- ` on a line of its own below, or write `[a, b]`")
    }
    if failure.at.column > start,
      let quote = line.dropFirst(start).firstIndex(where: { "\"'".unicodeScalars.contains($0) }),
      quote < failure.at.column
    {
      return Diagnostic(
        "Y009", at: place(failure.at), "text goes on here behind a closing quote",
        help: "put the whole text in quotes, and write a quote inside twice: 'Valentine''s'")
    }
    if failure.at.column > start, failure.at.column < line.count,
      let close = string(line[..<failure.at.column]).trimmed.last, "}]".contains(close)
    {
      let rest = string(line[failure.at.column...]).trimmed
      return Diagnostic(
        "Y006", at: place(failure.at, length: rest.unicodeScalars.count),
        "`\(rest)` stands behind the closing `\(close)`",
        help: rest.unicodeScalars.count == 1
          ? "delete it" : "put it into a line of its own, or into the brackets")
    }
    return Diagnostic(
      "Y008", at: place(mark, length: max(1, min(text.unicodeScalars.count, 40))),
      "the indentation of this line fits none of the lines above it",
      help: "lines that belong together begin in the same column; each step inwards is two spaces")
  }

  private func bracket(_ failure: SyntaxFailure, open: String, close: String) -> Diagnostic {
    if failure.at.line == failure.began.line, failure.at.column < scalars(failure.at).count {
      let found = string(scalars(failure.at).dropFirst(failure.at.column).prefix(1))
      let line = scalars(failure.at)
      if found == ":", let semicolon = line[..<failure.at.column].lastIndex(of: ";"),
        semicolon > failure.began.column
      {
        return Diagnostic(
          "Y006", at: place(Mark(line: failure.at.line, column: semicolon)),
          "a semicolon stands between two names", help: "write a comma in its place")
      }
      if found == ":" {
        return Diagnostic(
          "Y009", at: place(failure.at), "a second colon stands in one value",
          help: "put the text in quotes, or a comma before the next name")
      }
      return Diagnostic(
        "Y006", at: place(failure.at), "a comma or `\(close)` is missing before `\(found)`",
        help: "what stands side by side in `\(open) \(close)` is separated by commas")
    }
    if let cut = commentInside(failure.began, close: close) { return cut }
    return Diagnostic(
      "Y006", at: place(failure.began), "the `\(open)` that opens here is never closed",
      help: "write `\(close)` at its end")
  }

  /// A `#` in a text inside brackets, that took the closing one with it.
  private func commentInside(_ began: Mark, close: String) -> Diagnostic? {
    let line = Array(scalars(began))
    var quote: Unicode.Scalar?
    for index in line.indices.dropFirst(began.column) {
      let scalar = line[index]
      if let open = quote {
        if scalar == open { quote = nil }
      } else if scalar == "\"" || scalar == "'" {
        quote = scalar
      } else if scalar == "#", index > 0, line[index - 1] == " " {
        let rest = string(line[index...])
        guard rest.contains(close), line.count > index + 1, line[index + 1] != " " else {
          return nil
        }
        let before = string(
          line[..<index].reversed().prefix { !":,{[".unicodeScalars.contains($0) }
            .reversed())
        let text = (before + rest.prefix { !",}]".contains($0) }).trimmed
        return Diagnostic(
          "Y006", at: place(Mark(line: began.line, column: index)),
          "a comment begins with this `#`, and the `\(close)` behind it is part of it",
          help: "put the text in quotes: \"\(text.replacingQuotes)\"")
      }
    }
    return nil
  }

  private func character(_ failure: SyntaxFailure) -> Diagnostic {
    let found = string(scalars(failure.at).dropFirst(failure.at.column).prefix(1))
    if found == "\t" {
      return Diagnostic(
        "Y004", at: place(failure.at), "a tab stands here", help: "use spaces")
    }
    let mark = failure.problem.hasPrefix("did not") ? failure.began : failure.at
    let rest = string(scalars(mark).dropFirst(mark.column))
    let first = String(rest.prefix(1))
    let digits = rest.drop { "<>= ".contains($0) }.prefix { $0.isNumber || $0 == "." }
    let isComparison = "<>=".contains(first) && !digits.isEmpty
    let name = rest.drop { "<>= ".contains($0) }.prefix { !" ,}]#".contains($0) }
    if "<>=".contains(first), digits.isEmpty, !name.isEmpty, rest.dropFirst().first == "=" {
      return Diagnostic(
        "Y009", at: place(mark), "a text cannot begin with `\(first)`",
        help: "comparisons are words: write `\(name) or \(first == "<" ? "below" : "above")`")
    }
    let number = rest.dropFirst().drop { $0 == " " }
    let share = number.prefix { $0.isNumber || $0 == "." }
    let behind = number.dropFirst(share.count).first { $0 != " " }
    if first == "%", !share.isEmpty, behind.map({ ",}]#".contains($0) }) ?? true {
      return Diagnostic(
        "Y009", at: place(mark), "a text cannot begin with `%`",
        help: "the sign stands behind the number: write `\(share)%`")
    }
    return Diagnostic(
      "Y009", at: place(mark), "a text cannot begin with `\(first)`",
      help: isComparison
        ? "comparisons are words: write `at least \(digits)` or `more than \(digits)`"
        : "put the text in quotes")
  }

  private func missingValue(_ failure: SyntaxFailure) -> Diagnostic {
    Diagnostic(
      "Y006", at: place(failure.at), "a value is missing here",
      help: "look for a comma or a bracket too many")
  }

  private func other(_ failure: SyntaxFailure) -> Diagnostic {
    if failure.problem.contains("escape") || failure.problem.contains("hexdecimal") {
      return Diagnostic(
        "Y009", at: place(failure.at), "a backslash in double quotes begins a special character",
        help: "write the text in single quotes")
    }
    return Diagnostic(
      "Y010", at: place(failure.at), "this cannot be read as YAML: \(failure.problem)",
      help: "compare it with the lines around it, or put the text in quotes")
  }
}

extension String {
  /// Without spaces at both ends.
  fileprivate var trimmed: String {
    var rest = Substring(self)
    while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return String(rest)
  }

  fileprivate var replacingQuotes: String {
    String(map { $0 == "\"" ? "'" : $0 })
  }
}

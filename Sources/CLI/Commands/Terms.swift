import Engine
import Loyalty
import Rules

/// `patron terms`: the program as terms that a customer can read.
enum TermsCommand: Command {
  static let name = "terms"
  static let summary = "the program as terms that a customer can read"
  static let usage = "terms PATH [--lang LANGUAGE] [--at DATE]"
  static let help = """
    Writes what the program in PATH promises, in plain sentences as Markdown: what is collected and
    when it ends, how to earn, levels, rewards, coupons, returns. Sentences are there in English
    and Chinese; the program's own names come in the language asked for where it has them. What is
    over is left out. A draft for whoever answers for the terms, not legal advice.
    """
  static let options = [
    Asking.language, Option("at", "DATE", "as it is from this day on; without it today"),
  ]

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let path = try arguments.next("PATH")
    try arguments.end()
    let folder = try ProgramFolder(path: path)
    guard CheckCommand.checked(folder) != nil else { return ExitStatus.errors }
    let day = try Asking.date(arguments, "at") ?? .today
    let spoken = Asking.language(arguments)
    if !["en", "zh"].contains(String(spoken.prefix { $0 != "-" && $0 != "_" })) {
      Terminal.note(
        "(Patron's own sentences are in English and Chinese; only the program's names are in "
          + "`\(spoken)`, where it has them)")
    }
    let terms = Terms(folder.files, language: Asking.language(arguments), today: day)
    print(terms.text, terminator: "")
    return ExitStatus.done
  }
}

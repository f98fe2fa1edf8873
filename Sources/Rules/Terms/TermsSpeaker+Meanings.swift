import Loyalty
import YAML

/// What the program's own names stand for, in a customer's words.
extension TermsSpeaker {
  /// Of choices, segments and days, those that the text calls by their names.
  func meanings(in told: String) -> [String] {
    let meanings =
      program["sets"].map { ($0, items($0.value)) }
      + program["segments"].map { ($0, members($0.value)) }
      + program["holidays"].map { ($0, list(comingDays($0.value), or: false)) }
    let all = meanings.filter { !isOver($0.0) && !$0.1.isEmpty && $0.1 != readable($0.0.name) }
    let text = ([told] + all.map(\.1)).joined(separator: "\n").lowercased()
    return all.filter { text.contains(readable($0.0.name).lowercased()) }.map { thing, meaning in
      readable(thing.name) + say(": ", "：") + meaning + say(".", "。")
    }
  }

  /// Who is in a segment.
  private func members(_ node: Node) -> String {
    if node.text == "by list" { return say("members on a list of ours", "由我们指定的会员") }
    return conditions(node).joined(separator: say(", ", "，"))
      .replacing("when before that you", with: "when you")
      .replacing("此前", with: "")
  }

  private func comingDays(_ node: Node) -> [String] {
    texts(node).filter { text in
      text.split(separator: " ").last.flatMap { CivilDate($0) }.map { $0 >= today } ?? true
    }.map { days($0) }
  }
}

import YAML

/// What one state of a program's files says that another one does not, in sentences. It compares
/// what is written, word by word, so that every word of the language is compared, those too that
/// have no sentence of their own here.
public struct ProgramDiff: Sendable {
  public struct Difference: Sendable, Equatable {
    public enum What: String, Sendable { case added, removed, changed }
    /// `rule`, `tier`, `currency`; `program` for what stands alone.
    public var kind: String
    public var name: String
    public var what: What
    /// One sentence each, without a full stop.
    public var sentences: [String]
  }

  /// By kind, in the order of the new files, what is gone at the end of its kind.
  public private(set) var differences: [Difference] = []

  public init(old: [SourceFile], new: [SourceFile]) {
    let (before, after) = (WrittenProgram(old), WrittenProgram(new))
    alone(before, after)
    for section in WrittenProgram.sections where section.word != "examples" {
      things(section, before[section.word], after[section.word])
    }
    compounds(before, after)
    examples(before["examples"], after["examples"])
  }

  private mutating func add(
    _ kind: String, _ name: String, _ what: Difference.What, _ sentences: [String]
  ) {
    if !sentences.isEmpty || what == .removed {
      differences.append(
        Difference(kind: kind, name: name, what: what, sentences: sentences))
    }
  }

  /// The words that no name stands before, of the program and of each campaign.
  private mutating func alone(_ old: WrittenProgram, _ new: WrittenProgram) {
    // There is one program, whatever it is called.
    func isSame(_ a: WrittenProgram.File, _ b: WrittenProgram.File) -> Bool {
      a.kind == b.kind && (a.name == b.name || a.kind == "program")
    }
    for file in new.files {
      guard let before = old.files.first(where: { isSame($0, file) }) else {
        let said = DiffWords.said(file.fields, in: file.room)
        add(file.kind, file.name, .added, ["added" + (said.isEmpty ? "" : ": " + said)])
        continue
      }
      add(
        file.kind, file.name, .changed,
        (before.name == file.name ? [] : ["was called \(before.name)"])
          + DiffWords.changes(before.fields, file.fields, in: file.room))
    }
    for file in old.files where !new.files.contains(where: { isSame($0, file) }) {
      add(file.kind, file.name, .removed, ["removed, with all that it says"])
    }
  }

  private mutating func things(
    _ section: WrittenProgram.Section, _ old: [WrittenProgram.Thing], _ new: [WrittenProgram.Thing]
  ) {
    var gone = old.filter { thing in !new.contains { $0.name == thing.name } }
    for thing in new {
      let known = old.filter { $0.name == thing.name }
      let isThere = known.contains {
        $0.campaign == thing.campaign && DiffWords.isSame($0.value, thing.value)
      }
      if isThere { continue }
      if let before = known.first(where: { $0.campaign == thing.campaign }) ?? known.first {
        var sentences = DiffWords.changes(before.value, thing.value, section)
        if before.campaign != thing.campaign { sentences.append(moved(before, thing)) }
        add(section.kind, thing.name, .changed, sentences)
      } else if let place = gone.firstIndex(where: { DiffWords.isSame($0.value, thing.value) }) {
        let before = gone.remove(at: place)
        add(
          section.kind, thing.name, .changed,
          [
            "was called \(before.name), and says the same; what was counted under that name stays "
              + "there"
          ] + (before.campaign == thing.campaign ? [] : [moved(before, thing)]))
      } else {
        let said = DiffWords.said(thing.value, section)
        let of = thing.campaign.map { " in the campaign \($0)" } ?? ""
        add(section.kind, thing.name, .added, ["added" + of + (said.isEmpty ? "" : ": " + said)])
      }
    }
    for thing in gone {
      let said = DiffWords.said(thing.value, section)
      add(
        section.kind, thing.name, .removed, ["removed" + (said.isEmpty ? "" : "; it said: " + said)]
      )
    }
    if section.isOrdered { order(section.kind, "all", "stand", old, new) }
  }

  private func moved(_ old: WrittenProgram.Thing, _ new: WrittenProgram.Thing) -> String {
    new.campaign.map { "now stands in the campaign \($0)" } ?? "now stands in the program itself"
  }

  /// Where the order of names says something.
  private mutating func order(
    _ kind: String, _ name: String, _ stand: String,
    _ old: [WrittenProgram.Thing], _ new: [WrittenProgram.Thing]
  ) {
    let both = new.map(\.name).filter { name in old.contains { $0.name == name } }
    let before = old.map(\.name).filter { both.contains($0) }
    guard both != before else { return }
    let names = new.map(\.name).joined(separator: ", ")
    add(kind, name, .changed, ["\(stand) in another order now: \(names)"])
  }

  /// Discounts of a group in which each counts on what those above it left.
  private mutating func compounds(_ old: WrittenProgram, _ new: WrittenProgram) {
    for group in new["groups"] where group.value.text == "compound" {
      let within = { (rule: WrittenProgram.Thing) in
        rule.value["group"]?.text == group.name
          && ["off", "fixed", "free", "buy"].contains { rule.value[$0] != nil }
      }
      let (before, after) = (old["rules"].filter(within), new["rules"].filter(within))
      order("group", group.name, "its discounts stand", before, after)
    }
  }

  private mutating func examples(_ old: [WrittenProgram.Thing], _ new: [WrittenProgram.Thing]) {
    let added = new.filter { thing in !old.contains { $0.name == thing.name } }
    let removed = old.filter { thing in !new.contains { $0.name == thing.name } }
    let changed = new.filter { thing in
      let before = old.filter { $0.name == thing.name }
      return !before.isEmpty && !before.contains { DiffWords.isSame($0.value, thing.value) }
    }
    for thing in added { add("example", thing.name, .added, ["added"]) }
    for thing in changed { add("example", thing.name, .changed, ["changed"]) }
    for thing in removed { add("example", thing.name, .removed, ["removed"]) }
  }
}

/// A word of the language: what it means in its room, and what stands behind it.
///
/// `Room` says which words there are; here each has its sentence, which editors, `--help` and
/// people read. A test holds the two together.
struct Word: Sendable {
  var name: String
  /// One or two sentences for somebody who writes a program.
  var text: String
  var shape: Shape

  init(_ name: String, _ text: String, _ shape: Shape) {
    self.name = name
    self.text = text
    self.shape = shape
  }
}

extension Word {
  /// The words of each room, in no particular order.
  static let byRoom: [Room: [Word]] = ofPrograms.merging(ofRules) { $0 + $1 }
    .merging(ofBenefits) { $0 + $1 }.merging(ofExamples) { $0 + $1 }

  /// A room that has all the words of another one, too.
  static func base(of room: Room) -> Room? {
    switch room {
    case .qualify: .goal
    case .example: .step
    case .give: .gives
    default: nil
    }
  }

  static func find(_ name: String, in room: Room) -> Word? {
    byRoom[room]?.first { $0.name == name } ?? base(of: room).flatMap { find(name, in: $0) }
  }

  /// What is wrong between the rooms and these descriptions, one sentence each.
  static var findings: [String] {
    Room.allCases.flatMap { room -> [String] in
      let known = Set(room.words)
      let missing = room.words.filter { find($0, in: room) == nil }.map {
        "`\($0)` in \(room.title) has no description: add `Word(\"\($0)\", \"what it means.\", "
          + "what may stand behind it)` under `.\(room)` in Sources/Rules/Describe/Words+….swift"
      }
      let words = byRoom[room] ?? []
      let foreign = words.filter { !known.contains($0.name) }.map {
        "`\($0.name)` is described for \(room.title), which has no such word"
      }
      let twice = Dictionary(grouping: words, by: \.name).filter { $1.count > 1 }.keys.sorted().map
      {
        "`\($0)` in \(room.title) is described twice"
      }
      let short = words.filter { !$0.text.hasSuffix(".") || $0.text.count < 15 }.map {
        "`\($0.name)` in \(room.title) is not described by a sentence"
      }
      return missing + foreign + twice + short
    }
  }
}

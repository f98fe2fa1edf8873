import Loyalty
import YAML

/// Steps run in the order in which they stand. One with an earlier time than a step before it is a
/// slip of the pen, unless it says that it came in late.
enum StepOrder {
  static func check(_ program: ProgramSyntax) -> [Diagnostic] {
    program.examples.flatMap { check($0) }
  }

  private static func check(_ example: ExampleSyntax) -> [Diagnostic] {
    let first = example.members.first?.key.value ?? ""
    var latest: [String: Written<WrittenTime>] = [:]
    var found: [Diagnostic] = []
    for step in example.steps {
      guard let at = step.at else {
        if let late = step.late { found.append(notLate(late)) }
        continue
      }
      let member = step.member?.value ?? first
      let before = latest[member]
      if let before, at.value.isBefore(before.value) == true {
        if case .wait = step.action, step.redeems == nil {
          found.append(
            Diagnostic(
              "R071", .warning, at: at.place,
              "a step that only lets time pass lies before the one "
                + "of line \(before.place.line)", help: "time does not go back: correct its `at`"))
        } else if step.late == nil {
          found.append(
            Diagnostic(
              "R071", .warning, at: at.place,
              "this step lies before the one of line \(before.place.line), and is rated after it",
              help: "put them in the order of time; for a sale that comes in late add `late: yes`"))
        }
      } else {
        if let late = step.late { found.append(notLate(late)) }
        latest[member] = at
      }
    }
    return found
  }

  private static func notLate(_ place: Place) -> Diagnostic {
    Diagnostic(
      "R071", .warning, at: place,
      "this step is not late: no earlier step of this member has a "
        + "later time", help: "leave `late` out, or correct its `at`")
  }
}

extension WrittenTime {
  /// Nil where only one of them has an offset.
  fileprivate func isBefore(_ other: WrittenTime) -> Bool? {
    switch (offset, other.offset) {
    case (nil, nil): civil < other.civil
    case (let own?, let its?): seconds(own) < other.seconds(its)
    default: nil
    }
  }

  private func seconds(_ offset: Int32) -> Int64 {
    Int64(civil.date.day) * 86_400 + civil.microseconds / 1_000_000 - Int64(offset)
  }
}

import Loyalty
import YAML

/// Looks at a program as a whole: names, contradictions, and what surely was not meant.
public enum ProgramChecker {
  /// Checks of a program that was read without an error. `today` lets dates that are over be told.
  public static func check(_ program: ProgramSyntax, today: CivilDate? = nil) -> [Diagnostic] {
    let found = names(program)
    // What a name stands for is not known where the name is wrong.
    guard !found.contains(where: { $0.severity == .error }) else { return found }
    let checks: [(ProgramSyntax) -> [Diagnostic]] = [
      Shadows.check, ImpossibleDays.check, NeverCounted.check, ValueTables.check,
      Windows.check, TierOrder.check, Contradictions.check, EventFit.check, Baskets.check,
      Multipliers.check, TierTables.check, TierSlips.check, GroupOrder.check,
      OpenGifts.check, BalanceMarks.check, EarnedMarks.check, Benefits.check, Budgets.check,
      StandingQuestions.check,
      FavouritePlaces.check, Conversions.check, OwnExpiries.check, CheapestPlaces.check,
      Choices.check, VarietyWindows.check, JoinWindows.check, ExactAmounts.check, Units.check,
      SilentExamples.check, StepOrder.check, SpokenValues.check, NarrowBounds.check,
    ]
    return found + checks.flatMap { $0(program) }
      + (today.map { PastDates.check(program, today: $0) } ?? [])
  }

  /// Reads and checks a program's files: everything that is wrong, at once. `zones` are names of
  /// time zones that can be offered for one that is none.
  public static func check(
    _ files: [SourceFile], today: CivilDate? = nil, zones: [String] = []
  ) -> ReadResult {
    var result = ProgramReader.read(files, zones: zones)
    if let program = result.program {
      result.diagnostics += check(program, today: today)
    } else if let partial = result.partial {
      result.diagnostics += names(partial)
    }
    if result.diagnostics.contains(where: { $0.severity == .error }) { result.program = nil }
    return result
  }

  /// The checks that also a program with errors bears: each thing has its name, whatever else is
  /// wrong in it.
  private static func names(_ program: ProgramSyntax) -> [Diagnostic] {
    let twice = Duplicates.check(program)
    let unknown = UnknownNames.check(program)
    let isKnown = !unknown.contains { $0.severity == .error }
    return twice + unknown + (isKnown ? Circles.check(program) : [])
  }
}

import Ledger
import Loyalty
import Rules
import YAML

/// What a version must not change, for the ledger holds it in the words of those before it.
public enum SuccessionCheck {
  /// Looks at a program beside the versions that are published in this database. A database
  /// without any, or with those of another program, says nothing.
  public static func check(
    _ program: ProgramSyntax, _ store: borrowing Store
  ) throws -> [Diagnostic] {
    let versions = try store.versions().filter { $0.program == program.key.value }
    let known = versions.compactMap { version -> (id: Int32, program: ProgramSyntax)? in
      let files = version.files.map { SourceFile(name: $0.path, text: $0.body) }
      return ProgramReader.read(files).program.map { (version.id, $0) }
    }
    guard let last = known.last else { return [] }
    let other = money(program, last.program, last.id)
    // Another money has other decimals, and is told already.
    return other + (other.isEmpty ? decimals(program, known) : [])
      + zone(program, last.program, last.id)
  }

  private static func money(
    _ program: ProgramSyntax, _ before: ProgramSyntax, _ version: Int32
  ) -> [Diagnostic] {
    let (new, old) = (program.money.value.code, before.money.value.code)
    guard new != old else { return [] }
    return [
      Diagnostic(
        "R096", at: program.money.place,
        "version \(version) counts \(old), and so do the amounts in the ledger",
        help:
          "leave it at `\(old)`; a program in \(new) has a database of its own (a version that has "
          + "not begun can be withdrawn: `patron withdraw \(version)`)")
    ]
  }

  private static func decimals(
    _ program: ProgramSyntax, _ known: [(id: Int32, program: ProgramSyntax)]
  ) -> [Diagnostic] {
    program.currencies.compactMap { currency in
      let name = currency.key.value
      for (version, before) in known.reversed() {
        guard let old = before.currencies.first(where: { $0.key.value == name }) else { continue }
        let (now, then) = (places(currency, program), places(old, before))
        return now == then ? nil : changed(currency, now, then, version)
      }
      return nil
    }
  }

  private static func changed(
    _ currency: CurrencySyntax, _ now: Int, _ then: Int, _ version: Int32
  ) -> Diagnostic {
    Diagnostic(
      "R097", at: currency.key.place,
      "`\(currency.key.value)` has \(now) decimals here and \(then) in version \(version), in "
        + "which the ledger counts it",
      help: "leave them as they are, or give the new ones another name")
  }

  private static func places(_ currency: CurrencySyntax, _ program: ProgramSyntax) -> Int {
    currency.kind == .money ? program.money.value.decimals : currency.decimals
  }

  private static func zone(
    _ program: ProgramSyntax, _ before: ProgramSyntax, _ version: Int32
  ) -> [Diagnostic] {
    let (new, old) = (program.timezone.value, before.timezone.value)
    guard new != old else { return [] }
    return [
      Diagnostic(
        "R098", .warning, at: program.timezone.place,
        "version \(version) goes by \(old): what was counted until now stays on the days of that "
          + "zone, and what comes at the beginning of a day may come twice or not at all on the "
          + "day of the change",
        help: "leave it at `\(old)` unless the program moves; conditions on days and hours go by "
          + "the store's own zone in any case")
    ]
  }
}

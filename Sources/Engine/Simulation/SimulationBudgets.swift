import Loyalty
import Rules
import Synchronization

/// What is left of the draft's budgets, for all lanes of a simulation together. Each begins in full
/// on the first day; who gets the last of it goes by the order in which accounts are replayed.
final class SimulationBudgets: Sendable {
  private let left: Mutex<[BudgetID: Int64]>

  init(_ program: Program) {
    left = Mutex(
      Dictionary(
        program.budgets.map { ($0.id, $0.total) }, uniquingKeysWith: { first, _ in first }))
  }

  /// Rates with what is left, and takes from it what that draws.
  func draw(
    _ budgets: [Budget], _ rate: (_ left: [BudgetShare]) -> Outcome.Draws
  ) {
    left.withLock { left in
      let shares = budgets.map { BudgetShare(left: left[$0.id] ?? 0, isLast: true) }
      for draw in rate(shares) { left[draw.budget, default: 0] -= draw.amount }
    }
  }
}

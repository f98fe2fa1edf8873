import Ledger
import Loyalty
import Postgres
import Rules

/// The shares of budgets that a worker has in hand. It draws them over a connection of its own, so
/// that a share is drawn for good before an award rests on it, whatever becomes of the batch.
struct BudgetPurse: ~Copyable {
  private let settings: ConnectionSettings
  private var lane: Lane?
  private var left: [BudgetID: Int64] = [:]
  /// Of which a draw brought less than was wanted: asked again in the next batch.
  private var isExhausted: Set<BudgetID> = []
  /// What the running batch took.
  private var spent: [BudgetID: Int64] = [:]

  /// Whether it draws no more than it needs: where one act follows another with somebody waiting,
  /// what lies in hand is missing elsewhere.
  var drawsExactly = false

  init(_ settings: ConnectionSettings) { self.settings = settings }

  mutating func begin() {
    isExhausted.removeAll()
    spent.removeAll()
  }

  /// What the batch took, for its commit.
  var spends: [(budget: BudgetID, amount: Int64)] {
    spent.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The batch was not committed: what it took is in hand again.
  mutating func undo() {
    for (budget, amount) in spent { left[budget, default: 0] += amount }
    spent.removeAll()
  }

  /// Nobody knows whether the batch was committed: what it took counts as spent. A remnant may stay
  /// unspent; a budget is never exceeded.
  mutating func forget() { spent.removeAll() }

  /// Rates an event with what is in hand, and draws more as long as an award wants more and there
  /// is more.
  mutating func rate(
    _ event: Event, _ rater: inout Rater, _ account: inout Account, _ outcome: inout Outcome
  ) throws {
    let before = account
    let brought = outcome
    while true {
      let budgets = rater.program.budgets
      for (place, budget) in budgets.enumerated() {
        rater.shares[place] = BudgetShare(
          left: left[budget.id] ?? 0, isLast: isExhausted.contains(budget.id))
      }
      rater.rateOn(event, &account, &outcome)
      guard let shortage = rater.shortage else { break }
      try draw(budgets[shortage.budget], shortage.amount)
      account = before
      outcome = brought
    }
    for draw in outcome.draws {
      left[draw.budget, default: 0] -= draw.amount
      spent[draw.budget, default: 0] += draw.amount
    }
  }

  private mutating func draw(_ budget: Budget, _ amount: Int64) throws {
    let got = try open().store.draw(
      budget.id, need: amount, total: budget.total, exactly: drawsExactly)
    left[budget.id, default: 0] += got
    if got < amount { isExhausted.insert(budget.id) }
  }

  /// Gives back what is in hand, when nothing waits.
  mutating func giveBack() throws {
    let rest = left.filter { $0.value > 0 }.sorted { $0.key < $1.key }
    guard !rest.isEmpty else { return }
    let lane = try open()
    left.removeAll()
    try lane.store.giveBack(rest.map { ($0.key, $0.value) })
  }

  private mutating func open() throws -> Lane {
    if let lane, !lane.store.db.isLost { return lane }
    let new = Lane(try Store(settings))
    lane = new
    return new
  }

  /// The connection, opened where a budget is drawn from for the first time, and again where it was
  /// lost.
  private final class Lane {
    let store: Store
    init(_ store: consuming Store) { self.store = store }
  }
}

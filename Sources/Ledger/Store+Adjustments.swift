import Loyalty
import Postgres

/// Who may adjust how much without a second person.
public struct Operator: Sendable, Equatable {
  public var name: String
  public var confirms: Bool
  public var allowances: [CurrencyID: Allowance]

  /// In the currency's smallest unit.
  public struct Allowance: Sendable, Equatable {
    /// Of one adjustment.
    public var each: Int64
    /// Of a calendar month together.
    public var month: Int64

    public init(each: Int64, month: Int64) {
      self.each = each
      self.month = month
    }
  }
}

/// Points that a person gave or took, or wants to.
public struct Adjustment: Sendable, Equatable {
  public enum State: Int16, Sendable {
    case waiting = 0
    case booked = 1
    case refused = 2
  }
  public var id: Int64 = 0
  public var owner: CardOwner
  public var currency: CurrencyID
  /// Below zero: taken.
  public var amount: Int64
  public var expires: Instant?
  public var reason: String
  public var operatorName: String
  public var request: String?
  public var madeAt = Instant.distantPast
  public var state = State.waiting
  public var decidedBy: String?

  public init(
    owner: CardOwner, currency: CurrencyID, amount: Int64, reason: String, operatorName: String
  ) {
    self.owner = owner
    self.currency = currency
    self.amount = amount
    self.reason = reason
    self.operatorName = operatorName
  }
}

extension Store {
  public func operators() throws -> [Operator] {
    let rows = try db.query(
      """
      SELECT o.operator, o.confirms, a.currency, a.each, a.month FROM patron.operators o
      LEFT JOIN patron.allowances a ON a.operator = o.operator ORDER BY o.operator, a.currency
      """)
    var operators: [Operator] = []
    for row in 0..<rows.count {
      let name = rows.text(row, 0)
      if operators.last?.name != name {
        operators.append(Operator(name: name, confirms: rows.bool(row, 1), allowances: [:]))
      }
      guard let currency = rows.int2OrNil(row, 2) else { continue }
      operators[operators.count - 1].allowances[currency] = Operator.Allowance(
        each: rows.int8(row, 3), month: rows.int8(row, 4))
    }
    return operators
  }

  /// Adds an operator, or changes what is named.
  public func setOperator(
    _ name: String, confirms: Bool?, allowance: (currency: CurrencyID, Operator.Allowance)?
  ) throws {
    try db.query(
      """
      INSERT INTO patron.operators AS o (operator, confirms) VALUES ($1, coalesce($2, false))
      ON CONFLICT (operator) DO UPDATE SET confirms = coalesce($2, o.confirms)
      """, [.text(name), .bool(confirms)])
    guard let (currency, allowance) = allowance else { return }
    try db.query(
      """
      INSERT INTO patron.allowances (operator, currency, each, month) VALUES ($1, $2, $3, $4)
      ON CONFLICT (operator, currency)
        DO UPDATE SET each = excluded.each, month = excluded.month
      """, [.text(name), .int2(currency), .int8(allowance.each), .int8(allowance.month)])
  }

  public func removeOperator(_ name: String) throws -> Bool {
    try db.query("DELETE FROM patron.operators WHERE operator = $1 RETURNING 1", [.text(name)])
      .count == 1
  }

  /// One adjustment of an operator at a time: what was given this month must not be read twice.
  public func lockOperator(_ name: String) throws {
    try db.query("SELECT FROM patron.operators WHERE operator = $1 FOR UPDATE", [.text(name)])
  }

  /// What an operator has given and taken without a second person since an instant.
  public func adjusted(
    by name: String, _ currency: CurrencyID, since instant: Instant
  ) throws -> Int64 {
    let rows = try db.query(
      """
      SELECT coalesce(sum(abs(amount)), 0)::bigint FROM patron.adjustments
      WHERE operator = $1 AND currency = $2 AND made_at >= $3 AND state = 1 AND decided_by IS NULL
      """, [.text(name), .int2(currency), instant.cell])
    return rows.int8(0, 0)
  }

  /// Writes an adjustment, which has its number.
  public func insert(_ adjustment: Adjustment) throws {
    try db.query(
      """
      INSERT INTO patron.adjustments (shard, account_id, currency, amount, expires, state, reason,
        operator, request, made_at, adjustment_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      """,
      [
        .int2(adjustment.owner.shard), .int8(adjustment.owner.account),
        .int2(adjustment.currency), .int8(adjustment.amount),
        .instant(adjustment.expires?.microseconds), .int2(adjustment.state.rawValue),
        .text(adjustment.reason), .text(adjustment.operatorName), .text(adjustment.request),
        adjustment.madeAt.cell, .int8(adjustment.id),
      ])
  }

  public func decide(
    _ id: Int64, _ state: Adjustment.State, by name: String, at instant: Instant
  ) throws {
    try db.query(
      """
      UPDATE patron.adjustments SET state = $2, decided_by = $3, decided_at = $4
      WHERE adjustment_id = $1
      """, [.int8(id), .int2(state.rawValue), .text(name), instant.cell])
  }

  public func adjustment(_ id: Int64) throws -> Adjustment? {
    try adjustments("adjustment_id = $1", [.int8(id)]).first
  }

  /// The one that a caller made under an id of its own.
  public func adjustment(request: String) throws -> Adjustment? {
    try adjustments("request = $1", [.text(request)]).first
  }

  /// Those that wait, or all, the latest first.
  public func adjustments(waitingOnly: Bool, most: Int) throws -> [Adjustment] {
    try adjustments(
      waitingOnly ? "state = 0" : "true", [.int(most)],
      more: "ORDER BY adjustment_id DESC LIMIT $1")
  }

  private func adjustments(
    _ which: String, _ cells: [Cell], more: String = ""
  ) throws -> [Adjustment] {
    let rows = try db.query(
      Statement(
        "adjustments",
        """
        SELECT adjustment_id, shard, account_id, currency, amount, expires, reason, operator,
          request, made_at, state, decided_by
        FROM patron.adjustments WHERE \(which) \(more)
        """), cells)
    return (0..<rows.count).map { row in
      var adjustment = Adjustment(
        owner: CardOwner(shard: rows.int2(row, 1), account: rows.int8(row, 2)),
        currency: rows.int2(row, 3), amount: rows.int8(row, 4), reason: rows.text(row, 6),
        operatorName: rows.text(row, 7))
      adjustment.id = rows.int8(row, 0)
      adjustment.expires = rows.instantOrNil(row, 5).map { Instant(microseconds: $0) }
      adjustment.request = rows.textOrNil(row, 8)
      adjustment.madeAt = Instant(microseconds: rows.instant(row, 9))
      adjustment.state = Adjustment.State(rawValue: rows.int2(row, 10)) ?? .waiting
      adjustment.decidedBy = rows.textOrNil(row, 11)
      return adjustment
    }
  }
}

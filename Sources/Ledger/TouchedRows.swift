import Loyalty
import Postgres

/// What an account holds in rows of its own, one by one.
protocol AccountRow {
  /// The table says otherwise than this.
  var isTouched: Bool { get }
  /// The table has a row of this key.
  var isStored: Bool { get }
}

extension Balance: AccountRow {}
extension Lot: AccountRow {}
extension CounterValue: AccountRow {
  /// What came to nothing within a batch would stand as 0 after two: the rows are the same.
  var isTouched: Bool { delta != 0 || !isStored }
}

/// Rows on their way to their table, with whose they are.
struct OwnedRows<Row> {
  private(set) var shards: [Int16] = []
  private(set) var ids: [Int64] = []
  private(set) var rows: [Row] = []

  var isEmpty: Bool { rows.isEmpty }

  mutating func append(_ row: Row, _ shard: Int16, _ id: Int64) {
    shards.append(shard)
    ids.append(id)
    rows.append(row)
  }

  /// The columns that each table here begins with.
  var owners: [Cell] { [.int2Array(shards), .int8Array(ids)] }

  /// Writes each row with the two columns of its owner and `fields` more.
  func write(_ copy: inout CopyWriter, fields: Int, _ write: (Row, inout CopyWriter) -> Void) {
    for place in rows.indices {
      copy.row(fields: 2 + fields)
      copy.int2(shards[place])
      copy.int8(ids[place])
      write(rows[place], &copy)
    }
  }
}

/// The touched rows of many accounts: those that the table lacks, and those that it has.
struct TouchedRows<Row: AccountRow> {
  private(set) var new = OwnedRows<Row>()
  private(set) var changed = OwnedRows<Row>()

  init(_ accounts: borrowing [Account], _ rows: (borrowing Account) -> [Row]) {
    for place in accounts.indices {
      for row in rows(accounts[place]) where row.isTouched {
        if row.isStored {
          changed.append(row, accounts[place].shard, accounts[place].id)
        } else {
          new.append(row, accounts[place].shard, accounts[place].id)
        }
      }
    }
  }
}

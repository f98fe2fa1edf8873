import Feed
import Ledger
import Loyalty

extension ProgramSet {
  /// What a feed's reader must know: the program's money and zone, and the zones of its stores.
  public func feedContext(_ store: borrowing Store, source: String? = nil) throws -> FeedContext {
    guard let program = current(at: .now) else {
      throw ProgramFailure(
        message: "no program is published yet; `patron publish PATH --from INSTANT` publishes one")
    }
    var zones: [String: Zone] = [:]
    var byName: [String: Zone] = [:]
    for (code, name) in try store.storeZones() {
      if byName[name] == nil { byName[name] = ZoneTable.zone(name) }
      zones[code] = byName[name]
    }
    let table = zones
    return FeedContext(
      money: program.money, zone: program.zone, source: source,
      zoneOfStore: { table[$0] }, zoneNamed: { ZoneTable.zone($0) })
  }
}

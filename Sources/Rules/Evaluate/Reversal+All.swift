import Loyalty

/// What an event names, and what of it goes back which way.
extension Reversal {
  /// All that an event brings back, or undoes, not settled yet. A void of a return undoes what that
  /// brought back; a void of an exchange that too, beside what it takes back of what was sold.
  ///
  /// `key` is the event's own; `find` gives an original as it stands now, and `program` the one
  /// that rated it.
  public static func all(
    by event: Event, _ key: OriginalKey, find: (OriginalKey) -> Original?,
    program: (Original) -> Program?
  ) -> [Reversal] {
    guard let wanted = event.originalKey(in: key.shard, key.account), let named = find(wanted)
    else { return [] }
    let isVoid = event.kind == .void
    let isReturn = named.event.kind == .return || named.event.kind == .void
    var all: [Reversal] = []
    if !isVoid || !isReturn || named.broughtBack == nil || named.refused != nil
      || named.event.isTraining
    {
      all.append(Reversal(named, by: event, key, program(named)))
    }
    guard isVoid, named.refused == nil else { return all }
    // What it brought back, and what it undid of what others had.
    var next = named.broughtBack
    while let original = next.flatMap(find) {
      if let undone = original.record(by: named.key) {
        all.append(
          Reversal(undoing: undone, by: named, of: original, key, program(original)))
      }
      next = original.broughtBack
    }
    return all
  }
}

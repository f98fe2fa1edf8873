import Loyalty
import YAML

extension MappingReader {
  mutating func time(_ node: Node) -> MappedTime? {
    guard node.entries != nil else {
      let columns = columns(node)
      return columns.isEmpty ? nil : MappedTime(columns: columns)
    }
    check(node, words: ["column", "format", "clock", "zone", "take"])
    guard let columns = required(node, "column").map({ self.columns($0) }), !columns.isEmpty else {
      return nil
    }
    var time = MappedTime(columns: columns)
    if let format = node["format"], let text = text(format) { read(format, text, &time) }
    if let clock = node["clock"], let text = text(clock) { read(clock: clock, text, &time) }
    if time.clock == nil, !time.pattern.hasClock, let format = node["format"],
      node["clock"] == nil
    {
      add(
        "M006", format, "`\(time.written)` has no time of day",
        help: "name the column of the time, too: `column: [date, time]`; where the file has only "
          + "dates, say at what time of day all of it happened: `clock: \"12:00\"`")
    }
    if let zone = node["zone"], let name = text(zone) { time.zone = (name, zone.place) }
    if let take = node["take"], let value = choice(take, MappedTime.Take.self) { time.take = value }
    return time
  }

  private mutating func read(_ node: Node, _ text: String, _ time: inout MappedTime) {
    time.written = text
    if let pattern = TimePattern(text) {
      time.pattern = pattern
    } else {
      add(
        "M006", node, "`\(text)` is no format of date and time",
        help: "write it so: yyyy-MM-dd HH:mm:ss, M/d/yyyy h:mm a, unix seconds")
    }
  }

  /// `12:00`, where the form of the dates has no hour itself.
  private mutating func read(clock node: Node, _ text: String, _ time: inout MappedTime) {
    guard let written = WrittenTime("2000-01-01T" + text), written.offset == nil else {
      return add("M006", node, "`\(text)` is no time of day", help: "write it so: \"12:00\"")
    }
    if time.pattern == .standard {
      (time.pattern, time.written) = (TimePattern.date, "2026-02-07")
    } else if time.pattern.hasClock {
      add("M006", node, "`\(time.written)` has a time of day already", help: "delete `clock:`")
    }
    time.clock = written.civil.microseconds
  }
}

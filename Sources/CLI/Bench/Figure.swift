import Foundation
import JSON

/// One line of the bench's table.
struct Figure {
  let letter: String
  let what: String
  /// Transactions a second.
  let rate: Double
  /// What it is measured by, and that one's transactions a second.
  var yardstick = ""
  var yardstickRate: Double?
  /// At least so many times the yardstick …
  var askedRatio: Double?
  /// … and so many transactions a second.
  var askedRate: Double?

  var ratio: Double? { yardstickRate.map { rate / $0 } }

  /// Nil where nothing is asked.
  var isMet: Bool? {
    guard askedRatio != nil || askedRate != nil else { return nil }
    return (askedRatio.map { (ratio ?? 0) >= $0 } ?? true) && (askedRate.map { rate >= $0 } ?? true)
  }

  private var asked: String {
    let parts = [
      askedRatio.map { String(format: "%.1f times", $0) },
      askedRate.map { Terminal.grouped(Int($0)) + "/s" },
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  static func show(_ figures: [Figure]) {
    var table = Table([.left, .left, .right, .left, .right, .right, .left, .left])
    table.add(
      ["", "", "transactions/s", "yardstick", "transactions/s", "ratio", "asked", ""],
      Array(repeating: .bold, count: 8))
    for figure in figures {
      table.add([
        figure.letter, figure.what, Terminal.grouped(Int(figure.rate)), figure.yardstick,
        figure.yardstickRate.map { Terminal.grouped(Int($0)) } ?? "",
        figure.ratio.map { String(format: "%.2f", $0) } ?? "", figure.asked,
        figure.isMet.map { $0 ? "reached" : "missed" } ?? "",
      ])
    }
    table.show(indent: 0)
  }

  static func json(_ figures: [Figure], peakBytes: Int?) -> String {
    var json = JSONWriter()
    func number(_ name: String, _ value: Double?, _ places: Int) {
      json.name(name)
      if let value { json.number(String(format: "%.\(places)f", value)) } else { json.null() }
    }
    json.beginObject()
    json.name("figures")
    json.beginArray()
    for figure in figures {
      json.beginObject()
      json.member("letter", figure.letter)
      json.member("what", figure.what)
      number("rate", figure.rate, 0)
      json.member("yardstick", figure.yardstick.isEmpty ? nil : figure.yardstick)
      number("yardstick rate", figure.yardstickRate, 0)
      number("ratio", figure.ratio, 3)
      number("asked ratio", figure.askedRatio, 1)
      number("asked rate", figure.askedRate, 0)
      json.endObject()
    }
    json.endArray()
    if let peakBytes { json.member("peak resident bytes", peakBytes) }
    json.endObject()
    return json.text
  }
}

enum Median {
  static func of(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
